"""Reading what is published: the queries that the API and the pages share.

Plain SQL over the published tables, on Django's own connection but beneath its cursors: values
travel apart from the SQL, statements can be prepared, and bytes come as stored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import count
from typing import Any, NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

Row = tuple[Any, ...]
Result = TypeVar("Result")

BINARY = 1  # the format in which libpq hands over bytes as they are

# Changes with everything that can change public content: a publication moves the feed, and the job
# that renders what waits lowers the number of those that wait.
STATE = (
    "((SELECT coalesce(max(sequence), 0) FROM kb_change)::text || '.' ||"
    " (SELECT count(*) FROM kb_published WHERE is_stale)::text)"
)


class Source(NamedTuple):
    """What stands in a query where a table stands: SQL without a name, and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


def fetch_all(sql: str, params: Sequence[Any] = (), *, prepare: bool = True) -> list[Row]:
    """All rows of a query. `prepare=False` where the best plan depends on the values.

    Raises the errors of psycopg, not Django's.
    """
    return _execute(sql, params, prepare=prepare).fetchall()


def fetch_one(sql: str, params: Sequence[Any] = (), *, prepare: bool = True) -> Row | None:
    """The first row of a query, None when there is none."""
    return _execute(sql, params, prepare=prepare).fetchone()


def fetch_row(sql: str, params: Sequence[Any] = (), *, prepare: bool = True) -> Row:
    """The only row of a query that always has one, as of aggregates."""
    row = fetch_one(sql, params, prepare=prepare)
    if row is None:
        raise LookupError("a query that always has a row had none")
    return row


def _execute(sql: str, params: Sequence[Any], *, prepare: bool) -> psycopg.Cursor[Row]:
    return _again_if_gone(lambda: _execute_once(sql, params, prepare=prepare))


def _execute_once(sql: str, params: Sequence[Any], *, prepare: bool) -> psycopg.Cursor[Row]:
    connection.ensure_connection()
    cursor: psycopg.Cursor[Row] = psycopg.Cursor(connection.connection)
    return cursor.execute(sql, params, prepare=prepare, binary=True)


def _again_if_gone(read: Callable[[], Result]) -> Result:
    """What `read` gives; tried once more on a new connection where the server went away."""
    try:
        return read()
    except psycopg.Error:
        if connection.in_atomic_block or not _is_gone():
            raise
        connection.close()
        return read()


def _is_gone() -> bool:
    """Whether the server went away (it restarted, or the pooler dropped us)."""
    raw = connection.connection
    return raw is None or raw.closed or raw.broken


# --- the hottest reads ------------------------------------------------------------------------


class StoredRows:
    """Rows of bytes and text as the server sent them: nothing is converted before it is asked for.

    Other types have to be cast to text in the query.
    """

    __slots__ = ("_result",)

    def __init__(self, result: PGresult):
        self._result = result

    def __len__(self) -> int:
        return self._result.ntuples

    def column(self, column: int) -> list[bytes | None]:
        """The bytes of one column, row by row."""
        value = self._result.get_value
        return [value(row, column) for row in range(self._result.ntuples)]

    def text(self, row: int, column: int) -> str:
        """The text at a place. Raises LookupError for NULL."""
        value = self._result.get_value(row, column)
        if value is None:
            raise LookupError(f"NULL in column {column} of row {row}")
        return value.decode()


def fetch_stored(sql: str, params: Sequence[Any] = (), *, prepare: bool = True) -> StoredRows:
    """The rows of one of the few queries behind most requests, which answer with stored bytes.

    libpq alone needs a third of the time that a cursor does, which works out types that are known
    here. `prepare`: once a connection, so `sql` must be one of a few; parameters then are strings
    and numbers. Raises the errors of psycopg.
    """
    # Within a transaction a statement that is gone could not be prepared again: it would be over.
    if not prepare or connection.in_atomic_block:
        return StoredRows(_again_if_gone(lambda: _stored_once(sql, params)))
    try:
        return StoredRows(_again_if_gone(lambda: _prepared_once(sql, params)))
    except psycopg.errors.InvalidSqlStatementName:
        # psycopg forgets all statements of a connection after a rollback, ours among them.
        _prepared.get(connection.connection, {}).pop(sql, None)
        return StoredRows(_prepared_once(sql, params))


_prepared: WeakKeyDictionary[Any, dict[str, bytes]] = WeakKeyDictionary()  # by connection
# Never the same name twice: a statement that was prepared since others were forgotten is there.
_numbers = count()


def _stored_once(sql: str, params: Sequence[Any]) -> PGresult:
    connection.ensure_connection()
    raw = connection.connection
    adapted = Transformer(raw)
    values = adapted.dump_sequence(params, [PyFormat.AUTO] * len(params))
    types, formats = adapted.types, adapted.formats
    return _checked(raw.pgconn.exec_params(_numbered(sql), values, types, formats, BINARY))


def _prepared_once(sql: str, params: Sequence[str | int]) -> PGresult:
    connection.ensure_connection()
    raw = connection.connection
    names = _prepared.setdefault(raw, {})
    if sql not in names:
        name = b"kb_%d" % next(_numbers)
        _checked(raw.pgconn.prepare(name, _numbered(sql)))
        names[sql] = name
    values = [str(param).encode() for param in params]
    return _checked(raw.pgconn.exec_prepared(names[sql], values, None, BINARY))


def _checked(result: PGresult) -> PGresult:
    if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
        raise psycopg.errors.error_from_result(result)
    return result


@lru_cache(maxsize=1_000)
def _numbered(sql: str) -> bytes:
    """The SQL with `$1`, `$2` … for each `%s`, as libpq takes it."""
    first, *rest = sql.split("%s")
    numbered = (f"${number}{piece}" for number, piece in enumerate(rest, 1))
    return "".join([first, *numbered]).encode()


COUNTED_EXACTLY = 10_000  # rows; beyond, a total is an estimate and says so


def bounded_count(matches: str) -> str:
    """SQL that counts the rows of `FROM … WHERE …`, up to one more than are counted exactly."""
    return f"SELECT count(*) FROM (SELECT 1 {matches} LIMIT {COUNTED_EXACTLY + 1}) AS n"


def judged(counted: int, matches: str, params: Sequence[Any]) -> tuple[int, bool]:
    """The total of what was counted up to the bound, and whether it is exact.

    Beyond the bound it is what the planner of the database expects.
    """
    if counted <= COUNTED_EXACTLY:
        return counted, True
    (plan,) = fetch_row(f"EXPLAIN (FORMAT JSON) SELECT 1 {matches}", params, prepare=False)
    return max(int(plan[0]["Plan"]["Plan Rows"]), counted), False


# --- one entry -------------------------------------------------------------------------------


class Stored(NamedTuple):
    """An active entry as stored. `etag` is quoted, as in headers; `json` is what the API answers.

    `published_at`: seconds since 1970, UTC.
    """

    entry_id: int
    kind: str
    published_at: int
    etag: str
    json: bytes


_SECONDS = "extract(epoch FROM published_at)::bigint::text"
_STORED = f"SELECT entry_id::text, kind, {_SECONDS}, etag, json FROM kb_published WHERE key = %s"


def entry_json(key: str) -> Stored | None:
    """The active entry called `key` with its public JSON; None without one (see `departed`)."""
    found = fetch_stored(_STORED, (key,))
    if not found:
        return None
    (json,) = found.column(4)
    return Stored(
        entry_id=int(found.text(0, 0)),
        kind=found.text(0, 1),
        published_at=int(found.text(0, 2)),
        etag=found.text(0, 3),
        json=json or b"",
    )


def etag_of(key: str) -> str | None:
    """The tag, quoted, of the active entry called `key`."""
    found = fetch_stored("SELECT etag FROM kb_published WHERE key = %s", (key,))
    return found.text(0, 0) if found else None


class Tag(NamedTuple):
    """What an active entry is, and whether a copy of it is still good."""

    etag: str
    kind: str
    published_at: datetime


def entry_tag(key: str) -> Tag | None:
    """The tag, kind and time of the active entry called `key`."""
    row = fetch_one("SELECT etag, kind, published_at FROM kb_published WHERE key = %s", (key,))
    return Tag._make(row) if row else None


class Departed(NamedTuple):
    """An entry that is not in view any more. `survivor`: the key that a merged one means today."""

    entry_id: int
    kind: str
    name: str
    status: str
    json: bytes
    survivor: str

    @property
    def is_merged(self) -> bool:
        return self.status == "merged"


def departed(key: str) -> Departed | None:
    """The retracted or merged entry called `key`, None when there is none."""
    row = fetch_one(
        "SELECT t.entry_id, t.kind, t.name, t.status, t.json, s.key FROM kb_tombstone t"
        " JOIN kb_label l ON l.entry_id = t.entry_id JOIN kb_label s ON s.entry_id = l.survivor_id"
        " WHERE t.key = %s",
        (key,),
    )
    return Departed._make(row) if row else None


class Known(NamedTuple):
    """An entry whatever its status. `survivor` is its own key unless it was merged."""

    entry_id: int
    key: str
    survivor_id: int
    survivor: str
    kind: str
    shown: Mapping[str, Any]


_KNOWN = (
    "SELECT l.entry_id, l.key, s.entry_id, s.key, s.shown ->> 'kind', s.shown FROM kb_label l"
    " JOIN kb_label s ON s.entry_id = l.survivor_id WHERE l.key = ANY(%s)"
)


def known(keys: Iterable[str]) -> dict[str, Known]:
    """Those of `keys` that name an entry, active or not, with what they mean today."""
    wanted = list(dict.fromkeys(keys))
    return {row[1]: Known._make(row) for row in fetch_all(_KNOWN, (wanted,))} if wanted else {}


# --- how much there is, and how it is ---------------------------------------------------------


def state() -> str:
    """Stands for everything public: it changes with every publication."""
    return fetch_stored(f"SELECT {STATE}").text(0, 0)


def counts() -> dict[str, int]:
    """Kind → number of active entries."""
    return dict(fetch_all("SELECT kind, count FROM kb_termcount WHERE term = ''"))


class Status(NamedTuple):
    """The health of what is public. `head`: sequence of the newest change, 0 before the first."""

    head: int
    published_at: datetime | None
    waiting: int
    retracted: int
    merged: int
    state: str


def status() -> Status:
    """How far the feed is, and how many entries wait to be rendered anew."""
    row = fetch_row(
        "SELECT coalesce((SELECT max(sequence) FROM kb_change), 0),"
        " (SELECT made_at FROM kb_change ORDER BY sequence DESC LIMIT 1),"
        " (SELECT count(*) FROM kb_published WHERE is_stale),"
        " (SELECT count(*) FROM kb_tombstone WHERE status = 'retracted'),"
        f" (SELECT count(*) FROM kb_tombstone WHERE status = 'merged'), {STATE}"
    )
    return Status._make(row)


# --- revisions -------------------------------------------------------------------------------


class PastRevision(NamedTuple):
    """A revision. `metadata` and `document` are canonical JSON text; redacted: no document."""

    id: int
    number: int
    act: str
    published_at: datetime
    metadata: str
    previous_hash: str
    hash: str
    document_hash: str
    salt: str | None
    document: str | None

    @property
    def is_redacted(self) -> bool:
        return self.document is None


_REVISION = (
    "SELECT r.id, r.number, r.act, r.published_at, r.metadata, r.previous_hash, r.hash,"
    " r.document_hash, r.salt, r.document FROM kb_revision r"
    " JOIN kb_entry e ON e.id = r.entry_id WHERE e.key = %s"
)


def revision(key: str, number: int) -> PastRevision | None:
    """Revision `number` (from 1) of the entry called `key`."""
    row = fetch_one(f"{_REVISION} AND r.number = %s", (key, number))
    return PastRevision._make(row) if row else None


def newest_revision(key: str) -> PastRevision | None:
    """The newest revision of the entry called `key`, whatever it did."""
    row = fetch_one(f"{_REVISION} ORDER BY r.number DESC LIMIT 1", (key,))
    return PastRevision._make(row) if row else None


def revision_in_force(key: str, moment: datetime) -> PastRevision | None:
    """The newest revision of the entry that was published before `moment`."""
    order = "ORDER BY r.number DESC LIMIT 1"
    row = fetch_one(f"{_REVISION} AND r.published_at < %s {order}", (key, moment))
    return PastRevision._make(row) if row else None


class ListedRevision(NamedTuple):
    """A revision in a history, without its document."""

    number: int
    act: str
    published_at: datetime
    metadata: str
    previous_hash: str
    hash: str
    is_redacted: bool


def revisions(
    entry_id: int, *, beyond: int | None = None, backwards: bool = False, limit: int = 50
) -> list[ListedRevision]:
    """Revisions of an entry, newest first, up to `limit` of them.

    `beyond`: only those on the far side of that number; `backwards` gives the nearest newer ones,
    oldest first.
    """
    order, sign = ("ASC", ">") if backwards else ("DESC", "<")
    further = f" AND number {sign} %s" if beyond is not None else ""
    params = (entry_id, beyond, limit) if beyond is not None else (entry_id, limit)
    rows = fetch_all(
        "SELECT number, act, published_at, metadata, previous_hash, hash, document IS NULL"
        f" FROM kb_revision WHERE entry_id = %s{further} ORDER BY number {order} LIMIT %s",
        params,
    )
    return [ListedRevision._make(row) for row in rows]


# --- who names whom --------------------------------------------------------------------------


class Edge(NamedTuple):
    """One place where an entry names another. `shown` is what is shown of the far end."""

    relation: str
    far_id: int
    place: str
    statement: str
    shown: Mapping[str, Any]


REFERENCES = Source("kb_reference")


def edges(
    entry_id: int,
    *,
    inwards: bool,
    source: Source = REFERENCES,
    relations: Sequence[str] = (),
    beyond: tuple[str, int, str] | None = None,
    backwards: bool = False,
    limit: int = 50,
) -> list[Edge]:
    """What an entry names, or (`inwards`) what names it, by (relation, far end, place).

    `beyond`: only those after that place in the order; `backwards` gives those before, reversed.
    References from merged or retracted entries are not published, so there are none. `source`: of
    the references, today's without it.
    """
    near, far = _ends(inwards=inwards)
    direction, sign = ("DESC", "<") if backwards else ("ASC", ">")
    conditions = [f"r.{near} = %s"]
    params: list[Any] = [entry_id]
    if relations:
        conditions.append("r.relation = ANY(%s)")
        params.append(list(relations))
    if beyond is not None:
        conditions.append(f"(r.relation, r.{far}, r.place) {sign} (%s, %s, %s)")
        params += beyond
    order = ", ".join(f"r.{column} {direction}" for column in ("relation", far, "place"))
    rows = fetch_all(
        f"SELECT r.relation, r.{far}, r.place, r.statement, l.shown FROM {source.sql} r"
        f" JOIN kb_label l ON l.entry_id = r.{far}"
        f" WHERE {' AND '.join(conditions)} ORDER BY {order} LIMIT %s",
        (*source.params, *params, limit),
        prepare=False,
    )
    return [Edge._make(row) for row in rows]


def _ends(*, inwards: bool) -> tuple[str, str]:
    """The columns of the entry at hand and of the one at the other end."""
    return ("target_id", "entry_id") if inwards else ("entry_id", "target_id")


def edge_total(
    entry_id: int,
    *,
    inwards: bool,
    source: Source = REFERENCES,
    relations: Sequence[str] = (),
) -> tuple[int, bool, str]:
    """How many edges there are, whether that is exact, and the state (see `STATE`)."""
    near, _far = _ends(inwards=inwards)
    matches = f"FROM {source.sql} r WHERE {near} = %s"
    params: list[Any] = [*source.params, entry_id]
    if relations:
        matches += " AND relation = ANY(%s)"
        params.append(list(relations))
    sql = f"SELECT ({bounded_count(matches)}), {STATE}"
    counted, state_now = fetch_row(sql, params, prepare=False)
    return *judged(counted, matches, params), state_now


def edge_counts(entry_id: int, *, inwards: bool) -> dict[str, int]:
    """Relation → how many edges of that relation the entry has in this direction."""
    near, _far = _ends(inwards=inwards)
    rows = fetch_all(
        f"SELECT relation, count(*) FROM kb_reference WHERE {near} = %s"
        " GROUP BY relation ORDER BY relation",
        (entry_id,),
    )
    return dict(rows)


# --- the feed of changes ---------------------------------------------------------------------


class MadeChange(NamedTuple):
    """A line of the feed. `document` and `metadata` are canonical JSON text."""

    sequence: int
    act: str
    made_at: datetime
    key: str
    kind: str
    number: int
    hash: str
    metadata: str
    document: str | None


def changes(after: int, limit: int = 50) -> list[MadeChange]:
    """Lines of the feed after the sequence number `after`, in order, gapless, up to `limit`."""
    rows = fetch_all(
        "SELECT c.sequence, c.act, c.made_at, e.key, e.kind, r.number, r.hash, r.metadata,"
        " r.document FROM kb_change c JOIN kb_entry e ON e.id = c.entry_id"
        " JOIN kb_revision r ON r.id = c.revision_id"
        " WHERE c.sequence > %s ORDER BY c.sequence LIMIT %s",
        (after, limit),
    )
    return [MadeChange._make(row) for row in rows]
