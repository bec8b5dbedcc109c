"""Networks: dots that are joined by lines, each with its name where there is room for it.

A name stands beside its dot, on whichever side it touches no other name and no dot. Where there is
no such side it is left out of the drawing: pointing at the dot still gives it, and so does the
table that every picture has.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from kb.pictures.marks import dot
from kb.pictures.svg import LINE, TEXT, Drawing, element, text
from kb.pictures.widths import widest, wrapped

SIZE = 5.0  # px from the centre of a dot to its edge
GAP = 3.0  # px between a dot and its name
WIDEST_NAME = 132.0
MOST_LINES = 3

Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class Node:
    """A dot at (x, y), each from 0 to 1 of the drawing. The earlier ones are named first."""

    id: str
    name: str
    x: float
    y: float
    class_: str
    shape: str
    is_middle: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """A line between two nodes, by their ids."""

    first: str
    last: str
    class_: str = "edge"


def graph(
    nodes: Sequence[Node], edges: Iterable[Edge], *, width: float, height: float
) -> tuple[Drawing, int]:
    """The network on an area of that size, and how many names had no room."""
    at = {node.id: _at(node, width, height) for node in nodes}
    lines = [
        element(
            "line",
            x1=at[e.first][0],
            y1=at[e.first][1],
            x2=at[e.last][0],
            y2=at[e.last][1],
            class_=e.class_,
        )
        for e in edges
    ]
    taken = [_around(*at[node.id]) for node in nodes]
    names = [_named(node, *at[node.id], taken, width, height) for node in nodes]
    marks = [_dot(node, *at[node.id]) for node in nodes]
    whole = element("g", *lines, *marks, *names, class_="graph")
    return Drawing(width, height, whole), sum(not name for name in names)


def _at(node: Node, width: float, height: float) -> tuple[float, float]:
    margin = 2 * SIZE
    return margin + node.x * (width - 2 * margin), margin + node.y * (height - 2 * margin)


def _around(x: float, y: float) -> Box:
    reach = SIZE + 1
    return x - reach, y - reach, x + reach, y + reach


def _dot(node: Node, x: float, y: float) -> str:
    ring = element("circle", cx=x, cy=y, r=SIZE + 4, class_="ring") if node.is_middle else ""
    mark = dot(x, y, node.class_, node.shape, SIZE)
    return element("g", element("title", escape(node.name)), ring, mark)


def _named(node: Node, x: float, y: float, taken: list[Box], width: float, height: float) -> str:
    """The name of a node, "" where there is no room; its box is taken from then on."""
    lines = wrapped(node.name, WIDEST_NAME, TEXT)
    if len(lines) > MOST_LINES and not node.is_middle:
        return ""
    wide, tall = widest(lines, TEXT), LINE * len(lines)
    for box, anchor in _sides(x, y, wide, tall, SIZE + (4 if node.is_middle else 0) + GAP):
        if _lies_within(box, width, height) and not any(_touch(box, other) for other in taken):
            taken.append(box)
            return _lines(lines, box, anchor, "strong" if node.is_middle else None)
    return ""


def _sides(
    x: float, y: float, wide: float, tall: float, away: float
) -> Iterator[tuple[Box, str | None]]:
    """Where a name may stand: right, left, below, above, and in the four corners."""
    for across, anchor in ((x + away, None), (x - away - wide, "end")):
        yield (across, y - tall / 2, across + wide, y + tall / 2), anchor
    for down in (y + away, y - away - tall):
        yield (x - wide / 2, down, x + wide / 2, down + tall), "middle"
    for across, anchor in ((x + SIZE, None), (x - SIZE - wide, "end")):
        for down in (y + away / 2, y - away / 2 - tall):
            yield (across, down, across + wide, down + tall), anchor


def _lies_within(box: Box, width: float, height: float) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= width and box[3] <= height


def _touch(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _lines(lines: Sequence[str], box: Box, anchor: str | None, class_: str | None) -> str:
    left, top, right, _bottom = box
    x = {"end": right, "middle": (left + right) / 2}.get(anchor or "", left)
    return "".join(
        text(x, top + LINE * number + 11.5, line, class_, anchor)
        for number, line in enumerate(lines)
    )
