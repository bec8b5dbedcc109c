"""The shape of a schema, worked out once a class: where its references and statements are.

The functions here take plain JSON documents, so they never build a model, and copy only what
they change.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin

from kb.documents.fields import Line, Markdown, Pattern, Reference, TermOf, quote
from kb.documents.problems import Path

if TYPE_CHECKING:
    from kb.documents.schema import Part

JSON = dict[str, Any]
LabelOf = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Mention:
    """One reference in a document.

    `key` as written, `kinds` that its field allows (empty: any), `place` as a path.
    `field`: names alone, without rows and map keys ("memberships.cites.source"), so that it is
    the same for every row. `statement`: `id` of the row that the reference is in, if it has one.
    """

    key: str
    kinds: tuple[str, ...]
    place: Path
    field: str
    statement: str | None


@dataclass(frozen=True, slots=True)
class Value:
    """A field that holds neither fields nor rows. `kinds` when it is a reference.

    `is_text`: words written for readers. `is_code`: a string of another form that a subject gives
    to it, such as a number in a register.
    """

    kinds: tuple[str, ...] | None = None
    is_markdown: bool = False
    is_text: bool = False
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A list."""

    item: "Shape"


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping whose keys are data."""

    value: "Shape"


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping whose keys are the fields of `schema`, in the order of the schema."""

    schema: "type[Part]"
    shapes: Mapping[str, "Shape"]


Shape = Value | Rows | Map | Fields


@cache
def plan(schema: "type[Part]") -> Fields:
    """The shape of a schema. Raises TypeError for a type that no document can hold."""
    return Fields(
        schema,
        {
            info.alias or name: _shape(info.annotation, tuple(info.metadata))
            for name, info in schema.model_fields.items()
        },
    )


def _shape(annotation: Any, metadata: tuple[Any, ...] = ()) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _shape(arguments[0], (*arguments[1:], *metadata))
    if origin in (Union, UnionType):
        return _shape_of_union([a for a in arguments if a is not type(None)], metadata)
    if origin is list or annotation is list:
        return Rows(_shape(arguments[0]) if arguments else Value())
    if origin is dict or annotation is dict:
        return Map(_shape(arguments[1]) if arguments else Value())
    if origin in (tuple, set, frozenset):
        raise TypeError(f"{annotation}: JSON has lists alone; write list[…]")
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        return plan(annotation)
    return _value(metadata)


def _shape_of_union(choices: list[Any], metadata: tuple[Any, ...]) -> Shape:
    if len(choices) == 1:
        return _shape(choices[0], metadata)
    if any(not isinstance(_shape(choice), Value) for choice in choices):
        raise TypeError(f"{choices}: a field holds either values, or fields, or rows")
    found = [_shape(choice, metadata) for choice in choices]
    return next((each for each in found if each != Value()), Value())


def _value(metadata: tuple[Any, ...]) -> Value:
    kinds = next((m.kinds for m in metadata if isinstance(m, Reference)), None)
    is_markdown = any(isinstance(m, Markdown) for m in metadata)
    is_text = any(isinstance(m, Line | Markdown | type(quote)) for m in metadata)
    is_known = is_text or any(isinstance(m, Reference | TermOf | Pattern) for m in metadata)
    is_code = not is_known and any(hasattr(m, "__get_pydantic_core_schema__") for m in metadata)
    return Value(kinds, is_markdown, is_text, is_code)


def shape_at(shape: Shape, path: Path) -> Shape | None:
    """The shape at a path of a document; None where the schema has no such place."""
    found: Shape | None = shape
    for step in path:
        match found:
            case Fields(shapes=shapes):
                found = shapes.get(str(step))
            case Rows(item=inner) | Map(value=inner):
                found = inner
            case _:
                return None
    return found


# --- the order of fields ---------------------------------------------------------------------


def in_order(schema: "type[Part]", document: JSON) -> JSON:
    """The same document with its fields in the schema's order, and the keys of maps sorted.

    Fields that the schema does not know come last, so that nothing is lost.
    """
    return _fields_sorter(schema)(document)


@cache
def field_order(schema: "type[Part]") -> tuple[str, ...]:
    """The names of the fields of a schema, as documents write them, in their order."""
    return tuple(plan(schema).shapes)


def _sorter(shape: Shape) -> Callable[[Any], Any] | None:
    """What puts a value of this shape in order; None where there is nothing to order."""
    match shape:
        case Fields(schema=schema):
            return _fields_sorter(schema)
        case Map(value=inner):
            return _map_sorter(_sorter(inner))
        case Rows(item=inner):
            sort_row = _sorter(inner)
            return None if sort_row is None else lambda rows: [sort_row(row) for row in rows]
        case _:
            return None


@cache
def _fields_sorter(schema: "type[Part]") -> Callable[[JSON], JSON]:
    sorters = tuple((name, _sorter(shape)) for name, shape in plan(schema).shapes.items())

    def sort(fields: JSON) -> JSON:
        ordered = {
            name: fields[name] if sort_value is None else sort_value(fields[name])
            for name, sort_value in sorters
            if name in fields
        }
        return ordered if len(ordered) == len(fields) else {**ordered, **fields, **ordered}

    return sort


def _map_sorter(sort_value: Callable[[Any], Any] | None) -> Callable[[JSON], JSON]:
    if sort_value is None:
        return lambda entries: dict(sorted(entries.items()))
    return lambda entries: {name: sort_value(entries[name]) for name in sorted(entries)}


# --- references ------------------------------------------------------------------------------


def references(schema: "type[Part]", document: JSON) -> Iterator[Mention]:
    """Every reference in a valid document, in the order of the schema."""
    mentions: list[Mention] = []
    _collector(schema)(document, (), None, mentions)
    return iter(mentions)


Collect = Callable[[Any, Path, str | None, list[Mention]], None]


@cache
def _collector(schema: "type[Part]") -> Collect:
    return _collect_of(plan(schema), "") or _collect_nothing


def _collect_nothing(
    _value: Any, _place: Path, _statement: str | None, _mentions: list[Mention]
) -> None:
    """For a schema without references."""


def _collect_of(shape: Shape, field: str) -> Collect | None:
    """What collects the references below a field; None where there cannot be one."""
    match shape:
        case Value(kinds=tuple() as kinds):

            def collect_key(
                value: Any, place: Path, statement: str | None, mentions: list[Mention]
            ) -> None:
                mentions.append(Mention(value, kinds, place, field, statement))

            return collect_key
        case Rows(item=inner):
            return _collect_rows(_collect_of(inner, field))
        case Map(value=inner):
            return _collect_map(_collect_of(inner, field))
        case Fields():
            return _collect_fields(shape, field)
        case _:
            return None


def _collect_rows(collect: Collect | None) -> Collect | None:
    if collect is None:
        return None

    def collect_rows(
        rows: Any, place: Path, statement: str | None, mentions: list[Mention]
    ) -> None:
        for number, row in enumerate(rows):
            collect(row, (*place, number), statement, mentions)

    return collect_rows


def _collect_map(collect: Collect | None) -> Collect | None:
    if collect is None:
        return None

    def collect_map(
        entries: Any, place: Path, statement: str | None, mentions: list[Mention]
    ) -> None:
        for name in sorted(entries):
            collect(entries[name], (*place, name), statement, mentions)

    return collect_map


def _collect_fields(shape: Fields, field: str) -> Collect | None:
    prefix = f"{field}." if field else ""
    collectors = tuple(
        (name, collect)
        for name, inner in shape.shapes.items()
        if (collect := _collect_of(inner, prefix + name)) is not None
    )
    if not collectors:
        return None
    is_statement = shape.schema.is_statement

    def collect_fields(
        fields: Any, place: Path, statement: str | None, mentions: list[Mention]
    ) -> None:
        if is_statement:
            statement = fields.get("id")
        for name, collect in collectors:
            value = fields.get(name)
            if value is not None:
                collect(value, (*place, name), statement, mentions)

    return collect_fields


# --- expansion -------------------------------------------------------------------------------


def expand(schema: "type[Part]", document: JSON, label_of: LabelOf) -> JSON:
    """The document with each reference replaced by what `label_of` gives for its key.

    A key that `label_of` does not know (None) becomes `{"key": key}`. What holds no reference is
    shared with `document`, not copied.
    """
    expander = _fields_expander(schema)
    return dict(document) if expander is None else expander(document, label_of)


Expand = Callable[[Any, LabelOf], Any]


def _expand_key(key: str, label_of: LabelOf) -> Mapping[str, Any]:
    label = label_of(key)
    return {"key": key} if label is None else label


def _expander(shape: Shape) -> Expand | None:
    """What expands the references below; None where there cannot be one."""
    match shape:
        case Value(kinds=tuple()):
            return _expand_key
        case Fields(schema=schema):
            return _fields_expander(schema)
        case Rows(item=inner):
            expand_row = _expander(inner)
            if expand_row is None:
                return None
            return lambda rows, label_of: [expand_row(row, label_of) for row in rows]
        case Map(value=inner):
            expand_value = _expander(inner)
            if expand_value is None:
                return None
            return lambda entries, label_of: {
                name: expand_value(value, label_of) for name, value in entries.items()
            }
        case _:
            return None


@cache
def _fields_expander(schema: "type[Part]") -> Expand | None:
    expanders = tuple(
        (name, expander)
        for name, shape in plan(schema).shapes.items()
        if (expander := _expander(shape)) is not None
    )
    if not expanders:
        return None

    def expand_fields(fields: JSON, label_of: LabelOf) -> JSON:
        expanded = fields.copy()
        for name, expander in expanders:
            value = fields.get(name)
            if value is not None:
                expanded[name] = expander(value, label_of)
        return expanded

    return expand_fields
