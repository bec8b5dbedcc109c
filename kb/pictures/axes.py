"""Axes: lines of a grid with their values beside them, years below."""

from datetime import date

from kb.pictures.scales import Linear, Time, readable
from kb.pictures.svg import TEXT, element, text
from kb.pictures.widths import widest, width_of

YEARS = 20.0  # px that the years below an axis need


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> str:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def margin(scale: Linear) -> float:
    """Px that the values of a vertical axis need at its left."""
    return widest([readable(tick) for tick in scale.ticks()], TEXT) + 8


def values(scale: Linear, left: float, right: float) -> str:
    """Horizontal lines from `left` to `right`, each with its value at its left."""
    return "".join(
        line(left, scale(tick), right, scale(tick), "axis" if tick == 0 else "grid")
        + text(left - 6, scale(tick) + 4, readable(tick), "soft", "end")
        for tick in scale.ticks()
    )


def years(scale: Time, top: float, bottom: float) -> str:
    """Vertical lines from `top` to `bottom` at some years, which stand below them."""
    marks = []
    for year in scale.years():
        x = scale(date(year, 1, 1))
        half = width_of(str(year), TEXT) / 2
        shown = min(max(x, scale.start + half), scale.end - half)
        marks.append(line(x, top, x, bottom, "grid"))
        marks.append(text(shown, bottom + 14, str(year), "soft", "middle"))
    return "".join(marks)


def day_line(scale: Time, day: date, top: float, bottom: float) -> str:
    """A vertical line at one day, nothing where it lies outside the scale."""
    if not scale.first <= day <= scale.last:
        return ""
    x = scale(day)
    return line(x, top, x, bottom, "day")
