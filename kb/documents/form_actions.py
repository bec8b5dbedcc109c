"""What the buttons of a form do to the document that was typed: rows come, go and change places.

A button is named `do` and says `verb:name`, such as `up:memberships.3`; names as in
`form_fields.py`; `cite:founded` adds a source to a field of the document itself. With JavaScript
the page does the same by itself.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.documents.form_data import (
    FormData,
    add_entry,
    blank_of,
    closed_rows,
    document_from,
    raw_value,
    unquoted,
)
from kb.documents.form_fields import ENTRY_NAME, RAW, one_line
from kb.documents.form_specs import Spec, spec_of
from kb.documents.problems import Path, value_at
from kb.documents.schema import Part
from kb.documents.sourced import FIELD_CITES

JSON = dict[str, Any]

BUTTON, REMOVED = "do", "removed"
VERBS = ("add", "cite", "up", "down", "remove", "put-back", "open")


@dataclass(frozen=True, slots=True)
class Removed:
    """A row that was taken out, and where it stood: its list, and its number or key there."""

    path: Path
    row: Any

    def __str__(self) -> str:
        """As a hidden field of the form keeps it."""
        return json.dumps({"path": self.path, "row": self.row})

    @classmethod
    def read(cls, text: str) -> "Removed | None":
        """What such a field says; None when it was tampered with."""
        match raw_value(text):
            case {"path": [*path], "row": row} if path and all(
                isinstance(step, str | int) for step in path
            ):
                return cls(tuple(path), row)
        return None


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form holds between two saves: the document, and the rows that can be put back.

    `closed`: the rows that were closed, each as `one_line` writes it; None before anything was
    posted. By what they hold, so that they are known again in another place.
    """

    document: JSON
    removed: tuple[Removed, ...] = ()
    closed: frozenset[str] | None = None


def typed_in(schema: type[Part], data: FormData) -> Typed:
    """What was posted, after what its button asks for. Blank rows stay.

    A button that makes no sense here, such as one for a row that is gone, does nothing.
    """
    document = document_from(schema, data, keep_blank_rows=True)
    kept = (Removed.read(text) for text in _texts(data, REMOVED))
    removed = tuple(each for each in kept if each is not None)
    before = Typed(document, removed, closed_rows(data))
    verb, _, name = next(iter(_texts(data, BUTTON)), "").partition(":")
    if verb not in VERBS:
        return before
    if verb == "open":
        return _opened(before, data, name)
    if verb == "put-back":
        return _put_back(schema, before, int(name) if name.isdecimal() else -1)
    path = (FIELD_CITES, name) if verb == "cite" else path_of_name(schema, data, name)
    try:
        return before if path is None else applied(schema, before, verb, path)
    except (LookupError, TypeError):
        return before


def _opened(typed: Typed, data: FormData, name: str) -> Typed:
    """With the fields of one row that was closed."""
    row = raw_value(next(iter(_texts(data, name + RAW)), ""))
    return replace(typed, closed=(typed.closed or frozenset()) - {one_line(row)})


def applied(schema: type[Part], typed: Typed, verb: str, path: Path) -> Typed:
    """After one button. `path`: of a list or map to add to, else of a row, value or entry.

    Raises LookupError or TypeError where the document has no such place.
    """
    document: JSON = json.loads(json.dumps(typed.document))
    if verb in ("add", "cite"):
        _add(schema, document, path)
        return replace(typed, document=document)
    spec = spec_at(schema, path[:-1])
    if spec is None or spec.item is None:
        raise LookupError(path)
    if verb == "remove":
        gone = Removed(path, _taken_out(document, path))
        return replace(typed, document=document, removed=(*typed.removed, gone))
    _move(value_at(document, path[:-1]), path[-1], -1 if verb == "up" else 1)
    return replace(typed, document=document)


def _taken_out(document: JSON, path: Path) -> Any:
    """The row that was at `path`. An entry of a map goes with its last row."""
    outer = value_at(document, path[:-1])
    row = outer.pop(path[-1])
    around = value_at(document, path[:-2]) if len(path) > 2 else None
    if not outer and path[0] == FIELD_CITES and isinstance(around, dict):
        del around[path[-2]]
    return row


def _add(schema: type[Part], document: JSON, path: Path) -> None:
    spec = spec_at(schema, path)
    if spec is None or spec.item is None:
        raise LookupError(path)
    is_map = spec.widget == "map"
    found = _made(schema, document, path, {} if is_map else [])
    if is_map:
        add_entry(found, "", blank_of(spec.item))
    elif isinstance(found, list):
        found.append(blank_of(spec.item))


def _made(schema: type[Part], document: JSON, path: Path, empty: Any) -> Any:
    """What stands at `path`, put there with all that is around it where there was nothing."""
    found: Any = document
    for depth, step in enumerate(path, 1):
        if isinstance(found, dict) and found.get(step) is None:
            spec = spec_at(schema, path[:depth])
            found[step] = empty if depth == len(path) or spec is None else blank_of(spec)
        found = found[step]
    return found


def _move(rows: Any, number: Any, by: int) -> None:
    other = number + by
    if isinstance(rows, list) and 0 <= other < len(rows):
        rows[number], rows[other] = rows[other], rows[number]


def _put_back(schema: type[Part], typed: Typed, number: int) -> Typed:
    """With the row that was removed as the `number`th; unchanged where its list has gone too."""
    if not 0 <= number < len(typed.removed):
        return typed
    gone = typed.removed[number]
    document: JSON = json.loads(json.dumps(typed.document))
    try:
        spec = spec_at(schema, gone.path[:-1])
        outer = _made(schema, document, gone.path[:-1], {} if spec and spec.widget == "map" else [])
        if isinstance(outer, list):
            outer.insert(int(gone.path[-1]), gone.row)
        else:
            add_entry(outer, str(gone.path[-1]), gone.row)
    except (LookupError, TypeError, ValueError):
        return typed
    others = typed.removed[:number] + typed.removed[number + 1 :]
    return replace(typed, document=document, removed=others)


# --- from names of fields to places in the document ------------------------------------------


def path_of_name(schema: type[Part], data: FormData, name: str) -> Path | None:
    """`memberships.7` as a path: the row that was posted under number 7 may be the third.

    None where nothing of this name was posted.
    """
    path: list[str | int] = []
    spec: Spec | None = spec_of(schema)
    so_far = ""
    for step in name.split("."):
        if spec is None:
            return None
        place = _place(spec, data, so_far, step)
        if place is None:
            return None
        path.append(place)
        spec = _inner(spec, step)
        so_far = f"{so_far}.{step}" if so_far else step
    return tuple(path)


def _place(spec: Spec, data: FormData, name: str, step: str) -> str | int | None:
    texts = _texts(data, name)
    match spec.widget:
        case "group":
            return step if _inner(spec, step) else None
        case "rows":
            numbers = list(dict.fromkeys(text for text in texts if text.isdecimal()))
            return numbers.index(step) if step in numbers else None
        case "values":
            return int(step) if step.isdecimal() and int(step) < len(texts) else None
        case "map":
            key = next(iter(_texts(data, f"{name}.{step}{ENTRY_NAME}")), None)
            return None if key is None else unquoted(key)
    return None


def _inner(spec: Spec, step: str) -> Spec | None:
    if spec.widget == "group":
        return next((field for field in spec.fields if field.field == step), None)
    return spec.item


def spec_at(schema: type[Part], path: Path) -> Spec | None:
    """The spec at a place of a document; None where the schema has no such place."""
    spec: Spec | None = spec_of(schema)
    for step in path:
        spec = _inner(spec, str(step)) if spec else None
    return spec


def _texts(data: FormData, name: str) -> Sequence[str]:
    found = data.get(name, ())
    return [found] if isinstance(found, str) else found
