"""JSON-LD: entries and revisions as linked data, and the context that says what fields mean."""

from collections.abc import Iterable
from typing import Any

import orjson

from kb.api.endpoints import Answer, Call, Endpoint, fixed_tag, origin
from kb.filters import Values
from kb.formats import MEDIA_TYPES, json_ld
from kb.kinds import kind_named, kinds

JSON = dict[str, Any]

LINKED = {"jsonld": MEDIA_TYPES["jsonld"]}
ABOUT = "As `jsonld` it is linked data (schema.org, The Organization Ontology, PROV-O)."


def linked_entry(call: Call[Any], public: JSON) -> bytes:
    """An entry, its public JSON, as JSON-LD."""
    kind = kind_named(public["kind"])
    return orjson.dumps(json_ld.entry(kind, public, site=origin(call.request)))


def linked_entries(call: Call[Any], rows: Iterable[JSON]) -> bytes:
    """Entries, their rows in a list, as one graph."""
    site = origin(call.request)
    entries = (json_ld.entry(kind_named(row["kind"]), row, site=site) for row in rows)
    return orjson.dumps(json_ld.graph(entries, site=site))


def linked_revision(call: Call[Any], found: JSON) -> bytes:
    """A revision, its JSON, as JSON-LD."""
    kind = kind_named(found["metadata"]["kind"])
    return orjson.dumps(json_ld.revision(kind, found, site=origin(call.request)))


class ContextEndpoint(Endpoint[Values]):
    """The context of all JSON-LD here."""

    path = "/context.jsonld"
    name = "context"
    group = "Contracts"
    summary = "What the fields mean, as a JSON-LD context"
    description = (
        "Every field as a property of schema.org, The Organization Ontology, PROV-O and others, or"
        " of our own namespace; each term as the address of its vocabulary with the term behind #."
    )
    formats = LINKED

    def answer_schema(self) -> JSON:
        return {"type": "object", "required": ["@context"]}

    def current_tag(self, call: Call[Values]) -> str | None:
        return self.answer(call).etag

    def answer(self, call: Call[Values]) -> Answer:
        body = orjson.dumps(json_ld.context(kinds(), origin(call.request)))
        return Answer(body, fixed_tag(body), media_type=LINKED["jsonld"])
