"""What changed between two documents, row by row and word by word."""

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from kb.documents.canonical import canonical_json
from kb.documents.plans import JSON, Fields, Map, Rows, Shape, Value, plan
from kb.documents.problems import Path, place_of
from kb.documents.schema import Part

ChangeKind = Literal["added", "removed", "changed", "moved"]
PieceKind = Literal["same", "removed", "added"]
Piece = tuple[PieceKind, str]

MOST_WORDS = 4_000  # of a passage that is compared word by word; longer ones line by line


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    `path`: where it is in the document after it; for what was removed, before it.
    `before`, `after`: the values there, None where there is none; for a moved row its numbers.
    `label`: what the row is called that the change is in ("germany · member"), else the field.
    `statement`: the id of that row, if it has one. `is_markdown`: show it by `text_pieces`.
    """

    path: Path
    kind: ChangeKind
    before: Any
    after: Any
    label: str
    statement: str | None = None
    is_markdown: bool = False

    @property
    def place(self) -> str:
        """The path as people read it: `memberships[3].from`."""
        return place_of(self.path)


def difference(before: JSON | None, after: JSON | None, schema: type[Part]) -> list[Change]:
    """Every change from `before` to `after`, in the order of the schema; empty when they are equal.

    Rows are matched by `id`, else by their list key, else by content. None stands for no document.
    """
    return list(_changes(plan(schema), before or {}, after or {}, _Place((), "")))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a comparison has got to, and which row it is in."""

    path: Path
    label: str
    statement: str | None = None

    def field(self, name: str) -> "_Place":
        return _Place((*self.path, name), self.label or name, self.statement)

    def row(self, number: int, schema: type[Part] | None, row: Any) -> "_Place":
        path = (*self.path, number)
        if schema is None or not isinstance(row, dict):
            return _Place(path, self.label, self.statement)
        if self.statement and not schema.is_statement:  # a citation goes by its row's name
            return _Place(path, self.label, self.statement)
        return _Place(path, schema.row_label(row) or self.label, row.get("id"))

    def change(
        self, kind: ChangeKind, before: Any, after: Any, *, is_markdown: bool = False
    ) -> Change:
        return Change(self.path, kind, before, after, self.label, self.statement, is_markdown)


def _changes(shape: Shape | None, before: Any, after: Any, place: _Place) -> Iterator[Change]:
    match before, after:
        case dict(), dict():
            yield from _changes_of_fields(shape, before, after, place)
        case list(), list():
            item = shape.item if isinstance(shape, Rows) else None
            yield from _changes_of_rows(item, before, after, place)
        case _ if not _equal(before, after):
            is_markdown = isinstance(shape, Value) and shape.is_markdown
            yield place.change("changed", before, after, is_markdown=is_markdown)


def _changes_of_fields(
    shape: Shape | None, before: JSON, after: JSON, place: _Place
) -> Iterator[Change]:
    known = shape.shapes if isinstance(shape, Fields) else {}
    unknown = sorted((before.keys() | after.keys()) - known.keys())
    for name in (*known, *unknown):
        inner = shape.value if isinstance(shape, Map) else known.get(name)
        where = place.field(name)
        if name in before and name in after:
            yield from _changes(inner, before[name], after[name], where)
        elif name in before:
            yield from _whole(inner, "removed", before[name], where)
        elif name in after:
            yield from _whole(inner, "added", after[name], where)


def _whole(
    shape: Shape | None, kind: Literal["added", "removed"], value: Any, place: _Place
) -> Iterator[Change]:
    """A field that only one side has; a list row by row, so that each has its label."""
    if isinstance(shape, Rows) and isinstance(shape.item, Fields) and value:
        before, after = ([], value) if kind == "added" else (value, [])
        yield from _changes_of_rows(shape.item, before, after, place)
    elif kind == "added":
        yield place.change("added", None, value)
    else:
        yield place.change("removed", value, None)


# --- lists -----------------------------------------------------------------------------------


def _changes_of_rows(
    item: Shape | None, before: list[Any], after: list[Any], place: _Place
) -> Iterator[Change]:
    schema = item.schema if isinstance(item, Fields) else None
    pairs = _matched(schema, before, after)
    old_of = {new: old for old, new in pairs}
    stayed = _longest_rising(sorted(pairs, key=lambda pair: pair[1]))
    for number in sorted(set(range(len(before))) - {old for old, _ in pairs}):
        yield place.row(number, schema, before[number]).change("removed", before[number], None)
    for number, row in enumerate(after):
        where = place.row(number, schema, row)
        old = old_of.get(number)
        if old is None:
            yield where.change("added", None, row)
            continue
        if old not in stayed:
            yield where.change("moved", old, number)
        yield from _changes(item, before[old], row, where)


def _matched(
    schema: type[Part] | None, before: Sequence[Any], after: Sequence[Any]
) -> list[tuple[int, int]]:
    """Numbers of the rows that are the same row before and after, each in one pair at most."""
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

    def by_id(row: Any) -> Any:
        return row.get("id") if isinstance(row, dict) else None

    def by_list_key(row: Any) -> Any:
        if schema is None or not schema.list_key or not isinstance(row, dict):
            return None
        return canonical_json([row.get(name) for name in schema.list_key])

    return (by_id, canonical_json, by_list_key)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> set[int]:
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


def _equal(before: Any, after: Any) -> bool:
    """Equal as JSON: 1 and 1.0 are, 1 and true are not."""
    return before == after and isinstance(before, bool) == isinstance(after, bool)


# --- texts -----------------------------------------------------------------------------------

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


def text_pieces(before: str, after: str) -> list[Piece]:
    """The two texts laid over each other, cut where they part.

    "same" and "removed" pieces joined give `before`, "same" and "added" ones `after`. Lines first,
    then words in the lines that differ.
    """
    pieces: list[Piece] = []
    for old, new in _passages(before.splitlines(keepends=True), after.splitlines(keepends=True)):
        if old == new:
            pieces.append(("same", "".join(old)))
            continue
        old_words, new_words = _WORDS.findall("".join(old)), _WORDS.findall("".join(new))
        if len(old_words) + len(new_words) > MOST_WORDS:
            old_words, new_words = ["".join(old)], ["".join(new)]
        for removed, added in _passages(old_words, new_words):
            pieces += _pieces("".join(removed), "".join(added))
    return _joined(pieces)


def _passages(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Pairs of runs that are equal, or replace each other (either may be empty)."""
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) > MOST_WORDS)
    for _tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        yield before[old_start:old_end], after[new_start:new_end]


def _pieces(removed: str, added: str) -> list[Piece]:
    if removed == added:
        return [("same", removed)]
    return [("removed", removed), ("added", added)]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind made one, empty ones left out."""
    joined: list[Piece] = []
    for kind, text in pieces:
        if joined and joined[-1][0] == kind:
            joined[-1] = (kind, joined[-1][1] + text)
        elif text:
            joined.append((kind, text))
    return joined
