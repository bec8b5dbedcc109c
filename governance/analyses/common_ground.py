"""What several sides agree on, what divides them, and where one of them is silent. Pure.

Here everybody is heard, for the few subjects that are shown; `judging` says of all of them which
way the sides go.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from governance.directions import Direction, Saying, Standing, standing_on

Verdict = Literal["agreed", "contested", "silent"]

VERDICTS: tuple[Verdict, ...] = ("agreed", "contested", "silent")


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
    standing = standing_on(on, sayings)
    return tuple(_stance(side, standing, ties) for side in sides) if standing else ()


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


class Judged(NamedTuple):
    """A subject on which a side has spoken, without the voices: which way each side goes.

    `newest`: the latest day of the newest thing that was said; 1 January 1 where nothing is dated.
    """

    subject: int
    directions: tuple[Direction | None, ...]
    verdict: Verdict
    newest: date
