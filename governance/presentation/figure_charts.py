"""Figures as small charts: one for each thing that was counted, in one unit, more than once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from governance.codes import CURRENCIES
from governance.vocabularies import FIGURE_METRICS, FIGURE_UNITS
from kb.documents.inexact_dates import InexactDate
from kb.pictures import axes, marks
from kb.pictures.grids import marks_legend
from kb.pictures.scales import Linear, Time
from kb.pictures.svg import NARROW, Drawing, Picture

Row = Mapping[str, Any]

HEIGHT, TOP = 120.0, 8.0  # px of the area in which values stand


@dataclass(frozen=True, slots=True)
class Series:
    """Figures of one metric in one unit, oldest first."""

    metric: str
    unit: str
    rows: Sequence[Row]

    @property
    def title(self) -> str:
        return f"{FIGURE_METRICS.label_of(self.metric)}, {unit_name(self.unit)}"


def series(rows: Sequence[Row]) -> list[Series]:
    """What can be drawn, in the order of the vocabulary: at least two figures of one unit."""
    order = {metric: place for place, metric in enumerate(FIGURE_METRICS.values)}

    def what(row: Row) -> tuple[int, str, str]:
        return order.get(row["metric"], len(order)), row["metric"], row["unit"]

    found = [
        Series(metric, unit, sorted(group, key=days_of))
        for (_, metric, unit), group in groupby(sorted(rows, key=what), key=what)
    ]
    return [each for each in found if len(each.rows) > 1]


def unit_name(unit: str) -> str:
    """A currency by its code, any other unit by its name."""
    return unit if unit in CURRENCIES else FIGURE_UNITS.label_of(unit)


def days_of(row: Row) -> tuple[date, date]:
    """The first and last day that a figure is about: those of its year or of its period."""
    if "year" in row:
        return date(row["year"], 1, 1), date(row["year"], 12, 31)
    ends = [row["period"][end] for end in ("from", "to") if row["period"].get(end)]
    dates = [InexactDate.parse(end) for end in ends]
    return dates[0].earliest, dates[-1].latest


def chart(its: Series) -> Picture:
    """A dot for a year, a bar as long as its period for a period; hollow where it is about."""
    spans = [days_of(row) for row in its.rows]
    upward = Linear.over([float(row["value"]) for row in its.rows], HEIGHT, TOP)
    left = axes.margin(upward)
    scale = Time(
        date(min(first for first, _ in spans).year, 1, 1),
        date(max(last for _, last in spans).year, 12, 31),
        left,
        NARROW - 6,
    )
    values = axes.values(upward, left, NARROW - 6)
    years = axes.years(scale, TOP, HEIGHT)
    points = [_point(row, scale, upward) for row in its.rows]
    drawing = Drawing(NARROW, HEIGHT + axes.YEARS, values + years + "".join(points))
    if any(row.get("approximate") for row in its.rows):
        drawing = marks_legend([("circle", "dot hollow", "approximate")], NARROW).below(drawing)
    id_ = f"figure-{its.metric}-{its.unit.lower()}"
    return Picture(id_, its.title, _description(its), drawing)


def _point(row: Row, scale: Time, upward: Linear) -> str:
    first, last = (scale(day) for day in days_of(row))
    y = upward(float(row["value"]))
    hollow = " hollow" if row.get("approximate") else ""
    if "year" in row:
        return marks.dot((first + last) / 2, y, f"dot{hollow}", size=5)
    return marks.bar(first, y - 4, last - first, 8, "bar lesser" if hollow else "bar")


def when(row: Row) -> str:
    """The year, or the period from year to year: "2014 to 2020"."""
    if "year" in row:
        return f"{row['year']}"
    first, last = days_of(row)
    return f"{first.year}" if first.year == last.year else f"{first.year} to {last.year}"


def _description(its: Series) -> str:
    said = ", ".join(
        f"{when(row)} {'about ' if row.get('approximate') else ''}{row['value']:,}"
        for row in its.rows
    )
    return f"{said} {unit_name(its.unit)}."
