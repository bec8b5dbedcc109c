"""What happened when: rows with dates in, years and lines out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to `entry` between two days, which are one where it is exact.

    `what`: of `happenings.WHAT`. `statement`: its id in the entry, "" for a date of its own.
    `actor`: who did it. `said`: the stance, act, role or title, as its vocabulary or document has
    it.
    """

    what: str
    earliest: date
    latest: date
    entry: JSON
    statement: str = ""
    actor: JSON | None = None
    said: str = ""
    place: tuple[Any, ...] = field(default=(), compare=False)

    @property
    def date(self) -> str:
        """As it was written: "1954", "1954-09" or "1954-09-29"."""
        return date_between(self.earliest, self.latest)


def date_between(earliest: date, latest: date) -> str:
    """The inexact date whose ends these are."""
    if earliest == latest:
        return earliest.isoformat()
    is_month = earliest.month == latest.month
    return f"{earliest.year:04}-{earliest.month:02}" if is_month else f"{earliest.year:04}"


@dataclass(frozen=True, slots=True)
class Line:
    """Happenings that read as one: the same to the same entry on the same date, by several."""

    first: Happening
    all: Sequence[Happening]


def lines_of(rows: Iterable[Happening]) -> list[Line]:
    """The rows in their order, those that read as one put together."""
    lines = []
    for _key, its in groupby(rows, key=_alike):
        group = list(its)
        lines.append(Line(group[0], group))
    return lines


def _alike(row: Happening) -> tuple[Any, ...]:
    own = () if row.actor else (row.statement,)
    return row.what, row.entry["key"], row.earliest, row.latest, row.said, *own


def by_year(lines: Iterable[Line]) -> list[tuple[int, list[Line]]]:
    """(year, its lines), in their order."""
    groups = groupby(lines, key=lambda line: line.first.earliest.year)
    return [(year, list(its)) for year, its in groups]


def density(counts: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Year → how much happened, oldest first; the years between without anything are left out."""
    total: Counter[int] = Counter()
    for year, count in counts:
        total[year] += count
    return {year: total[year] for year in sorted(total) if total[year]}


def summed(counts: Mapping[int, int], step: int) -> dict[int, int]:
    """The same for spans of `step` years, each by its first year."""
    return density((year - year % step, count) for year, count in counts.items())
