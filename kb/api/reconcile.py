"""The protocol by which OpenRefine and others match a column of names with our entries.

Source: Reconciliation Service API 0.2, W3C Entity Reconciliation Community Group
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

import orjson
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kb.api import asking, bodies, finding, shapes
from kb.api.asking import Property
from kb.api.endpoints import FORMAT, UNCACHED, Answer, Call, Endpoint, origin, page_of
from kb.api.errors import MOST_OF_A_BATCH, Problem
from kb.api.limits import SEARCHING
from kb.filters import Parameter, Values
from kb.kinds import Kind, kind_named, kinds
from kb.parameters import one_of
from kb.publication import reading
from kb.publication.evidence import Candidate, Question
from kb.publication.naming import suggest
from kb.publication.recognising import (
    described,
    question_of,
    recognise,
    ways_to_write,
)

JSON = dict[str, Any]

USUAL, MOST = 5, 25  # candidates of a query
MOST_VALUES = 20  # properties of a query, and values of each
SUGGESTED, MOST_SKIPPED = 10, 100
PREVIEW = {"width": 420, "height": 180}
# A preview is shown within the pages of others; it needs nothing but its own style.
EMBEDDED = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
        " frame-ancestors *"
    ),
}
AS_SPECIFIED: JSON = {
    "type": "object",
    "additionalProperties": True,
    "description": "As the specification of the protocol says.",
}
NAMED = {"id": shapes.TEXT, "name": shapes.TEXT}


def _listed(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


class PropertyValue(BaseModel):
    """What is known of the thing: `pid` of a property, and its values."""

    pid: str
    v: Annotated[list[Any], BeforeValidator(_listed), Field(max_length=MOST_VALUES)]

    @property
    def texts(self) -> list[str]:
        """The values as texts; an entity is meant by its id."""
        found = (each.get("id") if isinstance(each, Mapping) else each for each in self.v)
        return [str(each).strip() for each in found if each is not None and str(each).strip()]


class Query(BaseModel):
    """A query of a batch."""

    model_config = ConfigDict(extra="forbid")

    query: str = ""
    type: Annotated[list[str], BeforeValidator(_listed)] = Field(default_factory=list)
    limit: Annotated[float, Field(ge=1)] = USUAL
    properties: list[PropertyValue] = Field(default_factory=list, max_length=MOST_VALUES)
    type_strict: Literal["any", "should", "all"] = "any"

    @model_validator(mode="after")
    def _asks_for_something(self) -> "Query":
        if not self.query.strip() and not self.properties:
            asking.refuse("Give `query` or `properties`: there is nothing to look for.")
        known = asking.names_of_kinds()
        for name in self.type:
            if name not in known:
                asking.refuse(f"No type “{name[:80]}”; there are {', '.join(known)}.")
        for each in self.properties:
            if each.pid not in asking.properties():
                asking.refuse(asking.unknown_property(each.pid))
        return self

    def question(self) -> Question:
        """What it asks for. Properties that nothing can be compared by are left out."""
        numbers: dict[str, list[str]] = {}
        values: dict[str, list[str]] = {}
        registers = asking.registers()
        for each in self.properties:
            if each.pid in registers:
                ways = (way for text in each.texts for way in ways_to_write(text))
                numbers.setdefault(each.pid, []).extend(ways)
            else:
                meant = (m for text in each.texts for m in asking.values_meant(each.pid, text))
                values.setdefault(each.pid, []).extend(meant)
        return question_of(
            self.query,
            self.type,
            {name: its for name, its in numbers.items() if its},
            {name: its for name, its in values.items() if its},
        )


class Queries(BaseModel):
    """A batch, by the names that its answers have."""

    queries: dict[str, Query]


class Wanted(BaseModel):
    """A property that is to be fetched. There are no settings."""

    id: str
    settings: dict[str, Any] | None = None


class Extension(BaseModel):
    """Properties that are to be fetched of entries."""

    ids: list[str]
    properties: list[Wanted]

    @model_validator(mode="after")
    def _is_known(self) -> "Extension":
        for each in self.properties:
            if each.id not in asking.properties():
                asking.refuse(asking.unknown_property(each.id))
        return self


# --- answers ---------------------------------------------------------------------------------


def reconciled(text: str) -> JSON:
    """The results of a batch. Raises Problem."""
    sent = bodies.parsed(text)
    asking.check_number("queries", sent)
    batch = bodies.checked(Queries, {"queries": sent}).queries
    found = recognise([query.question() for query in batch.values()])
    return {
        name: {"result": [_candidate(each) for each in its[: min(int(query.limit), MOST)]]}
        for (name, query), its in zip(batch.items(), found, strict=True)
    }


def _candidate(candidate: Candidate) -> JSON:
    facts = candidate.facts
    return {
        "id": facts.key,
        "name": facts.name,
        "description": facts.description,
        "type": [asking.type_of(kind_named(facts.kind))],
        "score": round(candidate.score, 1),
        "match": candidate.match,
        "features": [{"id": f.id, "value": round(f.score, 1)} for f in candidate.features],
    }


_DOCUMENTS = """
SELECT l.key, p.kind, p.json FROM kb_label l JOIN kb_published p ON p.entry_id = l.survivor_id
 WHERE l.key = ANY(%s::text[])
"""


def extended(text: str) -> JSON:
    """The values of properties of entries, merged ones as their survivors. Raises Problem."""
    sent = bodies.parsed(text)
    if isinstance(sent, dict):
        asking.check_number("ids", sent.get("ids"))
    asked = bodies.checked(Extension, sent)
    known = asking.properties()
    wanted = [known[each.id] for each in asked.properties]
    keys = [key.replace("\0", "") for key in asked.ids]
    documents = {
        key: (kind_named(kind), orjson.loads(json))
        for key, kind, json in reading.fetch_all(_DOCUMENTS, (keys,))
    }
    return {
        "meta": [{"id": each.id, "name": each.name} for each in wanted],
        "rows": {key: _row(wanted, documents.get(key)) for key in asked.ids},
    }


def _row(wanted: Sequence[Property], found: tuple[Kind, JSON] | None) -> JSON:
    return {each.id: each.values_in(*found) if found else [] for each in wanted}


def manifest(request: HttpRequest) -> JSON:
    """What the service can do, with full addresses."""
    site = origin(request)
    service = f"{site}/api/v1/reconcile"

    def suggests(what: str) -> JSON:
        return {"service_url": service, "service_path": f"/suggest/{what}"}

    return {
        "versions": ["0.2"],
        "name": settings.SITE_NAME,
        "identifierSpace": f"{site}/entries/",
        "schemaSpace": f"{site}/api/v1/schemas/",
        "documentation": f"{site}/api/",
        "view": {"url": f"{site}/entries/{{{{id}}}}/"},
        "defaultTypes": [asking.type_of(kind) for kind in kinds()],
        "batchSize": MOST_OF_A_BATCH,
        "preview": {"url": f"{service}/preview/{{{{id}}}}", **PREVIEW},
        "suggest": {what: suggests(what) for what in ("entity", "property", "type")},
        "extend": {
            "propose_properties": {"service_url": service, "service_path": "/extend"},
            "property_settings": [],
        },
    }


# --- endpoints -------------------------------------------------------------------------------


class ReconciliationEndpoint(Endpoint[Values]):
    """Base of these endpoints."""

    group = "Reconciliation"


class ServiceEndpoint(ReconciliationEndpoint):
    """What the service can do; and, for trying it out, queries in the address."""

    path = "/reconcile"
    name = "reconcile"
    policy = SEARCHING
    summary = "What the service can do"
    description = (
        "Give this address to OpenRefine as a standard service: types are kinds, properties are"
        " what kinds declare. Without parameters the manifest; with `queries` or `extend`, both"
        " JSON, what POST answers. Reconciliation Service API 0.2."
    )
    codes = ("invalid-body", "invalid-content", "too-many")

    @property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        text = {"type": "string", "minLength": 2}
        return (
            Parameter("queries", "A batch of queries, as JSON.", text),
            Parameter("extend", "A query for properties of entries, as JSON.", text),
            FORMAT,
        )

    def answer_schema(self) -> JSON:
        return AS_SPECIFIED

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        queries, extend = one_of(call.asked, "queries"), one_of(call.asked, "extend")
        if queries is not None:
            return Answer(orjson.dumps(reconciled(queries)), call.tag(state))
        if extend is not None:
            return Answer(orjson.dumps(extended(extend)), call.tag(state))
        return Answer(orjson.dumps(manifest(call.request)), call.tag(state))


class FormEndpoint(ReconciliationEndpoint):
    """Base of those that are sent a form with JSON in its fields, `fields` of them."""

    method = "POST"
    accepts: ClassVar[tuple[str, ...]] = (bodies.FORM,)
    fields: ClassVar[tuple[str, ...]] = ()
    codes = ("too-many",)

    def body_schema(self) -> JSON:
        return {
            "type": "object",
            "properties": {name: {"type": "string", "minLength": 2} for name in self.fields},
            "minProperties": 1,
        }

    def answer_schema(self) -> JSON:
        return AS_SPECIFIED

    def body_of(self, request: HttpRequest) -> tuple[str, str]:
        """The field that was sent, and its text."""
        form = bodies.form_of(request)
        for name in self.fields:
            if name in form:
                return name, form[name][0]
        wanted = " or ".join(f"`{name}`" for name in self.fields)
        raise Problem("invalid-body", f"The form has no field {wanted}.")

    def answer(self, call: Call[Values]) -> Answer:
        name, text = call.body
        found = reconciled(text) if name == "queries" else extended(text)
        return Answer(orjson.dumps(found), "", cache=UNCACHED)


class QueriesEndpoint(FormEndpoint):
    """A batch of queries, or a query for properties."""

    path = "/reconcile"
    name = "reconcile-queries"
    policy = SEARCHING
    fields = ("queries", "extend")
    summary = "Match a batch of names"
    description = (
        f"`queries`: JSON of up to {MOST_OF_A_BATCH} named queries, each with `query`, `type`,"
        " `limit` and `properties`. Results are scored from 0 to 100; `match` is true when nothing"
        " else can be meant. `extend` instead: see `/reconcile/extend`."
    )


class ExtendEndpoint(FormEndpoint):
    """Values of properties of entries that were matched."""

    path = "/reconcile/extend"
    name = "reconcile-extend"
    fields = ("extend",)
    summary = "Fetch properties of entries"
    description = (
        f"`extend`: JSON with up to {MOST_OF_A_BATCH} `ids` (keys) and the `properties` to fetch of"
        " them. A key that means no entry in view has no values."
    )


class ProposalEndpoint(ReconciliationEndpoint):
    """Properties that can be fetched of entries of a type."""

    path = "/reconcile/extend"
    name = "reconcile-properties"
    summary = "Properties of a type"
    description = "What can be fetched of entries of a kind, and compared in queries."

    @property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        number = {"type": "integer", "minimum": 1, "maximum": 1_000}
        return (
            Parameter("type", "The kind; without it, properties of any.", _type_schema()),
            Parameter("limit", "How many properties at most.", number),
            FORMAT,
        )

    def answer_schema(self) -> JSON:
        more = {"type": shapes.TEXT, "limit": {"type": "integer"}}
        return shapes.fields({"properties": shapes.rows(shapes.fields(NAMED))}, more)

    def answer(self, call: Call[Values]) -> Answer:
        kind, limit = one_of(call.asked, "type"), one_of(call.asked, "limit")
        found = list(asking.properties(kind).values())[: int(limit) if limit else None]
        answer: JSON = {"properties": [{"id": each.id, "name": each.name} for each in found]}
        if kind is not None:
            answer["type"] = kind
        if limit is not None:
            answer["limit"] = int(limit)
        return Answer(orjson.dumps(answer), call.tag(reading.state()))


def _type_schema() -> JSON:
    return {"type": "string", "enum": list(asking.names_of_kinds())}


class SuggestionEndpoint(ReconciliationEndpoint):
    """Base of what fills the fields of a client while one types."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        skipped = {"type": "integer", "minimum": 0, "maximum": MOST_SKIPPED}
        strictness = {"type": "string", "enum": ["any", "should", "all"]}
        return (
            Parameter("prefix", "What was typed so far.", {"type": "string", "minLength": 1}),
            Parameter("cursor", "How many suggestions to leave out, from the first.", skipped),
            Parameter("type", "Only of these kinds.", _type_schema(), repeat=True),
            Parameter("type_strict", "Of no effect; clients send it.", strictness),
            FORMAT,
        )

    required = ("prefix",)

    def answer_schema(self) -> JSON:
        more = {"description": shapes.TEXT, "notable": shapes.rows(shapes.fields(NAMED))}
        return shapes.fields({"result": shapes.rows(shapes.fields(NAMED, more))})

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        skipped = int(one_of(call.asked, "cursor") or 0)
        types = call.asked.get("type", ())
        found = self.found(call.asked["prefix"][0], types, skipped + SUGGESTED)
        return Answer(orjson.dumps({"result": found[skipped:]}), call.tag(state))

    def found(self, prefix: str, types: Sequence[str], limit: int) -> list[JSON]:
        """The first `limit` suggestions."""
        raise NotImplementedError


class SuggestEntityEndpoint(SuggestionEndpoint):
    path = "/reconcile/suggest/entity"
    name = "reconcile-suggest-entity"
    summary = "Entries while one types"
    description = "As `/suggest`, in the form of the protocol."

    def found(self, prefix: str, types: Sequence[str], limit: int) -> list[JSON]:
        named = suggest(prefix, types or None, limit)
        descriptions = described([each["key"] for each in named])
        return [
            {
                "id": each["key"],
                "name": each["name"],
                "description": descriptions.get(each["key"], ""),
                "notable": [asking.type_of(kind_named(each["kind"]))],
            }
            for each in named
        ]


class SuggestTypeEndpoint(SuggestionEndpoint):
    path = "/reconcile/suggest/type"
    name = "reconcile-suggest-type"
    summary = "Types while one types"
    description = "The kinds with a word that begins with what was typed."

    def found(self, prefix: str, _types: Sequence[str], limit: int) -> list[JSON]:
        types = ((kind, (kind.name, kind.label, kind.label_plural)) for kind in kinds())
        return [
            {**asking.type_of(kind), "description": kind.description}
            for kind, names in types
            if _begins(prefix, names)
        ][:limit]


class SuggestPropertyEndpoint(SuggestionEndpoint):
    path = "/reconcile/suggest/property"
    name = "reconcile-suggest-property"
    summary = "Properties while one types"
    description = "The properties with a word that begins with what was typed."

    def found(self, prefix: str, types: Sequence[str], limit: int) -> list[JSON]:
        return [
            {"id": each.id, "name": each.name}
            for each in asking.properties().values()
            if _begins(prefix, (each.id, each.name)) and (not types or each.places.keys() & types)
        ][:limit]


def _begins(prefix: str, names: Iterable[str]) -> bool:
    """Whether a name, or a word of one, begins with what was typed."""
    typed = prefix.strip().lower()
    lowered = [name.lower() for name in names]
    words = [word for name in lowered for word in name.replace("-", " ").split()]
    return any(each.startswith(typed) for each in (*lowered, *words))


class PreviewEndpoint(ReconciliationEndpoint):
    """A small page about an entry, to be shown within those of a client."""

    path = "/reconcile/preview/{key}"
    name = "reconcile-preview"
    summary = "A small page about an entry"
    description = (
        "HTML for a frame of"
        f" {PREVIEW['width']} × {PREVIEW['height']} pixels in the page of a client."
    )
    formats: ClassVar[Mapping[str, str]] = {"html": "text/html; charset=utf-8"}
    codes = ("not-found", "retracted")

    def answer_schema(self) -> JSON:
        return shapes.TEXT

    @property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        return ()

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        key = call.arguments["key"]
        entry = finding.active(key)
        kind = kind_named(entry.kind)
        context = {
            "entry": entry.shown,
            "kind": kind,
            "description": described([key]).get(key, ""),
            "address": page_of(call.request, kind, key),
        }
        html = render_to_string("kb/preview.html", context)
        media_type = self.formats["html"]
        tag = call.tag(state)
        return Answer(html.encode(), tag, media_type=media_type, headers=EMBEDDED)


def reconciliation() -> list[Endpoint[Any]]:
    """All of them, in the order of the documentation."""
    return [
        ServiceEndpoint(),
        QueriesEndpoint(),
        SuggestEntityEndpoint(),
        SuggestTypeEndpoint(),
        SuggestPropertyEndpoint(),
        ProposalEndpoint(),
        ExtendEndpoint(),
        PreviewEndpoint(),
    ]
