"""What documents of all kinds but sources have in common on their pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString

from governance.codes import CURRENCIES
from governance.presentation.facts import FACTS, identifiers
from governance.presentation.figure_charts import chart, series
from governance.vocabularies import (
    DESIGN_DIMENSIONS,
    FIGURE_METRICS,
    FIGURE_UNITS,
    LINK_RELATIONS,
)
from kb.kinds import Kind
from kb.publication.body import NOTHING, Notes, label_of, link, readable_date, short_date, text_of
from kb.publication.markdown import inline_html, markdown_html

JSON = dict[str, Any]
Row = Mapping[str, Any]


class Page:
    """One document on its way to a page: the document, its notes, and what others dispute in it."""

    def __init__(self, kind: Kind, document: JSON, notes: Notes, on: date | None = None):
        self.kind, self.document, self.notes, self.on = kind, document, notes, on
        self._disputes: dict[str, list[Row]] = {}
        for row in document.get("disputed", ()):
            about = str(row.get("statement") or row.get("field") or "")
            self._disputes.setdefault(about, []).append(row)

    def rows(self, name: str) -> list[JSON]:
        """The rows of a list of the document; none where it is left out."""
        found: list[JSON] = self.document.get(name, [])
        return found

    def field_marks(self, name: str) -> SafeString:
        """The sources of a field, and what another source says instead."""
        cites = self.document.get("field_cites", {}).get(name)
        return SafeString(self.notes.marks(cites) + self.dispute(name))

    def statement_marks(self, row: Row) -> SafeString:
        """The sources of a statement, its certainty, and what another source says instead."""
        marks = self.notes.marks(row.get("cites"))
        if not self._disputes:
            return marks
        return SafeString(marks + self.dispute(row.get("id", "")))

    def dispute(self, about: str) -> SafeString:
        """What other sources say of a field or statement, once: it is not repeated at the end."""
        rows = self._disputes.pop(about, None) if about else None
        return SafeString("".join(map(self._dispute, rows))) if rows else NOTHING

    def _dispute(self, row: Row) -> str:
        value = row.get("value")
        says = f"another source says {text_of(value)}" if value is not None else "disputed"
        note = f": {inline_html(row['note'])}" if row.get("note") else ""
        marks = self.notes.marks(row.get("cites"))
        return f' <span class="disputed">Disputed: {says}{note}{marks}</span>'

    def closing_values(self) -> JSON:
        """What comes after a kind's own sections: design, figures, milestones, links, disputes."""
        return {
            "figures": figures(self),
            "charts": charts(self),
            "milestones": milestones(self),
            "links": links(self),
            "disputes": [
                {"about": label_of(about), "html": self.dispute(about)}
                for about in list(self._disputes)
            ],
        }


def shared_values(page: Page) -> JSON:
    """What a page of any kind begins with."""
    document = page.document
    return {
        "name": text_of(document["name"]),
        "aliases": [text_of(alias) for alias in document.get("aliases", ())],
        "summary": _summary(page),
        "facts": facts(page),
        "identifiers": identifiers(page.kind, document),
        "description": markdown_html(document.get("description", "")),
    }


def _summary(page: Page) -> SafeString:
    """The summary with the sources of the entry as a whole behind it."""
    text = inline_html(page.document.get("summary", ""))
    return SafeString(f"{text}{page.notes.marks(page.document.get('cites'))}")


def facts(page: Page) -> list[tuple[str, SafeString]]:
    """(label, value with its sources) of every key fact that the document holds."""
    document, kind = page.document, page.kind.name
    found = []
    for field, label, show in FACTS[kind]:
        value = document.get(field)
        if value:
            own = value.get("cites") if isinstance(value, dict) else None
            marks = page.notes.marks(own) + page.field_marks(field)
            found.append((label, SafeString(show(kind, value) + marks)))
    return found


# --- statements of every kind ----------------------------------------------------------------


def address(row: Row, text: str) -> SafeString:
    """What a statement is known by, mostly its date, linked to itself.

    A row of another entry's document says in `path` on whose page it stands.
    """
    return SafeString(f'<a class="at" href="{row.get("path", "")}#{row["id"]}">{text}</a>')


def when_said(row: Row, field: str = "date") -> SafeString:
    """The date of a statement as a link to the statement."""
    return address(row, short_date(row.get(field)) or "no date")


def own_address(row: Row, what: str) -> SafeString:
    """A sign that links a statement without a date to itself. `what`: what the statement is."""
    return SafeString(
        f'<a class="self" href="#{row["id"]}" aria-label="Address of this {what}">#</a>'
    )


def note(row: Row) -> SafeString:
    """The remark on a statement, as HTML within a line."""
    return inline_html(row["note"]) if row.get("note") else NOTHING


def design(page: Page) -> list[JSON]:
    """Design dimensions in the order of the vocabulary: id, label, text, marks."""
    known: Mapping[str, Row] = page.document.get("design", {})
    return [
        {
            "id": f"design_{name}",
            "label": DESIGN_DIMENSIONS.label_of(name),
            "text": _with_marks(
                markdown_html(known[name]["text"]),
                page.statement_marks(known[name]) + page.dispute(f"design.{name}"),
            ),
        }
        for name in DESIGN_DIMENSIONS.values
        if name in known
    ]


def _with_marks(paragraphs: SafeString, marks: str) -> SafeString:
    """Paragraphs with the marks in the last of them, where the last is a paragraph."""
    if paragraphs.endswith("</p>"):
        return SafeString(f"{paragraphs[:-4]}{marks}</p>")
    return SafeString(f"{paragraphs}{marks}")


def milestones(page: Page) -> list[JSON]:
    """Oldest first: id, date, title, marks."""
    rows = sorted(page.rows("milestones"), key=lambda row: str(row.get("date", "")))
    return [
        {
            "id": row["id"],
            "date": when_said(row),
            "title": inline_html(row["title"]),
            "marks": page.statement_marks(row),
        }
        for row in rows
    ]


def links(page: Page) -> list[JSON]:
    """What the entry refers to, by relation in the order of the vocabulary."""
    order = {relation: place for place, relation in enumerate(LINK_RELATIONS.values)}
    rows = sorted(page.rows("links"), key=lambda row: order.get(row["relation"], len(order)))
    return [
        {
            "label": LINK_RELATIONS.label_of(relation).capitalize(),
            "rows": [link_row(page, row, row["target"]) for row in group],
        }
        for relation, group in groupby(rows, key=lambda row: str(row["relation"]))
    ]


def link_row(page: Page, row: Row, other: Mapping[str, Any]) -> JSON:
    """One tie to another entry: id, the other, when, remark, marks."""
    return {
        "id": row["id"],
        "other": link(other),
        "when": span(row),
        "note": note(row),
        "marks": page.statement_marks(row),
        "own": own_address(row, "link"),
    }


def span(row: Row) -> str:
    """When a row held: "2019 to March 2021", "since 2019", "until 2021"; empty without dates."""
    begin, end = readable_date(row.get("from")), readable_date(row.get("to"))
    if begin and end:
        return f"{begin} to {end}"
    if begin:
        return f"since {begin}"
    return f"until {end}" if end else ""


# --- figures ---------------------------------------------------------------------------------


def figures(page: Page) -> list[JSON]:
    """One table a metric, in the order of the vocabulary, oldest figure first."""
    order = {metric: place for place, metric in enumerate(FIGURE_METRICS.values)}
    rows = sorted(
        page.rows("figures"),
        key=lambda row: (order.get(row["metric"], len(order)), figure_time(row)),
    )
    return [
        {"label": FIGURE_METRICS.label_of(metric), "rows": _figure_rows(page, list(group))}
        for metric, group in groupby(rows, key=lambda row: str(row["metric"]))
    ]


def charts(page: Page) -> list[JSON]:
    """What was counted in one unit more than once, as pictures: title, svg."""
    return [
        {"title": each.title, "svg": SafeString(chart(each).inline())}
        for each in series(page.rows("figures"))
    ]


def _figure_rows(page: Page, rows: Sequence[Row]) -> list[JSON]:
    largest = {row["unit"]: 0.0 for row in rows}
    for row in rows:
        largest[row["unit"]] = max(largest[row["unit"]], float(row["value"]))
    return [
        {
            "id": row["id"],
            "when": address(row, escape(figure_time(row))),
            "value": f"{'about ' if row.get('approximate') else ''}{number(row['value'])}",
            "unit": unit(row["unit"]),
            # A bar compares only what can be compared: figures of one unit, and more than one.
            "bar": _bar(float(row["value"]), largest[row["unit"]]) if len(rows) > 1 else "",
            "note": note(row),
            "marks": page.statement_marks(row),
        }
        for row in rows
    ]


def figure_time(row: Row) -> str:
    """The year of a figure, or its period: "2014", "2014 to 2020"."""
    if "year" in row:
        return f"{row['year']:04}"
    period = row.get("period", {})
    ends = [readable_date(period.get(end)) for end in ("from", "to")]
    return " to ".join(end for end in ends if end)


def _bar(value: float, largest: float) -> str:
    return f"{100 * value / largest:.1f}" if largest > 0 and value >= 0 else ""


def number(value: float) -> str:
    """Digits in threes, "1,240,000,000"; decimals as they were written."""
    return f"{value:,}"


def unit(name: str) -> str:
    """The unit of a figure; money by its code, which pages explain nowhere better than its name."""
    return name if name in CURRENCIES else FIGURE_UNITS.label_of(name)
