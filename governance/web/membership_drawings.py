"""Pictures of who belongs: as a map of tiles, as bars through time, as a growing count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from governance.acts import CONSENT
from governance.analyses.membership import (
    MEMBER_ROLES,
    Belonging,
    Belongings,
    Member,
    Standing,
    Step,
    counted_roles,
)
from governance.world import NARROW as NARROW_PLACES
from governance.world import WIDE as WIDE_PLACES
from governance.world import Place
from kb.documents.inexact_dates import InexactDate
from kb.pictures import axes, marks
from kb.pictures.grids import Look, Tile, legend, marks_legend, tiles
from kb.pictures.scales import Linear, Time
from kb.pictures.svg import LINE, NARROW, TEXT, WIDE, Drawing, Picture, text
from kb.pictures.widths import widest, wrapped

MOST_BESIDE = 24  # members without a tile that are named under a map
BAR = 11.0  # px, height of a bar


@dataclass(frozen=True, slots=True)
class Wording:
    """How those who are counted, and others, are called. `of`: what stands before the name.

    `looks`: what each look of a map means; `standings`: the same of one actor.
    """

    many: str
    one: str
    of: str
    looks: Mapping[Look, str]
    standings: Mapping[Standing, str]

    def counted(self, number: int) -> str:
        return f"{number:,} {self.one if number == 1 else self.many}"


def wording(kind: str, belongings: Belongings) -> Wording:
    """The words for a body's members, a treaty's parties, or those who signed a declaration."""
    counted = counted_roles({row.role for row in belongings.rows})
    if kind == "body" and counted <= set(MEMBER_ROLES):
        return _words("members", "member", "of", "Member", "Other role, such as observer")
    if kind == "body":
        return _words("participants", "participant", "in", "Takes part", "Other role")
    if counted <= set(CONSENT):
        return _words("parties", "party", "to", "Bound by it", "Signed, not bound")
    return _words("signatories", "signatory", "of", "Signed or endorsed it", "Other act")


def _words(many: str, one: str, of: str, full: str, part: str) -> Wording:
    looks: dict[Look, str] = {
        "full": full,
        "open": "Possibly: the dates leave it open",
        "part": part,
        "past": "No longer",
        "none": f"Not a {one}",
    }
    standings: dict[Standing, str] = {
        "full": full,
        "open": f"Possibly a {one}: the dates leave it open",
        "part": part,
        "part-open": f"Possibly {part[0].lower()}{part[1:]}: the dates leave it open",
        "past": "No longer",
    }
    return Wording(many, one, of, looks, standings)


LOOKS: Mapping[Standing, Look] = {
    "full": "full",
    "open": "open",
    "part": "part",
    "part-open": "open",
    "past": "past",
}


def readable(day: date) -> str:
    return InexactDate.of(day).readable


# --- the map of tiles ------------------------------------------------------------------------


def tile_map(
    id_: str,
    title: str,
    description: str,
    looks: Mapping[Member, Look],
    labels: Mapping[Look, str],
) -> Picture:
    """Every state on a tile of its own, by how it stands. `labels`: what each look means."""
    wide = _map(looks, labels, WIDE_PLACES, WIDE)
    narrow = _map(looks, labels, NARROW_PLACES, NARROW)
    return Picture(id_, title, description, wide, narrow)


def _map(
    looks: Mapping[Member, Look],
    labels: Mapping[Look, str],
    places: Mapping[str, Place],
    width: float,
) -> Drawing:
    beside = [each for each in looks.items() if each[0].code not in places]
    used = [look for look in labels if look == "none" or look in looks.values()]
    if len(beside) == len(looks):  # no map on which nobody is
        kinds = [(look, labels[look]) for look in used if look != "none"]
        return _named(beside, width).below(legend(kinds, width), 10)
    pitch = width / (max(column for _, column in places.values()) + 1)
    known = {member.code: (member, look) for member, look in looks.items() if member.code}
    placed = [_tile(code, place, known.get(code), labels) for code, place in places.items()]
    world = tiles(placed, pitch)
    whole = legend([(look, labels[look]) for look in used], width).below(world, 12)
    return _named(beside, width).below(whole, 10) if beside else whole


def _tile(
    code: str, place: Place, found: tuple[Member, Look] | None, labels: Mapping[Look, str]
) -> Tile:
    if found is None:
        return Tile(*place, code)
    member, look = found
    return Tile(*place, code, look, f"{member.name}: {labels[look]}")


def _named(beside: Sequence[tuple[Member, Look]], width: float) -> Drawing:
    """Those who have no tile, by name."""
    shown = [(look, member.name) for member, look in sorted(beside)[:MOST_BESIDE]]
    heading = Drawing(width, LINE, text(0, TEXT, "Without a tile of their own", "soft"))
    listed = legend(shown, width).below(heading, 6)
    more = len(beside) - len(shown)
    if not more:
        return listed
    return Drawing(width, LINE, text(0, TEXT, f"and {more} more: see the table", "soft")).below(
        listed, 4
    )


# --- bars through time -----------------------------------------------------------------------


def bars(id_: str, title: str, belongings: Belongings, words: Wording, today: date) -> Picture:
    """One row an actor, in the order of accession: when it certainly belonged, when it may have."""
    rows = belongings.by_accession()
    counted = counted_roles({row.role for row in belongings.rows})
    span = belongings.span(today) or (today, today)
    description = (
        f"{len(rows)} rows, one for each that ever belonged, in the order in which they came, from "
        f"{span[0].year} to {span[1].year}."
    )
    wide = _bars(rows, counted, span, words, WIDE)
    return Picture(id_, title, description, wide, _bars(rows, counted, span, words, NARROW))


def _bars(
    rows: Sequence[tuple[Member, Sequence[Belonging]]],
    counted: frozenset[str],
    span: tuple[date, date],
    words: Wording,
    width: float,
) -> Drawing:
    cap = width * (0.34 if width > NARROW else 0.38)
    left = min(widest([member.name for member, _ in rows], TEXT) + 10, cap)
    scale = _time(span, left, width - 1)
    y, drawn = 4.0, []
    for member, its in rows:
        lines = wrapped(member.name, left - 8, TEXT)
        height = LINE * len(lines) + 5
        drawn += [text(0, y + 11 + LINE * n, line) for n, line in enumerate(lines)]
        drawn += [_stretch(row, scale, y, is_full=row.role in counted) for row in its]
        y += height
    below = axes.years(scale, 0, y)
    chart = Drawing(width, y + axes.YEARS, below + "".join(drawn))
    kinds = [("bar", "bar", words.looks["full"])]
    if any(row.role not in counted for _, its in rows for row in its):
        kinds.append(("bar", "bar lesser", words.looks["part"]))
    if any(row.certain != row.possible for _, its in rows for row in its):
        kinds.append(("bar", "bar open", "Possibly: the dates leave it open"))
    return chart.below(marks_legend(kinds, width), 10)


def _stretch(row: Belonging, scale: Time, y: float, *, is_full: bool) -> str:
    """The days of one row: those that are certain filled, those only possible as an outline."""
    possible = row.possible
    first, end = scale.span(possible.first, possible.before) if possible else (0.0, 0.0)
    drawn, parts = "", [(first, end)]
    if row.certain:
        begun, over = scale.span(row.certain.first, row.certain.before)
        drawn = marks.bar(begun, y + 2, over - begun, BAR, "bar" if is_full else "bar lesser")
        parts = [(first, begun), (over, end)]
    outlines = [
        marks.bar(left, y + 2, right - left, BAR, "bar open")
        for left, right in parts
        if right > left
    ]
    return "".join(outlines) + drawn


def _time(span: tuple[date, date], left: float, right: float) -> Time:
    """Whole years, at least one."""
    first = date(span[0].year, 1, 1)
    return Time(first, max(span[1], first + timedelta(days=366)), left, right)


# --- the count -------------------------------------------------------------------------------


def growth(
    id_: str, title: str, steps: Sequence[Step], span: tuple[date, date], words: Wording
) -> Picture:
    """The count as a line of steps, and above it how many there may have been."""
    most = max(steps, key=lambda step: step.count.certain)
    last = [step for step in steps if step.day <= span[1]] or steps
    description = (
        f"From {span[0].year} to {span[1].year}; {words.counted(last[-1].count.certain)} at the "
        f"end, most in {max(most.day, span[0]).year} with {most.count.certain:,}."
    )
    wide = _growth(steps, span, words, WIDE)
    return Picture(id_, title, description, wide, _growth(steps, span, words, NARROW))


def _growth(
    steps: Sequence[Step], span: tuple[date, date], words: Wording, width: float
) -> Drawing:
    height, top = 200.0, 8.0
    upward = Linear.over([step.count.possible for step in steps], height, top)
    left = axes.margin(upward)
    scale = _time(span, left, width - 1)
    shown = [step for step in steps if step.day <= scale.last]
    certain = [(scale(step.day), upward(step.count.certain)) for step in shown]
    possible = [(scale(step.day), upward(step.count.possible)) for step in shown]
    is_open = any(step.count.certain != step.count.possible for step in shown)
    drawn = [
        axes.values(upward, left, width - 1),
        axes.years(scale, top, height),
        marks.area(possible, scale.end, upward(0), "area") if is_open else "",
        marks.steps(possible, scale.end, "dashed") if is_open else "",
        marks.steps(certain, scale.end, "line"),
    ]
    kinds = [("line", "line", f"Certainly {words.many}")]
    if is_open:
        kinds.append(("line", "dashed", "With those who possibly were"))
    chart = Drawing(width, height + axes.YEARS, "".join(drawn))
    return chart.below(marks_legend(kinds, width), 10)
