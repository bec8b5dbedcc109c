"""Positions through time as a picture: a lane for each actor or proposal, marks for stances."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from governance.analyses.stances import Lane, Taken
from governance.vocabularies import STANCES
from kb.pictures import axes
from kb.pictures.grids import marks_legend
from kb.pictures.marks import dot
from kb.pictures.scales import Time
from kb.pictures.svg import LINE, NARROW, TEXT, WIDE, Drawing, Picture, element, text
from kb.pictures.widths import wrapped

LOOKS: Mapping[str, tuple[str, str, str]] = {
    "proposes": ("diamond", "dot c1", "P"),
    "supports": ("triangle", "dot c1", "S"),
    "supports-with-conditions": ("triangle", "dot c1 pale", "C"),
    "mixed": ("circle", "dot c4", "M"),
    "opposes-as-framed": ("square", "dot c2 pale", "F"),
    "opposes": ("square", "dot c2", "O"),
}
"""Stance → shape, class and letter: told apart without colour too."""

MOST_LANES = 28
LEAST_APART = 21.0  # px between two marks of a lane: further ones are moved to the right
ROOM = 14.0  # px at the right of the last mark, for its letter


@dataclass(frozen=True, slots=True)
class Named:
    """A lane with the name of whose it is."""

    name: str
    lane: Lane


def stances_picture(title: str, lanes: Sequence[Named]) -> Picture:
    """`lanes`: those that have a date, the most telling first; not all of them may be drawn."""
    drawn = lanes[:MOST_LANES]
    return Picture(
        "stances",
        title,
        description(lanes),
        _drawing(drawn, WIDE, 230.0),
        _drawing(drawn, NARROW, 0.0),
    )


def description(lanes: Sequence[Named]) -> str:
    """What there is to see, in words."""
    changed = [named for named in lanes if named.lane.changes]
    said = [f"{len(lanes)} {'lane' if len(lanes) == 1 else 'lanes'}"]
    if len(lanes) > MOST_LANES:
        said[0] += f", of which {MOST_LANES} are drawn"
    said += [_change_words(named) for named in changed[:6]]
    if not changed:
        said.append("no stance changed")
    return "; ".join(said) + "."


def _change_words(named: Named) -> str:
    steps = [named.lane.changes[0].before, *(change.after for change in named.lane.changes)]
    words = ", then ".join(f"{STANCES.label_of(each.stance)} ({each.date})" for each in steps)
    return f"{named.name}: {words}"


def _drawing(lanes: Sequence[Named], width: float, names: float) -> Drawing:
    """`names`: px for names at the left; 0: they stand above their lanes."""
    used = {taken.stance for named in lanes for taken in named.lane.dated}
    items = [
        (shape, class_, f"{letter}: {STANCES.label_of(stance)}")
        for stance, (shape, class_, letter) in LOOKS.items()
        if stance in used
    ]
    legend = marks_legend([*items, *_signs(lanes)], width)
    scale = _scale(lanes, names + 8, width - ROOM)
    y, marks = 0.0, []
    for named in lanes:
        lines = wrapped(named.name, (names or width) - 8, TEXT)
        tall = LINE * len(lines)
        if names:
            height = max(tall, 18.0) + 8
            middle = y + height / 2
            first = middle - tall / 2
            marks += [
                text(names - 8, first + LINE * n + 11.5, line, None, "end")
                for n, line in enumerate(lines)
            ]
        else:
            marks += [text(0, y + LINE * n + 11.5, line, "over") for n, line in enumerate(lines)]
            height, middle = tall + 24, y + tall + 11
        marks.append(_lane(named.lane, scale, middle))
        y += height
    drawn = Drawing(width, y + 22, axes.years(scale, 0, y + 2) + "".join(marks))
    return drawn.below(legend, 12)


def _signs(lanes: Sequence[Named]) -> Iterator[tuple[str, str, str]]:
    """What rings and lines under marks mean, where there are any."""
    if any(named.lane.changes for named in lanes):
        yield "circle", "ring", "changed"
    if any(t.date and not t.date.is_exact for named in lanes for t in named.lane.dated):
        yield "line", "span", "date not exact"


def _scale(lanes: Sequence[Named], start: float, end: float) -> Time:
    dated = [taken.date for named in lanes for taken in named.lane.dated if taken.date]
    first = min(each.earliest for each in dated)
    last = max(each.latest for each in dated)
    return Time(date(first.year, 1, 1), date(last.year, 12, 31) + timedelta(days=1), start, end)


def _lane(lane: Lane, scale: Time, y: float) -> str:
    """The marks of a lane with a line through them; a changed stance has a ring."""
    places = _places(lane.dated, scale)
    changed = {change.after.id for change in lane.changes}
    through = axes.line(places[0], y, places[-1], y, "axis") if len(places) > 1 else ""
    spans = "".join(_span(taken, scale, y) for taken in lane.dated)
    marks = "".join(
        _mark(taken, x, y, is_changed=taken.id in changed)
        for taken, x in zip(lane.dated, places, strict=True)
    )
    return through + spans + marks


def _places(dated: Sequence[Taken], scale: Time) -> list[float]:
    """Where the marks stand, in their order and never on each other."""
    wanted = [_middle(taken, scale) for taken in dated]
    # From the right: what has no room is moved to the left, so that nothing leaves the drawing.
    limit = scale.end
    for place in reversed(range(len(wanted))):
        wanted[place] = min(wanted[place], limit)
        limit = wanted[place] - LEAST_APART
    return wanted


def _middle(taken: Taken, scale: Time) -> float:
    assert taken.date is not None
    return (scale(taken.date.earliest) + scale(taken.date.latest)) / 2


def _span(taken: Taken, scale: Time, y: float) -> str:
    """The days that an inexact date may mean."""
    assert taken.date is not None
    if taken.date.is_exact:
        return ""
    left, right = scale(taken.date.earliest), scale(taken.date.latest)
    return axes.line(left, y + 9, right, y + 9, "span")


def _mark(taken: Taken, x: float, y: float, *, is_changed: bool) -> str:
    shape, class_, letter = LOOKS[taken.stance]
    title = element("title", f"{STANCES.label_of(taken.stance)}, {taken.date}")
    ring = element("circle", cx=x, cy=y, r=8, class_="ring") if is_changed else ""
    named = text(x + (9 if is_changed else 7), y + 4, letter, "letter")
    return element("g", title, ring, dot(x, y, class_, shape, 4.5), named)
