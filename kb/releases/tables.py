"""Entries as flat tables: one for each kind, and one for each list of rows that its documents have.

What is deeper stays JSON in its cell; a reference is the key of what it names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import orjson

from kb.documents.plans import Fields, Rows, plan
from kb.documents.schema import Part
from kb.kinds import Kind, kinds

JSON = dict[str, Any]
Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Column:
    """`type`: “string”, “integer”, “number” or “boolean”, as Frictionless calls them."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Table:
    """`field`: the list whose rows it has, "" for the entries themselves. `key`: what is unique."""

    name: str
    kind: Kind
    field: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]


@cache
def tables() -> tuple[Table, ...]:
    """The tables of this knowledge base, kind by kind."""
    return tuple(table for kind in kinds() for table in _of_kind(kind))


def _of_kind(kind: Kind) -> Iterator[Table]:
    shapes = plan(kind.schema).shapes
    listed = {
        name: shape.item
        for name, shape in shapes.items()
        if isinstance(shape, Rows) and isinstance(shape.item, Fields)
    }
    own = [column for column in _columns(kind.schema) if column.name not in listed]
    meta = (Column("revision", "integer"), Column("published_at", "string"))
    yield Table(kind.plural, kind, "", (*own, *meta), ("key",))
    for name, item in listed.items():
        place = (Column("entry", "string"), Column("place", "integer"))
        columns = (*place, *_columns(item.schema))
        yield Table(f"{kind.plural}_{name}", kind, name, columns, ("entry", "place"))


def _columns(schema: type[Part]) -> Iterator[Column]:
    for name, info in schema.model_fields.items():
        yield Column(info.alias or name, _type(set(_leaves(info.annotation))))


def _leaves(annotation: Any) -> Iterator[Any]:
    """The types that a value may have."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _leaves(each)
    elif annotation is not NoneType:
        yield origin or annotation


def _type(leaves: set[Any]) -> str:
    if leaves == {bool}:
        return "boolean"
    if leaves == {int}:
        return "integer"
    return "number" if leaves and leaves <= {int, float} else "string"


def rows_of(table: Table, entry: JSON) -> Iterator[JSON]:
    """The rows that an entry, its public JSON, has in a table of its kind, by column."""
    if not table.field:
        meta = entry["meta"]
        about = {"revision": meta["revision"], "published_at": meta["published_at"]}
        yield {**{c.name: entry.get(c.name) for c in table.columns}, **about}
        return
    for place, row in enumerate(entry.get(table.field, ())):
        yield {**row, "entry": entry["key"], "place": place}


def cells(table: Table, row: Mapping[str, Any]) -> list[Cell]:
    """The row as plain values, in the order of the columns."""
    return [_cell(column, row.get(column.name)) for column in table.columns]


def _cell(column: Column, value: Any) -> Cell:
    if value is None or column.type in ("integer", "boolean"):
        found: Cell = value
        return found
    if column.type == "number":
        return float(value)
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "key" in value:
        return str(value["key"])
    if isinstance(value, list):
        value = [
            each["key"] if isinstance(each, dict) and "key" in each else each for each in value
        ]
    return orjson.dumps(value).decode()
