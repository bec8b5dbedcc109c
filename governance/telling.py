"""What the documents of the six kinds say, in words, for formats that are read as text."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from governance.presentation.facts import FACTS
from governance.presentation.sentences import in_full
from governance.presentation.sources import source_values
from governance.vocabularies import DESIGN_DIMENSIONS, IDENTIFIER_SCHEMES
from kb.kinds import kind_named
from kb.told import Line, Section, Told, label_of, text_of

JSON = dict[str, Any]

# What is told elsewhere in the text, or is no statement.
_ENTRIES = ("participants", "outcomes")
_STATEMENTS = (
    "positions",
    "arguments",
    "organs",
    "memberships",
    "participation",
    "provisions",
    "figures",
    "milestones",
    "links",
    "disputed",
)


def told(document: JSON) -> Told:
    """A document of any kind but source."""
    lead = Line(document.get("summary", ""), cites=document["cites"])
    facts = Section("Facts", list(_facts(document)))
    text = Section("Description", text=document.get("description", ""))
    return Told(lead, [facts, text, *_design(document), *_rows(document)])


def told_source(document: JSON) -> Told:
    """A source: who wrote it, and its key facts."""
    values = source_values(kind_named("source"), document)
    by = [Line(values["byline"], "By")] if values["byline"] else []
    facts = [Line(_plain(html), label) for label, html in values["facts"]]
    return Told(sections=[Section("Facts", [*by, *facts])])


def _facts(document: JSON) -> Iterator[Line]:
    kind = document["kind"]
    beside = document.get("field_cites", {})
    if aliases := document.get("aliases"):
        yield Line("; ".join(aliases), "Also called")
    for field, label, show in FACTS[kind]:
        value = document.get(field)
        if value:
            own = value.get("cites", ()) if isinstance(value, dict) else ()
            cites = [*own, *beside.get(field, ())]
            yield Line(_in_words(show(kind, value), value), label, cites=cites)
    for register, number in document.get("identifiers", {}).items():
        yield Line(number, IDENTIFIER_SCHEMES.label_of(register))


def _in_words(html: str, value: Any) -> str:
    is_address = isinstance(value, str) and value.startswith(("http://", "https://"))
    return value if is_address else _plain(html)


def _plain(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", html))


def _design(document: JSON) -> Iterator[Section]:
    known: Mapping[str, JSON] = document.get("design", {})
    for name in DESIGN_DIMENSIONS.values:
        if name in known:
            title = f"Design: {DESIGN_DIMENSIONS.label_of(name)}"
            yield Section(title, text=known[name]["text"], cites=known[name]["cites"])


def _rows(document: JSON) -> Iterator[Section]:
    for name in _ENTRIES:
        yield Section(label_of(name), [Line(text_of(each)) for each in document.get(name, ())])
    for name in _STATEMENTS:
        rows = document.get(name, ())
        lines = [
            Line(in_full(name, row), id=row["id"], cites=row.get("cites") or ()) for row in rows
        ]
        yield Section(label_of(name), lines)
