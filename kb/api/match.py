"""Which entries are meant by names and numbers: many questions at once, answers with reasons."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

import orjson
from django.http import HttpRequest
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from kb.api import asking, bodies, shapes
from kb.api.endpoints import UNCACHED, Answer, Call, Endpoint, page_of
from kb.api.errors import MOST_OF_A_BATCH, WrongPlace
from kb.api.limits import SEARCHING
from kb.documents.vocabulary import nearest
from kb.filters import Values
from kb.kinds import kind_named
from kb.publication.evidence import Candidate, Feature, Found, Question
from kb.publication.recognising import question_of, recognise, ways_to_write

USUAL, MOST = 5, 20  # candidates of a question

JSON = dict[str, Any]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


OneOrMore = Annotated[list[str], BeforeValidator(_listed)]


class Query(BaseModel):
    """A question of a batch. What is not declared here is a value that tells namesakes apart."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, OneOrMore]

    name: str = ""
    kind: OneOrMore = Field(default_factory=list)
    identifiers: dict[str, str] = Field(default_factory=dict)


class Batch(BaseModel):
    """Questions by names that the answers then have."""

    model_config = ConfigDict(extra="forbid")

    queries: dict[str, Query]
    limit: int = Field(default=USUAL, ge=1, le=MOST)


class MatchEndpoint(Endpoint[Values]):
    """Entries by what is known of them, for whole tables."""

    method = "POST"
    path = "/match"
    name = "match"
    policy = SEARCHING
    group = "Search"
    summary = "Recognise names and numbers"
    description = (
        f"Up to {MOST_OF_A_BATCH} named queries at once: a name as somebody wrote it, and what else"
        " is known. Each gets candidates, the likeliest first. `score` is the mean of the"
        " `features`, each with its weight, score (0 to 100) and reason; `match` is true for one"
        " candidate at most, when nothing else can be meant. Numbers in registers may be written as"
        " addresses, values by their labels (“Germany” for DE). `limit`: candidates of a query."
    )
    codes = ("too-many",)

    def body_schema(self) -> JSON:
        one_or_more = {"anyOf": [shapes.TEXT, shapes.rows(shapes.TEXT)]}
        kind = {"type": "string", "enum": asking.names_of_kinds()}
        numbers = dict.fromkeys(asking.registers(), shapes.TEXT)
        query = shapes.fields(
            {},
            {
                "name": shapes.TEXT,
                "kind": {"anyOf": [kind, shapes.rows(kind)]},
                "identifiers": shapes.fields({}, numbers),
                **dict.fromkeys(asking.telling_names(), one_or_more),
            },
        )
        queries = {
            "type": "object",
            "additionalProperties": query,
            "maxProperties": MOST_OF_A_BATCH,
        }
        limit = {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL}
        return shapes.fields({"queries": queries}, {"limit": limit})

    def answer_schema(self) -> JSON:
        percent = {"type": "number", "minimum": 0, "maximum": 100}
        feature = shapes.fields(
            {
                "id": shapes.TEXT,
                "score": percent,
                "weight": {"type": "integer"},
                "detail": shapes.TEXT,
            }
        )
        candidate = shapes.fields(
            {
                "key": shapes.TEXT,
                "kind": shapes.TEXT,
                "name": shapes.TEXT,
                "score": percent,
                "match": {"type": "boolean", "description": "Nothing else can be meant."},
                "features": shapes.rows(feature),
                "url": shapes.ADDRESS,
            },
            {
                "matched": {**shapes.TEXT, "description": "The alias it was found by."},
                "description": shapes.TEXT,
            },
        )
        result = shapes.fields({"candidates": shapes.rows(candidate)})
        results = {"type": "object", "additionalProperties": result}
        return shapes.fields({"results": results})

    def body_of(self, request: HttpRequest) -> Any:
        sent = super().body_of(request)
        if isinstance(sent, dict):
            asking.check_number("queries", sent.get("queries"))
        return sent

    @cached_property
    def telling(self) -> tuple[str, ...]:
        return asking.telling_names()

    def answer(self, call: Call[Values]) -> Answer:
        batch = bodies.checked(Batch, call.body)
        wrong: list[WrongPlace] = []
        questions = [self._question(*each, wrong) for each in batch.queries.items()]
        if wrong:
            raise bodies.wrong_content(wrong)
        results = {
            name: {"candidates": [_candidate(call, each) for each in found[: batch.limit]]}
            for name, found in zip(batch.queries, recognise(questions), strict=True)
        }
        return Answer(orjson.dumps({"results": results}), "", cache=UNCACHED)

    def _question(self, name: str, query: Query, wrong: list[WrongPlace]) -> Question:
        """The question of a query; what is wrong with it is added to `wrong`."""
        found = _Faults(("queries", name), wrong)
        if not query.name.strip() and not query.identifiers:
            found.add((), "missing", "Give a name or identifiers: there is nothing to look for.")
        for kind in query.kind:
            found.choice(("kind",), kind, asking.names_of_kinds())
        for register in query.identifiers:
            found.choice(("identifiers", register), register, asking.registers())
        values = {n: self._values(n, given, found) for n, given in _extra(query).items()}
        numbers = {n: ways_to_write(number) for n, number in query.identifiers.items()}
        return question_of(query.name, query.kind, {n: w for n, w in numbers.items() if w}, values)

    def _values(self, name: str, given: list[str], found: "_Faults") -> list[str]:
        if not found.choice((name,), name, ("name", "kind", "identifiers", *self.telling)):
            return []
        meant = [value for each in given for value in asking.values_meant(name, each)]
        if not meant:
            written = ", ".join(given)[:80]
            found.add((name,), "unknown-term", f"“{written}” is no value of {name}.")
        return meant


def _extra(query: Query) -> Mapping[str, list[str]]:
    return query.__pydantic_extra__ or {}


class _Faults:
    """What is wrong below one place of a body."""

    def __init__(self, place: tuple[str, ...], wrong: list[WrongPlace]):
        self._place, self._wrong = place, wrong

    def add(self, place: tuple[str, ...], code: str, detail: str) -> None:
        self._wrong.append(WrongPlace(bodies.pointer((*self._place, *place)), code, detail))

    def choice(self, place: tuple[str, ...], value: str, choices: "tuple[str, ...] | Any") -> bool:
        """Whether it is one of the choices; if not, it is noted."""
        if value in choices:
            return True
        close = nearest(value, choices)
        hint = f"Did you mean “{close}”?" if close else f"Possible are {', '.join(choices)}."
        self.add(place, "unknown", f"“{value[:80]}” is not known here. {hint}")
        return False


# --- answers ---------------------------------------------------------------------------------


def _candidate(call: Call[Values], candidate: Candidate) -> JSON:
    facts, named = candidate.facts, candidate.named
    found: JSON = {"key": facts.key, "kind": facts.kind, "name": facts.name}
    if named is not None and named.found is Found.ALIAS:
        found["matched"] = named.text
    if facts.description:
        found["description"] = facts.description
    return {
        **found,
        "score": round(candidate.score, 1),
        "match": candidate.match,
        "features": [feature_json(each) for each in candidate.features],
        "url": page_of(call.request, kind_named(facts.kind), facts.key),
    }


def feature_json(feature: Feature) -> JSON:
    return {
        "id": feature.id,
        "score": round(feature.score, 1),
        "weight": feature.weight,
        "detail": feature.detail,
    }
