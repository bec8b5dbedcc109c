"""Entries: one by its key, and lists of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace
from functools import cached_property
from typing import Any

import orjson
from django.conf import settings

from kb.api import citing, finding, known, linked, shapes, texts
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, page_of
from kb.api.negotiation import FORMATS
from kb.api.paging import page_body
from kb.api.statements import with_certainty
from kb.documents.schema import field_order
from kb.filters import Parameter, Values
from kb.formats import MEDIA_TYPES
from kb.formats.signposts import of_entry
from kb.formats.tables import csv_text
from kb.kinds import Kind, kind_named, kinds
from kb.parameters import one_of, pieces
from kb.publication import lists, past, reading

ALWAYS = ("key", "kind")  # of an entry, whatever `fields` asks for
INCLUDED_ROWS = 50


def fields_parameter(names: Iterable[str]) -> Parameter:
    schema = {"type": "array", "items": {"type": "string", "enum": list(dict.fromkeys(names))}}
    about = "Only these fields, separated by commas; key and kind always come with them."
    return Parameter("fields", about, schema)


def picked(json: bytes, names: Iterable[str]) -> dict[str, Any]:
    """The named fields of stored JSON, those it has."""
    whole = orjson.loads(json)
    return {name: whole[name] for name in dict.fromkeys((*ALWAYS, *names)) if name in whole}


def link_header(call: Call[Any], key: str, kind: str) -> str:
    """Where else to go from an entry."""
    return of_entry(kind_named(kind), key, settings.PUBLIC_URL, here=call.format)


CSV = f"{MEDIA_TYPES['csv']}; charset=utf-8"
Writer = Callable[[Call[Any], dict[str, Any]], bytes]

WRITERS: Mapping[str, Writer] = {
    **{name: lambda call, entry: citing.cited(call, [entry]) for name in citing.CITATIONS},
    "jsonld": linked.linked_entry,
    "md": texts.entry_text,
}
OF_LISTS = {**FORMATS, **linked.LINKED, "csv": CSV, **citing.CITATIONS}
OF_ENTRIES = {**FORMATS, **linked.LINKED, **citing.CITATIONS, **texts.TEXTS}


class EntryEndpoint(Endpoint[Values]):
    """The published document of one entry."""

    path = "/entries/{key}"
    name = "entry"
    group = "Entries"
    summary = "One entry"
    description = (
        "The published document, each reference expanded to key, kind and name of what it names."
        " A merged entry answers 308 with the address of the one that stands for it, a retracted"
        f" one 410 with what is left in view. {citing.ABOUT} {linked.ABOUT}"
        f" {texts.ABOUT}"
    )
    codes = ("not-found", "retracted", "redacted")
    formats = OF_ENTRIES

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        names = (
            *ALWAYS,
            "name",
            *(n for kind in kinds() for n in field_order(kind.schema)),
            "meta",
        )
        more = {"type": "array", "items": {"type": "string", "enum": list(INCLUDES)}}
        return (
            fields_parameter(names),
            Parameter(
                "include",
                f"With the first {INCLUDED_ROWS} rows of these lists, in `included`.",
                more,
            ),
            known.KNOWN_AT,
            FORMAT,
        )

    def answer_schema(self) -> dict[str, Any]:
        names = [kind.schema.__name__ for kind in kinds()]
        return {"anyOf": [shapes.component(name) for name in (*names, "SomeFields")]}

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> Values:
        values = super().asked_of(given, arguments)
        known.check_moment(values)
        return values

    def current_tag(self, call: Call[Values]) -> str | None:
        if call.asked.keys() - {"format"}:
            return call.tag(reading.state()) if "known_at" not in call.asked else None
        key = call.arguments["key"]
        etag = reading.etag_of(key) if "\0" not in key else None
        return etag and citing.tag_in_format(etag, call.format)

    def answer(self, call: Call[Values]) -> Answer:
        if call.format == "json":
            return self._in_json(call)
        citing.require_whole(call, call.asked, "fields", "include")
        answer = self._in_json(call)
        body = WRITERS[call.format](call, orjson.loads(answer.body))
        return citing.in_format(answer, call, body, self.formats[call.format])

    def _in_json(self, call: Call[Values]) -> Answer:
        key = call.arguments["key"]
        if "known_at" in call.asked:
            return self._as_known(call, key)
        stored = reading.entry_json(key) if "\0" not in key else None
        if stored is None:
            raise finding.gone(key)
        links = link_header(call, key, stored.kind)
        if not call.asked:
            return Answer(stored.json, stored.etag, stored.published_at, links=links)
        etag = call.tag(reading.state()) if call.asked.keys() - {"format"} else stored.etag
        return Answer(_shaped(call, stored), etag, stored.published_at, links=links)

    def _as_known(self, call: Call[Values], key: str) -> Answer:
        moment = lists.moment_asked("known_at", call.asked["known_at"][0])
        entry, revision = known.in_force(key, moment)
        kind = kind_named(known.own_kind(revision))
        public = past.public_document(entry.entry_id, key, kind, revision, known_at=moment)
        body = orjson.dumps(public)
        if names := pieces(call.asked, "fields"):
            body = orjson.dumps(picked(body, names))
        links = link_header(call, key, kind.name)
        moment_published = int(revision.published_at.timestamp())
        return Answer(body, call.tag(reading.state()), moment_published, links=links)


def _shaped(call: Call[Values], stored: reading.Stored) -> bytes:
    """The stored document with only some fields, or with more than it holds."""
    body = stored.json
    if names := pieces(call.asked, "fields"):
        body = orjson.dumps(picked(body, names))
    if included := pieces(call.asked, "include"):
        lists_of = b",".join(
            orjson.dumps(name) + b":[" + b",".join(INCLUDES[name](stored.entry_id)) + b"]"
            for name in included
        )
        body = body[:-1] + b',"included":{' + lists_of + b"}}"
    return body


def edge_json(edge: reading.Edge) -> bytes:
    """An edge as a row."""
    row = {
        "relation": edge.relation,
        "entry": {n: edge.shown[n] for n in ("key", "kind", "name", "status") if n in edge.shown},
        "place": edge.place,
    }
    return orjson.dumps({**row, "statement": edge.statement} if edge.statement else row)


def _links(entry_id: int) -> list[bytes]:
    return [edge_json(e) for e in reading.edges(entry_id, inwards=False, limit=INCLUDED_ROWS)]


def _backlinks(entry_id: int) -> list[bytes]:
    return [edge_json(e) for e in reading.edges(entry_id, inwards=True, limit=INCLUDED_ROWS)]


INCLUDES = {"links": _links, "backlinks": _backlinks}


# --- lists -----------------------------------------------------------------------------------


class EntriesEndpoint(Endpoint[lists.Asked]):
    """A list of entries: of one kind, or of all."""

    group = "Entries"
    formats = OF_LISTS

    def __init__(self, kind: Kind | None = None):
        self.kind = kind
        self.path = f"/{kind.plural if kind else 'entries'}"  # type: ignore[misc]
        self.name = kind.plural if kind else "entries"  # type: ignore[misc]
        self.summary = kind.label_plural if kind else "All entries"  # type: ignore[misc]
        self.description = (  # type: ignore[misc]
            f"{kind.description if kind else 'Entries of every kind.'} Repeat a parameter for OR;"
            " different ones are AND. Pages are found by cursor and as deep as the list is;"
            " `total` is exact up to 10,000 and says so in `total_is_exact`. For a consistent"
            " copy of everything use the feed of changes. As `csv` it is a table, as `jsonld`"
            " linked data, as `csl`, `bib` or `ris` it is to be cited; the next page is then in the"
            " Link header."
        ).strip()

    @cached_property
    def asking(self) -> lists.Asking:
        return replace(lists.asking_for(self.kind.name if self.kind else None), bound=("known_at",))

    @cached_property
    def own(self) -> tuple[Parameter, ...]:
        of = (self.kind,) if self.kind else kinds()
        names = (*ALWAYS, "name", *(n for kind in of for n in kind.summary_fields), "meta")
        return (known.KNOWN_AT, fields_parameter(names), FORMAT)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        return (*self.asking.parameters(), *self.own)

    def answer_schema(self) -> dict[str, Any]:
        of = (self.kind,) if self.kind else kinds()
        names = [f"{kind.schema.__name__}Row" for kind in of]
        item = {"anyOf": [shapes.component(name) for name in (*names, "SomeFields")]}
        facets = {"type": "object", "additionalProperties": shapes.component("Facet")}
        return shapes.page(item, {"facets": facets})

    def asked_of(self, given: Values, _arguments: Mapping[str, str]) -> lists.Asked:
        asked = lists.asked_of(self.asking, given, self.declared)
        known.check_moment(asked.values)
        return asked

    def answer(self, call: Call[lists.Asked]) -> Answer:
        asked = call.asked
        known_at = one_of(asked.values, "known_at")
        return known.at_moment(known_at, lambda at: self._answer(call, self._at(asked, at)))

    def _at(self, asked: lists.Asked, known_at: str | None) -> lists.Asked:
        past = known.past_of(known_at)
        kind = self.kind.name if self.kind else None
        return replace(asked, past=past.for_list_of(kind) if past else None)

    def _answer(self, call: Call[lists.Asked], asked: lists.Asked) -> Answer:
        page = lists.page_of(asked)
        if call.format != "json":
            return self._in_format(call, page)
        rows = page.items
        if names := pieces(asked.values, "fields"):
            rows = [orjson.dumps(picked(row, names)) for row in rows]
        if "on" in asked.values and "certainty" in asked.asking.filter_of:
            is_certain = one_of(asked.values, "certainty") != "possible"
            rows = [with_certainty(row, is_certain) for row in rows]
        facets = _facets_json(asked) if asked.facets else b""
        body = page_body(call, rows, page.total, page.total_is_exact, page.next, page.prev, facets)
        return Answer(body, call.tag(page.state))

    def _in_format(self, call: Call[lists.Asked], page: lists.Page) -> Answer:
        citing.require_whole(call, call.asked.values, "fields")
        rows = [orjson.loads(row) for row in page.items]
        body = self._body(call, rows)
        pages = {"next": page.next, "prev": page.prev}
        links = ", ".join(
            f'<{call.address(cursor=cursor)}>; rel="{relation}"'
            for relation, cursor in pages.items()
            if cursor
        )
        media_type = self.formats[call.format]
        return Answer(body, call.tag(page.state), links=links, media_type=media_type)

    def _body(self, call: Call[lists.Asked], rows: list[dict[str, Any]]) -> bytes:
        if call.format == "csv":
            return self._table(call, rows)
        return (linked.linked_entries if call.format == "jsonld" else citing.cited)(call, rows)

    def _table(self, call: Call[lists.Asked], rows: list[dict[str, Any]]) -> bytes:
        """The rows as CSV: the fields asked for, else all that a row of this list may have."""
        of = (self.kind,) if self.kind else kinds()
        summarised = (name for kind in of for name in kind.summary_fields)
        fields = pieces(call.asked.values, "fields") or ["name", *summarised]
        columns = dict.fromkeys((*ALWAYS, *fields, *ABOUT_ROW))
        shown = [{**row, **_about(call, row)} for row in rows]
        return csv_text([name for name in columns if name != "meta"], shown).encode()


ABOUT_ROW = ("revision", "published_at", "address")  # what a table says beside the fields


def _about(call: Call[Any], row: Mapping[str, Any]) -> dict[str, Any]:
    meta = row["meta"]
    address = page_of(call.request, kind_named(row["kind"]), row["key"])
    return {"revision": meta["revision"], "published_at": meta["published_at"], "address": address}


def _facets_json(asked: lists.Asked) -> bytes:
    found = {facet.name: facet_json(facet) for facet in lists.facets_of(asked)}
    return b',"facets":' + orjson.dumps(found)


def facet_json(facet: lists.Facet) -> dict[str, Any]:
    """A facet with its values."""
    values = [asdict(value) for value in facet.values]
    return {"label": facet.label, "is_exact": facet.is_exact, "values": values}
