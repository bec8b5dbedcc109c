"""Writers of tables: CSV, Parquet and SQLite, a few rows in memory at a time."""

import csv
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from kb.formats.tables import cell
from kb.kinds import kind_named
from kb.releases.files import File
from kb.releases.snapshot import Snapshot
from kb.releases.tables import Cell, Table, cells, rows_of, tables

JSON = dict[str, Any]

ROWS_AT_ONCE = 200  # of a table, before they are packed as Parquet has them
GROUP = 1 << 20  # bytes of packed rows that are written together: a file lists all its groups
CSV, PARQUET, SQLITE = "text/csv; charset=utf-8", "application/vnd.apache.parquet", "data.sqlite"


class Writer(Protocol):
    """Takes every entry, and then every row that it has in a table."""

    def entry(self, entry: JSON, json: bytes) -> None: ...
    def row(self, table: Table, row: JSON) -> None: ...


def write_tables(snapshot: Snapshot, folder: Path) -> list[File]:
    """Every table as `<table>.csv` and `<table>.parquet`, and all of them in `data.sqlite`."""
    with ExitStack() as opened:
        writers: list[Writer] = [
            opened.enter_context(_csv(folder)),
            opened.enter_context(_parquet(folder)),
            opened.enter_context(_sqlite(folder)),
        ]
        for name, json in snapshot.entries():
            _write_entry(writers, name, bytes(json))
    return list(_files())


def _write_entry(writers: list[Writer], kind: str, json: bytes) -> None:
    entry = orjson.loads(json)
    for writer in writers:
        writer.entry(entry, json)
    for table in tables():
        if table.kind.name == kind:
            for row in rows_of(table, entry):
                for writer in writers:
                    writer.row(table, row)


def _files() -> Iterator[File]:
    for table in tables():
        kind = table.kind.label_plural
        of = f"{kind}: their “{table.field}”" if table.field else kind
        yield File(f"{table.name}.csv", CSV, f"{of}, as a table.")
        yield File(f"{table.name}.parquet", PARQUET, f"{of}, as Parquet.")
    about = "All tables, the JSON of each entry, and full-text search over names and summaries."
    yield File(SQLITE, "application/vnd.sqlite3", about)


# --- CSV -------------------------------------------------------------------------------------


class _Csv:
    def __init__(self, folder: Path, opened: ExitStack):
        self._writers = {}
        for table in tables():
            file = (folder / f"{table.name}.csv").open("w", encoding="utf-8", newline="")
            self._writers[table.name] = csv.writer(opened.enter_context(file))
            self._writers[table.name].writerow([column.name for column in table.columns])

    def entry(self, entry: JSON, json: bytes) -> None:
        """Nothing: its rows say all."""

    def row(self, table: Table, row: JSON) -> None:
        values = [cell(row.get(column.name)) for column in table.columns]
        self._writers[table.name].writerow(values)


@contextmanager
def _csv(folder: Path) -> Iterator[_Csv]:
    with ExitStack() as opened:
        yield _Csv(folder, opened)


# --- Parquet ---------------------------------------------------------------------------------

ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
}


class _Parquet:
    def __init__(self, folder: Path, opened: ExitStack):
        self._waiting: dict[str, list[list[Cell]]] = {table.name: [] for table in tables()}
        self._packed: dict[str, list[pa.RecordBatch]] = {table.name: [] for table in tables()}
        self._schemas = {
            table.name: pa.schema([(c.name, ARROW[c.type]) for c in table.columns])
            for table in tables()
        }
        self._writers = {
            name: opened.enter_context(pq.ParquetWriter(folder / f"{name}.parquet", schema))
            for name, schema in self._schemas.items()
        }

    def entry(self, entry: JSON, json: bytes) -> None:
        """Nothing: its rows say all."""

    def row(self, table: Table, row: JSON) -> None:
        waiting = self._waiting[table.name]
        waiting.append(cells(table, row))
        if len(waiting) >= ROWS_AT_ONCE:
            self._pack(table.name)
            if sum(batch.nbytes for batch in self._packed[table.name]) >= GROUP:
                self._flush(table.name)

    def _pack(self, name: str) -> None:
        rows, schema = self._waiting[name], self._schemas[name]
        if rows:
            columns = [
                pa.array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            self._packed[name].append(pa.RecordBatch.from_arrays(columns, schema=schema))
            rows.clear()

    def _flush(self, name: str) -> None:
        if packed := self._packed[name]:
            self._writers[name].write_table(pa.Table.from_batches(packed))
            packed.clear()

    def finish(self) -> None:
        for name in self._waiting:
            self._pack(name)
            self._flush(name)


@contextmanager
def _parquet(folder: Path) -> Iterator[_Parquet]:
    usual = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())  # the usual one keeps 30 MB of what was freed
    try:
        with ExitStack() as opened:
            writer = _Parquet(folder, opened)
            yield writer
            writer.finish()
    finally:
        pa.set_memory_pool(usual)


# --- SQLite ----------------------------------------------------------------------------------

SQL = {"string": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
OWN = (
    "CREATE TABLE entries (key TEXT PRIMARY KEY, kind TEXT, name TEXT, json TEXT)",
    "CREATE VIRTUAL TABLE search USING fts5(key UNINDEXED, kind UNINDEXED, name, aliases, summary)",
)


class _Sqlite:
    def __init__(self, database: sqlite3.Connection):
        self._database = database
        for statement in (*OWN, *map(_creation, tables())):
            database.execute(statement)
        self._insertions = {
            table.name: f'INSERT INTO "{table.name}" VALUES ({_marks(len(table.columns))})'
            for table in tables()
        }

    def entry(self, entry: JSON, json: bytes) -> None:
        key, kind = entry["key"], entry["kind"]
        name = kind_named(kind).name_of(entry)
        row = (key, kind, name, json.decode())
        self._database.execute(f"INSERT INTO entries VALUES ({_marks(4)})", row)
        aliases = " · ".join(entry.get("aliases", ()))
        found = (key, kind, name, aliases, entry.get("summary", ""))
        self._database.execute(f"INSERT INTO search VALUES ({_marks(5)})", found)

    def row(self, table: Table, row: JSON) -> None:
        self._database.execute(self._insertions[table.name], cells(table, row))


def _marks(number: int) -> str:
    return ", ".join("?" * number)


def _creation(table: Table) -> str:
    columns = ", ".join(f'"{column.name}" {SQL[column.type]}' for column in table.columns)
    key = ", ".join(f'"{name}"' for name in table.key)
    return f'CREATE TABLE "{table.name}" ({columns}, PRIMARY KEY ({key}))'


@contextmanager
def _sqlite(folder: Path) -> Iterator[_Sqlite]:
    with closing(sqlite3.connect(folder / SQLITE, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = OFF")  # the whole release is thrown away or kept
        database.execute("BEGIN")
        yield _Sqlite(database)
        database.execute("COMMIT")
