"""Statements as they were published at a moment, for the queries that read those of today.

What was published since has other rows now, so the rows of the revisions then in force are
computed anew and put in their place. They go to the database as JSON and come back as rows of the
very table, so that every filter, order and count is the one of today.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, lru_cache
from typing import Any

import orjson
from django.db import connection, models
from django.db.backends.postgresql.psycopg_any import DateRange

from kb.documents.schema import expand, in_order, references
from kb.filters import Condition
from kb.kinds import JSON, Published, kind_named, kinds
from kb.models import Published as PublishedRow
from kb.models import Reference, SearchEntry
from kb.models.projected import StatementRow
from kb.publication import reading
from kb.publication.counting import Counts, published_terms
from kb.publication.names import Names
from kb.publication.reading import Source, fetch_all
from kb.publication.rendering import (
    Face,
    main_date,
    mentions,
    reference_row,
    summary,
    terms_of,
    timestamp,
)
from kb.publication.search_text import fold_name, search_rows

SEARCHED: type[models.Model] = SearchEntry
MOST = 500  # entries changed since, of which rows are computed for one answer
MOST_LISTED = 1_000  # the same for lists, which keep what was computed

# What was in force at a moment, of the entries that were published (again) since.
_IN_FORCE = (
    "SELECT e.id, e.kind, r.document FROM kb_entry e"
    " JOIN LATERAL (SELECT document, act FROM kb_revision"
    " WHERE entry_id = e.id AND published_at < %s ORDER BY number DESC LIMIT 1) r ON true"
    " WHERE {} AND r.act IN ('revise', 'restore') AND r.document IS NOT NULL"
)
# A document names an entry by its key in quotes, or by one that was merged into it.
_NAMING = (
    "EXISTS (SELECT 1 FROM kb_label l WHERE l.survivor_id = %s"
    """ AND position('"' || l.key || '"' in r.document) > 0)"""
)
_CHANGED = "SELECT entry_id FROM kb_revision WHERE published_at >= %s"


class TooManyChanges(Exception):
    """More was published since the moment than can be computed anew for one answer."""


def today(table: type[StatementRow]) -> Source:
    """The rows as they are published now."""
    return Source(table._meta.db_table)


def of_entry(table: type[StatementRow], entry_id: int, moment: datetime) -> Source:
    """The rows that the revision of one entry had which was in force at `moment`."""
    found = fetch_all(_IN_FORCE.format("e.id = %s"), (moment, entry_id), prepare=False)
    return Source(*_populated(table, _rows(table, found)))


def of_everything(table: type[StatementRow], entry_id: int, moment: datetime) -> Source:
    """The rows of all entries at `moment`, as far as they may name the entry `entry_id`.

    Raises TooManyChanges.
    """
    return _beside_the_unchanged(table, _rows(table, _naming(entry_id, moment)), moment)


def references_of(entry_id: int, moment: datetime) -> Source:
    """What the revision of one entry named which was in force at `moment`."""
    return Source(*_populated(Reference, _references(_faces(moment, [entry_id]))))


def references_to(entry_id: int, moment: datetime) -> Source:
    """What all entries named at `moment`, as far as they may name the entry `entry_id`.

    Raises TooManyChanges.
    """
    ids = [pk for pk, _kind, _text in _naming(entry_id, moment)]
    return _beside_the_unchanged(Reference, _references(_faces(moment, ids)), moment)


def _naming(entry_id: int, moment: datetime) -> list[reading.Row]:
    """What was published since and may have named the entry: (number, kind, document then)."""
    wanted = f"e.id IN ({_CHANGED}) AND {_NAMING}"
    sql = f"{_IN_FORCE.format(wanted)} LIMIT {MOST + 1}"
    found = fetch_all(sql, (moment, moment, entry_id), prepare=False)
    if len(found) > MOST:
        raise TooManyChanges
    return found


def _beside_the_unchanged(
    table: type[models.Model], rows: Iterator[JSON], moment: datetime
) -> Source:
    """These rows in place of those of entries that were published since."""
    populated, params = _populated(table, rows)
    own = f"SELECT * FROM {table._meta.db_table} WHERE entry_id NOT IN ({_CHANGED})"
    return Source(f"({own} UNION ALL SELECT * FROM {populated})", (moment, *params))


def _references(faces: Sequence[Face]) -> Iterator[JSON]:
    names = Names({mention.key for face in faces for mention in mentions(face)})
    for face in faces:
        for mention in mentions(face):
            yield _as_json(reference_row(face, mention, names))


@dataclass(frozen=True)
class Past:
    """What was published otherwise at a moment than today: the entries, and the rows they had.

    `changed`: entry → kind. `differences`: (kind, term) → how many more entries carried the term
    then, or less than none. `state`: what it was worked out from. `kind`: of a list that shows
    entries of this kind alone.
    """

    changed: Mapping[int, str]
    rows: Mapping[type[models.Model], list[JSON]]
    differences: Counts
    state: str
    kind: str | None = None

    def for_list_of(self, kind: str | None) -> "Past":
        """The same for a list of one kind, to which entries of other kinds do not matter."""
        if kind not in self._of_kinds:
            published = [row for row in self.rows.get(PublishedRow, ()) if row["kind"] == kind]
            self._of_kinds[kind] = replace(
                self, kind=kind, rows={**self.rows, PublishedRow: published}
            )
        return self._of_kinds[kind]

    @cached_property
    def _of_kinds(self) -> dict[str | None, "Past"]:
        return {None: self}

    def more(self, term: str, kind: str | None) -> int:
        """How many more entries of a kind (None: of any) carried a term then."""
        its = self.differences.items()
        return sum(by for (of, each), by in its if each == term and kind in (None, of))

    def terms(self, kind: str | None) -> set[str]:
        """The terms that others carried then than today."""
        return {term for of, term in self.differences if kind in (None, of)}

    def instead(self, sql: str, params: Sequence[Any]) -> tuple[str, list[Any]]:
        """A query of what is published now as the same one of what was then.

        In a WITH clause rows that were computed stand beside those of today. Those of today that
        were other ones then are left out where the table is read: by `condition`, and of rows `r`
        by a condition that is put in here. One in the clause would keep PostgreSQL from its
        indexes, so it stands there only for what is read in another way.
        """
        written: list[str] = []
        first: list[Any] = []
        sql = sql.replace(reading.STATE, f"'{self.state}'")  # today's is no row of then
        for table in (*lists_read(), SEARCHED):
            name = table._meta.db_table
            if name not in sql or not self._matters_to(table):
                continue
            as_rows = f"FROM {name} r WHERE "
            where = ""
            if as_rows in sql and not table._meta.pk.is_relation:
                sql = sql.replace(as_rows, f"{as_rows}({self._is_of_then}) AND ")
            elif table is not PublishedRow:
                where = f" WHERE {self._is_unchanged}"
            written.append(
                f"{name} AS NOT MATERIALIZED (SELECT * FROM {name}{where} UNION ALL"
                f" SELECT * FROM json_populate_recordset(NULL::{name}, %s::json))"
            )
            first.append(self._json_of(table))
        if not written:
            return sql, list(params)
        before = f"WITH {', '.join(written)}"
        joint = f"{before}, {sql[5:]}" if sql.startswith("WITH ") else f"{before} {sql}"
        return joint, [*first, *params]

    def _matters_to(self, table: type[models.Model]) -> bool:
        """Whether what changed has rows in the table, or had them."""
        if table is PublishedRow:
            return bool(self._listed)
        kinds_changed = set(self.changed.values())
        shared = table in (Reference, SEARCHED)
        return shared or any(table in kind_named(kind).tables for kind in kinds_changed)

    @cached_property
    def _listed(self) -> list[int]:
        """What changed of what the list shows."""
        return [pk for pk, kind in self.changed.items() if self.kind in (None, kind)]

    @cached_property
    def _is_unchanged(self) -> str:
        """The numbers stand in the SQL itself, wherever it is put in."""
        numbers = ",".join(map(str, self.changed))
        return f"NOT entry_id = ANY('{{{numbers}}}'::bigint[])"

    @property
    def _is_of_then(self) -> str:
        """What was computed has no number of its own."""
        return f"r.id IS NULL OR {self._is_unchanged.replace('entry_id', 'r.entry_id')}"

    def _json_of(self, table: type[models.Model]) -> str:
        if table not in self._jsons:
            self._jsons[table] = orjson.dumps(self.rows.get(table, [])).decode()
        return self._jsons[table]

    @cached_property
    def _jsons(self) -> dict[type[models.Model], str]:
        return {}

    @property
    def condition(self) -> Condition:
        """That a row `p` was published then: those that were computed have no page."""
        if not self._listed:
            return Condition("true")
        return Condition("p.html IS NULL OR NOT p.entry_id = ANY(%s::bigint[])", (self._listed,))


def lists_read() -> list[type[models.Model]]:
    """The tables that lists and their filters read rows of entries from."""
    own = dict.fromkeys(table for kind in kinds() for table in kind.tables)
    return [PublishedRow, Reference, *own]


def of_lists(moment: datetime) -> Past:
    """What lists have to read otherwise to answer for `moment`. Raises TooManyChanges."""
    return _of_lists(moment, reading.state())


def of_search(moment: datetime) -> Past:
    """What search has to read otherwise, lists' tables included. Raises TooManyChanges."""
    return _of_search(moment, reading.state())


@lru_cache(maxsize=16)  # whoever turns pages asks for one moment again and again
def _of_lists(moment: datetime, state: str) -> Past:
    sql = f"SELECT id, kind FROM kb_entry WHERE id IN ({_CHANGED}) LIMIT {MOST_LISTED + 1}"
    changed: dict[int, str] = {pk: kind for pk, kind in fetch_all(sql, (moment,))}  # noqa: C416
    if len(changed) > MOST_LISTED:
        raise TooManyChanges
    faces = _faces(moment, list(changed))
    names = Names(mention.key for face in faces for mention in mentions(face))
    rows: dict[type[models.Model], list[JSON]] = {}
    for face in faces:
        brief = expand(face.kind.schema, face.document, names.brief)
        rows.setdefault(PublishedRow, []).append(_listed(face, brief))
        published = Published(face.entry_id, face.document, brief, names.entry_id, names.shown)
        named = (reference_row(face, mention, names) for mention in mentions(face))
        for row in (*face.kind.project(published), *named):
            rows.setdefault(type(row), []).append(_as_json(row))
    differences = Counter(
        (str(row["kind"]), term)
        for row in rows.get(PublishedRow, ())
        for term in ("", *row["terms"])
    )
    differences.subtract(published_terms(list(changed)))
    return Past(changed, rows, differences, state)


@lru_cache(maxsize=4)
def _of_search(moment: datetime, state: str) -> Past:
    past = _of_lists(moment, state)
    sql = "SELECT entry_id, prominence FROM kb_searchentry WHERE entry_id = ANY(%s::bigint[])"
    prominence: dict[int, float] = dict(fetch_all(sql, (list(past.changed),)))
    rows = [
        _as_json(row)
        for face in _faces(moment, list(past.changed))
        for row in _words_of(face, prominence.get(face.entry_id, 0.0))
        if isinstance(row, SearchEntry)
    ]
    return replace(past, rows={**past.rows, SearchEntry: _with_words(rows)})


def _words_of(face: Face, prominence: float) -> Iterator[models.Model]:
    terms = terms_of(face.kind, face.document)
    return search_rows(face.kind, face.document, face.entry_id, terms, prominence)


def _with_words(rows: list[JSON]) -> list[JSON]:
    """The rows of the index with what the database makes of their texts."""
    field = SearchEntry._meta.get_field("vector")
    words, _params = field.generated_sql(connection)
    table = SearchEntry._meta.db_table
    found = fetch_all(
        f"SELECT entry_id, ({words})::text FROM json_populate_recordset(NULL::{table}, %s::json)",
        (orjson.dumps(rows).decode(),),
        prepare=False,
    )
    vectors: dict[int, str] = {entry_id: vector for entry_id, vector in found}  # noqa: C416 — types
    return [{**row, "vector": vectors[row["entry_id"]]} for row in rows]


_FACES = (
    "SELECT e.id, e.key, e.kind, r.id, r.number, r.hash, r.published_at, r.document FROM kb_entry e"
    " JOIN LATERAL (SELECT * FROM kb_revision WHERE entry_id = e.id AND published_at < %s"
    " ORDER BY number DESC LIMIT 1) r ON true"
    " WHERE e.id = ANY(%s::bigint[]) AND r.act IN ('revise', 'restore')"
    " AND r.document IS NOT NULL"
)


def _faces(moment: datetime, ids: Sequence[int]) -> list[Face]:
    """What was in force of these entries at the moment."""
    return [_face(*row) for row in fetch_all(_FACES, (moment, list(ids)), prepare=False)]


def _face(
    entry_id: int,
    key: str,
    kind_name: str,
    revision_id: int,
    number: int,
    hashed: str,
    at: datetime,
    text: str,
) -> Face:
    kind = kind_named(kind_name)
    document = in_order(kind.schema, orjson.loads(text))
    return Face(entry_id, key, kind, revision_id, number, hashed, at, "", document)


def _listed(face: Face, brief: JSON) -> JSON:
    """The columns that a list reads of an entry."""
    name = face.kind.name_of(face.document)
    return {
        "entry_id": face.entry_id,
        "revision_id": face.revision_id,
        "key": face.key,
        "kind": face.kind.name,
        "name": name,
        "published_at": timestamp(face.published_at),
        "sort_name": fold_name(name)[:400],
        "sort_date": main_date(face.kind, face.document),
        "terms": terms_of(face.kind, face.document),
        "summary": _plain(orjson.dumps(summary(face, brief, face.meta()))),
    }


def _rows(table: type[StatementRow], found: Sequence[Sequence[Any]]) -> Iterator[JSON]:
    documents = [(pk, kind_named(kind), orjson.loads(text)) for pk, kind, text in found]
    named = {
        mention.key
        for _pk, kind, document in documents
        for mention in references(kind.schema, document)
    }
    names = Names(named)
    for pk, kind, content in documents:
        document = in_order(kind.schema, content)
        expanded = expand(kind.schema, document, names.brief)
        for row in kind.project(Published(pk, document, expanded, names.entry_id, names.shown)):
            if isinstance(row, table):
                yield _as_json(row)


def _populated(table: type[models.Model], rows: Iterator[JSON]) -> tuple[str, tuple[str, ...]]:
    sql = f"json_populate_recordset(NULL::{table._meta.db_table}, %s::json)"
    return sql, (orjson.dumps(list(rows)).decode(),)


def _as_json(row: models.Model) -> JSON:
    columns = (
        field
        for field in row._meta.concrete_fields
        if field.is_relation or not (field.primary_key or field.generated)
    )
    return {str(field.column): _plain(getattr(row, field.attname)) for field in columns}


def _plain(value: Any) -> Any:
    """A value as the text that its column reads."""
    match value:
        case bytes():
            return f"\\x{value.hex()}"
        case DateRange():
            return "empty" if value.isempty else f"[{_day(value.lower)},{_day(value.upper)})"
        case _:
            return value


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
