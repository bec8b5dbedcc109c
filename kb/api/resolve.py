"""From a number in a register, or an address, to the entry."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

import orjson
from django.http import HttpRequest

from kb.api import asking, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, origin, page_of
from kb.api.errors import Problem
from kb.api.finding import gone
from kb.filters import Parameter, Values
from kb.kinds import kind_named, kinds
from kb.parameters import Wrong, WrongParameters, one_of
from kb.publication import reading
from kb.publication.addresses import bare
from kb.publication.evidence import Facts
from kb.publication.recognising import facts_of, found_at, holders

LABEL = shapes.fields(
    {"key": shapes.TEXT, "kind": shapes.TEXT, "name": shapes.TEXT, "url": shapes.ADDRESS}
)


class ResolveEndpoint(Endpoint[Values]):
    """The entry that has a number in a register, or is found at an address."""

    path = "/resolve"
    name = "resolve"
    group = "Search"
    summary = "The entry with a number or at an address"
    description = (
        "Give `scheme` and `value`, or `url`: a website, the address of a source or text, or a page"
        " of this site, with or without what makes no difference (`https://`, `www.`, a final"
        " slash). 307 leads to the one entry, the key of a merged one to its survivor; 200 lists"
        " the entries where there are several; 404 says that there is none."
    )
    codes = ("not-found", "retracted")

    @property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        schemes = {"type": "string", "enum": list(asking.registers())}
        text = {"type": "string", "minLength": 1, "maxLength": 500}
        return (
            Parameter("scheme", "The register that `value` is a number in.", schemes),
            Parameter("value", "The number, or its address there.", text),
            Parameter("url", "An address.", {"type": "string", "minLength": 1}),
            FORMAT,
        )

    def answer_schema(self) -> dict[str, Any]:
        return shapes.fields({"items": shapes.rows(LABEL)})

    def more_responses(self) -> dict[str, Any]:
        return {
            "307": {
                "description": "There is one: Location has its address.",
                "headers": {"Location": {"schema": shapes.ADDRESS}},
                "content": {"application/json": {"schema": self.answer_schema()}},
            }
        }

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> Values:
        values: Values = super().asked_of(given, arguments)
        names = {name for name in ("scheme", "value", "url") if name in values}
        if names in ({"url"}, {"scheme", "value"}):
            return values
        detail = "Give either `url`, or both `scheme` and `value`."
        missing = next((n for n in ("scheme", "value") if names and n not in names), "url")
        code = "invalid" if "url" in names else "missing"
        raise WrongParameters([Wrong("url" if "url" in names else missing, code, detail)])

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        found = facts_of(_meant(call))
        if not found:
            raise Problem("not-found", "No entry is known by this.", suggestions=[])
        ordered = sorted(found.values(), key=lambda each: (-each.prominence, each.key))
        body = orjson.dumps({"items": [_label(call, each) for each in ordered]})
        if len(ordered) > 1:
            return Answer(body, call.tag(state))
        there = f"{origin(call.request)}/api/v1/entries/{ordered[0].key}"
        return Answer(body, call.tag(state), status=307, headers={"Location": there})


def _meant(call: Call[Values]) -> list[int]:
    """The entries that may be meant. Raises Problem where it is one that was retracted."""
    url = one_of(call.asked, "url")
    if url is None:
        return holders(call.asked["scheme"][0], call.asked["value"][0])
    key = _key_here(call.request, url)
    return [_of_key(key)] if key else found_at(bare(url))


def _key_here(request: HttpRequest, url: str) -> str | None:
    """The key in an address of this site's own pages or API."""
    site, _slash, path = bare(url).partition("?")[0].partition("/")
    if site != bare(origin(request)):
        return None
    steps = path.removeprefix("api/v1/").split("/")
    is_entry = len(steps) > 1 and steps[0] in ("entries", *(kind.plural for kind in kinds()))
    return unquote(steps[1]) if is_entry else None


def _of_key(key: str) -> int:
    known = reading.known([key.replace("\0", "")]).get(key)
    if known is None:
        raise Problem("not-found", f"No entry is called “{key[:100]}”.", suggestions=[])
    if known.shown.get("status"):
        raise gone(known.survivor)
    return known.survivor_id


def _label(call: Call[Values], facts: Facts) -> dict[str, str]:
    page = page_of(call.request, kind_named(facts.kind), facts.key)
    return {"key": facts.key, "kind": facts.kind, "name": facts.name, "url": page}
