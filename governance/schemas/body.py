"""The document of a body: an international organisation, network, facility, panel …"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import Annotated, ClassVar, Literal

from governance.schemas.parts import (
    ActorKey,
    Cites,
    Design,
    Name,
    Note,
    Paragraph,
    Seat,
    SourcedDocument,
)
from governance.schemas.rules import in_time_order, is_certainly_before
from governance.vocabularies import BODY_STATUSES, BODY_TYPES, FUNCTIONS, MEMBERSHIP_ROLES
from kb.documents.inexact_dates import InexactDate, Span
from kb.documents.problems import Problem
from kb.documents.schema import Field, Statement, term


class Organ(Statement):
    """A part of a body that decides, advises or carries out."""

    list_key: ClassVar[tuple[str, ...]] = ("name",)

    name: Name
    role: Paragraph | None = None
    composition: Paragraph | None = None
    decision_rule: Paragraph | None = None
    cites: Cites


class Membership(Statement):
    """What an actor is in a body, from when to when. `share`: of contributions, in per cent."""

    list_key: ClassVar[tuple[str, ...]] = ("actor", "role", "from")

    actor: ActorKey
    role: Annotated[str, term(MEMBERSHIP_ROLES)]
    from_: InexactDate | None = None
    to: InexactDate | None = None
    share: Annotated[float, Field(ge=0, le=100)] | None = None
    note: Note | None = None
    cites: Cites

    def rules(self) -> Iterator[Problem]:
        return in_time_order(self, "from", "to")

    @property
    def span(self) -> Span:
        """The time it lasts."""
        return Span(self.from_, self.to)


class Body(SourcedDocument):
    """An international body or collaboration, with its design, organs and members."""

    below_summary: ClassVar[str] = "functions"

    kind: Literal["body"]
    type: Annotated[str, term(BODY_TYPES)]
    status: Annotated[str, term(BODY_STATUSES)]
    founded: InexactDate | None = None
    dissolved: InexactDate | None = None
    seat: Seat | None = None
    functions: list[Annotated[str, term(FUNCTIONS)]] = Field(default_factory=list)
    design: Design | None = None
    organs: list[Organ] = Field(default_factory=list)
    memberships: list[Membership] = Field(default_factory=list)

    def rules(self) -> Iterator[Problem]:
        yield from super().rules()
        yield from in_time_order(self, "founded", "dissolved")
        yield from self._rules_for_status()
        yield from self._rules_for_life()
        yield from self._rules_for_overlaps()

    def _rules_for_status(self) -> Iterator[Problem]:
        if self.status == "planned" and self.founded is not None:
            remedy = "Write “active”, or leave “founded” out until it is founded."
            yield Problem("status", "status-against-date", "planned, yet founded", remedy)
        if self.status != "dissolved" and self.dissolved is not None:
            remedy = "Write “dissolved”, or leave the date out."
            found = f"{self.status}, yet dissolved in {self.dissolved.readable}"
            yield Problem("status", "status-against-date", found, remedy)

    def _rules_for_life(self) -> Iterator[Problem]:
        """No membership outside the life of the body."""
        for number, row in enumerate(self.memberships):
            place = f"memberships[{number}]"
            yield from self._rules_before_life(row, place)
            yield from self._rules_after_life(row, place)

    def _rules_before_life(self, row: Membership, place: str) -> Iterator[Problem]:
        if self.founded is None:
            return
        # A text is signed before the body exists that rests on it; no other role can be older.
        begins_early = is_certainly_before(row.from_, self.founded) and row.role != "signatory"
        for name, is_outside in (
            ("from", begins_early),
            ("to", is_certainly_before(row.to, self.founded)),
        ):
            if is_outside:
                yield Problem(
                    f"{place}.{name}",
                    "outside-life",
                    f"before the body was founded ({self.founded.readable})",
                    "Correct the date; who only signed the founding text is a “signatory”.",
                )

    def _rules_after_life(self, row: Membership, place: str) -> Iterator[Problem]:
        if self.dissolved is None:
            return
        ended = f"the body was dissolved ({self.dissolved.readable})"
        for name, day in (("from", row.from_), ("to", row.to)):
            if is_certainly_before(self.dissolved, day):
                remedy = "Correct the date."
                yield Problem(f"{place}.{name}", "outside-life", f"after {ended}", remedy)
        if row.to is None:
            remedy = "Add the end, at the latest that day: no “to” means ‘still so’."
            yield Problem(f"{place}.to", "outside-life", f"missing, yet {ended}", remedy)

    def _rules_for_overlaps(self) -> Iterator[Problem]:
        """No two memberships of one actor in one role on the same day, for certain."""
        rows: dict[tuple[str, str], list[tuple[int, Membership]]] = defaultdict(list)
        for number, row in enumerate(self.memberships):
            rows[row.actor, row.role].append((number, row))
        for group in rows.values():
            for (first, row), (second, other) in combinations(group, 2):
                if row.from_ != other.from_ and overlap_for_certain(row.span, other.span):
                    yield Problem(
                        f"memberships[{second}]",
                        "overlapping-memberships",
                        f"{row.actor} is “{row.role}” at the same time in memberships[{first}]",
                        "Make one row of the two, or end the earlier before the later begins.",
                    )


def overlap_for_certain(one: Span, other: Span) -> bool:
    """Whether there is a day on which both were so for certain."""
    if one.certain is None or other.certain is None:
        return False
    (begin, end), (other_begin, other_end) = one.certain, other.certain
    is_before_other_ends = (begin or date.min) <= (other_end or date.max)
    return is_before_other_ends and (other_begin or date.min) <= (end or date.max)
