"""A document as the fields of a form, each with its name, its value and what is wrong with it.

Names are paths with dots, rows by number: `memberships.3.from`. A list of rows has a field of its
own name too, with one value a row, the row's number: the order of these values is the order of the
rows. An entry of a map has its key in `field_cites.0:name`. What a widget cannot show, such as a
value of the wrong type, is shown as JSON in `memberships.3.from:json`; fields that the schema does
not know are `memberships.3:more` (their names) and `memberships.3:more.0` (their values). So
nothing that a draft holds is lost by being looked at. A row that is closed travels whole in the
same way, as `memberships.3:json`. `form_data.py` is the way back.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from kb.documents.form_specs import Spec, Widget, spec_of
from kb.documents.json_text import parse_json
from kb.documents.problems import Path, Problem
from kb.documents.schema import Part
from kb.documents.tidying import FORBIDDEN
from kb.documents.unreadable import UnreadableText

JSON = dict[str, Any]
Left = tuple[Path, Problem]  # the rest of a problem's place, seen from a node

ENTRY_NAME, RAW, MORE = ":name", ":json", ":more"
ROW = "~row~"  # the name of the row in a template of rows

NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(\.[0-9]+)?([eE][-+]?[0-9]{1,3})?")

NUMERIC = ("number", "text-or-number")

_COMPOSITE = ("values", "terms", "rows", "map", "group")
_UNSHOWABLE = re.compile(rf"{FORBIDDEN.pattern}|\r")


@dataclass(frozen=True, slots=True)
class FormNode:
    """One field of the form of one document, or a group, list or map of them.

    `name`: in the posted form, empty for the whole document. `id`: of its element in the page.
    `path`: its place in the document. `value`: what its box holds. `values`: ticked terms.
    `entry`: of an entry of a map, its key. `title`: what a row is called. `held`: what a row or
    part holds, as the document has it. `problems`: those at this very place, or below it where no
    field is nearer. `children`: fields, rows or entries.
    """

    spec: Spec
    name: str
    id: str
    path: Path
    widget: Widget
    value: str = ""
    values: tuple[str, ...] = ()
    entry: str | None = None
    title: str = ""
    held: Any = None
    problems: tuple[Problem, ...] = ()
    children: tuple["FormNode", ...] = ()
    is_blank: bool = True

    @property
    def label(self) -> str:
        return self.spec.label

    @property
    def has_problems(self) -> bool:
        """Whether there is one here or below."""
        return bool(self.problems) or any(child.has_problems for child in self.children)


def form_of(schema: type[Part], document: JSON, problems: Sequence[Problem] = ()) -> FormNode:
    """The form of a document, valid or not, with `problems` at their places."""
    left = [(problem.path, problem) for problem in problems]
    return _node(spec_of(schema), document, "", (), left)


def row_of(of: Spec, row: Any, name: str) -> FormNode:
    """One row of a list `of` rows, under its name in a form: `memberships.3`."""
    return _row(of, row, name, (name,), [])


def part_of(spec: Spec, part: JSON, name: str) -> FormNode:
    """A part within a part, under its name in a form: `design.funding`."""
    return _node(spec, part, name, (name,), [])


def problem_targets(form: FormNode) -> Iterator[tuple[Problem, str]]:
    """Every problem of a form with the id of the element that it stands at, in their order."""
    for problem in form.problems:
        yield problem, form.id
    for child in form.children:
        yield from problem_targets(child)


def references_in(form: FormNode) -> Iterator[str]:
    """Every key that is written in a reference, to be shown with its name."""
    if form.widget == "reference" and form.value:
        yield form.value
    for child in form.children:
        yield from references_in(child)


@cache
def row_templates(schema: type[Part]) -> Mapping[str, FormNode]:
    """A blank row of every list and map, by the list's name without row numbers.

    A list that is itself an entry of a map, or a row, is called like that one with `.*` behind it.
    Their names begin with `ROW`, which stands for the name of the new row: `memberships.7`.
    """
    found: dict[str, FormNode] = {}
    for name, spec in _lists(spec_of(schema), ""):
        assert spec.item is not None
        found[name] = _row(spec, None, ROW, (), [], entry="" if spec.widget == "map" else None)
    return found


def _lists(spec: Spec, name: str) -> Iterator[tuple[str, Spec]]:
    for field in spec.fields:
        inner = f"{name}.{field.field}" if name else field.field
        yield from _lists(field, inner)
    if spec.item is not None:
        yield name, spec
        yield from _lists(spec.item, f"{name}.*" if spec.item.item else name)


# --- nodes -----------------------------------------------------------------------------------


def _node(spec: Spec, value: Any, name: str, path: Path, left: list[Left]) -> FormNode:
    match spec.widget, value:
        case "group", dict() | None:
            return _group_node(spec, value or {}, name, path, left)
        case "rows", list() | None:
            return _rows_node(spec, value or [], name, path, left)
        case "map", dict() | None:
            return _map_node(spec, value or {}, name, path, left)
        case "values", list() | None if _are_shown(spec.item, value or []):
            return _values_node(spec, value or [], name, path, left)
        case "terms", list() | None if _are_shown(spec, value or []):
            values = tuple(value or ())
            return _leaf(spec, name, path, left, values=values, is_blank=not values)
        case _:
            return _value_node(spec, value, name, path, left)


def _leaf(
    spec: Spec, name: str, path: Path, left: list[Left], widget: Widget | None = None, **more: Any
) -> FormNode:
    problems = tuple(problem for _rest, problem in left)
    return FormNode(spec, name, _id(name), path, widget or spec.widget, problems=problems, **more)


def _id(name: str) -> str:
    return f"f-{name}" if name else "form"


def _value_node(spec: Spec, value: Any, name: str, path: Path, left: list[Left]) -> FormNode:
    text = None if spec.widget in _COMPOSITE else text_of(spec.widget, value)
    if text is None:
        return _leaf(spec, name, path, left, "raw", value=raw_text(value), is_blank=False)
    widget = spec.widget
    if "\n" in text and widget != "text":
        widget = "text"  # a line would lose its breaks
    elif widget == "hidden" and left:
        widget = "line"  # what is wrong with it can only be mended where it is seen
    return _leaf(spec, name, path, left, widget, value=text, is_blank=not text)


def _group_node(spec: Spec, fields: JSON, name: str, path: Path, left: list[Left]) -> FormNode:
    own, below = _by_step(left, {field.field for field in spec.fields} | set(fields))
    children = [
        _node(
            field,
            fields.get(field.field),
            f"{name}.{field.field}" if name else field.field,
            (*path, field.field),
            below.get(field.field, []),
        )
        for field in spec.fields
    ]
    known = {field.field for field in spec.fields}
    unknown = [each for each in fields if each not in known and fields[each] is not None]
    children += [
        _more_node(each, number, fields[each], name, path, below.get(each, []))
        for number, each in enumerate(unknown)
    ]
    node = replace(_composite(spec, name, path, own, children), held=fields)
    return node if spec.is_required or not path else _quiet_if_blank(node)


def _quiet_if_blank(node: FormNode) -> FormNode:
    """A part that nobody has begun to fill in lacks nothing yet."""
    if not node.is_blank or not node.has_problems:
        return node
    children = tuple(_quiet_if_blank(child) for child in node.children)
    return replace(node, problems=(), children=children)


def _more_node(
    field: str, number: int, value: Any, name: str, path: Path, left: list[Left]
) -> FormNode:
    """A field that the schema does not know."""
    spec = Spec(field, "raw", label=field, help="This form does not know this field.")
    return _leaf(
        spec,
        f"{name}{MORE}.{number}",
        (*path, field),
        left,
        value=raw_text(value),
        entry=quoted(field),
        is_blank=False,
    )


def _rows_node(spec: Spec, rows: list[Any], name: str, path: Path, left: list[Left]) -> FormNode:
    own, below = _by_step(left, range(len(rows)))
    children = [
        _row(spec, row, f"{name}.{number}", (*path, number), below.get(number, []))
        for number, row in enumerate(rows)
    ]
    if not rows and spec.is_required:
        children = [_row(spec, None, f"{name}.0", (*path, 0), [])]
    return _composite(spec, name, path, own, children)


def _row(
    spec: Spec, row: Any, name: str, path: Path, left: list[Left], entry: str | None = None
) -> FormNode:
    assert spec.item is not None
    node = _quiet_if_blank(_node(spec.item, row, name, path, left))
    schema = spec.item.schema
    if schema is not None and isinstance(row, dict):
        return replace(node, title=schema.row_label(row), entry=entry, held=row)
    written = None if entry is None else as_written(entry)
    return replace(node, title=entry or "", entry=written, held=row)


def _map_node(spec: Spec, entries: JSON, name: str, path: Path, left: list[Left]) -> FormNode:
    own, below = _by_step(left, entries)
    children = [
        _row(spec, value, f"{name}.{number}", (*path, key), below.get(key, []), entry=key)
        for number, (key, value) in enumerate(entries.items())
    ]
    return _composite(spec, name, path, own, children)


def _values_node(
    spec: Spec, values: list[Any], name: str, path: Path, left: list[Left]
) -> FormNode:
    """Boxes of the same name, one for each value and at least one."""
    assert spec.item is not None
    own, below = _by_step(left, range(len(values)))
    children = [
        replace(
            _node(spec.item, value, name, (*path, number), below.get(number, [])),
            id=f"{_id(name)}.{number}",
        )
        for number, value in enumerate(values or [""])
    ]
    return _composite(spec, name, path, own, children)


def _composite(
    spec: Spec, name: str, path: Path, own: list[Problem], children: list[FormNode]
) -> FormNode:
    is_blank = all(child.is_blank for child in children)
    return FormNode(
        spec,
        name,
        _id(name),
        path,
        spec.widget,
        problems=tuple(own),
        children=tuple(children),
        is_blank=is_blank,
    )


def _by_step(left: list[Left], known: Any) -> tuple[list[Problem], dict[Any, list[Left]]]:
    """The problems of a node itself, and those of what is below it."""
    own: list[Problem] = []
    below: dict[Any, list[Left]] = {}
    for rest, problem in left:
        if rest and rest[0] in known:
            below.setdefault(rest[0], []).append((rest[1:], problem))
        else:
            own.append(problem)
    return own, below


# --- values as texts -------------------------------------------------------------------------


def text_of(widget: Widget, value: Any) -> str | None:
    """What a box holds for a value; None where it would come back as another value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower() if widget == "boolean" else None
    if isinstance(value, int | float):
        text = repr(value)
        return text if widget in NUMERIC and NUMBER.fullmatch(text) else None
    if not isinstance(value, str) or _UNSHOWABLE.search(value):
        return None
    if widget == "text-or-number":
        return quoted(value) if is_number(value) else as_written(value)
    return None if _is_taken_otherwise(widget, value) else value


def is_number(text: str) -> bool:
    """Whether a box that takes numbers takes this one."""
    return NUMBER.fullmatch(text.strip()) is not None


def _is_taken_otherwise(widget: Widget, text: str) -> bool:
    if widget == "boolean":
        return text in ("true", "false")
    return widget == "number" and is_number(text)


def as_written(text: str) -> str:
    """The text itself, or in quotes where it could not stand in one line, or not be told apart."""
    is_odd = text.startswith('"') or "\n" in text or _UNSHOWABLE.search(text)
    return quoted(text) if is_odd else text


def quoted(text: str) -> str:
    """The text as a JSON string."""
    return json.dumps(text, ensure_ascii=_UNSHOWABLE.search(text) is not None)


def raw_text(value: Any) -> str:
    """A value as JSON; a text as it stands where nobody can take it for JSON."""
    if isinstance(value, str) and not _UNSHOWABLE.search(value) and _is_no_json(value):
        return value
    text = json.dumps(value, indent=1, ensure_ascii=False)
    return json.dumps(value, indent=1) if _UNSHOWABLE.search(text) else text


def one_line(value: Any) -> str:
    """A value as JSON in as few characters as can be."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return json.dumps(value, separators=(",", ":")) if _UNSHOWABLE.search(text) else text


def _is_no_json(text: str) -> bool:
    try:
        parse_json(text)
    except UnreadableText:
        return bool(text.strip())
    return False


def _are_shown(spec: Spec | None, values: list[Any]) -> bool:
    """Whether each of a list of values can stand in a box."""
    assert spec is not None
    return all(text_of(spec.widget, value) is not None for value in values)
