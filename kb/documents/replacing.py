"""One value put in place of another wherever a document holds it: terms and references.

Places are named as `Mention.field` names them: fields alone, without rows and map keys
("memberships.role", "memberships.cites.source").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from kb.documents.canonical import canonical_json
from kb.documents.fields import TermOf
from kb.documents.plans import JSON, Fields, Map, Rows, Shape, Value, plan
from kb.documents.schema import Part
from kb.documents.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Replacement:
    """`old` becomes `new`: as a term of `field`, or, without a field, as a reference anywhere.

    `within`: for references, only those below a field of this name ("cites"); empty: anywhere.
    `kind`: of what `new` is: only fields that may name it are changed; empty: any field.
    """

    old: str
    new: str
    field: str = ""
    within: str = ""
    kind: str = ""


def replaced(schema: type[Part], document: JSON, asked: Replacement) -> JSON:
    """The document with what is asked. Equal to `document` where it does not hold `old`.

    A list of plain values is a set: a value that is in it already is not put in twice. Rows that
    become the same row for this, ids aside, are left as one, the first.
    """
    changed: JSON = _replaced(plan(schema), document, asked, "")
    return changed


def _replaced(shape: Shape, value: Any, asked: Replacement, field: str) -> Any:
    match shape, value:
        case Value(), str():
            return asked.new if value == asked.old and _is_meant(shape, field, asked) else value
        case Fields(shapes=shapes), dict():
            prefix = f"{field}." if field else ""
            return {
                name: _replaced(shapes[name], inner, asked, f"{prefix}{name}")
                if name in shapes
                else inner
                for name, inner in value.items()
            }
        case Map(value=inner), dict():
            return {name: _replaced(inner, each, asked, field) for name, each in value.items()}
        case Rows(item=inner), list():
            rows = [_replaced(inner, each, asked, field) for each in value]
            return rows if rows == value else _each_once(rows, value)
        case _:
            return value


def _is_meant(shape: Value, field: str, asked: Replacement) -> bool:
    if asked.field:
        return field == asked.field
    if shape.kinds is None or (asked.within and asked.within not in field.split(".")[:-1]):
        return False
    return not asked.kind or not shape.kinds or asked.kind in shape.kinds


def _each_once(rows: list[Any], before: list[Any]) -> list[Any]:
    """The rows without those that a replacement has made the same as another; ids do not count."""
    seen: set[bytes] = {_said_by(row) for row, old in zip(rows, before, strict=True) if row == old}
    kept = []
    for row, old in zip(rows, before, strict=True):
        is_new = row != old
        if is_new and _said_by(row) in seen:
            continue
        seen.add(_said_by(row))
        kept.append(row)
    return kept


def _said_by(row: Any) -> bytes:
    is_row = isinstance(row, dict)
    return canonical_json({k: v for k, v in row.items() if k != "id"} if is_row else row)


# --- which fields take terms ------------------------------------------------------------------


@cache
def term_fields(schema: type[Part]) -> dict[str, Vocabulary]:
    """Field ("memberships.role") → the vocabulary of its terms, in the order of the schema."""
    return dict(_term_fields(schema, ""))


def _term_fields(schema: type[Part], prefix: str) -> Iterator[tuple[str, Vocabulary]]:
    for name, info in schema.model_fields.items():
        field = f"{prefix}{info.alias or name}"
        yield from _terms_of(info.annotation, tuple(info.metadata), field)


def _terms_of(
    annotation: Any, metadata: Iterable[Any], field: str
) -> Iterator[tuple[str, Vocabulary]]:
    """Below one annotation, as `kb.documents.plans` reads it."""
    yield from ((field, each.vocabulary) for each in metadata if isinstance(each, TermOf))
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _terms_of(arguments[0], arguments[1:], field)
    elif origin in (Union, UnionType) or origin is list:
        for each in arguments:
            yield from _terms_of(each, (), field)
    elif origin is dict:
        yield from _terms_of(arguments[1], (), field)
    elif isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        yield from _term_fields(annotation, f"{field}.")
