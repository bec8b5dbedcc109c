"""Who belongs, on small worlds whose answer is known."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.membership import (
    Belonging,
    Belongings,
    Count,
    Member,
    counted_roles,
    overlay,
)
from governance.projections.holding import Days

ARCADIA, BOHEMIA, ILLYRIA = (
    Member(name, name.lower()) for name in ("Arcadia", "Bohemia", "Illyria")
)


def belongs(member, first=None, before=None, role="member", *, sure=None):
    """`sure`: (first, before) where it is less than what is possible; () for never."""
    possible = Days(first and date(first, 1, 1), before and date(before, 1, 1))
    if sure is None:
        return Belonging(member, role, possible, possible)
    certain = Days(*(year and date(year, 1, 1) for year in sure)) if sure else None
    return Belonging(member, role, certain, possible)


WORLD = Belongings(
    [
        belongs(ARCADIA, 1950),
        belongs(BOHEMIA, 1950, 1970),
        belongs(BOHEMIA, 1980),
        belongs(ILLYRIA, 1960, 1991, sure=(1962, 1990)),
        belongs(Member("Utopia", "utopia"), 1955, role="observer"),
    ]
)


@pytest.mark.parametrize(
    ("day", "count", "standings"),
    [
        ("1949-12-31", (0, 0), {}),
        ("1950-01-01", (2, 2), {"Arcadia": "full", "Bohemia": "full"}),
        ("1961-01-01", (2, 3), {"Arcadia": "full", "Bohemia": "full", "Illyria": "open",
                                "Utopia": "part"}),
        ("1975-06-01", (2, 2), {"Arcadia": "full", "Bohemia": "past", "Illyria": "full",
                                "Utopia": "part"}),
        ("1990-06-01", (2, 3), {"Arcadia": "full", "Bohemia": "full", "Illyria": "open",
                                "Utopia": "part"}),
        ("2000-01-01", (2, 2), {"Arcadia": "full", "Bohemia": "full", "Illyria": "past",
                                "Utopia": "part"}),
    ],
)  # fmt: skip
def test_who_belongs_on_a_day(day, count, standings):
    day = date.fromisoformat(day)

    assert WORLD.count(day) == Count(*count)
    assert {each.name: how for each, how in WORLD.standings(day).items()} == standings


def test_the_count_steps_where_somebody_comes_or_goes():
    steps = [(s.day.year, s.count.certain, s.count.possible) for s in WORLD.history()]

    assert steps == [
        (1950, 2, 2), (1960, 2, 3), (1962, 3, 3), (1970, 2, 2), (1980, 3, 3), (1990, 2, 3),
        (1991, 2, 2),
    ]  # fmt: skip


def test_who_came_first_comes_first_and_who_came_back_has_one_row_with_two_stretches():
    order = [(member.name, len(rows)) for member, rows in WORLD.by_accession()]

    assert order == [("Arcadia", 1), ("Bohemia", 2), ("Utopia", 1), ("Illyria", 1)]


@pytest.mark.parametrize(
    ("roles", "counted"),
    [
        (["founding-member", "observer"], {"founding-member"}),
        (["partner", "host"], {"partner", "host"}),
        (["signed", "ratified", "acceded"], {"ratified", "acceded"}),
        (["signed"], {"signed"}),
        ([], set()),
    ],
)
def test_members_are_counted_where_there_are_any_else_whoever_takes_part(roles, counted):
    assert counted_roles(roles) == counted


def test_an_actor_in_two_roles_counts_once():
    twice = Belongings([belongs(ARCADIA, 1950), belongs(ARCADIA, 1955, role="founding-member")])

    assert twice.count(date(1960, 1, 1)) == Count(1, 1)


def test_a_picture_ends_with_the_last_row_when_all_are_over():
    over = Belongings([belongs(ARCADIA, 1950, 1960), belongs(BOHEMIA, 1955, 1970)])

    assert over.span(date(2026, 1, 1)) == (date(1950, 1, 1), date(1970, 1, 1))
    assert WORLD.span(date(2026, 1, 1)) == (date(1950, 1, 1), date(2026, 1, 1))
    assert Belongings([belongs(ARCADIA)]).span(date(2026, 1, 1)) is None


def test_two_laid_over_each_other():
    other = Belongings([belongs(BOHEMIA, 1950), belongs(ILLYRIA, 1950, sure=())])
    day = date(1965, 1, 1)

    found = overlay(WORLD.standings(day), other.standings(day))

    assert {each.name: how for each, how in found.items()} == {
        "Arcadia": "first", "Bohemia": "both", "Illyria": "open",
    }  # fmt: skip


@st.composite
def rows(draw):
    member = draw(st.sampled_from([ARCADIA, BOHEMIA, ILLYRIA]))
    ends = sorted(draw(st.lists(st.integers(1900, 2000), min_size=4, max_size=4, unique=True)))
    first, sure_first, sure_before, before = ends
    role = draw(st.sampled_from(["member", "founding-member", "observer"]))
    lasts = draw(st.booleans())
    sure = () if draw(st.booleans()) else (sure_first, None if lasts else sure_before)
    return belongs(member, first, None if lasts else before, role, sure=sure)


WORLDS = st.builds(Belongings, st.lists(rows(), max_size=8))
DAYS = st.dates(date(1899, 1, 1), date(2005, 1, 1))


@given(WORLDS)
def test_a_day_before_everything_gives_nothing(world):
    assert world.count(date(1899, 12, 31)) == Count(0, 0)
    assert world.standings(date(1899, 12, 31)) == {}


@given(WORLDS, DAYS)
def test_the_history_says_of_each_day_what_a_count_of_that_day_gives(world, day):
    before = [step for step in world.history() if step.day <= day]

    assert (before[-1].count if before else Count(0, 0)) == world.count(day)


@given(WORLDS, DAYS)
def test_the_count_is_the_actors_whose_rows_are_in_force(world, day):
    standings = list(world.standings(day).values())
    count = world.count(day)

    assert standings.count("full") == count.certain
    assert standings.count("full") + standings.count("open") == count.possible


@given(WORLDS, WORLDS, DAYS)
def test_overlaying_commutes(one, other, day):
    swapped = {"first": "second", "second": "first", "both": "both", "open": "open"}

    forth = overlay(one.standings(day), other.standings(day))
    back = overlay(other.standings(day), one.standings(day))

    assert forth == {member: swapped[how] for member, how in back.items()}


@given(WORLDS)
def test_each_step_is_a_change(world):
    steps = world.history()

    assert all(a.day < b.day and a.count != b.count for a, b in pairwise(steps))
