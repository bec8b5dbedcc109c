"""Statements as they were published at a moment, for the queries that read those of today.

What was published since has other rows now, so the rows of the revisions then in force are
computed anew and put in their place. They go to the database as JSON and come back as rows of the
very table, so that every filter, order and count is the one of today.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson
from django.db import models
from django.db.backends.postgresql.psycopg_any import DateRange

from kb.documents.schema import expand, in_order, references
from kb.kinds import JSON, Published, kind_named
from kb.models.projected import StatementRow
from kb.publication.names import Names
from kb.publication.reading import fetch_all

MOST = 500  # entries changed since, of which rows are computed for one answer

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


class Source(NamedTuple):
    """What stands in a query where the table stood: SQL without a name, and its parameters."""

    sql: str
    params: tuple[Any, ...]


def today(table: type[StatementRow]) -> Source:
    """The rows as they are published now."""
    return Source(table._meta.db_table, ())


def of_entry(table: type[StatementRow], entry_id: int, moment: datetime) -> Source:
    """The rows that the revision of one entry had which was in force at `moment`."""
    found = fetch_all(_IN_FORCE.format("e.id = %s"), (moment, entry_id), prepare=False)
    return Source(*_populated(table, _rows(table, found)))


def of_everything(table: type[StatementRow], entry_id: int, moment: datetime) -> Source:
    """The rows of all entries at `moment`, as far as they may name the entry `entry_id`.

    Raises TooManyChanges.
    """
    wanted = f"e.id IN ({_CHANGED}) AND {_NAMING}"
    sql = f"{_IN_FORCE.format(wanted)} LIMIT {MOST + 1}"
    found = fetch_all(sql, (moment, moment, entry_id), prepare=False)
    if len(found) > MOST:
        raise TooManyChanges
    populated, params = _populated(table, _rows(table, found))
    own = f"SELECT * FROM {table._meta.db_table} WHERE entry_id NOT IN ({_CHANGED})"
    return Source(f"({own} UNION ALL SELECT * FROM {populated})", (moment, *params))


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


def _populated(table: type[StatementRow], rows: Iterator[JSON]) -> tuple[str, tuple[str, ...]]:
    sql = f"json_populate_recordset(NULL::{table._meta.db_table}, %s::json)"
    return sql, (orjson.dumps(list(rows)).decode(),)


def _as_json(row: models.Model) -> JSON:
    columns = (field for field in row._meta.concrete_fields if not field.primary_key)
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
