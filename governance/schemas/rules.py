"""Rules over several fields that more than one kind has. Places are relative to the part."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem
from kb.documents.schema import Part


def is_certainly_before(first: InexactDate | None, second: InexactDate | None) -> bool:
    """Whether every day that `first` can mean lies before every day that `second` can mean."""
    return first is not None and second is not None and first.latest < second.earliest


def in_time_order(part: Part, *names: str) -> Iterator[Problem]:
    """A problem for each date that certainly lies before one that must not come after it.

    `names`: fields of `part` with dates, in the order in which they must follow one another.
    """
    dated = [(name, getattr(part, _attribute(name))) for name in names]
    dated = [(name, day) for name, day in dated if day is not None]
    for position, (name, day) in enumerate(dated):
        for earlier_name, earlier in dated[:position]:
            if is_certainly_before(day, earlier):
                yield Problem(
                    name,
                    "end-before-beginning",
                    f"{day.readable} lies before {earlier.readable} ({earlier_name})",
                    f"Correct “{name}” or “{earlier_name}”.",
                )
                break


def repeated_rows(
    rows: Sequence[Part], place: str, names: Iterable[str] | None = None
) -> Iterator[Problem]:
    """A problem for each row that says the same as an earlier one.

    `names`: the fields that tell rows apart; the row's `list_key` when left out.
    """
    first: dict[tuple[object, ...], int] = {}
    for number, row in enumerate(rows):
        told_apart = tuple(names or row.list_key)
        values = tuple(getattr(row, _attribute(name)) for name in told_apart)
        earlier = first.setdefault(values, number)
        if earlier != number:
            same = ", ".join(n for n, value in zip(told_apart, values, strict=True) if value)
            yield Problem(
                f"{place}[{number}]",
                "repeated-row",
                f"the same {same} as {place}[{earlier}]",
                "Make one row of the two, or say what tells them apart.",
            )


def _attribute(name: str) -> str:
    """The attribute behind a field: Python's own words carry an underscore."""
    return f"{name}_" if name in {"from", "for"} else name
