"""Who belonged to a body or was bound by an instrument: on a day, through time, beside another.

Pure: from rows with their days, as `governance.projections` computes them, to plain values. A row
is *full* when it makes its actor one of those that are counted (a member of a body, a party to a
treaty); any other ties its actor more loosely (an observer, who has only signed).
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from governance.acts import CONSENT
from governance.projections.holding import Days

MEMBER_ROLES = ("founding-member", "member")

Standing = Literal["full", "open", "part", "part-open", "past"]
"""full: certainly counted. open: counted in some reading of the dates. part, part-open: the same of
those who are tied more loosely. past: was tied, and is no longer."""

Overlap = Literal["first", "second", "both", "open"]


@dataclass(frozen=True, slots=True, order=True)
class Member:
    """An actor as a picture needs it. `code`: of its country where it stands for one, else ""."""

    name: str
    key: str
    kind: str = "actor"
    code: str = ""


@dataclass(frozen=True, slots=True)
class Belonging:
    """One row: `member` belonged in a `role`, or took part by an act. None: on no day.

    `begin` and `end` as they are written in the document, "" where they are not.
    """

    member: Member
    role: str
    certain: Days | None
    possible: Days | None
    begin: str = ""
    end: str = ""

    def has_ended(self, day: date) -> bool:
        """Whether it is over on `day`, whatever its dates mean."""
        before = self.possible.before if self.possible else None
        return before is not None and before <= day


def counted_roles(roles: Collection[str]) -> frozenset[str]:
    """Which of the roles and acts that occur make an actor count as a member.

    Members where there are any, else whoever takes part, as in a partnership; of a treaty those
    who consented to be bound, else those who signed or endorsed.
    """
    found = frozenset(roles)
    for narrower in (MEMBER_ROLES, CONSENT):
        if found & frozenset(narrower):
            return found & frozenset(narrower)
    return found


@dataclass(frozen=True, slots=True)
class Count:
    """How many were members: `certain`, and `possible`, those who may have been among them."""

    certain: int
    possible: int


@dataclass(frozen=True, slots=True)
class Step:
    """From `day` on there were as many, until the next step."""

    day: date
    count: Count


@dataclass(frozen=True, slots=True)
class Belongings:
    """All rows of one body or instrument."""

    rows: Sequence[Belonging]

    @property
    def full(self) -> list[Belonging]:
        """The rows of those who are counted."""
        roles = counted_roles({row.role for row in self.rows})
        return [row for row in self.rows if row.role in roles]

    def standings(self, day: date) -> dict[Member, Standing]:
        """How each actor stood on `day`; those who had not come yet are left out."""
        full = {id(row) for row in self.full}
        by_member: dict[Member, list[tuple[Belonging, bool]]] = {}
        for row in self.rows:
            by_member.setdefault(row.member, []).append((row, id(row) in full))
        found = {member: _standing(rows, day) for member, rows in by_member.items()}
        return {member: standing for member, standing in found.items() if standing}

    def count(self, day: date) -> Count:
        """How many were counted on `day`, each actor once."""
        return Count(
            len({row.member for row in self.full if row.certain and day in row.certain}),
            len({row.member for row in self.full if row.possible and day in row.possible}),
        )

    def history(self) -> list[Step]:
        """The count through time: a step on each day on which it changes, oldest first."""
        now: dict[str, Counter[Member]] = {"certain": Counter(), "possible": Counter()}
        steps: list[Step] = []
        changes = sorted(_changes(self.full), key=lambda change: change[0])
        for day, group in groupby(changes, key=lambda change: change[0]):
            for _, which, member, by in group:
                now[which][member] += by
            count = Count(*(sum(n > 0 for n in now[each].values()) for each in now))
            if count != (steps[-1].count if steps else Count(0, 0)):
                steps.append(Step(day, count))
        return steps

    def by_accession(self) -> list[tuple[Member, list[Belonging]]]:
        """Each actor with its rows in the order of time; who came first comes first."""
        by_member: dict[Member, list[Belonging]] = {}
        for row in sorted(self.rows, key=_begins):
            by_member.setdefault(row.member, []).append(row)
        return sorted(by_member.items(), key=lambda each: (_begins(each[1][0]), each[0].name))

    def span(self, today: date) -> tuple[date, date] | None:
        """First and last day that a picture shows; None when no day is known.

        It ends today, or with the last row when all are over.
        """
        begins = [d.first for row in self.rows for d in _days(row) if d.first]
        if not begins:
            return None
        ends = [row.possible.before if row.possible else None for row in self.rows]
        over = [end for end in ends if end is not None and end <= today]
        last = max(over) if len(over) == len(ends) else today
        return min(begins), max(last, min(begins))


def overlay(
    first: Mapping[Member, Standing], second: Mapping[Member, Standing]
) -> dict[Member, Overlap]:
    """Who certainly belongs to both, to the first alone or to the second alone.

    open: those of whom the dates do not tell which of these they are.
    """
    ours = {member for member, standing in first.items() if standing == "full"}
    theirs = {member for member, standing in second.items() if standing == "full"}
    unsure = {m for each in (first, second) for m, standing in each.items() if standing == "open"}
    sets: Mapping[Overlap, set[Member]] = {
        "both": ours & theirs - unsure,
        "first": ours - theirs - unsure,
        "second": theirs - ours - unsure,
        "open": unsure,
    }
    return {member: how for how, members in sets.items() for member in members}


def _standing(rows: Sequence[tuple[Belonging, bool]], day: date) -> Standing | None:
    if any(full and row.certain and day in row.certain for row, full in rows):
        return "full"
    if any(full and row.possible and day in row.possible for row, full in rows):
        return "open"
    if any(row.certain and day in row.certain for row, _ in rows):
        return "part"
    if any(row.possible and day in row.possible for row, _ in rows):
        return "part-open"
    return "past" if any(row.has_ended(day) for row, _ in rows) else None


def _changes(rows: Sequence[Belonging]) -> Iterator[tuple[date, str, Member, int]]:
    """(day, "certain" or "possible", actor, one more or one less) of all rows."""
    for row in rows:
        for which, days in (("certain", row.certain), ("possible", row.possible)):
            if days is None:
                continue
            yield days.first or date.min, which, row.member, 1
            if days.before is not None:
                yield days.before, which, row.member, -1


def _begins(row: Belonging) -> date:
    """For sorting: since when it is certain, else possible; at the end where nobody knows."""
    return next((days.first for days in _days(row) if days.first), date.max)


def _days(row: Belonging) -> list[Days]:
    return [days for days in (row.certain, row.possible) if days is not None]
