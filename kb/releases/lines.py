"""What is published and all that ever was, one JSON object a line."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from kb.releases.files import File, write_lines
from kb.releases.snapshot import Snapshot

LINES = "application/gzip"

_DEPARTED = "SELECT json FROM kb_tombstone ORDER BY key"
_REVISIONS = (
    "SELECT r.id, e.key, r.number, r.salt, r.hash, r.previous_hash, r.document_hash, r.document,"
    " r.metadata FROM kb_revision r JOIN kb_entry e ON e.id = r.entry_id ORDER BY r.id"
)


def write_entries(snapshot: Snapshot, folder: Path) -> list[File]:
    """The active entries as the API answers them, by key; then what is left of the others."""
    name = "entries.jsonl.gz"
    write_lines(folder / name, _entries(snapshot))
    about = (
        "Every published entry, one JSON object a line, the very bytes that the API answers, by"
        " key; then what is left in view of retracted and merged ones."
    )
    return [File(name, LINES, about)]


def _entries(snapshot: Snapshot) -> Iterator[bytes]:
    yield from (bytes(json) for _kind, json in snapshot.entries())
    yield from (bytes(json) for (json,) in snapshot.rows(_DEPARTED))


def write_revisions(snapshot: Snapshot, folder: Path) -> list[File]:
    """All revisions in the order of their chain, with all that their hashes cover."""
    name = "revisions.jsonl.gz"
    write_lines(folder / name, _revisions(snapshot))
    about = (
        "Every revision in the order of the chain, one JSON object a line. `document` and"
        " `metadata` are canonical JSON as text, as the hashes cover it; a redacted revision has"
        " neither document nor salt."
    )
    return [File(name, LINES, about)]


NAMES = (
    "chain_place",
    "entry",
    "number",
    "salt",
    "hash",
    "previous_hash",
    "document_hash",
    "document",
    "metadata",
)


def _revisions(snapshot: Snapshot) -> Iterator[bytes]:
    for row in snapshot.rows(_REVISIONS):
        yield orjson.dumps(dict(zip(NAMES, row, strict=True)))
