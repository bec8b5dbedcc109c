"""What changed between two documents, row by row and word by word."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from kb.documents.canonical import equal
from kb.documents.plans import JSON, Fields, Map, Rows, Shape, Value, plan
from kb.documents.problems import Path, place_of
from kb.documents.rows import Place, longest_rising, matched
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
    return list(_changes(plan(schema), before or {}, after or {}, Place((), "")))


def _change(
    place: Place, kind: ChangeKind, before: Any, after: Any, *, is_markdown: bool = False
) -> Change:
    return Change(place.path, kind, before, after, place.label, place.statement, is_markdown)


def _changes(shape: Shape | None, before: Any, after: Any, place: Place) -> Iterator[Change]:
    match before, after:
        case dict(), dict():
            yield from _changes_of_fields(shape, before, after, place)
        case list(), list():
            item = shape.item if isinstance(shape, Rows) else None
            yield from _changes_of_rows(item, before, after, place)
        case _ if not equal(before, after):
            is_markdown = isinstance(shape, Value) and shape.is_markdown
            yield _change(place, "changed", before, after, is_markdown=is_markdown)


def _changes_of_fields(
    shape: Shape | None, before: JSON, after: JSON, place: Place
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
    shape: Shape | None, kind: Literal["added", "removed"], value: Any, place: Place
) -> Iterator[Change]:
    """A field that only one side has; a list row by row, so that each has its label."""
    match shape, value:
        case Rows(item=Fields() as item), [_, *_]:
            before, after = ([], value) if kind == "added" else (value, [])
            yield from _changes_of_rows(item, before, after, place)
        case _ if kind == "added":
            yield _change(place, "added", None, value)
        case _:
            yield _change(place, "removed", value, None)


# --- lists -----------------------------------------------------------------------------------


def _changes_of_rows(
    item: Shape | None, before: list[Any], after: list[Any], place: Place
) -> Iterator[Change]:
    schema = item.schema if isinstance(item, Fields) else None
    pairs = matched(schema, before, after)
    old_of = {new: old for old, new in pairs}
    stayed = longest_rising(sorted(pairs, key=lambda pair: pair[1]))
    for number in sorted(set(range(len(before))) - {old for old, _ in pairs}):
        where = place.row(number, schema, before[number])
        yield _change(where, "removed", before[number], None)
    for number, row in enumerate(after):
        where = place.row(number, schema, row)
        old = old_of.get(number)
        if old is None:
            yield _change(where, "added", None, row)
            continue
        if old not in stayed:
            yield _change(where, "moved", old, number)
        yield from _changes(item, before[old], row, where)


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
