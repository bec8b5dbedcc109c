"""Which functions and features of design go together over all proposals, and where gaps are. Pure.

A feature is written "design:funding": what it is of, and its value.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LEAST = 1.0  # proposals one would expect, for none at all to be a gap

Feature = str


class Pair(NamedTuple):
    """Proposals that have `both`; `expected`: how many, had the two nothing in common."""

    row: Feature
    column: Feature
    both: int
    expected: float

    @property
    def is_gap(self) -> bool:
        """Whether nobody proposes what several would, were it only chance."""
        return self.both == 0 and self.expected >= LEAST


@dataclass(frozen=True, slots=True)
class Ideas:
    """Features that some proposal has, how many have each, and every pair of row and column."""

    total: int
    counts: Mapping[Feature, int]
    rows: Sequence[Feature]
    columns: Sequence[Feature]
    pairs: Sequence[Pair]

    @property
    def gaps(self) -> list[Pair]:
        """The most surprising first, each once."""
        found = {frozenset((pair.row, pair.column)): pair for pair in self.pairs if pair.is_gap}
        return sorted(found.values(), key=lambda pair: (-pair.expected, pair.row, pair.column))


def ideas(
    having: Mapping[str, Collection[Feature]],
    rows: Sequence[Feature],
    columns: Sequence[Feature],
) -> Ideas:
    """Which of these features go together. `having`: key of a proposal → its features.

    A feature is not paired with itself; those that nothing has are left out.
    """
    counts = Counter(feature for its in having.values() for feature in set(its))
    both: Counter[tuple[Feature, Feature]] = Counter()
    for its in having.values():
        known = set(its)
        below = [column for column in columns if column in known]
        both.update((row, column) for row in rows if row in known for column in below)
    kept_rows = [feature for feature in rows if counts[feature]]
    kept_columns = [feature for feature in columns if counts[feature]]
    pairs = [
        Pair(row, column, both[row, column], counts[row] * counts[column] / len(having))
        for row in kept_rows
        for column in kept_columns
        if row != column
    ]
    of_these = {feature: counts[feature] for feature in (*kept_columns, *kept_rows)}
    return Ideas(len(having), of_these, kept_rows, kept_columns, pairs)
