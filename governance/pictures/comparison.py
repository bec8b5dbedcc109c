"""A comparison as a picture: a table with entries across and questions down."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from kb.pictures.svg import LINE, TEXT, Drawing, Picture, element, text
from kb.pictures.widths import wrapped

LABEL, COLUMN, GAP = 150.0, 176.0, 10.0  # px: of questions, of an entry, within a column
MOST_LINES = 9  # of a cell; the page and the table have all of it
SILENT = "not stated"


class Said(NamedTuple):
    """A cell: what an entry says, "" for nothing, and the sign of what it makes of a model's."""

    text: str
    sign: str = ""


class Question(NamedTuple):
    """A row. `mark`: whether all say the same ("="), or not ("≠")."""

    section: str
    label: str
    mark: str
    cells: Sequence[Said]


def comparison_picture(title: str, names: Sequence[str], questions: Sequence[Question]) -> Picture:
    """`names`: of the entries, in the order of the cells."""
    width = LABEL + COLUMN * len(names)
    y, marks = _row(["", *names], 0.0, class_="strong")
    for section, its in groupby(questions, key=lambda question: question.section):
        marks += [_rule(y, width, "axis"), text(0, y + LINE + 8, section, "strong")]
        y += LINE + 16
        for question in its:
            marks.append(_rule(y, width, "grid"))
            y, drawn = _row(list(_written(question)), y)
            marks += drawn
    drawing = Drawing(width, y, "".join(marks))
    return Picture("comparison", title, description(names, questions), drawing)


def description(names: Sequence[str], questions: Sequence[Question]) -> str:
    """How many questions there are, and on how many they differ."""
    differing = sum(question.mark == "≠" for question in questions)
    return (
        f"{', '.join(names)} side by side: {len(questions)} questions; they differ on {differing}."
    )


def _written(question: Question) -> Iterator[str]:
    yield f"{question.mark} {question.label}".strip()
    for cell in question.cells:
        yield f"{cell.sign} {cell.text or ('' if cell.sign else SILENT)}".strip()


def _row(cells: Sequence[str], y: float, class_: str | None = None) -> tuple[float, list[str]]:
    """(where the next row begins, the texts of this one)"""
    x, most, marks = 0.0, 1, []
    for place, words in enumerate(cells):
        width = LABEL if place == 0 else COLUMN
        lines = _cut(wrapped(words, width - GAP, TEXT))
        look = class_ or ("soft" if words == SILENT else None)
        marks += [text(x, y + LINE * (n + 1), line, look) for n, line in enumerate(lines)]
        most = max(most, len(lines))
        x += width
    return y + LINE * most + 8, marks


def _cut(lines: Sequence[str]) -> Sequence[str]:
    """No more than fit, with an ellipsis for the others."""
    if len(lines) <= MOST_LINES:
        return lines
    *first, last = lines[:MOST_LINES]
    kept = last.rpartition(" ")[0] or last[:-1]
    return [*first, f"{kept.rstrip('.,;: ')} …"]


def _rule(y: float, width: float, class_: str) -> str:
    return element("line", x1=0.0, x2=width, y1=y, y2=y, class_=class_)
