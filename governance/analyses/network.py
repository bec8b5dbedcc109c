"""Who is tied to whom around one entry, up to two steps out: which are shown, and where.

Entries are named by their keys. Pure: what is tied to what comes in, from `ties`.
"""

import hashlib
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

MOST_NEAR, MOST_FAR, MOST_TIES = 32, 28, 160
ROUNDS = 80  # of the layout; more move nothing that is seen

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry one step away: how many ties lead to it, and how much is known of it."""

    key: str
    ties: int
    prominence: float = 0.0


@dataclass(frozen=True, slots=True)
class Reach:
    """That `far`, two steps away, is tied to `near`, one step away."""

    near: str
    far: str
    prominence: float = 0.0


@dataclass(frozen=True, slots=True)
class Tie:
    """A statement that ties its entry, `source`, to another, `target`.

    `detail`: the role, stance or act, where the relation has one. `when`: in words, "" undated.
    """

    source: str
    target: str
    relation: str
    statement: str = ""
    detail: str = ""
    when: str = ""
    certainty: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The entries that are shown, key → steps from the middle, and how many are not."""

    steps: Mapping[str, int]
    near_left_out: int = 0
    far_left_out: int = 0


def chosen(
    around: str,
    near: Iterable[Neighbour],
    reaches: Iterable[Reach] = (),
    *,
    most_near: int = MOST_NEAR,
    most_far: int = MOST_FAR,
) -> Chosen:
    """Which entries are shown: those with most ties, of equals the best known, then by key.

    Of those two steps away, the ones that are tied to most of those one step away come first.
    """
    ranked = sorted(near, key=lambda each: (-each.ties, -each.prominence, each.key))
    kept = [each.key for each in ranked[:most_near] if each.key != around]
    first = {each.key for each in ranked} | {around}
    far = _ranked_far(reaches, set(kept), first)
    steps = {around: 0, **dict.fromkeys(kept, 1), **dict.fromkeys(far[:most_far], 2)}
    return Chosen(steps, max(len(ranked) - most_near, 0), max(len(far) - most_far, 0))


def _ranked_far(
    reaches: Iterable[Reach], near: Collection[str], first: Collection[str]
) -> list[str]:
    usable = {each for each in reaches if each.near in near and each.far not in first}
    ties = Counter(each.far for each in usable)
    prominence = {each.far: each.prominence for each in usable}
    return sorted(ties, key=lambda key: (-ties[key], -prominence[key], key))


@dataclass(frozen=True, slots=True)
class Network:
    """What is shown around `around`. `left_out`: of "near", "far" and "ties", how many are not.

    `is_counted`: whether those numbers are exact; else there are at least so many.
    """

    around: str
    steps: Mapping[str, int]
    ties: Sequence[Tie]
    left_out: Mapping[str, int] = field(default_factory=dict)
    is_counted: bool = True


def network(
    around: str,
    picked: Chosen,
    ties: Iterable[Tie],
    *,
    most_ties: int = MOST_TIES,
    is_counted: bool = True,
) -> Network:
    """The network of the chosen entries; ties of those nearest the middle first.

    An entry that no tie reaches any more, because its ties were left out, is left out too.
    """
    steps = picked.steps
    inside = [tie for tie in ties if tie.source in steps and tie.target in steps]
    ranked = sorted(set(inside), key=lambda tie: _nearest_first(tie, steps))
    kept = ranked[:most_ties]
    held = {around} | {key for tie in kept for key in (tie.source, tie.target)}
    left_out = {
        "near": picked.near_left_out + sum(s == 1 and k not in held for k, s in steps.items()),
        "far": picked.far_left_out + sum(s == 2 and k not in held for k, s in steps.items()),
        "ties": len(ranked) - len(kept),
    }
    shown = {key: step for key, step in steps.items() if key in held}
    return Network(around, shown, kept, left_out, is_counted)


def _nearest_first(tie: Tie, steps: Mapping[str, int]) -> tuple[Any, ...]:
    ends = sorted((steps[tie.source], steps[tie.target]))
    return (*ends, tie.relation, tie.source, tie.target, tie.statement)


# --- where each is drawn ---------------------------------------------------------------------


def places(found: Network) -> dict[str, Place]:
    """Key → place in the unit square, to three decimals.

    Each begins where a hash of its key puts it and is moved by springs from there, with a fixed
    seed: the same network gives the same places, and one more entry moves the others little.
    """
    if len(found.steps) == 1:
        return {found.around: (0.5, 0.5)}
    import networkx as nx  # type: ignore[import-untyped]  # it has no types

    start = {key: _start(key, step) for key, step in found.steps.items()}
    graph = nx.Graph()
    graph.add_nodes_from(sorted(found.steps))
    graph.add_edges_from(sorted({tuple(sorted((t.source, t.target))) for t in found.ties}))
    graph.remove_edges_from(nx.selfloop_edges(graph))
    laid = nx.spring_layout(
        graph,
        k=1.6 / math.sqrt(len(start)),
        pos=start,
        fixed=[found.around],
        iterations=ROUNDS,
        seed=1,
    )
    return fitted({key: (float(x), float(y)) for key, (x, y) in laid.items()})


def _start(key: str, step: int) -> Place:
    """On a circle around the middle: a step is a radius, the key decides the angle."""
    digest = hashlib.blake2b(key.encode(), digest_size=8).digest()
    angle = 2 * math.pi * int.from_bytes(digest, "big") / 2**64
    return 0.5 * step * math.cos(angle), 0.5 * step * math.sin(angle)


def fitted(laid: Mapping[str, Place]) -> dict[str, Place]:
    """The places moved and stretched along each axis by itself, so that they fill the square."""
    low, extent = [], []
    for axis in (0, 1):
        ends = [place[axis] for place in laid.values()]
        low.append(min(ends))
        extent.append(max(ends) - min(ends))
    return {
        key: (_share(x - low[0], extent[0]), _share(y - low[1], extent[1]))
        for key, (x, y) in sorted(laid.items())
    }


def _share(part: float, extent: float) -> float:
    return round(part / extent, 3) if extent > 0 else 0.5
