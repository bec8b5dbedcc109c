"""What several sides agree on, what divides them, and where one of them is silent. Pure.

Actors and subjects (proposals and instruments) are numbers here, as in the tables. What an actor
says counts from the day on which it certainly had been said, and until it certainly ceased to hold.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from governance.acts import CONSENT, LEAVING, NAMED

Direction = Literal["for", "against", "mixed"]
Verdict = Literal["agreed", "contested", "silent"]

VERDICTS: tuple[Verdict, ...] = ("agreed", "contested", "silent")
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
    `row`: its number in its table.
    """

    actor: int
    subject: int
    said: str
    statement: str
    rank: tuple[date, date, int]
    since: date | None
    until: date | None
    is_act: bool = False
    row: int = 0

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


class Affiliation(NamedTuple):
    """`person` belonged to `organisation` from `first` to the day before `before`, if known."""

    person: int
    organisation: int
    first: date | None
    before: date | None

    def covers(self, saying: Saying) -> bool:
        """Whether it may have held when this was said; what is undated may have been then."""
        earliest, latest, _place = saying.rank
        if earliest == date.min:
            return True
        has_begun = self.first is None or self.first <= latest
        return has_begun and (self.before is None or earliest < self.before)


@dataclass(frozen=True, slots=True)
class Side:
    """Actors who are taken together. `own`: whose word is that of the side itself.

    A country with all its actors has its own, and theirs; so has a body with its members.
    """

    actors: frozenset[int]
    own: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Voice:
    """An actor that is counted, and what those said who are not counted beside it."""

    saying: Saying
    direction: Direction
    is_own: bool
    folded: tuple[Saying, ...] = ()


@dataclass(frozen=True, slots=True)
class Stance:
    """Where a side stands on a subject. No voices: it is silent."""

    voices: tuple[Voice, ...] = ()

    @property
    def direction(self) -> Direction | None:
        """That of all its voices; "mixed" where they differ, None where there are none."""
        return together(voice.direction for voice in self.voices)

    @property
    def own(self) -> Direction | None:
        """What the side says itself, its people apart."""
        return together(voice.direction for voice in self.voices if voice.is_own)


SILENCE = Stance()


@dataclass(frozen=True, slots=True)
class Compared:
    """A subject on which at least one side has spoken; `stances` in the order of the sides."""

    subject: int
    stances: tuple[Stance, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict_of([stance.direction for stance in self.stances])

    @property
    def newest(self) -> date:
        """The latest day of the newest thing that was said; 1 January 1 where all is undated."""
        voices = [voice for stance in self.stances for voice in stance.voices]
        return max(said.rank[1] for voice in voices for said in (voice.saying, *voice.folded))


def together(directions: Iterable[Direction]) -> Direction | None:
    """One direction for several: theirs if they have the same, else "mixed"; None for none."""
    found = set(directions)
    if len(found) > 1:
        return "mixed"
    return next(iter(found), None)


def verdict_of(directions: Sequence[Direction | None]) -> Verdict:
    """Agreed where all sides go one way, silent where one has no voice, else contested."""
    if None in directions:
        return "silent"
    return "agreed" if len(set(directions)) == 1 else "contested"


def compared(
    sides: Sequence[Side],
    sayings: Iterable[Saying],
    affiliations: Iterable[Affiliation] = (),
    on: date | None = None,
) -> list[Compared]:
    """Every subject on which a side has spoken by the day `on` (by now without), by number."""
    ties = _by_person(affiliations)
    found = []
    for subject, its in sorted(_by_subject(sayings).items()):
        stances = _stances(sides, its, ties, on)
        if any(stance.voices for stance in stances):
            found.append(Compared(subject, stances))
    return found


class Judged(NamedTuple):
    """A subject on which a side has spoken, without the voices: which way each side goes.

    `newest`: the latest day of the newest thing that was said; 1 January 1 where nothing is dated.
    """

    subject: int
    directions: tuple[Direction | None, ...]
    verdict: Verdict
    newest: date


def judged(
    sides: Sequence[Side], sayings: Iterable[Saying], on: date | None = None
) -> list[Judged]:
    """As `compared`, a good deal faster: who folds into whom changes no direction."""
    places = _places(sides)
    found = []
    for subject, its in sorted(_by_subject(sayings).items()):
        standing = _standing(its, on) if len(its) > 1 else _standing_of_one(its[0], on)
        ways = _ways(len(sides), places, standing)
        if any(ways):
            newest = max(s.rank[1] for actor, (s, _way) in standing.items() if actor in places)
            found.append(Judged(subject, ways, verdict_of(ways), newest))
    return found


def _places(sides: Sequence[Side]) -> dict[int, list[int]]:
    """Actor → the sides it is on, by their places."""
    found: dict[int, list[int]] = defaultdict(list)
    for place, side in enumerate(sides):
        for actor in side.actors:
            found[actor].append(place)
    return dict(found)


def _ways(
    number: int, places: Mapping[int, Sequence[int]], standing: "Standing"
) -> tuple[Direction | None, ...]:
    """The direction of each of `number` sides."""
    ways: list[Direction | None] = [None] * number
    for actor, (_saying, direction) in standing.items():
        for place in places.get(actor, ()):
            known = ways[place]
            ways[place] = direction if known in (None, direction) else "mixed"
    return tuple(ways)


def _by_subject(sayings: Iterable[Saying]) -> dict[int, list[Saying]]:
    found: dict[int, list[Saying]] = defaultdict(list)
    for saying in sayings:
        found[saying.subject].append(saying)
    return found


Ties = Mapping[int, Sequence[Affiliation]]


def _by_person(affiliations: Iterable[Affiliation]) -> Ties:
    found: dict[int, list[Affiliation]] = defaultdict(list)
    for affiliation in affiliations:
        found[affiliation.person].append(affiliation)
    return found


def _stances(
    sides: Sequence[Side], sayings: Sequence[Saying], ties: Ties, on: date | None
) -> tuple[Stance, ...]:
    standing = _standing(sayings, on)
    return tuple(_stance(side, standing, ties) for side in sides) if standing else ()


Standing = Mapping[int, tuple[Saying, Direction]]


def _standing(sayings: Sequence[Saying], on: date | None) -> Standing:
    """Actor → the newest thing it says of one subject, and which way that goes."""
    newest: dict[int, Saying] = {}
    others: dict[int, list[Saying]] = {}
    for saying in sayings:
        if not saying.holds_on(on):
            continue
        known = newest.setdefault(saying.actor, saying)
        if known is not saying:
            others.setdefault(saying.actor, []).append(min(known, saying, key=_rank))
            newest[saying.actor] = max(known, saying, key=_rank)
    return {
        actor: (saying, _direction(saying, others.get(actor, ())))
        for actor, saying in newest.items()
    }


def _standing_of_one(saying: Saying, on: date | None) -> Standing:
    return {saying.actor: (saying, saying.direction)} if saying.holds_on(on) else {}


def _rank(saying: Saying) -> tuple[date, date, int]:
    return saying.rank


def _direction(newest: Saying, others: Iterable[Saying]) -> Direction:
    """Which way the newest goes; `others`: what the actor said before, and what still holds."""
    undone = _UNDONE.get(newest.said, ())
    if any(each.said in undone for each in others):
        return "mixed"  # its consent still holds: it left a part of the text
    return newest.direction


_UNDONE: Mapping[str, Sequence[str]] = {"withdrew": CONSENT, "unsigned": NAMED}


def _stance(side: Side, standing: Standing, ties: Ties) -> Stance:
    spoken = [actor for actor in sorted(standing) if actor in side.actors]
    if not spoken:
        return SILENCE
    own_first = sorted(spoken, key=lambda actor: (actor not in side.own, actor))
    folded = _folded(own_first, standing, ties)
    inside: dict[int, list[Saying]] = defaultdict(list)
    for person, organisation in folded.items():
        inside[organisation].append(standing[person][0])
    return Stance(
        tuple(
            Voice(*standing[actor], actor in side.own, tuple(inside[actor]))
            for actor in own_first
            if actor not in folded
        )
    )


def _folded(actors: Sequence[int], standing: Standing, ties: Ties) -> dict[int, int]:
    """Person → the organisation of its side that says the same, whose people it belongs to.

    Nobody folds into somebody who is folded, so that no voice is lost.
    """
    found: dict[int, int] = {}
    taken: set[int] = set()
    for actor in actors:
        saying, direction = standing[actor]
        tied = {tie.organisation for tie in ties.get(actor, ()) if tie.covers(saying)}
        if not tied or actor in taken:
            continue
        for other in actors:
            if other in tied and other not in found and standing[other][1] == direction:
                found[actor] = other
                taken.add(other)
                break
    return found


# --- counts ----------------------------------------------------------------------------------


class Count(NamedTuple):
    """How many subjects are agreed, contested, and met with silence by a side."""

    agreed: int = 0
    contested: int = 0
    silent: int = 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> "Count":
        found = Counter(verdicts)
        return cls(*(found[verdict] for verdict in VERDICTS))

    @property
    def total(self) -> int:
        return sum(self)


def grouped(found: Iterable[Judged], values_of: Mapping[int, Sequence[str]]) -> dict[str, Count]:
    """Value → count of the subjects that have it; "" counts those that have none.

    `values_of`: subject → its topics, say. A subject with two topics counts under both.
    """
    verdicts: dict[str, list[Verdict]] = defaultdict(list)
    for each in found:
        for value in values_of.get(each.subject) or ("",):
            verdicts[value].append(each.verdict)
    return {value: Count.of(its) for value, its in verdicts.items()}


def directions(found: Iterable[Judged]) -> dict[Direction, int]:
    """Which way the agreed subjects go."""
    agreed = Counter(each.directions[0] for each in found if each.verdict == "agreed")
    return {direction: agreed[direction] for direction in DIRECTIONS}


def over_time(
    sides: Sequence[Side], sayings: Iterable[Saying], on: date | None = None
) -> dict[int, Count]:
    """Year → how things stood at its end (in the year of `on`: on that day).

    From the first year in which something was said to the last in which something changed, by
    then. What has no date counts in no year.
    """
    places = _places(sides)
    steps: dict[int, Counter[Verdict]] = defaultdict(Counter)
    for its in _by_subject(sayings).values():
        before: Verdict | None = None
        for year, now in _verdicts(len(sides), places, its, on):
            if now != before:
                steps[year].update({each: n for each, n in ((now, 1), (before, -1)) if each})
            before = now
    return dict(_summed(steps))


def _verdicts(
    number: int, places: Mapping[int, Sequence[int]], sayings: Sequence[Saying], on: date | None
) -> Iterator[tuple[int, Verdict | None]]:
    """How the sides stand on one subject at the end of each year in which somebody turned."""
    if len(sayings) == 1:  # as on most subjects: nothing to weigh, nobody to agree with
        yield from _verdicts_of_one(number, places, sayings[0], on)
        return
    turns: dict[int, list[tuple[int, Direction | None]]] = defaultdict(list)
    for actor, its in _by_actor(sayings).items():
        for year, way in _turns(its, on):
            turns[year].append((actor, way))
    ways: dict[int, Direction | None] = {}
    sides: list[Counter[Direction]] = [Counter() for _ in range(number)]
    for year in sorted(turns):
        for actor, way in turns[year]:
            for place in places.get(actor, ()):
                _turn(sides[place], ways.get(actor), way)
            ways[actor] = way
        directions = [_common(side) for side in sides]
        yield year, verdict_of(directions) if any(directions) else None


def _verdicts_of_one(
    number: int, places: Mapping[int, Sequence[int]], saying: Saying, on: date | None
) -> Iterator[tuple[int, Verdict | None]]:
    spoken = len(places.get(saying.actor, ()))
    if not spoken:
        return
    verdict: Verdict = "agreed" if spoken == number else "silent"
    for year, way in _turns_of_one(saying, on):
        yield year, verdict if way else None


def _by_actor(sayings: Iterable[Saying]) -> dict[int, list[Saying]]:
    found: dict[int, list[Saying]] = defaultdict(list)
    for saying in sayings:
        found[saying.actor].append(saying)
    return found


def _turn(side: Counter[Direction], before: Direction | None, now: Direction | None) -> None:
    """Count one voice of a side under another direction."""
    if before is not None:
        side[before] -= 1
    if now is not None:
        side[now] += 1


def _common(side: Counter[Direction]) -> Direction | None:
    """As `together`, from how many voices go each way."""
    return together(way for way, voices in side.items() if voices)


def _turns(sayings: Sequence[Saying], on: date | None) -> Iterator[tuple[int, Direction | None]]:
    """Which way one actor goes at the end of each year in which it began or ceased to say so."""
    if len(sayings) == 1:  # as most have it: nothing to weigh
        yield from _turns_of_one(sayings[0], on)
        return
    days = {day for saying in sayings for day in _ends(saying) if on is None or day <= on}
    for year in sorted({day.year for day in days}):
        standing = _standing(sayings, _end(year, on))
        yield year, next((way for _saying, way in standing.values()), None)


def _turns_of_one(saying: Saying, on: date | None) -> Iterator[tuple[int, Direction | None]]:
    since, until = saying.since, saying.until
    if since is None or (on is not None and on < since):
        return
    if until is None or (on is not None and on < until):
        yield since.year, saying.direction
        return
    if until.year > since.year:
        yield since.year, saying.direction
    yield until.year, None


def _end(year: int, on: date | None) -> date:
    end = date(year, 12, 31)
    return min(end, on) if on else end


def _ends(saying: Saying) -> Iterator[date]:
    """The days on which it begins and ceases to hold."""
    if saying.since is not None:
        yield saying.since
        if saying.until is not None:
            yield saying.until


def _summed(steps: Mapping[int, Counter[Verdict]]) -> Iterator[tuple[int, Count]]:
    if not steps:
        return
    now: Counter[Verdict] = Counter()
    for year in range(min(steps), max(steps) + 1):
        now.update(steps.get(year, {}))
        yield year, Count(*(now[verdict] for verdict in VERDICTS))
