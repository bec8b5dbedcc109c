"""The parts that documents of several kinds are made of, and the base of all kinds but source."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from governance.codes import CURRENCIES
from governance.schemas.codes import (
    Bill,
    Celex,
    Country,
    CountryPastOrPresent,
    Doi,
    FederalRegister,
    Isni,
    Lei,
    Orcid,
    Ror,
    Wikidata,
)
from governance.schemas.rules import in_time_order, repeated_rows
from governance.vocabularies import FIGURE_METRICS, FIGURE_UNITS, LINK_RELATIONS, TOPICS
from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem, place_of, shown
from kb.documents.schema import (
    Document,
    Field,
    Line,
    Markdown,
    Part,
    Quote,
    Statement,
    Url,
    reference,
    term,
)

ActorKey = Annotated[str, reference("actor", "body")]
Name = Annotated[str, Line(200)]
Note = Annotated[str, Line(500)]
Sentence = Annotated[str, Line(300)]
Paragraph = Annotated[str, Line(500)]


class Cite(Part):
    """A place in a source that says so."""

    list_key: ClassVar[tuple[str, ...]] = ("source", "locator")

    source: Annotated[str, reference("source")]
    locator: Annotated[str, Line(100)] | None = None
    quote: Quote | None = None


Cites = Annotated[list[Cite], Field(min_length=1, description="Who says so: at least one source.")]


class Identifiers(Part):
    """Numbers of an entry in registers that others keep."""

    wikidata: Wikidata | None = None
    ror: Ror | None = None
    iso3166: CountryPastOrPresent | None = None
    doi: Doi | None = None
    celex: Celex | None = None
    federal_register: FederalRegister | None = Field(default=None, alias="federal-register")
    lei: Lei | None = None
    isni: Isni | None = None
    orcid: Orcid | None = None
    bill: Bill | None = None


class Link(Statement):
    """How this entry stands to another."""

    list_key: ClassVar[tuple[str, ...]] = ("relation", "target", "from")
    label_key: ClassVar[tuple[str, ...]] = ("relation", "target")

    relation: Annotated[str, term(LINK_RELATIONS)]
    target: Annotated[str, reference()]
    from_: InexactDate | None = None
    to: InexactDate | None = None
    note: Note | None = None
    cites: list[Cite] = Field(default_factory=list)

    def rules(self) -> Iterator[Problem]:
        yield from in_time_order(self, "from", "to")
        yield from repeated_rows(self.cites, "cites")
        # "Related", without a word on how, claims nothing that a reader could doubt.
        if not self.cites and (self.relation != "related" or self.note is not None):
            yield Problem(
                "cites",
                "missing-field",
                "missing: a reader could doubt this link",
                "Add a source; only “related” without a note needs none.",
            )


class Milestone(Statement):
    """What happened to this entry, and when."""

    list_key: ClassVar[tuple[str, ...]] = ("date", "title")

    date: InexactDate
    title: Name
    cites: Cites


class Period(Part):
    """The years or days that a figure is for."""

    from_: InexactDate
    to: InexactDate

    def rules(self) -> Iterator[Problem]:
        return in_time_order(self, "from", "to")


_MONEY = frozenset(CURRENCIES.values)
_UNITS: dict[str, frozenset[str]] = {
    "budget": _MONEY,
    "construction-cost": _MONEY,
    "staff": frozenset({"persons"}),
    "members": frozenset({"states", "organisations", "persons"}),
    "users": frozenset({"persons", "organisations"}),
    "contribution-share": frozenset({"percent"}),
}


class Figure(Statement):
    """A number that describes this entry in a year, or over a period."""

    list_key: ClassVar[tuple[str, ...]] = ("metric", "year", "period", "unit")
    label_key: ClassVar[tuple[str, ...]] = ("metric", "year", "unit")

    metric: Annotated[str, term(FIGURE_METRICS)]
    year: Annotated[int, Field(ge=1000, le=2999)] | None = None
    period: Period | None = None
    value: Annotated[float, Field(ge=0)]
    unit: Annotated[str, term(FIGURE_UNITS)]
    approximate: bool | None = None
    note: Note | None = None
    cites: Cites

    def rules(self) -> Iterator[Problem]:
        if self.year is None and self.period is None:
            yield Problem("year", "missing-field", "neither a year nor a period", "Add one.")
        elif self.year is not None and self.period is not None:
            yield Problem("period", "either-or", "a year and a period", "Write one of the two.")
        if self.unit not in _UNITS[self.metric]:
            yield self._wrong_unit()
        if self.unit == "percent" and self.value > 100:
            found = f"{shown(self.value)} is more than the whole"
            yield Problem("value", "out-of-range", found, "Write a number of at most 100.")

    def _wrong_unit(self) -> Problem:
        units = _UNITS[self.metric]
        listed = "a currency, such as CHF" if units is _MONEY else " or ".join(sorted(units))
        found = f"“{self.unit}” does not measure “{self.metric}”"
        return Problem("unit", "wrong-unit", found, f"Write {listed}.")


class Dispute(Statement):
    """What another source says instead of the value of a field or of a statement."""

    list_key: ClassVar[tuple[str, ...]] = ("field", "statement", "value")

    field: Annotated[str, Line(100)] | None = None
    statement: Annotated[str, Line(40)] | None = None
    value: Paragraph | float
    note: Note | None = None
    cites: Cites

    def rules(self) -> Iterator[Problem]:
        if (self.field is None) == (self.statement is None):
            found = "a field and a statement" if self.field else "neither a field nor a statement"
            remedy = "Write “field” with the name of a field, or “statement” with an id."
            yield Problem("field", "either-or", found, remedy)


class Feature(Part):
    """One dimension of the design of an institution."""

    text: Annotated[str, Markdown(2000)]
    cites: Cites


class Design(Part):
    """The design of an institution, real or proposed; what is not known is left out."""

    purpose: Feature | None = None
    membership: Feature | None = None
    decision_making: Feature | None = None
    funding: Feature | None = None
    legal_basis: Feature | None = None
    staffing_and_site: Feature | None = None
    openness: Feature | None = None
    verification_and_enforcement: Feature | None = None
    safeguards: Feature | None = None
    exit_and_suspension: Feature | None = None


class Place(Part):
    """Where something is or happens."""

    city: Annotated[str, Line(100)] | None = None
    country: Country | None = None


class Seat(Place):
    """Where a body has its seat, with degrees north and east."""

    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None

    def rules(self) -> Iterator[Problem]:
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if getattr(self, name) is None and getattr(self, other) is not None:
                remedy = f"Add it, or leave “{other}” out."
                yield Problem(name, "missing-field", f"missing beside “{other}”", remedy)


_CITED_ELSEWHERE = frozenset({"kind", "key", "field_cites", "disputed", "cites"})


class SourcedDocument(Document):
    """What documents of every kind but source have in common.

    `below_summary`: the first of a kind's own fields that stands below the summary, in files and
    in forms; those before it stand above.
    """

    below_summary: ClassVar[str] = ""

    name: Name
    aliases: list[Name] = Field(default_factory=list)

    summary: Paragraph | None = None
    description: Annotated[str, Markdown(100_000)] | None = None
    website: Url | None = None
    identifiers: Identifiers | None = None
    topics: list[Annotated[str, term(TOPICS)]] = Field(default_factory=list)

    figures: list[Figure] = Field(default_factory=list)
    links: list[Link] = Field(default_factory=list)
    milestones: list[Milestone] = Field(default_factory=list)
    field_cites: dict[str, Cites] = Field(default_factory=dict)
    disputed: list[Dispute] = Field(default_factory=list)
    cites: Cites

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Sort a kind's own fields in between, where a reader looks for them."""
        fields = cls.__pydantic_fields__
        shared = list(SourcedDocument.model_fields)
        about, rows = shared.index("summary"), shared.index("figures")
        own = [name for name in fields if name not in shared]
        split = own.index(cls.below_summary) if cls.below_summary else len(own)
        head = [*shared[:about], *own[:split]]
        for name in (*head, *shared[about:rows], *own[split:], *shared[rows:]):
            fields[name] = fields.pop(name)

    def rules(self) -> Iterator[Problem]:
        yield from self._rules_for_rows()
        yield from self._rules_for_links()
        yield from self._rules_for_field_cites()
        yield from self._rules_for_disputes()

    def statements(self) -> Iterator[tuple[str, list[Statement]]]:
        """Each list of statements that is not empty, with the name of its field."""
        for name in type(self).model_fields:
            rows = getattr(self, name)
            if isinstance(rows, list) and rows and isinstance(rows[0], Statement):
                yield name, rows

    def _rules_for_rows(self) -> Iterator[Problem]:
        yield from repeated_rows(self.cites, "cites")
        for name, rows in self.statements():
            yield from repeated_rows(rows, name)
            for number, row in enumerate(rows):
                cites = getattr(row, "cites", [])
                yield from repeated_rows(cites, f"{name}[{number}].cites")

    def _rules_for_links(self) -> Iterator[Problem]:
        for number, link in enumerate(self.links):
            if link.target == self.key:
                place = f"links[{number}].target"
                yield Problem(place, "link-to-itself", "this entry itself", "Name another entry.")

    def _rules_for_field_cites(self) -> Iterator[Problem]:
        for name, cites in self.field_cites.items():
            place = place_of(("field_cites", name))
            yield from self._must_be_set(name, place)
            yield from repeated_rows(cites, place)

    def _rules_for_disputes(self) -> Iterator[Problem]:
        ids = {row.id for _, rows in self.statements() for row in rows if row.id}
        for number, dispute in enumerate(self.disputed):
            if dispute.field is not None:
                yield from self._must_be_set(dispute.field, f"disputed[{number}].field")
            if dispute.statement is not None and dispute.statement not in ids:
                found = f"{shown(dispute.statement)} is no id of a statement in this entry"
                remedy = "Write the id of a row of this entry."
                yield Problem(f"disputed[{number}].statement", "unknown-statement", found, remedy)

    def _must_be_set(self, name: str, place: str) -> Iterator[Problem]:
        """A problem unless `name` is a field of this kind that has a value and no rows."""
        rows = {field for field, _ in self.statements()}
        set_fields = sorted(self.model_fields_set - rows - _CITED_ELSEWHERE)
        if name in rows:
            remedy = "Its rows have sources of their own: cite or dispute the row."
            yield Problem(place, "wrong-field", f"{shown(name)} is a list of statements", remedy)
        elif name not in set_fields:
            remedy = f"Name one of the fields that are set: {', '.join(set_fields)}."
            yield Problem(place, "wrong-field", f"{shown(name)} is no field with a value", remedy)
