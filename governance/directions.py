"""What an actor says of a subject, a proposal or an instrument, and which way that goes. Pure.

Actors and subjects are numbers here, as in the tables. What an actor says counts from the day on
which it certainly had been said, and until it certainly ceased to hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from governance.acts import CONSENT, LEAVING, NAMED

Direction = Literal["for", "against", "mixed"]

DIRECTIONS: tuple[Direction, ...] = ("for", "against", "mixed")

OF_STANCES: Mapping[str, Direction] = {
    "proposes": "for",
    "supports": "for",
    "supports-with-conditions": "for",
    "mixed": "mixed",
    "opposes": "against",
    "opposes-as-framed": "against",
}
# A reservation has no direction of its own: it comes with a consent.
OF_ACTS: Mapping[str, Direction] = {
    **dict.fromkeys((*NAMED, *CONSENT, "voted-for"), "for"),
    **dict.fromkeys((*LEAVING, "voted-against", "declined"), "against"),
    "abstained": "mixed",
}


class Saying(NamedTuple):
    """What an actor said of a subject: a position, or an act of participation.

    `rank`: both ends of its date and its place in its list, so that the newest is the largest.
    `since` None: nobody knows since when; `until`: the first day on which it no longer holds.
    """

    actor: int
    subject: int
    said: str
    statement: str
    rank: tuple[date, date, int]
    since: date | None
    until: date | None
    is_act: bool = False

    @property
    def direction(self) -> Direction:
        return OF_ACTS[self.said] if self.is_act else OF_STANCES[self.said]

    def holds_on(self, day: date | None) -> bool:
        """Whether it holds on `day`; without a day, whether it does as far as is known."""
        if day is None:
            return self.until is None
        return self.since is not None and self.since <= day and not self._is_over(day)

    def _is_over(self, day: date) -> bool:
        return self.until is not None and self.until <= day


Standing = Mapping[int, tuple[Saying, Direction]]


def standing_on(day: date | None, sayings: Sequence[Saying]) -> Standing:
    """Actor → the newest thing it says of one subject, and which way that goes.

    `day`: on which it holds; None: as far as is known today.
    """
    newest: dict[int, Saying] = {}
    others: dict[int, list[Saying]] = {}
    for saying in sayings:
        if not saying.holds_on(day):
            continue
        known = newest.setdefault(saying.actor, saying)
        if known is not saying:
            others.setdefault(saying.actor, []).append(min(known, saying, key=_rank))
            newest[saying.actor] = max(known, saying, key=_rank)
    return {
        actor: (saying, _direction(saying, others.get(actor, ())))
        for actor, saying in newest.items()
    }


def _rank(saying: Saying) -> tuple[date, date, int]:
    return saying.rank


def _direction(newest: Saying, others: Iterable[Saying]) -> Direction:
    """Which way the newest goes; `others`: what the actor said before, and what still holds."""
    undone = _UNDONE.get(newest.said, ())
    if any(each.said in undone for each in others):
        return "mixed"  # its consent still holds: it left a part of the text
    return newest.direction


_UNDONE: Mapping[str, Sequence[str]] = {"withdrew": CONSENT, "unsigned": NAMED}
