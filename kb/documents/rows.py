"""Rows of a list: which are the same row in two lists, which have moved, what they are called."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from kb.documents.canonical import canonical_json
from kb.documents.problems import Path
from kb.documents.schema import Part


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a document something is, and which row it is in.

    `label`: what the row is called ("germany · member"), else the field. `statement`: the id of
    that row, if it has one.
    """

    path: Path
    label: str
    statement: str | None = None

    def field(self, name: str) -> "Place":
        return Place((*self.path, name), self.label or name, self.statement)

    def row(self, number: int, schema: type[Part] | None, row: Any) -> "Place":
        path = (*self.path, number)
        if schema is None or not isinstance(row, dict):
            return Place(path, self.label, self.statement)
        if self.statement and not schema.is_statement:  # a citation goes by its row's name
            return Place(path, self.label, self.statement)
        return Place(path, schema.row_label(row) or self.label, id_of(row))


def id_of(row: Any) -> str | None:
    """The id of a row of an unchecked list; None where it has none that is text."""
    written = row.get("id") if isinstance(row, dict) else None
    return written if isinstance(written, str) else None


def content_of(value: Any) -> bytes:
    """The same for values that are equal as JSON, whatever an unchecked document may hold."""
    try:
        return canonical_json(value)
    except ValueError:  # such as numbers beyond what JSON can hold
        return repr(value).encode("utf-8", "surrogatepass")


def matched(
    schema: type[Part] | None, before: Sequence[Any], after: Sequence[Any]
) -> list[tuple[int, int]]:
    """Numbers of the rows that are the same row before and after, each in one pair at most.

    The same by `id`, else by content, else by the list key of `schema`.
    """
    pairs: list[tuple[int, int]] = []
    old, new = set(range(len(before))), set(range(len(after)))
    for key_of in _keys(schema):
        waiting: dict[Any, list[int]] = defaultdict(list)
        for number in sorted(old, reverse=True):
            if (key := key_of(before[number])) is not None:
                waiting[key].append(number)
        pairs += [
            (same.pop(), number)
            for number in sorted(new)
            if (same := waiting.get(key_of(after[number])))
        ]
        old -= {pair[0] for pair in pairs}
        new -= {pair[1] for pair in pairs}
    return pairs


def _keys(schema: type[Part] | None) -> Iterable[Callable[[Any], Any]]:
    """What tells rows apart, the surest first; each gives None for a row that it does not fit."""

    def by_list_key(row: Any) -> Any:
        if schema is None or not schema.list_key or not isinstance(row, dict):
            return None
        return content_of([row.get(name) for name in schema.list_key])

    return (id_of, content_of, by_list_key)


def longest_rising(pairs: Sequence[tuple[int, int]]) -> set[int]:
    """Old numbers of the most rows whose order has not changed. `pairs` are sorted by new number.

    Source: Fredman (1975), "On computing the length of longest increasing subsequences".
    """
    tails: list[int] = []  # the smallest end of a rising run of each length
    tail_at: list[int] = []  # … and its position in `pairs`
    before: list[int] = []
    for position, (old, _new) in enumerate(pairs):
        length = bisect_left(tails, old)
        tails[length : length + 1] = [old]
        tail_at[length : length + 1] = [position]
        before.append(tail_at[length - 1] if length else -1)
    stayed: set[int] = set()
    position = tail_at[-1] if tail_at else -1
    while position >= 0:
        stayed.add(pairs[position][0])
        position = before[position]
    return stayed
