"""From values to places: a linear scale for numbers, one for days; each with readable ticks."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Linear:
    """Numbers from `low` to `high` (which differ) on a line from `start` to `end` in px."""

    low: float
    high: float
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> "Linear":
        """A scale that holds zero and all of `values`, ending at round numbers."""
        low, high = min(0.0, *values), max(0.0, *values)
        if low == high:
            high = 1.0
        step = step_for(high - low)
        return cls(math.floor(low / step) * step, math.ceil(high / step) * step, start, end)

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self, most: int = 5) -> list[float]:
        """Round numbers within the scale, at most `most` + 1 of them."""
        step = step_for(self.high - self.low, most)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [place * step for place in range(first, last + 1)]


def step_for(extent: float, most: int = 5) -> float:
    """The smallest of 1, 2, 5 times a power of ten of which `most` cover `extent` (above 0)."""
    power: float = 10.0 ** math.floor(math.log10(extent / most))
    return next(n * power for n in (1, 2, 5, 10) if n * power * most >= extent * (1 - 1e-9))


@dataclass(frozen=True, slots=True)
class Time:
    """Days from `first` to `last` (which is later) on a line from `start` to `end` in px.

    A day outside lies at the nearer end; None, which is unbounded, at the end that is meant.
    """

    first: date
    last: date
    start: float
    end: float

    def __call__(self, day: date) -> float:
        share = (day - self.first).days / (self.last - self.first).days
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def span(self, first: date | None, before: date | None) -> tuple[float, float]:
        """Where a stretch of days begins and ends."""
        left = self.start if first is None else self(first)
        return left, self.end if before is None else self(before)

    def years(self, apart: float = 48) -> list[int]:
        """Years whose first days are at least `apart` px from each other: 1, 2, 5, 10, 20 …"""
        extent = (self.last - self.first).days / 365.2425
        width = abs(self.end - self.start)
        least = max(extent * apart / width, 1.0)
        power = 10 ** math.floor(math.log10(least))
        step = int(next(n * power for n in (1, 2, 5, 10) if n * power >= least))
        begun = (
            self.first.year if self.first == date(self.first.year, 1, 1) else self.first.year + 1
        )
        return list(range(-(-begun // step) * step, self.last.year + 1, step))


def readable(value: float) -> str:
    """A number on an axis: "1,200", "1.5 million", "2 billion"; decimals only where they matter."""
    for size, name in ((1e12, " trillion"), (1e9, " billion"), (1e6, " million")):
        if abs(value) >= size:
            return f"{round(value / size, 3):g}{name}"
    return f"{value:,.0f}" if value == round(value) else f"{value:,.4g}"
