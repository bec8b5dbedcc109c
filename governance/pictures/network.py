"""The network around an entry as a picture."""

from collections.abc import Mapping, Sequence
from typing import Any

from governance.analyses.network import Network, Place, fitted, places
from kb.pictures.graphs import Edge, Node, graph
from kb.pictures.grids import marks_legend
from kb.pictures.svg import NARROW, WIDE, Drawing, Picture

LOOKS: Mapping[str, tuple[str, str, str]] = {
    "proposal": ("circle", "dot c1", "Proposals"),
    "actor": ("square", "dot c2", "Actors"),
    "body": ("diamond", "dot c3", "Bodies"),
    "instrument": ("triangle", "dot c4", "Instruments"),
    "event": ("cross", "cross c5", "Events"),
    "source": ("circle", "dot hollow", "Sources"),
}
"""Kind → shape, class and label in the legend: told apart without colour too."""

HEIGHTS = {1: 460.0, 2: 640.0}  # px of the wide drawing, by steps


def network_picture(found: Network, shown: Mapping[str, Mapping[str, Any]]) -> Picture:
    """`shown`: key → label. The narrow drawing has only what is one step away."""
    at = places(found)
    middle = shown[found.around]["name"]
    keys = sorted(found.steps, key=lambda key: (found.steps[key], -_ties(found, key), key))
    near = [key for key in keys if found.steps[key] < 2]
    height = HEIGHTS[max(found.steps.values(), default=0) or 1]
    wide, unnamed = _drawing(found, shown, at, keys, WIDE, height)
    narrow, _ = _drawing(found, shown, fitted({key: at[key] for key in near}), near, NARROW, 480.0)
    return Picture(
        "network",
        f"Entries tied to {middle}",
        description(found, shown, unnamed),
        wide,
        narrow,
    )


def _ties(found: Network, key: str) -> int:
    return sum(key in (tie.source, tie.target) for tie in found.ties)


def _drawing(
    found: Network,
    shown: Mapping[str, Mapping[str, Any]],
    at: Mapping[str, Place],
    keys: Sequence[str],
    width: float,
    height: float,
) -> tuple[Drawing, int]:
    nodes = [
        Node(
            key,
            shown[key]["name"],
            *at[key],
            class_=LOOKS[shown[key]["kind"]][1],
            shape=LOOKS[shown[key]["kind"]][0],
            is_middle=key == found.around,
        )
        for key in keys
    ]
    drawing, unnamed = graph(nodes, _edges(found, set(keys)), width=width, height=height)
    kinds = {shown[key]["kind"] for key in keys}
    legend = marks_legend([look for kind, look in LOOKS.items() if kind in kinds], width)
    return drawing.below(legend, 12), unnamed


def _edges(found: Network, keys: set[str]) -> list[Edge]:
    """A line for each pair that is tied, those of the middle last, so that they lie on top."""
    sure: dict[tuple[str, str], bool] = {}
    for tie in found.ties:
        if tie.source in keys and tie.target in keys:
            first, last = sorted((tie.source, tie.target))
            sure[first, last] = sure.get((first, last), False) or tie.certainty != "possible"
    pairs = sorted(sure, key=lambda pair: (found.around in pair, pair))
    return [Edge(*pair, class_=_class(found.around in pair, sure[pair])) for pair in pairs]


def _class(is_near: bool, is_sure: bool) -> str:  # noqa: FBT001  two facts of a line
    return " ".join(["edge", *(["near"] if is_near else []), *([] if is_sure else ["unsure"])])


def description(found: Network, shown: Mapping[str, Mapping[str, Any]], unnamed: int) -> str:
    """What there is to see, in words."""
    middle = shown[found.around]["name"]
    near = [shown[key]["name"] for key, step in found.steps.items() if step == 1]
    far = sum(step == 2 for step in found.steps.values())
    said = [f"{middle} in the middle, tied to {_counted(len(near), 'entry', 'entries')}"]
    if near:
        most = sorted(
            (key for key, step in found.steps.items() if step == 1),
            key=lambda key: (-_ties(found, key), key),
        )[:3]
        said[0] += f", most closely {', '.join(shown[key]['name'] for key in most)}"
    if far:
        said.append(f"{_counted(far, 'entry', 'entries')} two steps away")
    said.append(f"{_counted(len(found.ties), 'tie', 'ties')} in all")
    if unnamed:
        said.append(f"{unnamed} names had no room and stand in the table alone")
    return "; ".join(said) + "."


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
