"""One statement of an entry: what it says in words, its sources, and how it is cited."""

from collections.abc import Iterator
from typing import Any

import orjson
from django.conf import settings

from kb.api import citing, finding, known, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, page_of
from kb.api.errors import Problem
from kb.api.negotiation import FORMATS
from kb.documents.statements import statement_lists
from kb.documents.vocabulary import nearest
from kb.filters import Values
from kb.formats.csl import statement_item
from kb.kinds import Kind, kind_named
from kb.parameters import one_of
from kb.publication import page_reading, past, reading
from kb.publication.lists import moment_asked
from kb.told import Line

JSON = dict[str, Any]
OF_STATEMENTS = {**FORMATS, **citing.CITATIONS}


class StatementEndpoint(Endpoint[Values]):
    """One statement."""

    path = "/entries/{key}/statements/{statement}"
    name = "statement"
    group = "Entries"
    summary = "One statement of an entry"
    description = (
        "A row of one of its lists, such as a membership or a position, by the id that the entry"
        " gives it: the row, what it says in words, and how to cite it. As `csl` (CSL-JSON), `bib`"
        " (BibTeX) or `ris` it is something to cite, followed by the sources it rests on."
    )
    codes = ("not-found", "retracted", "redacted")
    parameters = (known.KNOWN_AT, FORMAT)
    formats = OF_STATEMENTS

    def answer_schema(self) -> JSON:
        return shapes.fields(
            {
                "id": shapes.TEXT,
                "entry": shapes.ENTRY,
                "list": {**shapes.TEXT, "description": "The field of the entry that it is in."},
                "text": {**shapes.TEXT, "description": "What it says, in words."},
                "statement": {"type": "object", "description": "The row itself."},
                "meta": shapes.fields(
                    {
                        "revision": {"type": "integer", "minimum": 1},
                        "published_at": shapes.MOMENT,
                        "hash": shapes.HASH,
                        "url": shapes.ADDRESS,
                        "cite_as": shapes.TEXT,
                    }
                ),
            }
        )

    def answer(self, call: Call[Values]) -> Answer:
        key, wanted = call.arguments["key"], call.arguments["statement"]
        kind, public, published_at = _entry(key, one_of(call.asked, "known_at"))
        found = next((each for each in _statements(kind, public) if each[1]["id"] == wanted), None)
        if found is None:
            raise _unknown(key, wanted, kind, public)
        field, row = found
        told = {line.id: line for section in kind.told(public).sections for line in section.lines}
        line = told.get(wanted, Line(wanted, id=wanted))
        own = statement_item(
            kind, public, line, site=settings.SITE_NAME, address=page_of(call.request, kind, key)
        )
        tag = call.tag(reading.state())
        if call.format == "json":
            shown = _shown(field, row, public, own)
            return Answer(orjson.dumps(shown), tag, published_at)
        items = [own, *_sources(call, row)]
        body = citing.WRITERS[call.format](items).encode()
        media_type = self.formats[call.format]
        return Answer(body, tag, published_at, media_type=media_type)


def _entry(key: str, known_at: str | None) -> tuple[Kind, JSON, int]:
    """(kind, public document, when it was published), of today or of a moment. Raises Problem."""
    if known_at is not None:
        moment = moment_asked("known_at", known_at)
        known_then, revision = known.in_force(key, moment)
        kind = kind_named(known.own_kind(revision))
        public = past.public_document(known_then.entry_id, key, kind, revision, known_at=moment)
        return kind, public, int(revision.published_at.timestamp())
    entry = finding.active(key)
    stored = reading.entry_json(key)
    if stored is None:
        raise finding.gone(key)
    return kind_named(entry.kind), orjson.loads(stored.json), stored.published_at


def _statements(kind: Kind, public: JSON) -> Iterator[tuple[str, JSON]]:
    """(field, row) of every statement."""
    for field in statement_lists(kind.schema):
        for row in public.get(field) or ():
            if "id" in row:
                yield field, row


def _shown(field: str, row: JSON, public: JSON, own: JSON) -> JSON:
    meta = {name: public["meta"][name] for name in ("revision", "published_at", "hash")}
    entry = {"key": public["key"], "kind": public["kind"], "name": own["container-title"]}
    cite_as = (
        f"“{own['title']}”, in “{entry['name']}”, {settings.SITE_NAME}, revision"
        f" {meta['revision']}, {meta['published_at'][:10]}, {own['URL']}"
    )
    return {
        "id": row["id"],
        "entry": entry,
        "list": field,
        "text": own["title"],
        "statement": row,
        "meta": {**meta, "url": own["URL"], "cite_as": cite_as},
    }


def _sources(call: Call[Any], row: JSON) -> Iterator[JSON]:
    """What the statement rests on, each source once, as things to cite."""
    keys = dict.fromkeys(cite["source"]["key"] for cite in row.get("cites") or ())
    found = reading.known(keys)
    ids = [found[key].survivor_id for key in keys if key in found]
    documents = page_reading.public_documents(ids)
    return (citing.item_of(call, documents[each]) for each in ids if each in documents)


def _unknown(key: str, wanted: str, kind: Kind, public: JSON) -> Problem:
    ids = [row["id"] for _field, row in _statements(kind, public)]
    near = nearest(wanted, ids)
    hint = f" Did you mean “{near}”?" if near else " Its rows have them, as `id`."
    detail = f"No statement of “{key}” has the id “{wanted[:40]}”.{hint}"
    return Problem("not-found", detail, suggestions=[near] if near else [])
