"""Changes of stance in small worlds whose answer is known, and what holds in any of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.stances import Taken, lanes_of
from governance.vocabularies import STANCES
from kb.documents.inexact_dates import InexactDate

DATES = st.one_of(
    st.none(),
    st.builds("{:04}".format, st.integers(1990, 2030)),
    st.builds("{:04}-{:02}".format, st.integers(1990, 2030), st.integers(1, 12)),
    st.dates().map(str),
)
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(STANCES.values), DATES), max_size=12
)


def taken(*rows):
    """Positions from (lane, stance, date), in the order of their document."""
    return [
        Taken(f"p-{n}", lane, stance, InexactDate.parse(day) if day else None, n)
        for n, (lane, stance, day) in enumerate(rows)
    ]


def changes(rows):
    return [
        (change.before.id, change.after.id, change.certainty)
        for lane in lanes_of(rows)
        for change in lane.changes
    ]


@pytest.mark.parametrize(
    ("before", "after", "certainty"),
    [
        ("2023", "2024", "certain"),
        ("2023-05-01", "2023-05-02", "certain"),
        ("2023", "2023-06", "possible"),  # it may have been said in December
        ("2023-05-01", "2023-05-01", "possible"),
    ],
)
def test_a_change_is_as_sure_as_the_dates_on_both_sides(before, after, certainty):
    rows = taken(("us", "opposes", before), ("us", "supports", after))

    assert changes(rows) == [("p-0", "p-1", certainty)]


def test_the_same_stance_again_is_no_change_and_a_return_is_one():
    rows = taken(
        ("us", "supports", "2020"),
        ("us", "supports", "2021"),
        ("us", "opposes", "2022"),
        ("us", "supports", "2023"),
    )

    assert changes(rows) == [("p-1", "p-2", "certain"), ("p-2", "p-3", "certain")]


def test_what_another_said_is_no_change():
    assert changes(taken(("us", "supports", "2020"), ("china", "opposes", "2021"))) == []


def test_a_position_without_a_date_is_listed_but_changes_nothing():
    rows = taken(("us", "supports", "2020"), ("us", "opposes", None))

    (lane,) = lanes_of(rows)

    assert [row.id for row in lane.undated] == ["p-1"]
    assert lane.changes == []
    assert lane.newest.id == "p-0"


def test_lanes_stand_by_their_newest_position_and_those_without_a_date_last():
    rows = taken(("old", "supports", "2001"), ("never", "mixed", None), ("new", "mixed", "2024"))

    assert [lane.lane for lane in lanes_of(rows)] == ["new", "old", "never"]


def test_nobody_said_anything():
    assert lanes_of([]) == []


@given(ROWS, st.randoms())
def test_the_order_of_the_rows_does_not_matter(rows, random):
    found = taken(*rows)
    shuffled = random.sample(found, len(found))

    assert lanes_of(shuffled) == lanes_of(found)


@given(ROWS)
def test_every_position_is_in_its_lane_once(rows):
    found = taken(*rows)

    placed = [row.id for lane in lanes_of(found) for row in (*lane.dated, *lane.undated)]

    assert sorted(placed) == sorted(row.id for row in found)


@given(ROWS, st.sampled_from(STANCES.values))
def test_who_speaks_for_the_first_time_changes_nothing(rows, stance):
    before = taken(*rows)
    newcomer = Taken("p-new", "newcomer", stance, InexactDate.parse("2025"), 99)

    assert sorted(changes([*before, newcomer])) == sorted(changes(before))
