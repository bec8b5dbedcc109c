"""Whether two documents say the same, however they are written down."""

from typing import Any

from kb.documents.canonical import canonical_json
from kb.documents.plans import JSON, Fields, Map, Rows, Shape, Value, plan
from kb.documents.schema import Part


def says_the_same(schema: type[Part], one: JSON, other: JSON) -> bool:
    """Equal as JSON, the order of plain values in a list (aliases, topics) aside: it is a set."""
    shape = plan(schema)
    return canonical_json(_sorted(shape, one)) == canonical_json(_sorted(shape, other))


def _sorted(shape: Shape | None, value: Any) -> Any:
    match shape, value:
        case Fields(shapes=shapes), dict():
            return {name: _sorted(shapes.get(name), inner) for name, inner in value.items()}
        case Map(value=inner_shape), dict():
            return {name: _sorted(inner_shape, inner) for name, inner in value.items()}
        case Rows(item=Value()), list():
            return sorted(value, key=canonical_json)
        case Rows(item=item), list():
            return [_sorted(item, row) for row in value]
        case _:
            return value
