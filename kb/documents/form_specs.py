"""What a form asks for each field of a schema: its label, its explanation and its kind of widget.

Worked out once a schema, from the same types that check documents, so that a new field is added in
one place.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from kb.documents.fields import Line, Markdown, Pattern, TermOf, Url, quote
from kb.documents.inexact_dates import InexactDate
from kb.documents.plans import Fields, Map, Rows, Shape, Value, plan
from kb.documents.schema import Document, Part, Statement, json_schema
from kb.documents.sourced import CITES, FIELD_CITES
from kb.documents.vocabulary import Vocabulary

Widget = Literal[
    "line", "text", "date", "term", "terms", "reference", "number", "text-or-number", "boolean",
    "url", "code", "fixed", "hidden", "raw", "values", "rows", "map", "group",
]  # fmt: skip

LONGEST_LINE = 200  # characters that are asked for in one line; more get a box that grows
MOST_CHOICES = 40  # terms that are listed to be ticked; of more, one is typed

_URL_PATTERN = next(each for each in get_args(Url) if isinstance(each, Pattern))
_ROWS_NAMED = {"Sources": "Source"}  # what a row of such a list is called
_INITIALISMS = {
    "id": "ID", "url": "URL", "doi": "DOI", "isbn": "ISBN", "orcid": "ORCID", "isni": "ISNI",
    "ror": "ROR", "lei": "LEI", "celex": "CELEX", "iso3166": "ISO 3166",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spec:
    """One field of a form, whatever the document.

    `field`: its name in the document, empty for a row or the whole. `most`: characters that fit.
    `vocabulary`: what a term is chosen from. `kinds`: what a reference may name, empty for any.
    `fields`: of a group; `item`: of what a list or a map holds.
    """

    field: str
    widget: Widget
    label: str = ""
    help: str = ""
    is_required: bool = False
    most: int | None = None
    vocabulary: Vocabulary | None = None
    kinds: tuple[str, ...] = ()
    schema: type[Part] | None = None
    fields: tuple["Spec", ...] = ()
    item: "Spec | None" = None


@cache
def spec_of(schema: type[Part]) -> Spec:
    """The form of a whole schema, or of a part."""
    return _group(Spec("", "group", label=_words(schema.__name__)), schema)


def label_of(name: str) -> str:
    """`text_url` as "Text URL"."""
    words = re.split(r"[_\s-]+", name.strip("_"))
    text = " ".join(_INITIALISMS.get(word, word) for word in words)
    return text[:1].upper() + text[1:]


def _words(class_name: str) -> str:
    """`LoanRow` as "Loan row"."""
    return label_of(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", class_name).lower())


# --- from types to specs ---------------------------------------------------------------------


def _group(spec: Spec, schema: type[Part]) -> Spec:
    told = json_schema(schema)
    shapes = plan(schema).shapes
    fields = tuple(
        _field(schema, name, info, shapes[info.alias or name], told)
        for name, info in schema.model_fields.items()
    )
    return replace(spec, schema=schema, fields=fields)


def _field(
    schema: type[Part], attribute: str, info: FieldInfo, shape: Shape, told: Mapping[str, Any]
) -> Spec:
    name = info.alias or attribute
    described = told.get("properties", {}).get(name, {})
    spec = Spec(
        name,
        "line",
        label=info.title or ("Sources" if name == CITES else label_of(name)),
        help=_help(described, told.get("$defs", {})),
        is_required=info.is_required() or bool(described.get("minItems")),
    )
    if _is_given(schema, name, spec):
        return replace(spec, widget="fixed" if issubclass(schema, Document) else "hidden")
    return _shaped(spec, shape, _leaf(info.annotation, tuple(info.metadata)))


def _is_given(schema: type[Part], name: str, spec: Spec) -> bool:
    """Whether the form only keeps it: what an entry is, and the ids of statements."""
    if issubclass(schema, Document):
        return name in ("kind", "key")
    return issubclass(schema, Statement) and name == "id" and not spec.is_required


@dataclass(frozen=True, slots=True)
class _Leaf:
    """The types and the marks at the bottom of an annotation, below lists and maps."""

    types: frozenset[Any]
    marks: tuple[Any, ...]


def _leaf(annotation: Any, marks: tuple[Any, ...] = ()) -> _Leaf:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _leaf(arguments[0], (*marks, *arguments[1:]))
    if origin in (Union, UnionType):
        leaves = [_leaf(each, marks) for each in arguments if each is not NoneType]
        types = frozenset().union(*(leaf.types for leaf in leaves))
        return _Leaf(types, tuple(mark for leaf in leaves for mark in leaf.marks))
    if origin in (list, dict):
        return _leaf(arguments[-1], marks)
    if origin is Literal:
        return _Leaf(frozenset(type(value) for value in arguments), marks)
    return _Leaf(frozenset([annotation]), marks)


def _shaped(spec: Spec, shape: Shape, leaf: _Leaf) -> Spec:
    match shape:
        case Fields(schema=schema):
            return _group(replace(spec, widget="group"), schema)
        case Rows(item=Value()):
            return _values(spec, leaf)
        case Rows(item=inner):
            return replace(spec, widget="rows", item=_shaped(_row_of(inner, spec), inner, leaf))
        case Map(value=inner):
            label = "Sources" if spec.field == FIELD_CITES else "What it holds"
            item = _shaped(Spec("", "line", label=label), inner, leaf)
            return replace(spec, widget="map", item=item)
        case Value() as value:
            return _value(spec, value, leaf)


def _row_of(shape: Shape, of: Spec) -> Spec:
    found = _words(shape.schema.__name__) if isinstance(shape, Fields) else "Row"
    return Spec("", "group", label=_ROWS_NAMED.get(of.label, found))


def _values(spec: Spec, leaf: _Leaf) -> Spec:
    """A list of values: terms to be ticked, or one box for each."""
    item = _value(Spec("", "line", label=spec.label), Value(), leaf)
    if item.widget == "term" and item.vocabulary and len(item.vocabulary) <= MOST_CHOICES:
        return replace(spec, widget="terms", vocabulary=item.vocabulary)
    return replace(spec, widget="values", item=item)


def _value(spec: Spec, value: Value, leaf: _Leaf) -> Spec:
    for mark in leaf.marks:
        if isinstance(mark, TermOf):
            return replace(spec, widget="term", vocabulary=mark.vocabulary)
        if (kinds := getattr(mark, "kinds", None)) is not None:
            return replace(spec, widget="reference", kinds=tuple(kinds), most=80)
    return replace(spec, widget=_widget(value, leaf), most=_most(leaf))


def _widget(value: Value, leaf: _Leaf) -> Widget:
    numbers = leaf.types & {int, float}
    if numbers:
        return "text-or-number" if str in leaf.types else "number"
    if InexactDate in leaf.types:
        return "date"
    if bool in leaf.types:
        return "boolean"
    if _URL_PATTERN in leaf.marks:
        return "url"
    if any(isinstance(mark, Markdown | type(quote)) for mark in leaf.marks):
        return "text"
    if any(isinstance(mark, Pattern) for mark in leaf.marks) or value.is_code:
        return "code"
    return "line"


def _most(leaf: _Leaf) -> int | None:
    found = (getattr(m, "most", None) for m in leaf.marks if isinstance(m, Line | Markdown))
    return next((most for most in found if most), None)


# --- explanations ----------------------------------------------------------------------------


def _help(described: Mapping[str, Any], parts: Mapping[str, Any]) -> str:
    """What JSON Schema says of a field: itself, or through what it holds."""
    for each in (described, described.get("items"), described.get("additionalProperties")):
        if isinstance(each, Mapping):
            part = parts.get(str(each.get("$ref", "")).rpartition("/")[2], {})
            if found := each.get("description") or part.get("description"):
                return _plain(str(found))
    return ""


def _plain(text: str) -> str:
    """One paragraph, without the marks of code: `share` is “share”."""
    first = text.strip().split("\n\n")[0]
    return re.sub(r"`([^`]*)`", r"“\1”", " ".join(first.split()))
