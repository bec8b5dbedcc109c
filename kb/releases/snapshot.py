"""All that is public at one moment, read row by row: never more than a few in memory."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from itertools import count
from typing import Any, NamedTuple

import psycopg
from django.db import connection

Row = tuple[Any, ...]

BUILD_LOCK = 0x5E1EA5E  # one build at a time
ROWS_AT_ONCE = 500


class AlreadyBuilding(Exception):
    """Another process builds a release at this moment."""


class Facts(NamedTuple):
    """How far a snapshot goes. `made_at`: of the newest change, UTC; `head`: its sequence.

    `chain_length` and `chain_head`: place and hash of the newest revision. `waiting`: entries that
    still show an old name of something they refer to.
    """

    head: int
    made_at: datetime
    chain_length: int
    chain_head: str
    waiting: int


class Snapshot:
    """What is public, as one transaction sees it."""

    def __init__(self, raw: psycopg.Connection[Row]):
        self.connection = raw
        self._numbers = count(1)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> Iterator[Row]:
        """The rows of a query, a few at a time, by a cursor of the server."""
        # Binary: as text each byte of the JSON would come as two, and takes twice as long to read.
        with self.connection.cursor(name=f"release_{next(self._numbers)}", binary=True) as cursor:
            cursor.itersize = ROWS_AT_ONCE
            yield from cursor.execute(sql, params)

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Kind and public JSON of every active entry, by key."""
        return self.rows("SELECT kind, json FROM kb_published ORDER BY key")

    @cached_property
    def facts(self) -> Facts | None:
        """How far it goes; None before the first publication."""
        row = next(self.rows(_FACTS), None)
        if row is None:
            return None
        head, made_at, *rest = row
        return Facts(head, made_at.astimezone(UTC), *rest)


_FACTS = (
    "SELECT c.sequence, c.made_at, r.id, r.hash,"
    " (SELECT count(*) FROM kb_published WHERE is_stale)"
    " FROM (SELECT * FROM kb_change ORDER BY sequence DESC LIMIT 1) c,"
    " (SELECT id, hash FROM kb_revision ORDER BY id DESC LIMIT 1) r"
)


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """A snapshot on a connection of its own, while nobody else has one. Raises AlreadyBuilding."""
    own = connection.copy()
    own.connect()
    raw: psycopg.Connection[Row] = own.connection
    try:
        raw.autocommit = False
        raw.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        raw.read_only = True
        found = raw.execute("SELECT pg_try_advisory_xact_lock(%s)", (BUILD_LOCK,)).fetchone()
        if not (found and found[0]):
            raise AlreadyBuilding("A release is being built at this moment. Wait until it is done.")
        raw.execute("SET LOCAL statement_timeout = 0")
        yield Snapshot(raw)
    finally:
        raw.rollback()
        own.close()
