"""The form of a document as HTML.

Built in Python rather than by templates: a treaty has six thousand fields, which Django's template
engine would take seconds to draw. Pages put what `form_html` gives into a `<form>` of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html import escape
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.form_actions import spec_at
from kb.documents.form_fields import FormNode, part_of, row_of, row_templates
from kb.documents.form_specs import MOST_CHOICES, Spec, label_of, spec_of
from kb.documents.problems import Problem
from kb.documents.schema import Part
from kb.documents.sourced import FIELD_CITES
from kb.documents.vocabulary import Vocabulary
from kb.web.desk import form_boxes as boxes
from kb.web.desk.form_drawing import Drawing, Names
from kb.web.desk.form_sources import cited_in

JSON = dict[str, Any]


def form_html(
    form: FormNode, names: Names, closed: frozenset[str] | None = None, at: str = ""
) -> SafeString:
    """All sections of a form. `names`: key → name of the entries that it refers to.

    `closed`: of the rows that can be closed those that are, as in `Typed`; without it, those of
    long lists are. `at`: a row that is open in any case, by its name: `memberships.3`.
    """
    same = same_templates(form.spec.schema) if form.spec.schema else {}
    drawing = Drawing(names, closed=closed, at=at, cited=cited_in(form), templates=same)
    shown = [child for child in map(drawing.cited.left_of, form.children) if child is not None]
    plain = "".join(drawing.field(child) for child in shown if not _is_section(child))
    label = f"About the {form.label.lower()}"
    sections = (drawing.section(child) for child in shown if _is_section(child))
    about = f'<section class="boxes" id="s-" aria-label="{escape(label)}">{plain}</section>'
    return SafeString("".join([about, *sections]))


def fields_of(schema: type[Part], name: str, held: JSON) -> FormNode:
    """A row or part that was closed, by its name: `memberships.3`, `design.funding`.

    `held`: what it holds. Raises LookupError where a form has no such place.
    """
    outer, _, last = name.rpartition(".")
    of = spec_at(schema, tuple(outer.split("."))) if outer else None
    if of is not None and of.widget == "rows" and last.isdecimal():
        return row_of(of, held, name)
    spec = spec_at(schema, tuple(name.split(".")))
    if of is None or of.widget != "group" or spec is None or spec.widget != "group":
        raise LookupError(name)
    return part_of(spec, held, name)


def fields_html(schema: type[Part], name: str, held: JSON, names: Names) -> SafeString:
    """The same as HTML. `names`: key → name of the entries that it refers to."""
    node = fields_of(schema, name, held)
    outer, _, last = name.rpartition(".")
    trail = ".".join(step for step in outer.split(".") if not step.isdecimal())
    same = same_templates(schema)
    drawing, of = _at_list(schema, trail) if trail in same else (Drawing({}, trail), node.spec)
    drawing = replace(drawing, names=names, templates=same)
    return SafeString(drawing.row(node, of) if last.isdecimal() else drawing.field(node))


def sections_of(form: FormNode) -> list[tuple[str, str, int]]:
    """(id, heading, how many rows or parts are filled in) of each section, for a list of them."""
    shown = filter(None, map(cited_in(form).left_of, form.children))
    return [
        (f"s-{child.name}", child.label, sum(not each.is_blank for each in child.children))
        for child in shown
        if _is_section(child)
    ]


def listed_problems(form: FormNode) -> Iterator[tuple[str, Problem, str]]:
    """Every problem with a label for its place ("Memberships 4: From") and the id of its field."""
    yield from _listed(form, "")


def _listed(node: FormNode, place: str) -> Iterator[tuple[str, Problem, str]]:
    for problem in node.problems:
        yield place or "The document", problem, node.id
    for number, child in enumerate(node.children, 1):
        yield from _listed(child, _place_in(node, place, child, number))


def _place_in(node: FormNode, place: str, child: FormNode, number: int) -> str:
    if child.entry is not None and node.spec.field == FIELD_CITES and child.widget == "rows":
        return f"{label_of(child.entry)}: Sources"
    if child.entry is not None and node.widget == "map":
        return f"{place} “{child.entry}”"
    if node.widget in ("rows", "values"):
        return f"{place} {number}"
    return f"{place}: {child.label}" if place else child.label


def _is_section(node: FormNode) -> bool:
    return node.spec.widget in ("rows", "map", "group")


# --- what a script copies --------------------------------------------------------------------


@cache
def templates_html(schema: type[Part]) -> SafeString:
    """A `<template>` with a blank row for the lists, and the terms that are picked by typing."""
    same = same_templates(schema)
    rows = (
        f'<template id="t-{escape(name)}">{_template(schema, name, same)}</template>'
        for name in row_templates(schema)
        if same[name] == name
    )
    lists = (boxes.datalist(each) for each in _long_vocabularies(spec_of(schema)))
    return SafeString("".join([*rows, *lists]))


@cache
def same_templates(schema: type[Part]) -> Mapping[str, str]:
    """List → the first list whose blank rows are the same: most lists of sources are."""
    first: dict[str, str] = {}
    drawn = {name: _template(schema, name, {}) for name in row_templates(schema)}
    return {name: first.setdefault(html, name) for name, html in drawn.items()}


def _template(schema: type[Part], name: str, same: Mapping[str, str]) -> str:
    drawing, spec = _at_list(schema, name)
    return replace(drawing, templates=same).row(row_templates(schema)[name], spec)


def _at_list(schema: type[Part], name: str) -> tuple[Drawing, Spec]:
    """What draws the rows of a list, by its name without row numbers; and the list."""
    spec, is_in_list = spec_of(schema), False
    for depth, step in enumerate(name.split(".")):
        while step != "*" and spec.item is not None:
            spec = spec.item
        found = spec.item if step == "*" else _field(spec, step)
        assert found is not None
        spec = found
        is_in_list = is_in_list or (depth == 0 and spec.widget in ("rows", "map"))
    return Drawing({}, name, is_in_row=True, is_explained=is_in_list), spec


def _field(spec: Spec, name: str) -> Spec:
    return next(field for field in spec.fields if field.field == name)


def _long_vocabularies(spec: Spec) -> list[Vocabulary]:
    found = {each.name: each for each in _vocabularies(spec) if len(each) > MOST_CHOICES}
    return list(found.values())


def _vocabularies(spec: Spec) -> Iterator[Vocabulary]:
    if spec.vocabulary is not None:
        yield spec.vocabulary
    for inner in (*spec.fields, *filter(None, [spec.item])):
        yield from _vocabularies(inner)
