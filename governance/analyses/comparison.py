"""Bodies and proposals side by side: one row a question, one cell an entry. Pure.

Documents are those that the API shows, with references expanded.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from governance.presentation.entries import figure_time, number, unit
from governance.presentation.facts import country_name
from governance.vocabularies import (
    BODY_STATUSES,
    BODY_TYPES,
    DESIGN_DIMENSIONS,
    FIGURE_METRICS,
    FUNCTIONS,
    PROPOSAL_FORMS,
    PROPOSAL_STAGES,
    PROPOSED_BINDING,
    SCOPES,
)
from kb.documents.inexact_dates import InexactDate

JSON = dict[str, Any]
Document = Mapping[str, Any]
Section = Literal["about", "functions", "design", "decision_rules", "members", "figures"]
Reading = Literal["takes-over", "changes", "leaves-open"]

SECTIONS: Mapping[Section, str] = {
    "about": "At a glance",
    "functions": "Functions",
    "design": "Design",
    "decision_rules": "Decision rules",
    "members": "Membership",
    "figures": "Figures",
}
READINGS: Mapping[Reading, str] = {
    "takes-over": "takes over",
    "changes": "changes",
    "leaves-open": "leaves open",
}
# What is said in sentences differs in its words whatever it means.
IN_WORDS: frozenset[Section] = frozenset({"design", "decision_rules"})


@dataclass(frozen=True, slots=True)
class Cell:
    """What one entry says. `text`: Markdown; `value`: what is compared, None where it is silent.

    `reading`: what it makes of the feature of a model that it stands beside.
    """

    text: str = ""
    value: Any = None
    cites: Sequence[JSON] = ()
    reading: Reading | None = None

    @property
    def is_stated(self) -> bool:
        return self.value is not None


SILENT = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """One question, with a cell for each entry in their order."""

    section: Section
    name: str
    label: str
    cells: tuple[Cell, ...]

    @property
    def differs(self) -> bool:
        """Whether two entries say different things."""
        stated = [cell.value for cell in self.cells if cell.is_stated]
        return any(value != stated[0] for value in stated[1:])

    @property
    def stated(self) -> int:
        """How many entries say anything."""
        return sum(cell.is_stated for cell in self.cells)

    @property
    def is_same(self) -> bool:
        """Whether all entries say the same."""
        return not self.differs and self.stated == len(self.cells)


class Members(NamedTuple):
    """Who belongs to a body: entry → name, certainly and, beyond these, possibly."""

    certain: Mapping[int, str] = {}
    possible: Mapping[int, str] = {}


def rows_of(documents: Sequence[Document], members: Mapping[str, Members]) -> list[Row]:
    """Every question that at least one of the entries answers.

    `members`: key of a body → who belongs to it; bodies of which none are known are left out.
    """
    found = [
        *_facts(documents),
        *_functions(documents),
        *_design(documents),
        _row("decision_rules", "organs", "Organs and how they decide", documents, _organs),
        *_members(documents, members),
        *_figures(documents),
    ]
    return [row for row in found if row.stated]


Answer = Callable[[Document], Cell]


def _row(
    section: Section, name: str, label: str, documents: Sequence[Document], answer: Answer
) -> Row:
    return Row(section, name, label, tuple(answer(document) for document in documents))


# --- at a glance -----------------------------------------------------------------------------


def _fact(*fields: str, show: Callable[[Any], str]) -> Answer:
    """The first of these fields that a document has."""

    def answer(document: Document) -> Cell:
        for field in fields:
            if document.get(field):
                text = show(document[field])
                cites = document.get("field_cites", {}).get(field) or document.get("cites", ())
                return Cell(text, text, cites)
        return SILENT

    return answer


def _term(*vocabularies: Any) -> Callable[[str], str]:
    def show(value: str) -> str:
        known = next((each for each in vocabularies if value in each.values), vocabularies[0])
        return str(known.label_of(value))

    return show


def _date(text: str) -> str:
    return InexactDate.parse(text).readable


def _seat(seat: Mapping[str, str]) -> str:
    country = country_name(seat["country"]) if "country" in seat else ""
    return ", ".join(part for part in (seat.get("city", ""), country) if part)


FACTS: Sequence[tuple[str, str, Answer]] = (
    ("type", "Type or form", _fact("type", "form", show=_term(BODY_TYPES, PROPOSAL_FORMS))),
    (
        "stage",
        "Status or stage",
        _fact("status", "stage", show=_term(BODY_STATUSES, PROPOSAL_STAGES)),
    ),
    ("begin", "Founded or proposed", _fact("founded", "proposed", show=_date)),
    ("end", "Dissolved", _fact("dissolved", show=_date)),
    ("scope", "Scope", _fact("scope", show=_term(SCOPES))),
    ("binding", "Binding force", _fact("binding", show=_term(PROPOSED_BINDING))),
    ("seat", "Seat", _fact("seat", show=_seat)),
)


def _facts(documents: Sequence[Document]) -> Iterator[Row]:
    for name, label, answer in FACTS:
        yield _row("about", name, label, documents, answer)
    yield _row("about", "models", "Modelled on", documents, _models)


def _models(document: Document) -> Cell:
    links = [row for row in document.get("links", ()) if row["relation"] == "modelled-on"]
    names = sorted(row["target"]["name"] for row in links)
    cites = [cite for row in links for cite in row.get("cites", ())]
    return Cell(", ".join(names), tuple(names), cites) if names else SILENT


def _functions(documents: Sequence[Document]) -> Iterator[Row]:
    for value in FUNCTIONS.values:
        if any(value in document.get("functions", ()) for document in documents):

            def answer(document: Document, value: str = value) -> Cell:
                its = document.get("functions", ())
                if not its:
                    return SILENT
                return Cell("yes" if value in its else "no", value in its, _whole(document))

            yield _row("functions", value, FUNCTIONS.label_of(value), documents, answer)


def _whole(document: Document) -> Sequence[JSON]:
    own: Sequence[JSON] = document.get("field_cites", {}).get("functions", ())
    return own or document.get("cites", ())


# --- design and decision rules ---------------------------------------------------------------


def _design(documents: Sequence[Document]) -> Iterator[Row]:
    for name in DESIGN_DIMENSIONS.values:

        def answer(document: Document, name: str = name) -> Cell:
            its = document.get("design", {}).get(name)
            return Cell(its["text"], its["text"], its["cites"]) if its else SILENT

        yield _row("design", name, DESIGN_DIMENSIONS.label_of(name), documents, answer)


def _organs(document: Document) -> Cell:
    ruled = [organ for organ in document.get("organs", ()) if organ.get("decision_rule")]
    texts = [f"{organ['name']}: {organ['decision_rule']}" for organ in ruled]
    cites = [cite for organ in ruled for cite in organ["cites"]]
    return Cell("\n\n".join(texts), tuple(texts), cites) if ruled else SILENT


# --- membership ------------------------------------------------------------------------------


def _members(documents: Sequence[Document], members: Mapping[str, Members]) -> Iterator[Row]:
    def count(document: Document) -> Cell:
        its = members.get(document["key"])
        if its is None:
            return SILENT
        possibly = f" (and possibly {len(its.possible)} more)" if its.possible else ""
        text = f"{len(its.certain)}{possibly}"
        return Cell(text, text, _of_members(document))

    yield _row("members", "count", "Members", documents, count)
    for other in documents:
        if other["key"] in members and len(members) > 1:
            overlap = _overlap(other["key"], members)
            label = f"… also members of {other['name']}"
            yield _row("members", f"with-{other['key']}", label, documents, overlap)


def _of_members(document: Document) -> Sequence[JSON]:
    """The sources of its memberships, each once."""
    rows = document.get("memberships", ())
    found = {cite["source"]["key"]: cite for row in rows for cite in row.get("cites", ())}
    return [{"source": cite["source"]} for cite in found.values()]


def _overlap(other: str, members: Mapping[str, Members]) -> Answer:
    def answer(document: Document) -> Cell:
        its = members.get(document["key"])
        if its is None or document["key"] == other:
            return SILENT
        both = its.certain.keys() & members[other].certain.keys()
        return Cell(f"{len(both)} of {len(its.certain)}", len(both))

    return answer


# --- figures ---------------------------------------------------------------------------------


def _figures(documents: Sequence[Document]) -> Iterator[Row]:
    """The newest figure of each metric."""
    for metric in FIGURE_METRICS.values:

        def answer(document: Document, metric: str = metric) -> Cell:
            its = [row for row in document.get("figures", ()) if row["metric"] == metric]
            if not its:
                return SILENT
            newest = max(its, key=figure_time)
            about = "about " if newest.get("approximate") else ""
            value = f"{about}{number(newest['value'])} {unit(newest['unit'])}"
            text = f"{value} ({figure_time(newest)})"
            return Cell(text, (newest["value"], newest["unit"]), newest["cites"])

        yield _row("figures", metric, FIGURE_METRICS.label_of(metric), documents, answer)


# --- beside a model --------------------------------------------------------------------------


def beside_model(rows: Iterable[Row], names: Sequence[str]) -> list[Row]:
    """The same rows, saying what each entry makes of the features of the first, their model.

    A function is taken over by whoever has it. A design feature is taken over by who describes it
    by naming the model (`names`), changed by who has words of its own, left open by who is silent.
    """
    named = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names if name))
    return [_beside(row, named) for row in rows]


def _beside(row: Row, named: re.Pattern[str]) -> Row:
    model, *others = row.cells
    if row.section not in ("functions", "design") or not model.value:
        return row
    read = [replace(cell, reading=_reading(row.section, cell, named)) for cell in others]
    return replace(row, cells=(model, *read))


def _reading(section: Section, cell: Cell, named: re.Pattern[str]) -> Reading:
    if not cell.is_stated:
        return "leaves-open"
    if section == "functions":
        return "takes-over" if cell.value else "leaves-open"
    return "takes-over" if named.search(cell.text) else "changes"


def tally(rows: Iterable[Row], columns: int) -> list[dict[Reading, int]]:
    """For each entry, how many features of the model it takes over, changes, leaves open."""
    rows = list(rows)
    return [
        {each: sum(row.cells[place].reading == each for row in rows) for each in READINGS}
        for place in range(columns)
    ]
