"""The base of every schema, and the one place where a document is checked.

A schema is a pydantic model: `Part` for a mapping of fields, `Statement` for a row that a reader
could doubt, `Document` for an entry. A field called like a Python keyword gets a trailing
underscore (`from_`); documents, places and JSON Schema leave it out.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any, ClassVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import Field
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from kb.documents.fields import (
    Key,
    Line,
    Markdown,
    Quote,
    Reference,
    StatementId,
    TermOf,
    Url,
    quote,
    reference,
    term,
)
from kb.documents.inexact_dates import InexactDate, Span
from kb.documents.plans import (
    JSON,
    Fields,
    Map,
    Mention,
    Rows,
    Shape,
    Value,
    expand,
    field_order,
    in_order,
    plan,
    references,
    shape_at,
)
from kb.documents.problems import InvalidDocument, Path, Problem, place_of, shown
from kb.documents.tidying import tidied
from kb.documents.translation import problems_of

__all__ = [
    "Document",
    "Field",
    "InexactDate",
    "InvalidDocument",
    "Key",
    "Line",
    "Markdown",
    "Mention",
    "Part",
    "Problem",
    "Quote",
    "Reference",
    "Span",
    "Statement",
    "StatementId",
    "TermOf",
    "Url",
    "expand",
    "field_order",
    "in_order",
    "json_schema",
    "quote",
    "reference",
    "references",
    "term",
    "validate",
]

MOST_BYTES = 1_048_576  # of a document as JSON
MOST_PROBLEMS = 500  # that are told at once; nobody reads more, and a machine may send a million


class Part(BaseModel):
    """A mapping of fields, each with its type. Unknown fields are errors, and nothing is coerced.

    `list_key`: the fields that tell rows of a list apart where they have no `id`.
    `label_key`: the fields that name a row to people; `list_key` where it is left out.
    """

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        allow_inf_nan=False,
        alias_generator=lambda name: name.rstrip("_"),
        protected_namespaces=(),
    )

    list_key: ClassVar[tuple[str, ...]] = ()
    label_key: ClassVar[tuple[str, ...]] = ()
    is_statement: ClassVar[bool] = False

    def rules(self) -> Iterator[Problem]:
        """Problems that no single field has, with places relative to this part.

        Asked once the fields of this part and of all parts in it are valid.
        """
        return iter(())

    @classmethod
    def row_label(cls, row: Mapping[str, Any]) -> str:
        """What a row is called where its change is shown: "germany · member · 1953"."""
        names = cls.label_key or cls.list_key
        return " · ".join(str(row[name]) for name in names if name in row)


class Statement(Part):
    """A row that a reader could doubt. Its `id` is unique in its document and stays with it."""

    is_statement: ClassVar[bool] = True

    id: StatementId | None = None


class Document(Part):
    """An entry as written. Subclasses narrow `kind` to a literal and add `name_field`."""

    name_field: ClassVar[str] = "name"

    kind: Key
    key: Key

    @classmethod
    def name_of(cls, document: Mapping[str, Any]) -> str:
        """The display name of a document of this kind."""
        return str(document.get(cls.name_field, ""))


def validate(schema: type[Part], data: Any) -> dict[str, Any]:
    """`data` as a normal document: tidy, fields in the schema's order, only those that are set.

    Raises InvalidDocument with every problem, in the order of the schema.
    """
    if not isinstance(data, dict):
        found = f"{shown(data)} instead of a document"
        raise InvalidDocument([Problem("", "wrong-type", found, "Write fields and their values.")])
    tidy, oddities = tidied(data)
    problems = _first(oddities)
    try:
        model = schema.__pydantic_validator__.validate_python(tidy)
    except ValidationError as error:
        problems += _problems_of_fields(error, schema, tidy, {problem.path for problem in problems})
    else:
        problems += _first(_rules_broken(schema, model))
    problems += _first(_repeats(schema, tidy))
    if problems:
        raise InvalidDocument(_sorted(problems, schema))
    document = in_order(schema, tidy)
    if (size := len(orjson.dumps(document))) > MOST_BYTES:
        found = f"the document has {size:,} bytes as JSON"
        remedy = f"Shorten it to {MOST_BYTES:,} bytes or fewer."
        raise InvalidDocument([Problem("", "too-large", found, remedy)])
    return document


def _problems_of_fields(
    error: ValidationError, schema: type[Part], data: JSON, known: set[Path]
) -> Iterator[Problem]:
    """What pydantic found, but nothing at `known` places; and the rules that can still be asked."""

    def fields_at(path: Path) -> tuple[str, ...]:
        shape = shape_at(plan(schema), path)
        return tuple(shape.shapes) if isinstance(shape, Fields) else ()

    found = problems_of(error, data, fields_at, most=MOST_PROBLEMS + 1)
    yield from (problem for path, problem in found.items() if path not in known)
    if () not in found and len(found) <= MOST_PROBLEMS:  # else not all broken places are known
        yield from _first(_rules_broken_in_intact_parts(schema, data, [*known, *found]))


def _first(problems: Iterable[Problem]) -> list[Problem]:
    """As many as are told, and one more, which shows that there are more."""
    return list(islice(problems, MOST_PROBLEMS + 1))


def json_schema(schema: type[Part]) -> JsonSchemaValue:
    """The schema of normal documents for other programs. Source: JSON Schema 2020-12."""
    described = schema.model_json_schema(by_alias=True, schema_generator=_NormalDocuments)
    return {"$schema": GenerateJsonSchema.schema_dialect, **described}


class _NormalDocuments(GenerateJsonSchema):
    """Leaves out what a normal document never holds (null, defaults), and titles made of names."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False


# --- rules over several fields ---------------------------------------------------------------


def _rules_broken(schema: type[Part], model: Part, path: Path = ()) -> Iterator[Problem]:
    """What the rules of a valid part and of all parts in it say."""
    for problem in model.rules():
        yield problem.within(path)
    for attribute, name, shape in _ruled_fields(schema):
        value = getattr(model, attribute)
        if value is not None:
            yield from _rules_broken_in(shape, value, (*path, name))


def _rules_broken_in(shape: Shape, value: Any, path: Path) -> Iterator[Problem]:
    match shape:
        case Fields(schema=schema):
            yield from _rules_broken(schema, value, path)
        case Rows(item=inner):
            for number, row in enumerate(value):
                yield from _rules_broken_in(inner, row, (*path, number))
        case Map(value=inner):
            for name, entry in value.items():
                yield from _rules_broken_in(inner, entry, (*path, name))


@cache
def _ruled_fields(schema: type[Part]) -> tuple[tuple[str, str, Shape], ...]:
    """Attribute, name and shape of the fields in which there may be rules."""
    shapes = plan(schema).shapes
    named = (
        (attribute, info.alias or attribute) for attribute, info in schema.model_fields.items()
    )
    return tuple(
        (attribute, name, shapes[name]) for attribute, name in named if _is_ruled(shapes[name])
    )


def _is_ruled(shape: Shape) -> bool:
    match shape:
        case Fields(schema=schema):
            return schema.rules is not Part.rules or bool(_ruled_fields(schema))
        case Rows(item=inner) | Map(value=inner):
            return _is_ruled(inner)
        case _:
            return False


def _rules_broken_in_intact_parts(
    schema: type[Part], data: JSON, broken: Sequence[Path]
) -> Iterator[Problem]:
    """What the rules of those parts say that hold no broken place, so that all comes at once."""
    not_intact = {path[:length] for path in broken for length in range(len(path) + 1)}
    for path, part_schema, fields in _parts(plan(schema), data, ()):
        if part_schema.rules is Part.rules or path in not_intact:
            continue
        try:
            part = part_schema.__pydantic_validator__.validate_python(fields)
        except ValidationError:  # broken in a way that has another place, such as its name
            continue
        for problem in part.rules():
            yield problem.within(path)


def _parts(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, type[Part], JSON]]:
    """Every part in unchecked data, with its path and schema."""
    match shape, value:
        case Fields(schema=schema, shapes=shapes), dict():
            yield path, schema, value
            for name in shapes.keys() & value.keys():
                yield from _parts(shapes[name], value[name], (*path, name))
        case Rows(item=inner), list():
            for number, row in enumerate(value):
                yield from _parts(inner, row, (*path, number))
        case Map(value=inner), dict():
            for name, entry in value.items():
                yield from _parts(inner, entry, (*path, name))


# --- rules over lists ------------------------------------------------------------------------


def _repeats(schema: type[Part], data: JSON) -> Iterator[Problem]:
    """Ids that two statements have, and texts that stand twice in a list. Takes unchecked data."""
    first_places: dict[str, Path] = {}
    for path, shape, rows in _lists(plan(schema), data, ()):
        match shape.item:
            case Value():
                yield from _repeated_values(rows, path)
            case Fields(schema=row_schema) if row_schema.is_statement:
                yield from _repeated_ids(rows, path, first_places)


def _lists(shape: Shape, value: Any, path: Path) -> Iterator[tuple[Path, Rows, list[Any]]]:
    """Every list in unchecked data, with its path."""
    match shape, value:
        case Fields(schema=schema), dict():
            for name, inner in _listed_fields(schema):
                if name in value:
                    yield from _lists(inner, value[name], (*path, name))
        case Rows(item=inner) as rows, list():
            yield path, rows, value
            if isinstance(inner, Fields) and _listed_fields(inner.schema):
                for number, row in enumerate(value):
                    yield from _lists(inner, row, (*path, number))
        case Map(value=inner), dict():
            for name, entry in value.items():
                yield from _lists(inner, entry, (*path, name))


@cache
def _listed_fields(schema: type[Part]) -> tuple[tuple[str, Shape], ...]:
    """Name and shape of the fields in which a repeat may be."""
    return tuple((name, shape) for name, shape in plan(schema).shapes.items() if _may_repeat(shape))


def _may_repeat(shape: Shape) -> bool:
    match shape:
        case Rows(item=Value()):
            return True
        case Rows(item=Fields(schema=schema)):
            return schema.is_statement or bool(_listed_fields(schema))
        case Fields(schema=schema):
            return bool(_listed_fields(schema))
        case Rows(item=inner) | Map(value=inner):
            return _may_repeat(inner)
        case _:
            return False


def _repeated_values(rows: list[Any], path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, value in enumerate(rows):
        if not isinstance(value, str):
            continue
        if value in seen:
            found = f"{shown(value)} stands in the list twice"
            yield Problem.at((*path, number), "repeated-value", found, "Delete one of the two.")
        seen.add(value)


def _repeated_ids(rows: list[Any], path: Path, first_places: dict[str, Path]) -> Iterator[Problem]:
    for number, row in enumerate(rows):
        written = row.get("id") if isinstance(row, dict) else None
        if not isinstance(written, str):
            continue
        place = (*path, number, "id")
        if first_places.setdefault(written, place) != place:
            found = f"{shown(written)} is the id of {place_of(first_places[written][:-1])} too"
            remedy = "Give it another id, or none: then it gets one."
            yield Problem.at(place, "repeated-id", found, remedy)


# --- the order of problems -------------------------------------------------------------------


def _sorted(problems: Iterable[Problem], schema: type[Part]) -> list[Problem]:
    """Each problem once, in the order of the schema; of very many the first."""
    shape = plan(schema)
    ordered = sorted(dict.fromkeys(problems), key=lambda problem: _rank(shape, problem.path))
    if len(ordered) <= MOST_PROBLEMS:
        return ordered
    found = f"there are more than {MOST_PROBLEMS} problems"
    remedy = "Put the others right first: then the rest is shown."
    return [*ordered[:MOST_PROBLEMS], Problem("", "more-problems", found, remedy)]


def _rank(shape: Shape, path: Path) -> list[tuple[int, str]]:
    rank: list[tuple[int, str]] = []
    for depth, step in enumerate(path):
        outer = shape_at(shape, path[:depth])
        if isinstance(step, int):
            rank.append((step, ""))
        elif isinstance(outer, Fields) and step in outer.shapes:
            rank.append((list(outer.shapes).index(step), ""))
        else:
            rank.append((len(outer.shapes) if isinstance(outer, Fields) else 0, step))
    return rank
