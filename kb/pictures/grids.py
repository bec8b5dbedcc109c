"""Tiles and cells: one square for each of many things, in rows and columns.

A tile says what it stands for by its letters, and how it stands by its `look`: each look has a
fill, an outline and a sign of its own, so that it is told apart without colour too.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from kb.pictures.marks import bar, dot, polygon
from kb.pictures.svg import LINE, TEXT, Drawing, element, group, number, text
from kb.pictures.widths import widest, width_of, wrapped

Look = Literal["full", "part", "open", "past", "none", "first", "second", "both"]
"""full: filled. part: pale, a corner filled. open: dashed. past: crossed by a line. none: plain.
For two things laid over each other, first: filled; second: a thick frame; both: the two at once."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A square at a row and a column, counted from 0. `name`: what its letters stand for."""

    row: float
    column: float
    letters: str
    look: Look = "none"
    name: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it says nothing but its letters."""
        return self.look == "none" and not self.name


def tiles(placed: Iterable[Tile], pitch: float) -> Drawing:
    """Tiles of a grid whose rows and columns are `pitch` px apart."""
    placed = list(placed)
    rows = max((tile.row for tile in placed), default=-1) + 1
    columns = max((tile.column for tile in placed), default=-1) + 1
    plain = [tile for tile in placed if tile.is_plain]
    others = [tile for tile in placed if not tile.is_plain]
    marks = [_plain(plain, pitch)] if plain else []
    marks += [tile_at(tile.column * pitch, tile.row * pitch, pitch, tile) for tile in others]
    small = " small" if pitch < 22 else ""
    return Drawing(columns * pitch, rows * pitch, group(*marks, class_=f"tiles{small}"))


def _plain(placed: Sequence[Tile], pitch: float) -> str:
    """Tiles that say nothing but their letters, most of a map: their squares are one path."""
    side = pitch - 2
    square = f"h{number(side)}v{number(side)}h-{number(side)}z"
    path = "".join(
        f"M{number(tile.column * pitch)} {number(tile.row * pitch)}{square}" for tile in placed
    )
    letters = [_letters(t.column * pitch, t.row * pitch, pitch, t.letters) for t in placed]
    return group(element("path", d=path, class_="t"), *letters, class_="none")


def _letters(x: float, y: float, pitch: float, letters: str) -> str:
    return text(x + pitch / 2 - 1, y + pitch * 0.66 - 1, letters) if letters else ""


def tile_at(x: float, y: float, pitch: float, tile: Tile) -> str:
    """One tile with its upper left corner at (x, y)."""
    side = pitch - 2
    named = element("title", escape(tile.name)) if tile.name else ""
    letters = _letters(x, y, pitch, tile.letters)
    square = bar(x, y, side, side, "t")
    return group(named, square, _sign(x, y, side, tile.look), letters, class_=tile.look)


def _sign(x: float, y: float, side: float, look: Look) -> str:
    """What tells a look apart beside its fill."""
    if look == "part":
        third = side * 0.38
        return polygon([(x, y), (x + third, y), (x, y + third)], "s")
    if look == "past":
        return element("line", x1=x, y1=y + side, x2=x + side, y2=y, class_="s")
    if look in ("second", "both"):
        return bar(x + 2, y + 2, side - 4, side - 4, "s")
    return ""


# --- legends ---------------------------------------------------------------------------------


def legend(items: Sequence[tuple[Look, str]], width: float) -> Drawing:
    """What each look means: as many beside each other as fit into `width`."""
    size, x, y = 16.0, 0.0, 0.0
    marks = []
    for look, label in items:
        lines = wrapped(label, width - size - 6, TEXT)
        needed = size + 6 + widest(lines, TEXT)
        if x and x + needed > width:
            x, y = 0.0, y + size + 6
        marks.append(tile_at(x, y, size, Tile(0, 0, "", look)))
        marks += [text(x + size + 5, y + 11.5 + LINE * n, words) for n, words in enumerate(lines)]
        x += needed + 14
        y += LINE * (len(lines) - 1)
    return Drawing(width, y + size + 2 if items else 0, group(*marks, class_="tiles legend"))


def marks_legend(items: Sequence[tuple[str, str, str]], width: float) -> Drawing:
    """The same for dots and lines: (shape, or "line" or "bar"; class; label)."""
    x, y, marks = 0.0, 0.0, []
    for shape, class_, label in items:
        needed = 24 + width_of(label, TEXT) + 14
        if x and x + needed - 14 > width:
            x, y = 0.0, y + LINE + 4
        marks += [_swatch(x, y, shape, class_), text(x + 24, y + 11.5, label)]
        x += needed
    return Drawing(width, y + LINE + 2 if items else 0, "".join(marks))


def _swatch(x: float, y: float, shape: str, class_: str) -> str:
    if shape == "line":
        return element("line", x1=x, y1=y + 7, x2=x + 18, y2=y + 7, class_=class_)
    if shape == "bar":
        return bar(x, y + 2, 18, 10, class_)
    return dot(x + 9, y + 7, class_, shape)


# --- heat maps -------------------------------------------------------------------------------

SHADES = 5


def shade(value: float, largest: float) -> int:
    """Which of `SHADES` shades stands for a value, 0 for none at all, by equal parts."""
    if value <= 0 or largest <= 0:
        return 0
    return min(SHADES, 1 + int(value / largest * SHADES - 1e-9))


def heat_map(
    rows: Sequence[str],
    columns: Sequence[str],
    values: Mapping[tuple[int, int], float],
    links: Mapping[tuple[int, int], str] | None = None,
    *,
    width: float,
) -> Drawing:
    """A cell for each row and column, shaded by its value, which is written in it.

    `values`: (row, column) → number; cells without one stay empty. `links`: addresses that cells
    lead to (the picture then has links, see `Picture`). Names of columns run upwards. Wider than
    `width` where the numbers would not fit otherwise.
    """
    left = min(widest(rows, TEXT) + 8, width * 0.42)
    least = widest([f"{value:g}" for value in values.values()], TEXT) + 6
    pitch = max((width - left) / max(len(columns), 1), least, LINE + 2)
    top = widest(columns, TEXT) + 12
    marks = [_column_name(name, left + pitch * (at + 0.5), top) for at, name in enumerate(columns)]
    largest, y = max(values.values(), default=0.0), top
    for row, name in enumerate(rows):
        lines = wrapped(name, left - 8, TEXT)
        tall = max(min(pitch, 30.0), LINE * len(lines) + 6)
        marks += _row_name(lines, left, y, tall)
        for column in range(len(columns)):
            place = (row, column)
            cell = _cell(left + column * pitch, y, pitch, tall, values.get(place), largest)
            href = (links or {}).get(place)
            marks.append(element("a", cell, href=href) if href else cell)
        y += tall
    return Drawing(left + pitch * len(columns), y, group(*marks, class_="heat"))


def _column_name(name: str, x: float, bottom: float) -> str:
    turned = f"translate({x + 4:.1f} {bottom - 6:.1f}) rotate(-90)"
    return element("text", escape(name), class_="soft", transform=turned)


def _row_name(lines: Sequence[str], right: float, y: float, tall: float) -> list[str]:
    first = y + tall / 2 + 4 - LINE * (len(lines) - 1) / 2
    return [text(right - 8, first + LINE * n, line, None, "end") for n, line in enumerate(lines)]


def _cell(
    x: float, y: float, width: float, height: float, value: float | None, largest: float
) -> str:
    square = bar(x, y, width - 1, height - 1, "cell")
    if value is None:
        return square
    written = text(x + (width - 1) / 2, y + height / 2 + 4, f"{value:g}", None, "middle")
    return group(square, written, class_=f"h{shade(value, largest)}")
