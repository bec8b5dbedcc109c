"""The map of ideas as a picture: functions across, what goes with them down."""

from collections.abc import Callable, Mapping, Sequence

from governance.analyses.ideas import Feature, Ideas
from kb.pictures.grids import heat_map
from kb.pictures.svg import NARROW, WIDE, Drawing, Picture

MOST_NAMED = 3  # gaps in the description


def ideas_picture(
    title: str,
    found: Ideas,
    label_of: Callable[[Feature], str],
    links: Mapping[tuple[Feature, Feature], str],
) -> Picture:
    """`links`: (row, column) → where its count leads. Of all zeros only gaps are written."""
    return Picture(
        "ideas",
        title,
        description(found, label_of),
        _drawn(found, label_of, links, WIDE),
        _drawn(found, label_of, links, NARROW),
        has_links=True,
    )


def description(found: Ideas, label_of: Callable[[Feature], str]) -> str:
    """The strongest pair and the widest gaps, in words."""
    if not found.pairs:
        return "No proposal has any of these features."
    most = max(found.pairs, key=lambda pair: pair.both)
    pair = f"{label_of(most.row)} and {label_of(most.column)}"
    said = [f"Of {found.total} proposals, {most.both} have {pair}, the most of any pair"]
    gaps = [f"{label_of(gap.row)} with {label_of(gap.column)}" for gap in found.gaps[:MOST_NAMED]]
    said.append(f"nobody proposes {'; '.join(gaps)}" if gaps else "there is no gap")
    return "; ".join(said) + "."


def _drawn(
    found: Ideas,
    label_of: Callable[[Feature], str],
    links: Mapping[tuple[Feature, Feature], str],
    width: float,
) -> Drawing:
    rows, columns = _places(found.rows), _places(found.columns)
    values: dict[tuple[int, int], float] = {
        (rows[pair.row], columns[pair.column]): pair.both
        for pair in found.pairs
        if pair.both or pair.is_gap
    }
    addresses = {
        (rows[row], columns[column]): address
        for (row, column), address in links.items()
        if values.get((rows[row], columns[column]))
    }
    names = [label_of(feature) for feature in found.rows]
    tops = [label_of(feature) for feature in found.columns]
    return heat_map(names, tops, values, addresses, width=width)


def _places(features: Sequence[Feature]) -> dict[Feature, int]:
    return {feature: place for place, feature in enumerate(features)}
