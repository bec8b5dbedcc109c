"""Stretches of time in which an actor goes one way, and the bytes that they are packed into."""

from datetime import date
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.directions import OF_ACTS, OF_STANCES, Saying, standing_on
from governance.projections.voices import (
    IS_NOW,
    NEVER,
    NEWEST_AT,
    PACKED,
    WAYS,
    Stretch,
    packed,
    stretches,
)

RURITANIA, PACT = 1, 100
NUMBERS = count()


def says(said, on=None, until=None, *, actor=RURITANIA):
    day = date.fromisoformat(on) if on else None
    end = date.fromisoformat(until) if until else None
    rank = (day or date.min, day or date.min, next(NUMBERS))
    return Saying(actor, PACT, said, "p-1", rank, day, end, said in OF_ACTS)


def days(text):
    return date.fromisoformat(text).toordinal()


JULY, MAY = days("2019-07-01"), days("2021-05-01")


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ([], []),
        ([says("supports", "2019-07-01")], [Stretch(JULY, NEVER, "for", JULY, is_now=True)]),
        (
            [says("opposes", "2019-07-01", "2021-05-01"), says("supports", "2021-05-01")],
            [
                Stretch(JULY, MAY, "against", JULY),
                Stretch(MAY, NEVER, "for", MAY, is_now=True),
            ],
        ),
        ([says("supports", "2019-07-01", "2021-05-01")], [Stretch(JULY, MAY, "for", JULY)]),
        # Nobody knows since when: it holds today, and on no day.
        ([says("supports")], [Stretch(NEVER, NEVER, "for", 1, is_now=True)]),
        (
            [says("ratified", "2019-07-01"), says("withdrew", "2021-05-01")],
            [
                Stretch(JULY, MAY, "for", JULY),
                Stretch(MAY, NEVER, "mixed", MAY, is_now=True),  # it left a part alone
            ],
        ),
    ],
)
def test_an_actor_goes_one_way_until_it_says_something_newer(world, expected):
    assert stretches(world) == expected


def test_packed_they_stand_by_actor_and_day():
    world = [
        says("opposes", "2019-07-01", "2021-05-01", actor=7),
        says("supports", "2021-05-01", actor=7),
        says("mixed", "2021-05-01", actor=3),
    ]

    rows = list(PACKED.iter_unpack(packed(world)))

    now = MAY << NEWEST_AT | IS_NOW
    assert rows == [
        (3, MAY, NEVER, now | WAYS["mixed"]),
        (7, JULY, MAY, JULY << NEWEST_AT | WAYS["against"]),
        (7, MAY, NEVER, now | WAYS["for"]),
    ]


DAYS = st.dates(date(2000, 1, 1), date(2026, 12, 31))


@st.composite
def sayings(draw):
    since = draw(st.none() | DAYS)
    until = draw(st.none() | DAYS)
    said = draw(st.sampled_from(sorted({*OF_ACTS, *OF_STANCES})))
    day = since or date.min
    rank = (day, day, next(NUMBERS))
    return Saying(RURITANIA, PACT, said, "p-x", rank, since, until, said in OF_ACTS)


@given(world=st.lists(sayings(), max_size=6), on=st.none() | DAYS)
def test_on_any_day_the_stretch_is_how_the_actor_stands(world, on):
    found = [
        (each.way, each.newest)
        for each in stretches(world)
        if (each.is_now if on is None else each.begin <= on.toordinal() < each.before)
    ]

    assert found == [
        (way, newest.rank[1].toordinal()) for newest, way in standing_on(on, world).values()
    ]
