"""Changesets as a program that writes them sees them."""

import hashlib
from typing import Any

import orjson

from kb.api import shapes
from kb.documents.findings import Finding
from kb.editing.checks import unacknowledged
from kb.models import Changeset, Edit
from kb.publication.rendering import timestamp

JSON = dict[str, Any]

FINDING = shapes.fields(
    {
        "id": {**shapes.HASH, "description": "By which a warning is acknowledged."},
        "code": shapes.TEXT,
        "pointer": {**shapes.TEXT, "description": "Of the place in the document (RFC 6901)."},
        "detail": shapes.TEXT,
    },
    {"must_be_acknowledged": {"type": "boolean", "description": "Of a warning, to submit."}},
)
DOCUMENT = shapes.fields(
    {
        "kind": shapes.TEXT,
        "act": {"type": "string", "enum": Edit.Act.values},
        "base": {**shapes.COUNT, "description": "The revision it begins from, 0 for none."},
        "etag": {**shapes.TEXT, "description": "For If-Match, quotes included."},
        "errors": shapes.rows(shapes.component("WrittenFinding")),
        "warnings": shapes.rows(shapes.component("WrittenFinding")),
    },
)
CHANGESET = shapes.fields(
    {
        "id": {"type": "integer"},
        "title": shapes.TEXT,
        "description": shapes.TEXT,
        "status": {"type": "string", "enum": Changeset.Status.values},
        "created_at": shapes.MOMENT,
        "changed_at": shapes.MOMENT,
        "url": {**shapes.ADDRESS, "description": "Its page at the desk."},
        "documents": {
            "type": "object",
            "additionalProperties": shapes.component("WrittenDocument"),
            "description": "By key.",
        },
    },
    {"submitted_at": shapes.MOMENT},
)
COMPONENTS = {
    "Changeset": CHANGESET,
    "WrittenDocument": DOCUMENT,
    "WrittenFinding": FINDING,
}


def etag_of(edit: Edit) -> str:
    """The ETag of a document in a changeset: another one when it says something else."""
    content = orjson.dumps(edit.document, option=orjson.OPT_SORT_KEYS)
    return f'"{hashlib.blake2b(edit.act.encode() + content, digest_size=12).hexdigest()}"'


def shown(changeset: Changeset, site: str) -> JSON:
    """A changeset as the API shows it. `site`: scheme and host."""
    waiting = {each.identity_in(key) for key, each in unacknowledged(changeset)}
    edits = changeset.edits.select_related("base", "revision").order_by("key")
    found: JSON = {
        "id": changeset.pk,
        "title": changeset.title,
        "description": changeset.description,
        "status": changeset.status,
        "created_at": timestamp(changeset.created_at),
        "changed_at": timestamp(changeset.changed_at),
        "url": site + changeset.get_absolute_url(),
        "documents": {edit.key: _document(edit, waiting) for edit in edits},
    }
    if changeset.submitted_at is not None:
        found["submitted_at"] = timestamp(changeset.submitted_at)
    return found


def _document(edit: Edit, waiting: set[str]) -> JSON:
    findings = [Finding.from_json(each) for each in edit.findings]
    return {
        "kind": edit.kind,
        "act": edit.act,
        "base": base_of(edit),
        "etag": etag_of(edit),
        "errors": [_finding(edit.key, each) for each in findings if each.is_error],
        "warnings": [
            _finding(edit.key, each)
            | {"must_be_acknowledged": each.identity_in(edit.key) in waiting}
            for each in findings
            if not each.is_error
        ],
    }


def _finding(key: str, finding: Finding) -> JSON:
    return {
        "id": finding.identity_in(key),
        "code": finding.code,
        "pointer": finding.pointer,
        "detail": finding.detail,
    }


def base_of(edit: Edit) -> int:
    """The number of the revision that it begins from, 0 for none."""
    return edit.base.number if edit.base is not None else 0
