"""Common ground through the years as a picture: agreed, contested, and what one side leaves out."""

from collections.abc import Mapping
from datetime import date

from governance.analyses.common_ground import Count
from kb.pictures import axes
from kb.pictures.grids import marks_legend
from kb.pictures.marks import bar, steps
from kb.pictures.scales import Linear, Time
from kb.pictures.svg import NARROW, WIDE, Drawing, Picture, element

HEIGHT = 180.0  # px of the bars and what is above them
FEWEST = 12  # years on the axis, so that few have bars as thin as those of many
LEGEND = (
    ("bar", "bar", "Agreed"),
    ("bar", "bar lesser", "Contested"),
    ("line", "dashed", "All, with those on which one side is silent"),
)


def years_picture(title: str, counts: Mapping[int, Count]) -> Picture:
    """`counts`: year → how things stood at its end, without a gap."""
    if not counts:
        return Picture("years", title, "Nothing to see.", Drawing(WIDE, 1, ""))
    return Picture(
        "years", title, description(counts), _drawing(counts, WIDE), _drawing(counts, NARROW)
    )


def description(counts: Mapping[int, Count]) -> str:
    """How it began and how it ended, in words."""
    return (
        "; ".join(_words(year, counts[year]) for year in sorted({min(counts), max(counts)})) + "."
    )


def _words(year: int, count: Count) -> str:
    return (
        f"at the end of {year} {count.agreed} agreed, {count.contested} contested,"
        f" {count.silent} on which one side is silent"
    )


def _drawing(counts: Mapping[int, Count], width: float) -> Drawing:
    last = max(counts) + 1
    first = min(*counts, last - FEWEST)
    scale = Linear.over([count.total for count in counts.values()], HEIGHT, 10)
    left = axes.margin(scale)
    time = Time(date(first, 1, 1), date(last, 1, 1), left, width)
    bars = "".join(_bars(year, count, time, scale) for year, count in counts.items())
    points = [(time(date(year, 1, 1)), scale(count.total)) for year, count in counts.items()]
    whole = steps(points, width, "dashed")
    marks = axes.values(scale, left, width) + axes.years(time, HEIGHT, HEIGHT + 3) + bars + whole
    return marks_legend(LEGEND, width).below(Drawing(width, HEIGHT + 20, marks), 6)


def _bars(year: int, count: Count, time: Time, scale: Linear) -> str:
    left, right = time(date(year, 1, 1)), time(date(year + 1, 1, 1))
    wide = max(right - left - 0.8, 1.0)
    agreed, both = scale(count.agreed), scale(count.agreed + count.contested)
    named = element("title", _words(year, count).capitalize())
    marks = [bar(left, agreed, wide, HEIGHT - agreed, "bar")] if count.agreed else []
    if count.contested:
        marks.append(bar(left, both, wide, agreed - both, "bar lesser"))
    return element("g", named, *marks)
