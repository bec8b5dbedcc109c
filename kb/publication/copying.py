"""Rows in bulk: COPY, since inserting one by one is what makes an import slow.

A few rows of many tables go in one message instead: waiting for an answer to each statement is what
makes a small publication slow, and it keeps everybody else from publishing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any

import orjson
from django.db import connection, models

Tables = dict[type[models.Model], list[tuple[Any, ...]]]  # model → rows, ready to be written
Statement = tuple[str, list[Any]]  # SQL and its parameters

FEW = 300  # rows, up to which one message with INSERTs is quicker than a COPY for each table


def copy_rows(rows: Iterable[models.Model]) -> None:
    """Write unsaved rows, of any models, by COPY. Keys that the database makes are left to it."""
    copy_tables(tabled(rows))


def tabled(rows: Iterable[models.Model]) -> Tables:
    """The columns that are written, by model: plain values, which another process may hand over."""
    tables: Tables = {}
    for row in rows:
        model = type(row)
        tables.setdefault(model, []).append(_values_of(model)(row.__dict__))
    return tables


def copy_tables(tables: Tables, first: Iterable[Statement] = ()) -> None:
    """Write rows, many of them by COPY. `first`: statements to be executed before that."""
    statements = list(first)
    if sum(map(len, tables.values())) <= FEW:
        statements += [_insertion(model, tables[model]) for model in _ordered(tables)]
        tables = {}
    execute_at_once(statements)
    for model in _ordered(tables):
        columns = ", ".join(f'"{field.column}"' for field in _written_fields(model))
        statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
        with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
            for row in tables[model]:
                copy.write_row(row)


def _ordered(tables: Tables) -> list[type[models.Model]]:
    return sorted(tables, key=lambda model: model._meta.db_table)


def _insertion(model: type[models.Model], rows: list[tuple[Any, ...]]) -> Statement:
    fields = _written_fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES {", ".join([row] * len(rows))}'
    return sql, [value for row in rows for value in row]


def deletion(model: type[models.Model], entry_ids: list[int]) -> Statement:
    """What deletes the rows of these entries from a table."""
    return f'DELETE FROM "{model._meta.db_table}" WHERE entry_id = ANY(%s)', [entry_ids]


def execute_at_once(statements: Sequence[Statement]) -> None:
    """Execute statements in one message to the server."""
    if statements:
        with connection.cursor() as cursor:
            params = [param for _sql, its in statements for param in its]
            cursor.execute("; ".join(sql for sql, _its in statements), params)


def analyse(*models_written: type[models.Model]) -> None:
    """Have the planner look at tables that this transaction filled: nobody else can see to it.

    Without it, a founding import plans its queries as for empty tables, and never ends.
    """
    with connection.cursor() as cursor:
        for model in models_written:
            cursor.execute(f'ANALYZE "{model._meta.db_table}"')


@contextmanager
def indexed_afterwards(tables: Iterable[type[models.Model]]) -> Iterator[None]:
    """Fill tables without their indexes, unique ones aside, and index them at the end.

    Word by word, an index of a million texts takes ten times as long. Nobody else can use the
    tables until the transaction ends, so this is for tables that were empty.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes i"
            " JOIN pg_class c ON c.relname = i.indexname JOIN pg_index x ON x.indexrelid = c.oid"
            " WHERE i.schemaname = current_schema() AND NOT x.indisunique AND tablename = ANY(%s)",
            [[table._meta.db_table for table in tables]],
        )
        indexes = cursor.fetchall()
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for name, _definition in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, definition in indexes:
            cursor.execute(definition)


@cache
def _values_of(model: type[models.Model]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes the values of the columns that are written from the attributes of a row."""
    written = _written(model)
    if len(written) > 1 and not any(is_json for _name, is_json in written):
        return itemgetter(*(name for name, _is_json in written))
    return lambda values: tuple(
        orjson.dumps(values[name]).decode() if is_json else values[name]
        for name, is_json in written
    )


@cache
def _written(model: type[models.Model]) -> list[tuple[str, bool]]:
    """(attribute, whether it is kept as JSON) for each column that is written."""
    return [
        (field.attname, isinstance(field, models.JSONField)) for field in _written_fields(model)
    ]


@cache
def _written_fields(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) and not field.generated
    ]


def place_of_column(model: type[models.Model], name: str) -> int:
    """Where in the rows of `Tables` a column stands."""
    return [attribute for attribute, _is_json in _written(model)].index(name)
