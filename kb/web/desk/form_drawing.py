"""Draws the fields, lists and rows of a form. `form_rendering.py` says which, and where."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from html import escape

from kb.documents.form_fields import ENTRY_NAME, ROW, FormNode, one_line
from kb.documents.form_specs import LONGEST_LINE, Spec
from kb.documents.sourced import FIELD_CITES
from kb.publication.body import readable_date
from kb.web.desk import form_boxes as boxes
from kb.web.desk.form_boxes import date_echo, has_small_rows, is_small, need, problems
from kb.web.desk.form_sources import NOT_CITED, Cited

LIST, NUMBER = "~list~", "~number~"  # in a template: the name of its list, the number of the row
MOST_OPEN = 3  # rows of a list, or parts of a part, that stand open when nothing is wrong
BEGINNING = 80  # characters of a text that say which it is

Names = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draws fields.

    `trail`: where we are, without row numbers. `is_in_row`: explanations do not stand beside each
    field. `is_explained`: they stand above the list that we are in. `closed`, `at`: as in
    `form_html`. `cited`: the sources of the document's own fields. `templates`: list → the list
    whose template for new rows serves it too.
    """

    names: Names
    trail: str = ""
    is_in_row: bool = False
    is_explained: bool = False
    closed: frozenset[str] | None = None
    at: str = ""
    cited: Cited = NOT_CITED
    templates: Mapping[str, str] = field(default_factory=dict)

    @property
    def _template(self) -> str:
        return self.templates.get(self.trail, self.trail)

    def _inside(self, node: FormNode) -> "Drawing":
        trail = f"{self.trail}.{node.spec.field}" if self.trail else node.spec.field
        return replace(self, trail=trail)

    def field(self, node: FormNode) -> str:
        """A field with its label, its explanation and what is wrong with it."""
        match node.widget:
            case "fixed" | "hidden":
                return boxes.hidden(node.name, node.value)
            case "raw":
                return f"{boxes.raw(node)}{self._sources(node)}"
            case "terms":
                return self._choices(node)
            case "values" | "rows" | "map":
                return self._inside(node)._list(node, self._hint(node))
            case "group":
                return self._inside(node)._part(node, self._hint(node))
        return self._wrapped(node, f"{boxes.label(node)}{self._box(node)}")

    def _wrapped(self, node: FormNode, inner: str) -> str:
        wrong = " wrong" if node.problems else ""
        about = f"{self._hint(node)}{problems(node)}{self._sources(node)}"
        return f'<div class="field {node.widget}{wrong}">{inner}{about}</div>'

    def _hint(self, node: FormNode) -> str:
        if self.is_in_row or not boxes.is_explained(node.spec) or has_small_rows(node.spec):
            return ""
        return f'<p class="hint" id="h-{escape(node.id)}">{escape(node.spec.help)}</p>'

    def _sources(self, node: FormNode) -> str:
        """The sources of a field of the document itself, in place, where it may have some."""
        if node.path[1:] or not self.cited.may_be(node):
            return ""
        entry = self.cited.of(node)
        inside = replace(self, trail=f"{FIELD_CITES}.*", is_in_row=True, is_explained=False)
        if entry is None:
            return boxes.sources(node, "", inside.add_source(node))
        order = boxes.hidden(FIELD_CITES, entry.name.rpartition(".")[2])
        key = boxes.hidden(entry.name + ENTRY_NAME, entry.entry or "")
        rows = f"{order}{key}{problems(entry)}{inside.rows(entry)}"
        count = sum(not row.is_blank for row in entry.children)
        is_open = entry.has_problems or count < len(entry.children)
        return boxes.sources(node, f' <span class="n">{count}</span>', rows, is_open=is_open)

    def add_source(self, node: FormNode) -> str:
        """An empty list, and what puts the first source of a field into it."""
        name = escape(node.spec.field)
        add = boxes.adding("a source", node.label, f"cite:{name}", node.id, self._template)
        return f'<ol class="entries"></ol>{add}'

    def _attributes(self, node: FormNode) -> str:
        """`id`, `name`, and what tells of help and errors."""
        about = [f"e-{node.id}"] if node.problems else []
        if node.widget in ("date", "reference"):
            about.append(f"d-{node.id}")
        is_told = boxes.is_explained(node.spec)
        if is_told and not self.is_in_row:
            about.append(f"h-{node.id}")
        elif is_told and self.is_explained:
            about.append(f"h-{self.trail}.{node.spec.field}")
        described = f' aria-describedby="{escape(" ".join(about))}"' if about else ""
        wrong = ' aria-invalid="true"' if node.problems else ""
        return f' id="{escape(node.id)}" name="{escape(node.name)}"{described}{wrong}'

    def _box(self, node: FormNode) -> str:
        attributes = self._attributes(node)
        match node.widget:
            case "term":
                return boxes.term(node, attributes)
            case "boolean":
                return boxes.select(attributes, node.value, boxes.YES_NO)
            case "reference":
                picked = f' data-pick="{escape(" ".join(node.spec.kinds))}" spellcheck="false"'
                told = self.names.get(node.value, "")
                return boxes.line(attributes + picked, node.value) + boxes.echo(node, told)
            case "date":
                box = boxes.line(f'{attributes} data-date placeholder="YYYY-MM-DD"', node.value)
                return box + boxes.echo(node, date_echo(node.value))
            case "number":
                return boxes.line(f'{attributes} inputmode="decimal"', node.value)
            case "url":
                return boxes.line(f'{attributes} inputmode="url" spellcheck="false"', node.value)
        is_long = node.widget == "text" or (node.spec.most or 0) > LONGEST_LINE
        if is_long and self.is_in_row and not self.is_explained and boxes.is_explained(node.spec):
            attributes += f' placeholder="{escape(node.spec.help)}"'
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
        inner = f"{head}{about}{self._content(node)}{self._sources(node)}"
        return f'<section id="s-{escape(node.name)}">{inner}</section>'

    def _content(self, node: FormNode) -> str:
        inside = self._inside(node)
        if node.widget == "raw":
            return boxes.raw(node)
        if node.widget == "group":
            return f"{problems(node)}{inside._fields(node)}"
        rows = replace(inside, is_in_row=True, is_explained=True).rows(node)
        return f"{boxes.meanings(node.spec, inside.trail)}{problems(node)}{rows}"

    def _fields(self, node: FormNode) -> str:
        fields = "".join(
            self.closed_part(child) if self._is_closed(child, node) else self.field(child)
            for child in node.children
        )
        return f'<div class="boxes" id="{escape(node.id)}" tabindex="-1">{fields}</div>'

    def _part(self, node: FormNode, hint: str) -> str:
        """A part within a part; its fields are out of sight until somebody has begun with them."""
        is_open = " open" if not node.is_blank or node.has_problems else ""
        summary = f"<summary>{escape(node.label)}{need(node.spec)}</summary>"
        inner = f"{summary}{hint}{problems(node)}{self._fields(node)}"
        return f'<details class="part"{is_open}>{inner}</details>'

    def _list(self, node: FormNode, hint: str) -> str:
        """A list within a part or row, or one of values."""
        legend = f"<legend>{escape(node.label)}{need(node.spec)}</legend>"
        rows = replace(self, is_in_row=True).rows(node)
        wrong = " wrong" if node.problems else ""
        inner = f"{legend}{hint}{problems(node)}{rows}{self._sources(node)}"
        return f'<fieldset class="field list{wrong}">{inner}</fieldset>'

    def rows(self, node: FormNode) -> str:
        assert node.spec.item is not None
        rows = "".join(
            self.closed_row(child, node.spec)
            if self._is_closed(child, node)
            else self.row(child, node.spec)
            for child in node.children
        )
        what = "another" if node.widget in ("values", "map") else boxes.one(node.spec.item.label)
        add = boxes.adding(what, node.label, f"add:{node.name}", node.id, self._template)
        return f'<ol class="entries" id="{escape(node.id)}" tabindex="-1">{rows}</ol>{add}'

    def _is_closed(self, node: FormNode, of: FormNode) -> bool:
        """Whether a row or part travels whole: nobody has opened it, and nothing in it is wrong."""
        if of.widget not in ("rows", "group") or has_small_rows(of.spec) or "*" in self.trail:
            return False
        if node.widget != "group" or node.is_blank or node.has_problems:
            return False
        if self.at and node.name == self.at:
            return False
        if self.closed is not None:
            return one_line(node.held) in self.closed
        return sum(child.widget == "group" for child in of.children) > MOST_OPEN

    def closed_row(self, node: FormNode, of: Spec) -> str:
        assert of.item is not None
        title = escape(self.title(node, of.item))
        held = boxes.closed(node.name, one_line(node.held), title)
        order = boxes.hidden(*self._place(node))
        box = f'<fieldset id="{escape(node.id)}" tabindex="-1">{order}{held}</fieldset>'
        return f'<li class="row closed">{box}</li>'

    def closed_part(self, node: FormNode) -> str:
        text = next((child.value for child in node.children if child.value), "")
        title = f"<bdi><b>{escape(node.label)}</b> {escape(shortened(text))}</bdi>"
        held = boxes.closed(node.name, one_line(node.held), title)
        box = f'<fieldset id="{escape(node.id)}" tabindex="-1">{held}</fieldset>'
        return f'<div class="part closed">{box}</div>'

    def _place(self, node: FormNode) -> tuple[str, str]:
        """The name of the list that a row is in, and its number there."""
        list_name, _, number = node.name.rpartition(".")
        return (list_name, number) if list_name else (LIST, NUMBER)

    def row(self, node: FormNode, of: Spec) -> str:
        """One row of a list `of` rows, entry of a map or value, with its fields."""
        assert of.item is not None
        if of.widget == "values":
            return self._value_row(node, of)
        title = self.title(node, of.item)
        legend = f'<legend class="v">{escape(of.item.label)} {escape(title)}</legend>'
        start = f'<fieldset id="{escape(_row_id(node))}" tabindex="-1">{legend}'
        start += boxes.hidden(*self._place(node))
        wrong = " wrong" if node.has_problems else ""
        if is_small(of.item):
            inner = replace(self, is_explained=False)._line_of_fields(node, title)
            return f'<li class="row small{wrong}">{start}{inner}</fieldset></li>'
        inner = f"{self._row_fields(node)}{boxes.tools(node.name, title)}"
        details = (
            f"<details open><summary>{escape(title)}</summary>{start}{inner}</fieldset></details>"
        )
        return f'<li class="row{wrong}">{details}</li>'

    def _line_of_fields(self, node: FormNode, title: str) -> str:
        """The fields of a small row beside each other, and below them what takes more room."""
        if node.widget != "group":
            return f"{self._row_fields(node)}{boxes.tools(node.name, title, is_small=True)}"
        entry = "" if node.entry is None else boxes.entry(node)
        head = "".join(self.field(child) for child in node.children if not _is_long(child))
        rest = "".join(self._further(child) for child in node.children if _is_long(child))
        tools = boxes.tools(node.name, title, is_small=True)
        return f"{entry}{head}{tools}{problems(node)}{rest}"

    def _further(self, node: FormNode) -> str:
        """A field that is asked for only on demand, until something stands in it."""
        if not node.is_blank or node.problems:
            return self.field(node)
        summary = f"<summary>Add {escape(boxes.one(node.label))}</summary>"
        return f'<details class="further">{summary}{self.field(node)}</details>'

    def _row_fields(self, node: FormNode) -> str:
        entry = "" if node.entry is None else boxes.entry(node)
        if node.widget == "group":
            fields = "".join(self.field(child) for child in node.children)
            return f"{entry}{problems(node)}{fields}"
        if node.widget in ("rows", "map"):
            inside = replace(self, trail=f"{self.trail}.*")
            return f"{entry}{problems(node)}{inside.rows(node)}"
        return f"{entry}{self.field(node)}"

    def _value_row(self, node: FormNode, of: Spec) -> str:
        """One value: a box that the list's legend labels, as all of them mean the same."""
        name = node.id.removeprefix("f-")
        named = replace(node, name=LIST) if node.name == ROW else node
        label = f' aria-label="{escape(of.label)}"'
        box = self._box(named).replace(" id=", f"{label} id=", 1)
        field = f'<div class="field {node.widget}">{box}{problems(node)}</div>'
        inner = f"{field}{boxes.tools(name, self._word(node) or of.label, is_small=True)}"
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


def _count(node: FormNode) -> str:
    count = sum(not row.is_blank for row in node.children)
    return f' <span class="n">{count}</span>' if count and node.widget != "group" else ""


def _is_long(node: FormNode) -> bool:
    return node.widget in ("text", "raw")


def shortened(text: str) -> str:
    """The beginning of a text, to know it again by."""
    words = " ".join(text.split())
    return words if len(words) <= BEGINNING else f"{words[:BEGINNING].rpartition(' ')[0]} …"


def _row_id(node: FormNode) -> str:
    """Apart from the id of the box in it, where the row is a single box or list."""
    return node.id if node.widget == "group" else f"r{node.id}"
