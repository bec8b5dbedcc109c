"""The contracts: vocabularies, schemas of documents, the OpenAPI file."""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import orjson

from kb.api import shapes
from kb.api.endpoints import Answer, Call, Endpoint, fixed_tag
from kb.api.errors import Problem
from kb.documents.fields import TermOf, named_in
from kb.documents.plans import Fields, Map, Rows, Shape, plan
from kb.documents.schema import json_schema
from kb.documents.vocabulary import Vocabulary, nearest
from kb.filters import TermFilter, Values
from kb.kinds import kinds


class FixedEndpoint(Endpoint[Values]):
    """Base of endpoints whose answer changes only with the software."""

    def current_tag(self, call: Call[Values]) -> str | None:
        return self.answer(call).etag


@cache
def vocabularies() -> dict[str, Vocabulary]:
    """Name → vocabulary, of all that the schemas and the filters of the kinds use."""
    found: dict[str, Vocabulary] = {}
    for kind in kinds():
        for vocabulary in (*_in_schema(plan(kind.schema)), *_in_filters(kind.filters)):
            found.setdefault(vocabulary.name, vocabulary)
    return dict(sorted(found.items()))


def _in_filters(filters: tuple[Any, ...]) -> Iterator[Vocabulary]:
    for each in filters:
        if isinstance(each, TermFilter) and each.vocabulary is not None:
            yield each.vocabulary


def _in_schema(shape: Shape) -> Iterator[Vocabulary]:
    match shape:
        case Rows(item=inner) | Map(value=inner):
            yield from _in_schema(inner)
        case Fields(schema=schema, shapes=shapes_of):
            for info in schema.model_fields.values():
                types = named_in(info.annotation, *info.metadata)
                yield from (each.vocabulary for each in types if isinstance(each, TermOf))
            for inner in shapes_of.values():
                yield from _in_schema(inner)


def vocabulary_json(vocabulary: Vocabulary) -> dict[str, Any]:
    """A vocabulary with its terms; a source only where there is one."""
    terms = [
        {
            "value": term.value,
            "label": term.label,
            "definition": term.definition,
            **({"source": term.source} if term.source else {}),
        }
        for term in vocabulary
    ]
    source = {"source": vocabulary.source} if vocabulary.source else {}
    about = {"label": vocabulary.label, "definition": vocabulary.definition}
    return {"name": vocabulary.name, **about, **source, "terms": terms}


class VocabulariesEndpoint(FixedEndpoint):
    """All vocabularies with their terms."""

    path = "/vocabularies"
    name = "vocabularies"
    group = "Contracts"
    summary = "All vocabularies"
    description = "Every closed list of terms, with labels, definitions and sources."

    def answer_schema(self) -> dict[str, Any]:
        item = shapes.component("Vocabulary")
        return shapes.fields({"items": shapes.rows(item), "total": shapes.COUNT})

    @cached_property
    def body(self) -> bytes:
        items = [vocabulary_json(each) for each in vocabularies().values()]
        return orjson.dumps({"items": items, "total": len(items)})

    def answer(self, _call: Call[Values]) -> Answer:
        return Answer(self.body, fixed_tag(self.body))


class VocabularyEndpoint(FixedEndpoint):
    """One vocabulary."""

    path = "/vocabularies/{name}"
    name = "vocabulary"
    group = "Contracts"
    summary = "One vocabulary"
    description = "Its terms in the order in which pages show them."
    codes = ("not-found",)

    def answer_schema(self) -> dict[str, Any]:
        return shapes.component("Vocabulary")

    def answer(self, call: Call[Values]) -> Answer:
        name = call.arguments["name"]
        found = vocabularies().get(name)
        if found is None:
            raise unknown("vocabulary", name, vocabularies())
        body = orjson.dumps(vocabulary_json(found))
        return Answer(body, fixed_tag(body))


class SchemaEndpoint(FixedEndpoint):
    """The JSON Schema of the documents of a kind."""

    path = "/schemas/{kind}.json"
    name = "schema"
    group = "Contracts"
    summary = "Schema of a kind's documents"
    description = (
        "JSON Schema 2020-12 of documents as they are written and as the feed of changes gives"
        " them, references as keys. `x-vocabulary` names the vocabulary of a field."
    )
    codes = ("not-found",)

    def answer_schema(self) -> dict[str, Any]:
        return {"type": "object", "required": ["$schema"]}

    def answer(self, call: Call[Values]) -> Answer:
        body = schemas().get(call.arguments["kind"])
        if body is None:
            raise unknown("schema", call.arguments["kind"], schemas())
        return Answer(body, fixed_tag(body))


@cache
def schemas() -> dict[str, bytes]:
    """Name of a kind → JSON Schema of its documents."""
    return {kind.name: orjson.dumps(json_schema(kind.schema)) for kind in kinds()}


def unknown(what: str, name: str, choices: Mapping[str, Any]) -> Problem:
    """The problem of a name that is not among a few."""
    near = nearest(name, choices)
    hint = f" Did you mean “{near}”?" if near else f" There are {', '.join(choices)}."
    detail = f"No {what} is called “{name[:100]}”.{hint}"
    return Problem("not-found", detail, suggestions=[near] if near else list(choices))


class OpenApiEndpoint(FixedEndpoint):
    """This API, for programs."""

    path = "/openapi.json"
    name = "openapi"
    group = "Contracts"
    summary = "This API, for programs"
    description = "OpenAPI 3.1. The file is part of the source code and checked against it."

    def answer_schema(self) -> dict[str, Any]:
        return {"type": "object", "required": ["openapi", "paths"]}

    @cached_property
    def body(self) -> bytes:
        from kb.api.openapi import described  # it describes this endpoint too

        return orjson.dumps(described())

    def answer(self, _call: Call[Values]) -> Answer:
        return Answer(self.body, fixed_tag(self.body))
