"""JSON Schemas of answers and their parts, as the OpenAPI file shows them."""

from typing import Any

JSON = dict[str, Any]

TEXT: JSON = {"type": "string"}
COUNT: JSON = {"type": "integer", "minimum": 0}
MOMENT: JSON = {"type": "string", "format": "date-time"}
HASH: JSON = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
CERTAINTY: JSON = {"type": "string", "enum": ["certain", "possible"]}
ADDRESS: JSON = {"type": "string", "format": "uri-reference"}
ENTRY: JSON = {"$ref": "#/components/schemas/EntryLabel"}


def fields(required: JSON, optional: JSON | None = None, **more: Any) -> JSON:
    """An object with these fields and no others, unless `more` says otherwise."""
    return {
        "type": "object",
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def rows(item: JSON) -> JSON:
    return {"type": "array", "items": item}


def page(item: JSON, optional: JSON | None = None) -> JSON:
    """A page of a list."""
    required = {"items": rows(item), "total": COUNT, "total_is_exact": {"type": "boolean"}}
    neighbours = {"next": {"type": "string", "format": "uri"}}
    neighbours["prev"] = neighbours["next"]
    return fields(required, {**neighbours, **(optional or {})})


ENTRY_LABEL = fields(
    {"key": TEXT, "kind": TEXT, "name": TEXT},
    {
        "status": {
            "type": "string",
            "enum": ["retracted", "merged"],
            "description": "Absent for an active entry.",
        }
    },
    description="An entry where another one refers to it.",
)

POINTER: JSON = {**TEXT, "description": "Of a place in the body: a JSON pointer (RFC 6901)."}
WRONG = fields({"code": TEXT, "detail": TEXT}, {"parameter": TEXT, "pointer": POINTER})

PROBLEM = fields(
    {
        "type": ADDRESS,
        "title": TEXT,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "code": TEXT,
        "detail": TEXT,
        "request_id": TEXT,
    },
    {
        "errors": rows(WRONG),
        "suggestions": rows(TEXT),
        "formats": rows(TEXT),
        "accepted": rows(TEXT),
        "tombstone": {"$ref": "#/components/schemas/Tombstone"},
        "revision": {"$ref": "#/components/schemas/RevisionSummary"},
        "base": {**COUNT, "description": "The revision that a changeset begins from."},
    },
    description="Problem details (RFC 9457).",
)

META_OF_ROW = fields({"revision": COUNT, "published_at": MOMENT, "hash": HASH, "url": ADDRESS})

META = fields(
    {
        "revision": {"type": "integer", "minimum": 1},
        "published_at": MOMENT,
        "hash": HASH,
        "url": ADDRESS,
        "cite_as": TEXT,
        "links": {"type": "object", "additionalProperties": ADDRESS},
    },
    {
        "origin": {
            **TEXT,
            "description": "How the revision came about; `founding-import`: not"
            " yet checked by a second person.",
        },
        "known_at": {**MOMENT, "description": "The moment that was asked for."},
    },
)

TOMBSTONE = fields(
    {"key": TEXT, "kind": TEXT, "name": TEXT, "status": TEXT},
    {"into": ENTRY, "reason": TEXT, "note": TEXT, "meta": META_OF_ROW},
    description="What is left in view of an entry that was retracted or merged.",
)

METADATA = {
    "type": "object",
    "description": "What the hash covers beside the document.",
    "properties": {
        "act": TEXT,
        "entry": TEXT,
        "kind": TEXT,
        "number": {"type": "integer", "minimum": 1},
        "published_at": MOMENT,
        "published_by": {"type": ["string", "null"]},
        "authors": rows(TEXT),
        "approvers": rows(TEXT),
        "changeset": {"type": "object"},
    },
}

REVISION_SUMMARY = fields(
    {
        "number": {"type": "integer", "minimum": 1},
        "act": {"type": "string", "enum": ["revise", "retract", "restore", "merge"]},
        "published_at": MOMENT,
        "hash": HASH,
        "previous_hash": HASH,
        "is_redacted": {"type": "boolean"},
        "metadata": METADATA,
        "url": ADDRESS,
    }
)

REVISION = fields(
    {
        "chain_place": {"type": "integer", "minimum": 1},
        "number": {"type": "integer", "minimum": 1},
        "act": {"type": "string", "enum": ["revise", "retract", "restore", "merge"]},
        "published_at": MOMENT,
        "hash": HASH,
        "previous_hash": HASH,
        "document_hash": HASH,
        "salt": {"type": "string", "pattern": "^[0-9a-f]+$"},
        "metadata": METADATA,
        "document": {
            "type": "object",
            "description": "The document as published, references as keys; for a retraction its"
            " reason, for a merge the key it points to.",
        },
    }
)

EDGE = fields(
    {
        "relation": {**TEXT, "description": "A link's relation, else the field that names."},
        "entry": ENTRY,
        "place": {**TEXT, "description": "Where in the naming document."},
    },
    {"statement": {**TEXT, "description": "The id of the statement that names."}},
)

CHANGE = fields(
    {
        "sequence": {"type": "integer", "minimum": 1},
        "act": TEXT,
        "made_at": MOMENT,
        "entry": fields({"key": TEXT, "kind": TEXT}),
        "revision": {"type": "integer", "minimum": 1},
        "hash": HASH,
        "changeset": {"type": "object"},
        "document": {"type": ["object", "null"], "description": "Null once redacted."},
    }
)

FACET = fields(
    {
        "label": TEXT,
        "is_exact": {"type": "boolean"},
        "values": rows(fields({"value": TEXT, "label": TEXT, "count": COUNT})),
    }
)

DIFFERENCE = fields(
    {
        "entry": fields({"key": TEXT, "kind": TEXT}),
        "from": COUNT,
        "to": {"type": "integer", "minimum": 1},
        "changes": rows(
            fields(
                {
                    "place": {**TEXT, "description": "As people read it: memberships[3].from"},
                    "pointer": {**TEXT, "description": "JSON pointer"},
                    "kind": {"type": "string", "enum": ["added", "removed", "changed", "moved"]},
                    "label": TEXT,
                },
                {"before": {}, "after": {}, "statement": TEXT},
            )
        ),
    }
)

TERM = fields({"value": TEXT, "label": TEXT, "definition": TEXT}, {"source": TEXT})
VOCABULARY = fields(
    {"name": TEXT, "label": TEXT, "definition": TEXT, "terms": rows(TERM)}, {"source": TEXT}
)

COMPONENTS: dict[str, JSON] = {
    "EntryLabel": ENTRY_LABEL,
    "Problem": PROBLEM,
    "Tombstone": TOMBSTONE,
    "Meta": META,
    "RowMeta": META_OF_ROW,
    "Revision": REVISION,
    "RevisionSummary": REVISION_SUMMARY,
    "Edge": EDGE,
    "Change": CHANGE,
    "Facet": FACET,
    "Difference": DIFFERENCE,
    "Vocabulary": VOCABULARY,
}


def component(name: str) -> JSON:
    """A reference to one of the components."""
    return {"$ref": f"#/components/schemas/{name}"}
