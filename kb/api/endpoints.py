"""What all endpoints share: the order of checks, conditional requests, headers, errors.

An endpoint is one object, and it is the view. What it declares (path, parameters, the schema of its
answer) is read by the checks, the OpenAPI file and the documentation page alike.

The order of checks, for every endpoint: length and encoding of the address (414, 400), path (404),
method (405), format (406), parameters (400, all errors at once), entry (404, 308, 410), condition
(304), answer (200; 503 when it takes too long; 500).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar
from urllib.parse import urlencode

import django.db
import psycopg
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, resolve, reverse
from django.utils.http import http_date

from kb.api import errors
from kb.api.errors import OPEN_TO_ALL, Problem, logger
from kb.api.negotiation import FORMATS, NotAcceptable, chosen
from kb.filters import Parameter, Values
from kb.parameters import WrongParameters, declared_by, read, wrong_in
from kb.publication import reading
from kb.publication.lists import with_survivors

FRESH = "public, max-age=60, stale-while-revalidate=600"
IMMUTABLE = "public, max-age=31536000, immutable"
UNCACHED = "no-cache"

# Raise it when answers get another form without a publication, so that no copy passes as current.
FORM = "1"

METHODS = "GET, HEAD, OPTIONS"
PREFLIGHT = {
    **OPEN_TO_ALL,
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, If-None-Match, X-Request-ID",
    "Access-Control-Max-Age": "86400",
    "Content-Length": "0",
}
HEADERS = {**OPEN_TO_ALL, "Vary": "Accept, Accept-Encoding"}

FORMAT = Parameter(
    "format",
    "The format of the answer; it wins over the Accept header.",
    {"type": "string", "enum": list(FORMATS), "default": "json"},
)

NOTHING: dict[str, list[str]] = {}


class Answer(NamedTuple):
    """A successful answer. `etag` is quoted; `links` is the value of a Link header.

    `published_at`: seconds since 1970, UTC.
    """

    body: bytes
    etag: str
    published_at: int | None = None
    cache: str = FRESH
    links: str = ""
    media_type: str = "application/json"


Asked = TypeVar("Asked")


@dataclass(slots=True)
class Call(Generic[Asked]):
    """One request as an endpoint sees it, its parameters checked. `arguments`: from the path."""

    request: HttpRequest
    arguments: Mapping[str, str]
    given: Values
    asked: Asked

    def address(self, **changed: str) -> str:
        """The full address of this request with some parameters changed."""
        query: str = self.request.META.get("QUERY_STRING", "")
        if self.given.keys() & changed.keys() or not query.isascii():
            query = urlencode({**self.given, **changed}, doseq=True)
        else:  # as it was, and more
            query = f"{query}{'&' if query else ''}{urlencode(changed)}"
        return f"{origin(self.request)}{self.request.path}{'?' if query else ''}{query}"

    def tag(self, state: str) -> str:
        """The ETag of an answer that depends on `state` and on the address alone."""
        return tag_of(state, self.request.path_info, self.request.META.get("QUERY_STRING", ""))


def tag_of(state: str, path: str, query: str) -> str:
    """The ETag of an answer that depends on `state` and on the address alone."""
    digest = hashlib.blake2b(f"{FORM} {path}?{query}".encode(), digest_size=8).hexdigest()
    return f'"{state}-{digest}"'


class Endpoint(Generic[Asked]):
    """Base of all endpoints, by default with parameters that need no more than their declaration.

    `path` as in OpenAPI ("/entries/{key}"). `group`: the heading it stands under. `codes`: problems
    that it has beside those of every endpoint. `required`: parameters that must be given.
    """

    path: ClassVar[str] = ""
    name: ClassVar[str] = ""
    group: ClassVar[str] = ""
    summary: ClassVar[str] = ""
    description: ClassVar[str] = ""
    codes: tuple[str, ...] = ()
    parameters: tuple[Parameter, ...] = (FORMAT,)
    required: tuple[str, ...] = ()

    csrf_exempt = True  # nothing here writes
    needs_no_layers = True  # nor asks who is reading: see config.front

    def answer(self, call: Call[Asked]) -> Answer:
        """The answer. Raises Problem, or Moved."""
        raise NotImplementedError

    def answer_schema(self) -> dict[str, Any]:
        """JSON Schema of the answer; references lead to components of the OpenAPI file."""
        raise NotImplementedError

    def components(self) -> dict[str, dict[str, Any]]:
        """Components of the OpenAPI file that its answer needs beside the shared ones."""
        return {}

    def current_tag(self, call: Call[Asked]) -> str | None:
        """The ETag that `answer` would give, found more cheaply; None where there is no answer."""
        return call.tag(reading.state())

    def asked_of(self, given: Values, _arguments: Mapping[str, str]) -> Asked:
        """What the parameters ask for. Raises WrongParameters with everything that is wrong."""
        return checked(given, self.declared, self.required)  # type: ignore[return-value]

    @cached_property
    def declared(self) -> dict[str, Parameter]:
        """The parameters by name."""
        return declared_by(self.parameters)

    # --- the rest is the same for all --------------------------------------------------------

    def route(self) -> URLPattern:
        """Its entry in a list of addresses."""
        rule = self.path.lstrip("/").replace("{", "<str:").replace("}", ">")
        return path(rule, self, name=f"api-{self.name}")

    def __call__(self, request: HttpRequest, **arguments: str) -> HttpResponse:
        try:
            return self._respond(request, arguments)
        except Problem as problem:
            return errors.answer(request, problem)
        except WrongParameters as wrong:
            return errors.answer(request, errors.wrong_parameters(wrong.errors))
        except Moved as moved:
            return _redirect(request, moved)
        except (psycopg.errors.QueryCanceled, django.db.OperationalError) as problem:
            return errors.answer(request, _too_expensive(request, problem))
        except Exception:  # noqa: BLE001  logged there; a client gets no stack
            return errors.server_error(request)

    def _respond(self, request: HttpRequest, arguments: Mapping[str, str]) -> HttpResponse:
        errors.check_address(request)
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=PREFLIGHT)
        if request.method not in ("GET", "HEAD"):
            detail = f"{request.method} does not work here. Use {METHODS}."
            raise Problem("method-not-allowed", detail, headers={"Allow": METHODS})
        call = self._call(request, arguments)
        conditions = request.META.get("HTTP_IF_NONE_MATCH")
        if conditions is not None:
            current = self.current_tag(call)
            if current is not None and matches(conditions, current):
                return self._unchanged(current, call)
        return self._success(self.answer(call), is_head=request.method == "HEAD")

    def _call(self, request: HttpRequest, arguments: Mapping[str, str]) -> Call[Asked]:
        query = request.META.get("QUERY_STRING", "")
        given = read(query) if query else NOTHING
        accept = request.META.get("HTTP_ACCEPT")
        formats = given.get("format", ())
        try:
            chosen(formats[0] if formats else None, accept)
        except NotAcceptable as problem:
            detail = str(problem)
            raise Problem("not-acceptable", detail, formats=list(problem.formats)) from None
        return Call(request, arguments, given, self.asked_of(given, arguments))

    def _success(self, answer: Answer, *, is_head: bool) -> HttpResponse:
        response = HttpResponse(b"" if is_head else answer.body, content_type=answer.media_type)
        own = {
            "Content-Length": str(len(answer.body)),
            "ETag": answer.etag,
            "Cache-Control": answer.cache,
        }
        if answer.published_at is not None:
            own["Last-Modified"] = http_date_of(answer.published_at)
        if answer.links:
            own["Link"] = answer.links
        put_headers(response, own)
        return response

    cache: ClassVar[str] = FRESH

    def _unchanged(self, etag: str, _call: Call[Asked]) -> HttpResponse:
        headers = {**HEADERS, "ETag": etag, "Cache-Control": self.cache}
        response = HttpResponse(status=304, headers=headers)
        del response["Content-Type"]
        return response


def put_headers(response: HttpResponse, own: Mapping[str, str]) -> None:
    """Headers that are known to be plain ASCII, those of every answer and `own`.

    Put where Django keeps them: it would encode and decode each name and value to check them, a
    tenth of the time that an answer takes.
    """
    response.headers._store.update(EVERY)
    response.headers._store.update({name.lower(): (name, value) for name, value in own.items()})


http_date_of = lru_cache(maxsize=1_000)(http_date)  # entries published together share it

EVERY = {name.lower(): (name, value) for name, value in HEADERS.items()}


class Moved(Exception):
    """The entry asked for is another one today. `key`: of that one; `body`: what to say of it."""

    def __init__(self, key: str, body: bytes):
        self.key, self.body = key, body
        super().__init__(key)


def _redirect(request: HttpRequest, moved: Moved) -> HttpResponse:
    """308 to the same address with the key of the survivor."""
    match = resolve(request.path_info)
    path_there = reverse(match.view_name, kwargs={**match.kwargs, "key": moved.key})
    query = request.META.get("QUERY_STRING", "")
    location = f"{origin(request)}{path_there}{'?' if query else ''}{query}"
    headers = {**HEADERS, "Location": location, "Cache-Control": FRESH}
    return HttpResponse(moved.body, content_type="application/json", status=308, headers=headers)


def _too_expensive(request: HttpRequest, problem: Exception) -> Problem:
    cause = problem if isinstance(problem, psycopg.Error) else problem.__cause__
    if isinstance(cause, psycopg.errors.QueryCanceled):
        logger.error("too expensive: %s", request.get_full_path(), exc_info=problem)
        return Problem("query-too-expensive", "The query was stopped at its time limit.")
    logger.error("no database: %s", problem, exc_info=problem)
    return Problem("server-error", "The database cannot be reached.")


def checked(
    given: Values, declared: Mapping[str, Parameter], required: Sequence[str] = ()
) -> Values:
    """The values, each once, merged keys as their survivors. Raises WrongParameters."""
    if not given and not required:
        return given
    wrong = wrong_in(given, declared, required)
    names = {error.parameter for error in wrong}
    usable = {n: v for n, v in given.items() if n in declared and n not in names}
    values, unknown = with_survivors(usable, declared)
    if wrong or unknown:
        raise WrongParameters([*wrong, *unknown])
    return values


def matches(conditions: str, etag: str) -> bool:
    """Whether an If-None-Match header names `etag`, by weak comparison.

    Source: RFC 9110, sections 8.8.3.2 and 13.1.2
    """
    if conditions.strip() == "*":
        return True
    bare = etag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") == bare for each in conditions.split(","))


def origin(request: HttpRequest) -> str:
    """Scheme and host of full addresses: the permanent one, else as the request came."""
    return settings.PUBLIC_URL or f"{request.scheme}://{request.get_host()}"


def fixed_tag(body: bytes) -> str:
    """The ETag of an answer that changes only with the software."""
    return f'"{hashlib.sha256(body).hexdigest()[:20]}"'
