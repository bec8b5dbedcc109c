"""The arguments about something as trees: each with those that answer it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tree:
    """An argument and the answers to it. `supports`: whether it is on the side of what it answers.

    Of an argument that answers none: whether it is for.
    """

    row: Row
    supports: bool
    answers: "Sequence[Tree]" = field(default=())


def trees_of(rows: Iterable[Row]) -> list[Tree]:
    """The arguments that answer none of the others, in their order, with the answers to each.

    Each row has `id` and `side`, and in `answers` the id of what it answers. A circle of answers,
    which no document may hold, is left out.
    """
    listed = list(rows)
    known = {row["id"] for row in listed}
    below: dict[str, list[Row]] = {}
    roots = []
    for row in listed:
        answered = row.get("answers", "")
        if answered in known:
            below.setdefault(answered, []).append(row)
        else:
            roots.append(row)
    return [_tree(root, "for", below) for root in roots]


def _tree(row: Row, side_above: str, below: Mapping[str, Sequence[Row]]) -> Tree:
    answers = [_tree(answer, row["side"], below) for answer in below.get(row["id"], ())]
    return Tree(row, row["side"] == side_above, answers)


def walked(trees: Iterable[Tree], depth: int = 0) -> Iterator[tuple[int, Tree]]:
    """(depth, argument) from the top down, each before its answers."""
    for tree in trees:
        yield depth, tree
        yield from walked(tree.answers, depth + 1)


def with_keys(row: Row) -> dict[str, Any]:
    """A public row of an argument as its document has it: entries named by their keys alone."""
    found = {name: value for name, value in row.items() if name in _FIELDS}
    if "made_by" in row:
        found["made_by"] = [label["key"] for label in row["made_by"]]
    if "cites" in row:
        found["cites"] = [{**cite, "source": cite["source"]["key"]} for cite in row["cites"]]
    return found


_FIELDS = ("id", "side", "claim", "made_by", "answers", "cites")


def joined(present: Sequence[Row], imported: Sequence[Row]) -> list[Row]:
    """The arguments of a document with others put in: of one id the imported one, in its place.

    What is not in the import stays; what is new comes last.
    """
    by_id = {row["id"]: row for row in imported}
    known = {row.get("id") for row in present}
    kept = [by_id.get(row.get("id", ""), row) for row in present]
    return [*kept, *(row for row in imported if row["id"] not in known)]
