"""How much happened in each year, as a picture."""

from collections.abc import Mapping, Sequence
from datetime import date

from governance.analyses.timeline import summed
from kb.pictures import axes
from kb.pictures.marks import bar
from kb.pictures.scales import Linear, Time
from kb.pictures.svg import NARROW, WIDE, Drawing, Picture, element, text

HEIGHT = 150.0  # px of the bars and what is above them
STEPS = (1, 2, 5, 10, 20, 50)  # years that one bar may stand for
FEWEST = 24  # years on the axis
LEAST = 3.0  # px that a bar and the gap after it need


def density_picture(counts: Mapping[int, int], what: str) -> Picture:
    """`counts`: year → how much. `what`: what is counted, for the title."""
    if not counts:
        return Picture("density", f"{what}, by year", "Nothing to see.", Drawing(WIDE, 1, ""))
    return Picture(
        "density",
        f"{what}, by year",
        description(counts),
        density_drawing(counts, WIDE),
        density_drawing(counts, NARROW),
    )


def density_drawing(counts: Mapping[int, int], width: float) -> Drawing:
    """A bar for each year, or for several where years would be too narrow to see."""
    first, last = min(counts), max(counts)
    step = next((s for s in STEPS if (last - first + 1) / s * LEAST <= width - 60), STEPS[-1])
    spans = summed(counts, step)
    first, last = min(spans), max(spans) + step
    first = min(first, last - FEWEST)  # few years have bars as thin as those of many
    scale = Linear.over(list(spans.values()), HEIGHT, 10)
    left = axes.margin(scale)
    time = Time(date(first, 1, 1), date(last, 1, 1), left, width)
    bars = "".join(_bar(year, count, step, time, scale) for year, count in spans.items())
    said = "" if step == 1 else text(width, 9, f"one bar for {step} years", "soft", "end")
    marks = axes.values(scale, left, width) + axes.years(time, HEIGHT, HEIGHT + 3) + bars + said
    return Drawing(width, HEIGHT + 20, marks)


def _bar(year: int, count: int, step: int, time: Time, scale: Linear) -> str:
    left, right = time(date(year, 1, 1)), time(date(year + step, 1, 1))
    top = scale(count)
    wide = max(right - left - 0.8, 1.0)
    words = f"{year}" if step == 1 else f"{year} to {year + step - 1}"
    named = element("title", f"{words}: {count:,}")
    return element("g", named, bar(left, top, wide, HEIGHT - top, "bar"))


def description(counts: Mapping[int, int]) -> str:
    """What there is to see, in words."""
    most = max(counts, key=lambda year: (counts[year], year))
    first, last = min(counts), max(counts)
    whole = f"{sum(counts.values()):,} in all, from {first} to {last}"
    return f"{whole}; most in {most}, {counts[most]:,}." if len(counts) > 1 else f"{whole}."


def years_of(counts: Mapping[int, int]) -> Sequence[Mapping[str, int]]:
    """The rows of its table."""
    return [{"year": year, "count": count} for year, count in counts.items()]
