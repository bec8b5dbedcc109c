"""The public API, called from within: the same checks, the same answers, no network."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import orjson
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import Resolver404, resolve

from kb.kinds import kind_named

JSON = dict[str, Any]
BASE = "/api/v1"


class Refused(Exception):
    """A tool cannot answer; `str()` says why, and what to do instead."""


def ask(path: str, query: Mapping[str, Any] | None = None, *, body: JSON | None = None) -> Any:
    """What the API answers at a path below `/api/v1`: JSON, or text where it is text.

    Values that are None are left out of the query; lists are repeated. A merged entry answers as
    the one that stands for it. Raises Refused with the problem in words.
    """
    response = _answer(path, query or {}, body)
    if response.status_code == 308:
        moved = urlsplit(response["Location"])
        response = _answer(moved.path.removeprefix(BASE), query or {}, body)
    is_json = response["Content-Type"].partition(";")[0].endswith("json")
    answer = orjson.loads(response.content) if is_json else response.content.decode()
    if response.status_code >= 300:
        raise Refused(in_words(answer))
    return answer


def at(pattern: str, *names: str) -> str:
    """A path with what a caller named put into it: "/entries/{}.md"."""
    return pattern.format(*(quote(name, safe="") for name in names))


def _answer(path: str, query: Mapping[str, Any], body: JSON | None) -> HttpResponse:
    given = {name: value for name, value in query.items() if value is not None}
    site = urlsplit(settings.LINKS_URL)
    request = RequestFactory().generic(
        "GET" if body is None else "POST",
        f"{BASE}{path}",
        b"" if body is None else orjson.dumps(body),
        "application/json",
        secure=site.scheme == "https",
        QUERY_STRING=urlencode(given, doseq=True),
        HTTP_HOST=site.netloc,
        REMOTE_ADDR="",  # nobody's: the tools are not counted as one visitor of the API
    )
    try:
        match = resolve(request.path_info)
    except Resolver404:  # "cern/x" for a key
        raise Refused(f"There is no {path}: a key is 2 to 80 of a-z, 0-9 and -.") from None
    response = match.func(request, *match.args, **match.kwargs)
    assert isinstance(response, HttpResponse)
    return response


def in_words(problem: Any) -> str:
    """A problem as the API gives it, in a few sentences."""
    if not isinstance(problem, dict):
        return str(problem)
    wrong: Sequence[JSON] = problem.get("errors", ())
    said = [problem.get("detail", ""), *(_of_one(each) for each in wrong)]
    if suggestions := problem.get("suggestions"):
        said.append(f"Perhaps: {', '.join(map(str, suggestions))}.")
    return " ".join(each for each in said if each)


def _of_one(wrong: JSON) -> str:
    where = wrong.get("parameter") or wrong.get("pointer") or ""
    return f"{where}: {wrong['detail']}" if where else str(wrong["detail"])


# --- answers made fit to be read -------------------------------------------------------------


def addressed(value: Any) -> Any:
    """The same with the full address of its page beside each entry that is named."""
    match value:
        case {"key": str(key), "kind": str(kind), **rest}:
            shown = {name: addressed(each) for name, each in rest.items()}
            return {"key": key, "kind": kind, **shown, "address": address_of(kind, key)}
        case dict():
            return {name: addressed(each) for name, each in value.items()}
        case list():
            return [addressed(each) for each in value]
        case _:
            return value


def address_of(kind: str, key: str) -> str:
    """The page of an entry."""
    return f"{settings.LINKS_URL}/{kind_named(kind).plural}/{key}/"


def page_of(answer: JSON, items: Sequence[Any] | None = None) -> JSON:
    """A page of a list: `next` as the cursor alone, which the same tool takes."""
    kept = {name: value for name, value in answer.items() if name not in ("next", "prev")}
    if items is not None:
        kept["items"] = items
    if following := answer.get("next"):
        cursor = dict(each.partition("=")[::2] for each in urlsplit(following).query.split("&"))
        kept["next_cursor"] = cursor["cursor"]
    return kept
