"""The form of a document as HTML.

Built in Python rather than by templates: a treaty has six thousand fields, which Django's template
engine would take seconds to draw. Pages put what `form_html` gives into a `<form>` of their own.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from html import escape

from django.utils.safestring import SafeString

from kb.documents.form_actions import BUTTON
from kb.documents.form_fields import ENTRY_NAME, RAW, ROW, FormNode, row_templates
from kb.documents.form_specs import LONGEST_LINE, MOST_CHOICES, Spec, spec_of
from kb.documents.problems import Problem
from kb.documents.schema import Part
from kb.documents.vocabulary import Vocabulary
from kb.publication.body import readable_date
from kb.web.desk import form_boxes as boxes
from kb.web.desk.form_boxes import need, problems

LIST, NUMBER = "~list~", "~number~"  # in a template: the name of its list, the number of the row
MOST_OPEN = 3  # rows of a list that stand open when nothing is wrong with them
FEW_FIELDS = 3  # of a row that stands open always, as a citation

UNKNOWN = "This form does not know the field. Empty it to leave it out."
MISFIT = (
    "What stands here does not fit the field, so it is shown as JSON. Empty it and save to get the"
    " usual box."
)

Names = Mapping[str, str]


def form_html(form: FormNode, names: Names) -> SafeString:
    """All sections of a form. `names`: key → name of the entries that it refers to."""
    drawing = Drawing(names)
    plain = "".join(drawing.field(child) for child in form.children if not _is_section(child))
    label = f"About the {form.label.lower()}"
    sections = (drawing.section(child) for child in form.children if _is_section(child))
    about = f'<section class="boxes" id="s-" aria-label="{escape(label)}">{plain}</section>'
    return SafeString("".join([about, *sections]))


def sections_of(form: FormNode) -> list[tuple[str, str, int]]:
    """(id, heading, how many rows or parts are filled in) of each section, for a list of them."""
    return [
        (f"s-{child.name}", child.label, sum(not each.is_blank for each in child.children))
        for child in form.children
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
    """A `<template>` with a blank row for every list, and the terms that are picked by typing."""
    rows = (
        f'<template id="t-{escape(name)}">{_template(schema, name, node)}</template>'
        for name, node in row_templates(schema).items()
    )
    lists = (boxes.datalist(each) for each in _long_vocabularies(spec_of(schema)))
    return SafeString("".join([*rows, *lists]))


def _template(schema: type[Part], name: str, node: FormNode) -> str:
    spec, is_in_list = spec_of(schema), False
    for depth, step in enumerate(name.split(".")):
        while step != "*" and spec.item is not None:
            spec = spec.item
        found = spec.item if step == "*" else _field(spec, step)
        assert found is not None
        spec = found
        is_in_list = is_in_list or (depth == 0 and spec.widget in ("rows", "map"))
    return Drawing({}, name, is_in_row=True, is_explained=is_in_list).row(node, spec)


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


# --- the fields ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws fields.

    `trail`: where we are, without row numbers. `is_in_row`: explanations do not stand beside each
    field. `is_explained`: they stand above the list that we are in.
    """

    names: Names
    trail: str = ""
    is_in_row: bool = False
    is_explained: bool = False

    def _inside(self, node: FormNode) -> "Drawing":
        trail = f"{self.trail}.{node.spec.field}" if self.trail else node.spec.field
        return replace(self, trail=trail)

    def field(self, node: FormNode) -> str:
        """A field with its label, its explanation and what is wrong with it."""
        match node.widget:
            case "fixed" | "hidden":
                return boxes.hidden(node.name, node.value)
            case "raw":
                return _raw(node)
            case "terms":
                return self._choices(node)
            case "values" | "rows" | "map":
                return self._inside(node)._list(node, self._hint(node))
            case "group":
                return self._inside(node)._part(node, self._hint(node))
        return self._wrapped(node, f"{_label(node)}{self._box(node)}")

    def _wrapped(self, node: FormNode, inner: str) -> str:
        wrong = " wrong" if node.problems else ""
        about = f"{self._hint(node)}{problems(node)}"
        return f'<div class="field {node.widget}{wrong}">{inner}{about}</div>'

    def _hint(self, node: FormNode) -> str:
        if self.is_in_row or not node.spec.help:
            return ""
        return f'<p class="hint" id="h-{escape(node.id)}">{escape(node.spec.help)}</p>'

    def _attributes(self, node: FormNode) -> str:
        """`id`, `name`, and what tells of help and errors."""
        about = [f"e-{node.id}"] if node.problems else []
        if node.widget in ("date", "reference"):
            about.append(f"d-{node.id}")
        if node.spec.help and not self.is_in_row:
            about.append(f"h-{node.id}")
        elif node.spec.help and self.is_explained:
            about.append(f"h-{self.trail}.{node.spec.field}")
        described = f' aria-describedby="{escape(" ".join(about))}"' if about else ""
        wrong = ' aria-invalid="true"' if node.problems else ""
        return f' id="{escape(node.id)}" name="{escape(node.name)}"{described}{wrong}'

    def _box(self, node: FormNode) -> str:
        attributes = self._attributes(node)
        match node.widget:
            case "term":
                return _term(node, attributes)
            case "boolean":
                return boxes.select(attributes, node.value, boxes.YES_NO)
            case "reference":
                picked = f' data-pick="{escape(" ".join(node.spec.kinds))}" spellcheck="false"'
                told = self.names.get(node.value, "")
                return boxes.line(attributes + picked, node.value) + _echo(node, told)
            case "date":
                box = boxes.line(f"{attributes} data-date", node.value)
                return box + _echo(node, date_echo(node.value))
            case "number":
                return boxes.line(f'{attributes} inputmode="decimal"', node.value)
            case "url":
                return boxes.line(f'{attributes} inputmode="url" spellcheck="false"', node.value)
        is_long = node.widget == "text" or (node.spec.most or 0) > LONGEST_LINE
        return (boxes.textarea if is_long else boxes.line)(attributes, node.value)

    def _choices(self, node: FormNode) -> str:
        about = f' aria-describedby="e-{escape(node.id)}"' if node.problems else ""
        legend = f"<legend>{escape(node.label)}{need(node.spec)}</legend>"
        box = f"{legend}<div>{boxes.ticks(node)}</div>"
        return self._wrapped(
            node, f'<fieldset id="{escape(node.id)}" tabindex="-1"{about}>{box}</fieldset>'
        )

    # --- parts and lists ---------------------------------------------------------------------

    def section(self, node: FormNode) -> str:
        """A list, map or part of the document itself, under a heading."""
        head = f"<h2>{escape(node.label)}{need(node.spec)}{_count(node)}</h2>"
        about = f'<p class="hint">{escape(node.spec.help)}</p>' if node.spec.help else ""
        return f'<section id="s-{escape(node.name)}">{head}{about}{self._content(node)}</section>'

    def _content(self, node: FormNode) -> str:
        inside = self._inside(node)
        if node.widget == "raw":
            return _raw(node)
        if node.widget == "group":
            return f"{problems(node)}{inside._fields(node)}"
        rows = replace(inside, is_in_row=True, is_explained=True)._rows(node)
        return f"{boxes.meanings(node.spec, inside.trail)}{problems(node)}{rows}"

    def _fields(self, node: FormNode) -> str:
        fields = "".join(self.field(child) for child in node.children)
        return f'<div class="boxes" id="{escape(node.id)}" tabindex="-1">{fields}</div>'

    def _part(self, node: FormNode, hint: str) -> str:
        """A part within a part, closed while nobody has filled it in."""
        is_open = " open" if not node.is_blank or node.has_problems else ""
        summary = f"<summary>{escape(node.label)}{need(node.spec)}</summary>"
        inner = f"{summary}{hint}{problems(node)}{self._fields(node)}"
        return f'<details class="part"{is_open}>{inner}</details>'

    def _list(self, node: FormNode, hint: str) -> str:
        """A list within a part or row, or one of values."""
        legend = f"<legend>{escape(node.label)}{need(node.spec)}</legend>"
        rows = replace(self, is_in_row=True)._rows(node)
        wrong = " wrong" if node.problems else ""
        inner = f"{legend}{hint}{problems(node)}{rows}"
        return f'<fieldset class="field list{wrong}">{inner}</fieldset>'

    def _rows(self, node: FormNode) -> str:
        assert node.spec.item is not None
        is_long = len(node.children) > MOST_OPEN
        rows = "".join(
            self.row(child, node.spec, is_open=not is_long or child.is_blank or child.has_problems)
            for child in node.children
        )
        name, where = escape(node.name), escape(node.label)
        what = "another" if node.widget in ("values", "map") else node.spec.item.label.lower()
        add = (
            f'<button name="{BUTTON}" value="add:{name}" class="add" formaction="#{escape(node.id)}"'
            f' data-template="t-{escape(self.trail)}">'
            f'Add {escape(what)}<span class="v"> to {where}</span></button>'
        )
        return f'<ol class="entries" id="{escape(node.id)}" tabindex="-1">{rows}</ol>{add}'

    def row(self, node: FormNode, of: Spec, *, is_open: bool = True) -> str:
        """One row of a list `of` rows, entry of a map or value."""
        assert of.item is not None
        if of.widget == "values":
            return self._value_row(node, of)
        title = self.title(node, of.item)
        list_name, _, number = node.name.rpartition(".")
        order = boxes.hidden(*((list_name, number) if list_name else (LIST, NUMBER)))
        legend = f'<legend class="v">{escape(of.item.label)} {escape(title)}</legend>'
        inner = f"{legend}{order}{self._row_fields(node)}{boxes.tools(node.name, title)}"
        box = f'<fieldset id="{escape(_row_id(node))}" tabindex="-1">{inner}</fieldset>'
        wrong = " wrong" if node.has_problems else ""
        if _is_small(of.item):
            return f'<li class="row small{wrong}">{box}</li>'
        opened = " open" if is_open else ""
        summary = f"<summary>{escape(title)}</summary>"
        return f'<li class="row{wrong}"><details{opened}>{summary}{box}</details></li>'

    def _row_fields(self, node: FormNode) -> str:
        entry = "" if node.entry is None else _entry(node)
        if node.widget == "group":
            fields = "".join(self.field(child) for child in node.children)
            return f"{entry}{problems(node)}{fields}"
        if node.widget in ("rows", "map"):
            inside = replace(self, trail=f"{self.trail}.*")
            return f"{entry}{problems(node)}{inside._rows(node)}"
        return f"{entry}{self.field(node)}"

    def _value_row(self, node: FormNode, of: Spec) -> str:
        """One value: a box that the list's legend labels, as all of them mean the same."""
        name = node.id.removeprefix("f-")
        named = replace(node, name=LIST) if node.name == ROW else node
        label = f' aria-label="{escape(of.label)}"'
        box = self._box(named).replace(" id=", f"{label} id=", 1)
        field = f'<div class="field {node.widget}">{box}{problems(node)}</div>'
        inner = f"{field}{boxes.tools(name, self._word(node) or of.label)}"
        wrong = " wrong" if node.problems else ""
        return f'<li class="row value{wrong}"><fieldset>{inner}</fieldset></li>'

    def title(self, node: FormNode, item: Spec) -> str:
        """What a row is called: names for keys, labels for terms, dates in words."""
        names = item.schema.label_key or item.schema.list_key if item.schema else ()
        fields = {child.spec.field: child for child in node.children}
        words = [self._word(fields[name]) for name in names if name in fields]
        return " · ".join(filter(None, words)) or node.title or f"New {item.label.lower()}"

    def _word(self, node: FormNode) -> str:
        if node.widget == "reference":
            return self.names.get(node.value, node.value)
        if node.widget == "term" and node.spec.vocabulary is not None:
            return node.spec.vocabulary.label_of(node.value)
        return readable_date(node.value) if node.widget == "date" else node.value


# --- pieces ----------------------------------------------------------------------------------


def date_echo(text: str) -> str:
    """What a date was understood as; nothing for what is no date, or says the same."""
    told = readable_date(text.strip())
    return "" if told == text.strip() else told


def _echo(node: FormNode, told: str) -> str:
    """What was understood of what was typed."""
    return f'<output class="echo" id="d-{escape(node.id)}">{escape(told)}</output>'


def _label(node: FormNode) -> str:
    return f'<label for="{escape(node.id)}">{escape(node.label)}{need(node.spec)}</label>'


def _term(node: FormNode, attributes: str) -> str:
    """A choice; of a long vocabulary the term is typed, with suggestions of the browser."""
    vocabulary = node.spec.vocabulary
    assert vocabulary is not None
    if len(vocabulary) <= MOST_CHOICES:
        return boxes.select(attributes, node.value, boxes.choices_of(vocabulary))
    told = vocabulary.label_of(node.value) if node.value in vocabulary else ""
    listed = f' list="v-{escape(vocabulary.name)}"'
    return boxes.line(attributes + listed, node.value) + _echo(node, told)


def _raw(node: FormNode) -> str:
    """A value that no other box can show."""
    is_unknown = node.spec.widget == "raw"
    name = node.name if is_unknown else node.name + RAW
    known = boxes.hidden(node.name.rpartition(".")[0], node.entry or "") if is_unknown else ""
    id_ = escape(node.id)
    about = f"r-{id_} e-{id_}" if node.problems else f"r-{id_}"
    attributes = f' id="{id_}" name="{escape(name)}" spellcheck="false" aria-describedby="{about}"'
    hint = f'<p class="hint" id="r-{id_}">{UNKNOWN if is_unknown else MISFIT}</p>'
    box = f"{_label(node)}{boxes.textarea(attributes, node.value)}{hint}{problems(node)}"
    return f'<div class="field raw wrong">{known}{box}</div>'


def _entry(node: FormNode) -> str:
    """The key of an entry of a map."""
    name = escape(node.name + ENTRY_NAME)
    box = boxes.line(f' id="f-{name}" name="{name}"', node.entry or "")
    return f'<div class="field line"><label for="f-{name}">For</label>{box}</div>'


def _count(node: FormNode) -> str:
    count = sum(not row.is_blank for row in node.children)
    return f' <span class="n">{count}</span>' if count and node.widget != "group" else ""


def _is_small(item: Spec) -> bool:
    """Whether a row has so few fields that it stands open always."""
    shown = [field for field in item.fields if field.widget != "hidden"]
    return len(shown) <= FEW_FIELDS and not any(field.item for field in (item, *shown))


def _row_id(node: FormNode) -> str:
    """Apart from the id of the box in it, where the row is a single box or list."""
    return node.id if node.widget == "group" else f"r{node.id}"
