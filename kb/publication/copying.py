"""Rows in bulk: COPY, since inserting one by one is what makes an import slow."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import groupby
from typing import Any

import orjson
from django.db import connection, models


def copy_rows(rows: Iterable[models.Model]) -> None:
    """Write unsaved rows, of any models, by COPY. Keys that the database makes are left to it."""
    ordered = sorted(rows, key=lambda row: row._meta.db_table)
    for _table, same in groupby(ordered, key=lambda row: row._meta.db_table):
        _copy(list(same))


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


def _copy(rows: Sequence[models.Model]) -> None:
    model = type(rows[0])
    fields = _written_fields(model)
    columns = ", ".join(f'"{field.column}"' for field in fields)
    names = [field.attname for field in fields]
    is_json = {field.attname for field in fields if isinstance(field, models.JSONField)}
    statement = f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN'
    with connection.cursor() as cursor, cursor.cursor.copy(statement) as copy:
        for row in rows:
            values = row.__dict__
            copy.write_row(
                [
                    orjson.dumps(values[name]).decode() if name in is_json else values[name]
                    for name in names
                ]
            )


@cache
def _written_fields(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    return [
        field
        for field in model._meta.concrete_fields
        if not isinstance(field, models.AutoField) and not field.generated
    ]
