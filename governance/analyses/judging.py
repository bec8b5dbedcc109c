"""How sides stand on many subjects at once: on a day, and at the end of each year. Pure.

Two countries with all their people have said hundreds of thousands of things. So nobody is heard
alone here: what everybody says is reckoned on in columns, and only which way a side goes comes out.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from governance.analyses.common_ground import VERDICTS, Count, Judged, Side, Verdict
from governance.directions import DIRECTIONS, Direction
from governance.projections.voices import IS_NOW, NEVER, NEWEST_AT, PACKED, WAYS

Numbers = NDArray[np.int64]
Days = NDArray[np.int32]
Flags = NDArray[np.bool_]

BITS = len(WAYS)  # for the ways that a side goes; those of all sides stand side by side
ANY_WAY = (1 << BITS) - 1
NOTHING, MIXED = 0, len(DIRECTIONS)  # of codes of directions and verdicts; others from 1 on
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Spoken:
    """What everybody says of everything: a stretch in each place, those of a subject together.

    `subject`: its place in `subjects`; `word`: as it is packed; days are ordinals.
    """

    subjects: Sequence[int]
    subject: Numbers
    actor: Numbers
    begin: Days
    before: Days
    word: Days

    @classmethod
    def of(cls, voices: Mapping[int, bytes]) -> "Spoken":
        """`voices`: subject → everybody's stretches, packed."""
        rows = np.frombuffer(b"".join(voices.values()), "<i4").reshape(-1, FIELDS)
        actor, begin, before, word = np.ascontiguousarray(rows.T)
        lengths = [len(its) // PACKED.size for its in voices.values()]
        subject = np.repeat(np.arange(len(lengths)), lengths)
        return cls(list(voices), subject, actor.astype(np.int64), begin, before, word)


FIELDS = PACKED.size // 4


@dataclass(frozen=True, slots=True)
class Heard:
    """The same of those on some sides, once for each side that somebody is on.

    `place`: of the stretch among all that was spoken; `bit`: which bit stands for this side going
    this way, where one number holds all ways.
    """

    spoken: Spoken
    sides: int
    place: Numbers
    subject: Numbers
    begin: Days
    before: Days
    word: Days
    bit: Numbers

    @classmethod
    def by(cls, sides: Sequence[Side], spoken: Spoken) -> "Heard":
        """What those on the sides say."""
        which, side = _on_sides(sides, spoken.actor)
        word = spoken.word[which]
        return cls(
            spoken=spoken,
            sides=len(sides),
            place=which,
            subject=spoken.subject[which],
            begin=spoken.begin[which],
            before=spoken.before[which],
            word=word,
            bit=side * BITS + _LOWEST[word & ANY_WAY],
        )

    @property
    def subjects(self) -> Sequence[int]:
        return self.spoken.subjects

    def only(self, which: Flags) -> "Heard":
        """Some of the stretches."""
        return Heard(
            spoken=self.spoken,
            sides=self.sides,
            place=self.place[which],
            subject=self.subject[which],
            begin=self.begin[which],
            before=self.before[which],
            word=self.word[which],
            bit=self.bit[which],
        )

    def about(self, is_kept: Flags) -> "Heard":
        """Those about some subjects. `is_kept`: for each place of a subject."""
        return self.only(is_kept[self.subject])

    def of(self, subjects: Collection[int]) -> "Heard":
        """Those about these subjects."""
        return self.about(np.array([each in subjects for each in self.subjects], np.bool_))

    def standing(self, on: date | None) -> Flags:
        """Which hold on the day `on`, without it as far as is known: one of each actor."""
        if on is None:
            return (self.word & IS_NOW) > 0
        day = on.toordinal()
        return (self.begin <= day) & (day < self.before)

    def pairs(self) -> list[tuple[int, int]]:
        """Subject and actor of each, everyone once."""
        subjects = (self.subjects[place] for place in self.subject.tolist())
        return list(
            dict.fromkeys(zip(subjects, self.spoken.actor[self.place].tolist(), strict=True))
        )


# A number of one byte → the place of its lowest bit.
_LOWEST = np.array([max((bits & -bits).bit_length() - 1, 0) for bits in range(256)])


def _on_sides(sides: Sequence[Side], actor: Numbers) -> tuple[Numbers, Numbers]:
    """(which of these actors are on a side, that side), in their order, each side apart."""
    last = max((actor for side in sides for actor in side.actors), default=0)
    on = np.zeros(last + 2, np.uint8)  # actor → a bit for each side; nobody behind the last one
    for number, side in enumerate(sides):
        on[list(side.actors)] |= 1 << number
    bits = np.take(on, actor, mode="clip")
    which = np.flatnonzero(bits != 0)
    bits = bits[which]
    found = [(which, _LOWEST[bits])]
    while len(several := np.flatnonzero(bits & (bits - 1))):
        which, bits = which[several], (bits & (bits - 1))[several]
        found.append((which, _LOWEST[bits]))
    places, numbers = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.argsort(places, kind="stable")  # quick: it merges what is in order
    return places[order], numbers[order]


class Grouping(NamedTuple):
    """Subjects by what several of them share: for each place among them the place in `values`."""

    values: Sequence[tuple[str, ...]]
    of: Numbers

    @classmethod
    def by(cls, values: Iterable[tuple[str, ...]]) -> "Grouping":
        """`values`: of each subject, in their order."""
        places: dict[tuple[str, ...], int] = {}
        of = [places.setdefault(each, len(places)) for each in values]
        return cls(list(places), np.array(of, np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Judgements(Sequence[Judged]):
    """Subjects on which a side has spoken: agreed, contested, silent; the newest first in each.

    In columns, of which a `Judged` is made where one is looked at. `subject`: its place in
    `subjects`; `ways`: which way each of `sides` sides goes; `verdict`: its code.
    """

    subjects: Sequence[int]
    sides: int
    subject: Numbers
    ways: Numbers
    verdict: Numbers
    newest: Days

    def __len__(self) -> int:
        return len(self.subject)

    @overload
    def __getitem__(self, place: int) -> Judged: ...

    @overload
    def __getitem__(self, place: slice) -> list[Judged]: ...

    def __getitem__(self, place: int | slice) -> Judged | list[Judged]:
        if isinstance(place, int):
            return self[place : place + 1 or None][0]
        shown = _Shown(self.sides)
        columns = (each[place].tolist() for each in (self.subject, self.ways, self.newest))
        return [
            Judged(self.subjects[subject], *shown[ways], date.fromordinal(newest))
            for subject, ways, newest in zip(*columns, strict=True)
        ]

    def __iter__(self) -> Iterator[Judged]:
        return iter(self[:])

    def of(self, verdict: Verdict) -> "Judgements":
        """Those with this verdict."""
        return self._only(self.verdict == VERDICTS.index(verdict) + 1)

    def about(self, is_kept: Flags) -> "Judgements":
        """Those about some subjects. `is_kept`: for each place of a subject."""
        return self._only(is_kept[self.subject])

    def _only(self, which: Flags) -> "Judgements":
        return Judgements(
            subjects=self.subjects,
            sides=self.sides,
            subject=self.subject[which],
            ways=self.ways[which],
            verdict=self.verdict[which],
            newest=self.newest[which],
        )

    def counted(self) -> Count:
        return Count(*np.bincount(self.verdict, minlength=len(VERDICTS) + 1)[1:].tolist())

    def agreed_on(self) -> dict[Direction, int]:
        """Which way the agreed subjects go."""
        (codes,) = _directions_in(self.of("agreed").ways, 1)
        numbers = np.bincount(codes, minlength=MIXED + 1)[1:].tolist()
        return dict(zip(DIRECTIONS, numbers, strict=True))

    def grouped(self, grouping: Grouping) -> dict[str, Count]:
        """Value → count of the subjects that have it; "" counts those that have none.

        A subject with two topics counts under both.
        """
        codes = len(VERDICTS) + 1
        cells = grouping.of[self.subject] * codes + self.verdict
        counted = np.bincount(cells, minlength=len(grouping.values) * codes).reshape(-1, codes)
        found: dict[str, Any] = {}
        for group in np.flatnonzero(counted.any(axis=1)).tolist():
            for value in grouping.values[group] or ("",):
                found[value] = found.get(value, 0) + counted[group]
        return {value: Count(*its[1:].tolist()) for value, its in found.items()}


def judged(heard: Heard, on: date | None = None) -> Judgements:
    """Every subject on which a side has spoken by the day `on` (by now without).

    As `compared`, a good deal faster: who folds into whom changes no direction.
    """
    standing = np.flatnonzero(heard.standing(on))
    subject = heard.subject[standing]
    first = np.flatnonzero(np.diff(subject, prepend=-1))
    subject, ways, newest = subject[first], np.zeros(0, np.int64), np.zeros(0, np.int32)
    if len(first):
        ways = np.bitwise_or.reduceat(np.left_shift(1, heard.bit[standing]), first)
        newest = np.maximum.reduceat(heard.word[standing] >> NEWEST_AT, first)
    verdict = _verdicts_of(_directions_in(ways, heard.sides))
    order = np.lexsort((subject, -newest, verdict))
    return Judgements(
        subjects=heard.subjects,
        sides=heard.sides,
        subject=subject[order],
        ways=ways[order],
        verdict=verdict[order],
        newest=newest[order],
    )


class _Shown(dict[int, tuple[tuple[Direction | None, ...], Verdict]]):
    """The ways of some sides in one number → their directions and the verdict."""

    def __init__(self, sides: int):
        super().__init__()
        self._sides = sides

    def __missing__(self, ways: int) -> tuple[tuple[Direction | None, ...], Verdict]:
        codes = _directions_in(np.array([ways], np.int64), self._sides)
        directions = tuple(_BY_CODE[int(code[0])] for code in codes)
        self[ways] = directions, VERDICTS[int(_verdicts_of(codes)[0]) - 1]
        return self[ways]


_BY_CODE: Sequence[Direction | None] = (None, *DIRECTIONS)


def _directions_in(ways: Any, sides: int) -> list[Any]:
    """For each side the codes of its direction, by the ways of all sides."""
    found = [MIXED] * (ANY_WAY + 1)  # more ways than one
    found[0] = NOTHING
    for code, direction in enumerate(DIRECTIONS, 1):
        found[WAYS[direction]] = code
    by_ways = np.array(found, np.int8)
    return [by_ways[(ways >> BITS * side) & ANY_WAY] for side in range(sides)]


def _verdicts_of(directions: Sequence[Any]) -> Any:
    """The codes of verdicts, by the directions of each side; as `verdict_of`."""
    first, *others = directions
    any_spoken = np.logical_or.reduce([code != NOTHING for code in directions])
    any_silent = np.logical_or.reduce([code == NOTHING for code in directions])
    all_same = np.logical_and.reduce([code == first for code in others] or [first == first])
    agreed, contested, silent = (VERDICTS.index(each) + 1 for each in VERDICTS)
    spoken = np.where(any_silent, silent, np.where(all_same, agreed, contested))
    return np.where(any_spoken, spoken, NOTHING)


# --- year by year ----------------------------------------------------------------------------


def over_time(heard: Heard, on: date | None = None) -> dict[int, Count]:
    """Year → how things stood at its end (in the year of `on`: on that day).

    From the first year in which something was said to the last in which something changed, by
    then. What has no date counts in no year.
    """
    day = on.toordinal() if on else NEVER - 1
    begun, ended = np.flatnonzero(heard.begin <= day), np.flatnonzero(heard.before <= day)
    if not len(begun):
        return {}
    turns = _Turns(heard, begun, ended)
    now = _verdicts_of(_directions_in(turns.ways(), heard.sides))
    before = np.where(turns.is_first, NOTHING, np.roll(now, 1))
    return _summed(turns.years, before, now)


class _Turns:
    """The years in which somebody began or ceased to speak of a subject, subject by subject.

    `begun`, `ended`: which of the stretches have.
    """

    def __init__(self, heard: Heard, begun: Numbers, ended: Numbers):
        first, last = _years_of(heard.begin[begun]), _years_of(heard.before[ended])
        self._bits = BITS * heard.sides
        begin = min(each.min() for each in (first, last) if len(each))
        width = max(each.max() for each in (first, last) if len(each)) - begin + 1
        # A subject and a year as one number.
        cells = [
            heard.subject[which] * width + (years - begin)
            for which, years in ((begun, first), (ended, last))
        ]
        is_turned = np.zeros(len(heard.subjects) * int(width), np.bool_)
        for its in cells:
            is_turned[its] = True
        self._number = np.cumsum(is_turned) - 1  # of a cell among those that are turned in
        self._steps = [
            (self._number[its], heard.bit[which])
            for which, its in zip((begun, ended), cells, strict=True)
        ]
        subject, year = np.divmod(np.flatnonzero(is_turned), width)
        self.years = year + begin
        self.is_first = np.diff(subject, prepend=-1) > 0

    def ways(self) -> Any:
        """Which way each side goes at the end of the year."""
        begun, ended = (self._counted(*each) for each in self._steps)
        voices = np.cumsum(begun - ended, axis=1)
        # Those on one subject have ended or go on: they are no voices on the next one.
        first = np.flatnonzero(self.is_first)
        others = np.where(first > 0, voices[:, first - 1], 0)
        others = np.repeat(others, np.diff(first, append=len(self.years)), axis=1)
        bits = 1 << np.arange(self._bits)
        return bits @ (voices > others)

    def _counted(self, number: Numbers, bit: Numbers) -> Any:
        """How many stretches there are for each bit in each cell."""
        size = len(self.years)
        found = np.bincount(bit * size + number, minlength=self._bits * size)
        return found.reshape(self._bits, size)


def _years_of(days: Days) -> Any:
    """The years of days in ordinals."""
    if not len(days):
        return days.astype(np.int64)
    first, last = int(days.min()), int(days.max())
    every = np.arange(first - EPOCH, last - EPOCH + 1).astype("datetime64[D]")
    years = every.astype("datetime64[Y]").astype(np.int64) + 1970
    return years[days - first]  # far fewer days than stretches


def _summed(years: Any, before: Any, now: Any) -> dict[int, Count]:
    """Year → how many subjects there were of each verdict, by the verdicts that changed."""
    changed = before != now
    if not changed.any():
        return {}
    years, before, now = years[changed], before[changed], now[changed]
    first, number = int(years.min()), len(VERDICTS) + 1
    size = (int(years.max()) - first + 1) * number
    cells = (years - first) * number
    steps = np.bincount(cells + now, minlength=size) - np.bincount(cells + before, minlength=size)
    sums = np.cumsum(steps.reshape(-1, number), axis=0)[:, 1:].tolist()
    return {year: Count(*counts) for year, counts in enumerate(sums, first)}
