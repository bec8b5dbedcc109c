"""Where every actor stands on one subject, stretch by stretch of time, packed into bytes. Pure.

Common ground of two countries with all their people asks for hundreds of thousands of stances at
once: as rows of a table they take seconds, as bytes of their subject a few milliseconds.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from struct import Struct

from governance.directions import DIRECTIONS, Direction, Saying, standing_on

# Actor; first day; day on which it is over; newest day << NEWEST_AT | IS_NOW | way. Little-endian.
PACKED = Struct("<4i")
WAYS: dict[Direction, int] = {each: 1 << number for number, each in enumerate(DIRECTIONS)}
IS_NOW = 1 << len(WAYS)
NEWEST_AT = len(WAYS) + 1
NEVER = 2**31 - 1  # later than any day


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which an actor goes one way by the same newest word. Days are ordinals.

    `before`: the first day after it, NEVER while it lasts. `newest`: the latest day on which that
    word was given, 1 where it is undated. `is_now`: here the actor stands as far as is known. What
    nobody knows since when begins NEVER: it holds today, and on no day.
    """

    begin: int
    before: int
    way: Direction
    newest: int
    is_now: bool = False


def packed(sayings: Iterable[Saying]) -> bytes:
    """All stretches of all actors, by actor and day. `sayings`: of one subject."""
    by_actor: dict[int, list[Saying]] = defaultdict(list)
    for saying in sayings:
        by_actor[saying.actor].append(saying)
    return b"".join(
        _packed(actor, stretch)
        for actor, its in sorted(by_actor.items())
        for stretch in stretches(its)
    )


def _packed(actor: int, its: Stretch) -> bytes:
    word = its.newest << NEWEST_AT | IS_NOW * its.is_now | WAYS[its.way]
    return PACKED.pack(actor, its.begin, its.before, word)


def stretches(sayings: Sequence[Saying]) -> list[Stretch]:
    """Those of one actor, by what it said of one subject."""
    found: list[Stretch] = []
    days = sorted({day for saying in sayings for day in _ends(saying)})
    for first, before in zip_longest(days, days[1:]):
        stood = _stretch(sayings, first, before)
        if stood and found and _goes_on(found[-1], stood):
            stood = replace(stood, begin=found.pop().begin)
        if stood:
            found.append(stood)
    now = _stretch(sayings, None, None)
    if now and found and _is_same(found[-1], now) and found[-1].before == NEVER:
        now = replace(now, begin=found.pop().begin)
    return [*found, replace(now, is_now=True)] if now else found


def _ends(saying: Saying) -> Iterator[date]:
    """The days on which it begins and ceases to hold."""
    if saying.since is not None:
        yield saying.since
        if saying.until is not None:
            yield saying.until


def _stretch(sayings: Sequence[Saying], on: date | None, before: date | None) -> Stretch | None:
    """How the actor of these stands on a day, and until then; None: it says nothing."""
    for newest, way in standing_on(on, sayings).values():
        begin, end = (day.toordinal() if day else NEVER for day in (on, before))
        return Stretch(begin, end, way, newest.rank[1].toordinal())
    return None


def _goes_on(one: Stretch, other: Stretch) -> bool:
    return one.before == other.begin and _is_same(one, other)


def _is_same(one: Stretch, other: Stretch) -> bool:
    return (one.way, one.newest) == (other.way, other.newest)
