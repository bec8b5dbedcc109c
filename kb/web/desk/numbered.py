"""Long pages of the desk in parts with numbers: `?page=2`."""

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from django.http import HttpRequest

Row = TypeVar("Row")


class Part(NamedTuple, Generic[Row]):
    """The rows of one part. `numbers`: of all parts, empty where one holds everything."""

    rows: list[Row]
    number: int
    numbers: list[int]


def part_of(
    rows: Sequence[Row], request: HttpRequest, size: int, *, is_last_shown: bool = False
) -> Part[Row]:
    """The part that the address asks for, the nearest where there is no such one.

    Without a number the first, or the last where that is what people come for.
    """
    count = max(1, -(-len(rows) // size))
    written = request.GET.get("page", "")
    unasked = count if is_last_shown else 1
    number = int(written) if written.isdecimal() and len(written) < 6 else unasked
    number = min(max(number, 1), count)
    numbers = list(range(1, count + 1)) if count > 1 else []
    return Part(list(rows[(number - 1) * size : number * size]), number, numbers)
