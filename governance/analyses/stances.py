"""How stances changed: rows of positions in, lanes and changes out."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.documents.inexact_dates import Certainty, InexactDate


@dataclass(frozen=True, slots=True)
class Taken:
    """A position that was taken. `lane`: who took it, on what, as far as lanes are kept apart.

    `ordinal`: its place in its document; of two of one date the later one is the newer.
    """

    id: str
    lane: Hashable
    stance: str
    date: InexactDate | None = None
    ordinal: int = 0


@dataclass(frozen=True, slots=True)
class StanceChange:
    """One stance after another. `certainty`: whether the dates leave their order open."""

    before: Taken
    after: Taken
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class Lane:
    """What was said in one lane: dated positions, oldest first, and those without a date."""

    lane: Hashable
    dated: Sequence[Taken]
    undated: Sequence[Taken]
    changes: Sequence[StanceChange] = field(default=())

    @property
    def newest(self) -> Taken:
        """Where it stands now: the newest dated one, else the undated one that comes last."""
        return (self.dated or self.undated)[-1]


def lanes_of(rows: Iterable[Taken]) -> list[Lane]:
    """The lanes, those with the newest position first, those without dates last.

    Whatever the order of the rows, the lanes are the same.
    """
    by_lane: dict[Hashable, list[Taken]] = {}
    for row in sorted(rows, key=lambda each: (str(each.lane), each.ordinal, each.id)):
        by_lane.setdefault(row.lane, []).append(row)
    lanes = [_lane(lane, its) for lane, its in by_lane.items()]
    return sorted(lanes, key=_newest_first, reverse=True)


def _lane(lane: Hashable, rows: Sequence[Taken]) -> Lane:
    dated = sorted((row for row in rows if row.date), key=_when)
    undated = [row for row in rows if row.date is None]
    return Lane(lane, dated, undated, changes_in(dated))


def _when(row: Taken) -> tuple[InexactDate, int]:
    assert row.date is not None
    return row.date, row.ordinal


def _newest_first(lane: Lane) -> tuple[bool, tuple[int, int]]:
    newest = lane.newest.date
    ends = (newest.earliest.toordinal(), newest.latest.toordinal()) if newest else (0, 0)
    return bool(lane.dated), ends


def changes_in(dated: Sequence[Taken]) -> list[StanceChange]:
    """Where one stance follows another in the positions of a lane, oldest first.

    An undated position has no before and after, so it is part of no change.
    """
    return [
        StanceChange(before, after, _certainty(before, after))
        for before, after in pairwise(dated)
        if before.stance != after.stance
    ]


def _certainty(before: Taken, after: Taken) -> Certainty:
    assert before.date is not None
    assert after.date is not None
    return "certain" if before.date.latest < after.date.earliest else "possible"
