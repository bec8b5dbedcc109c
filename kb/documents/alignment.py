"""Three versions of a value beside each other, and of a list row by row."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kb.documents.rows import id_of, longest_rising, matched
from kb.documents.schema import Part

ABSENT: Any = object()  # where a version has no value; null is one

Pairs = dict[int, int]  # number of a row → number of the same row in another list


@dataclass(frozen=True, slots=True)
class Versions:
    """A value as it was, and as each side has it; ABSENT where there is none."""

    base: Any
    theirs: Any
    mine: Any

    def __iter__(self) -> Iterator[Any]:
        return iter((self.base, self.theirs, self.mine))

    @property
    def are_in_both(self) -> bool:
        return self.theirs is not ABSENT and self.mine is not ABSENT

    def are(self, form: type) -> bool:
        """Whether all that there is has this form."""
        return all(each is ABSENT or isinstance(each, form) for each in self)

    def or_empty(self, form: type) -> "Versions":
        """The same with something empty of this form where there is nothing."""
        return Versions(*(form() if each is ABSENT else each for each in self))

    def at(self, name: str) -> "Versions":
        """What the versions, all of them mappings, have under `name`."""
        return Versions(
            self.base.get(name, ABSENT), self.theirs.get(name, ABSENT), self.mine.get(name, ABSENT)
        )


def aligned(
    schema: type[Part], base: list[Any], theirs: list[Any], mine: list[Any]
) -> list[Versions]:
    """Every row that a side has, in the order of the merged list.

    That is mine's; rows that only theirs has, and those that only theirs moved, follow the row
    that they follow in theirs. A statement that lost its id gets it back.
    """
    same = _Same.rows(schema, base, theirs, mine)
    rows: list[Versions] = []
    for number, other in same.in_order(len(theirs), len(mine)):
        old = same.old_of(number, other)
        row = Versions(_at(base, old), _at(theirs, number), _at(mine, other))
        rows.append(_with_id(row) if schema.is_statement else row)
    return rows


def _at(rows: list[Any], number: int | None) -> Any:
    return ABSENT if number is None else rows[number]


def _with_id(row: Versions) -> Versions:
    """An id is given for ever: no side can take it from a row that it keeps."""
    given = id_of(row.base)
    if given is None:
        return row
    return Versions(row.base, _identified(row.theirs, given), _identified(row.mine, given))


def _identified(row: Any, given: str) -> Any:
    return {"id": given, **row} if isinstance(row, dict) and "id" not in row else row


@dataclass(frozen=True, slots=True)
class _Same:
    """Which rows of three lists are the same row; `moved…`: those whose order a side changed."""

    base_of_theirs: Pairs
    base_of_mine: Pairs
    mine_of_theirs: Pairs
    moved_in_theirs: set[int]
    moved_in_mine: set[int]

    @classmethod
    def rows(
        cls, schema: type[Part], base: list[Any], theirs: list[Any], mine: list[Any]
    ) -> "_Same":
        base_of_theirs, base_of_mine = _kept(schema, base, theirs), _kept(schema, base, mine)
        mine_of_base = {old: number for number, old in base_of_mine.items()}
        mine_of_theirs = {
            number: mine_of_base[old]
            for number, old in base_of_theirs.items()
            if old in mine_of_base
        } | _added_in_both(schema, theirs, base_of_theirs, mine, base_of_mine)
        return cls(
            base_of_theirs,
            base_of_mine,
            mine_of_theirs,
            _moved(base_of_theirs),
            _moved(base_of_mine),
        )

    def old_of(self, theirs: int | None, mine: int | None) -> int | None:
        """The number in base of a row with these numbers."""
        if theirs in self.base_of_theirs:
            return self.base_of_theirs[theirs]
        return self.base_of_mine.get(mine) if mine is not None else None

    def in_order(self, of_theirs: int, of_mine: int) -> Iterator[tuple[int | None, int | None]]:
        """Numbers in theirs and in mine of every row, of as many as the two have."""
        placed = {number for number in range(of_theirs) if self._goes_by_theirs(number)}
        elsewhere = {self.mine_of_theirs.get(number) for number in placed}
        theirs_of_mine = {other: number for number, other in self.mine_of_theirs.items()}
        yield from self._following(-1, placed)
        for other in range(of_mine):
            if other in elsewhere:
                continue
            number = theirs_of_mine.get(other)
            yield number, other
            if number is not None:
                yield from self._following(number, placed)

    def _goes_by_theirs(self, number: int) -> bool:
        """Whether a row of theirs stands where theirs has it, and not where mine has it."""
        other = self.mine_of_theirs.get(number)
        if other is None:
            return True
        return number in self.moved_in_theirs and other not in self.moved_in_mine

    def _following(self, number: int, placed: set[int]) -> Iterator[tuple[int, int | None]]:
        """The rows right after one in theirs that go by theirs."""
        while (number := number + 1) in placed:
            yield number, self.mine_of_theirs.get(number)


def _kept(schema: type[Part], base: list[Any], side: list[Any]) -> Pairs:
    """Number of each row of a side that was in base → its number there."""
    return {
        number: old
        for old, number in matched(schema, base, side)
        if not _are_told_apart(base[old], side[number])
    }


def _are_told_apart(one: Any, other: Any) -> bool:
    """Whether two rows have different ids; then a list key in common makes them no one row."""
    ids = {id_of(one), id_of(other)} - {None}
    return len(ids) == 2


def _added_in_both(
    schema: type[Part], theirs: list[Any], in_base: Pairs, mine: list[Any], mine_in_base: Pairs
) -> Pairs:
    """Number in theirs of each row that both sides added → its number in mine."""
    added = [number for number in range(len(theirs)) if number not in in_base]
    mine_added = [number for number in range(len(mine)) if number not in mine_in_base]
    pairs = matched(
        schema, [theirs[number] for number in added], [mine[number] for number in mine_added]
    )
    return {added[one]: mine_added[other] for one, other in pairs}


def _moved(base_of: Pairs) -> set[int]:
    """Numbers of the fewest rows that must have moved for the order that a side has."""
    stayed = longest_rising([(base_of[number], number) for number in sorted(base_of)])
    return {number for number, old in base_of.items() if old not in stayed}
