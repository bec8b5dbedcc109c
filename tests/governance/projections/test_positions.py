from datetime import date

import pytest

from governance.projections import positions


def position(actor, stance, dated=None):
    row = {"actor": actor, "stance": stance, "cites": [{"source": "read-in-2026"}]}
    return row if dated is None else {**row, "date": dated}


def proposal(*rows):
    return {"key": "cern-for-ai", "proposed": "2016", "positions": list(rows)}


def stances_on(rows, day, label_of):
    """Stances that held on a day, with how sure that is."""
    document = proposal(*rows)
    held = positions.held(document, label_of)
    on_day = zip(rows, (h.on(date.fromisoformat(day)) for h in held), strict=True)
    return [(row["stance"], certainty) for row, certainty in on_day if certainty]


CHANGED = [
    position("france", "supports", "2024-05-01"),
    position("france", "opposes", "2023"),
    position("china", "mixed", "2023-06-15"),
]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2022-12-31", []),
        ("2023-06-01", [("opposes", "possible")]),
        ("2023-12-31", [("opposes", "certain"), ("mixed", "certain")]),
        ("2024-04-30", [("opposes", "certain"), ("mixed", "certain")]),
        ("2024-05-01", [("supports", "certain"), ("mixed", "certain")]),
    ],
)
def test_a_position_holds_until_the_actor_takes_a_newer_one(day, expected, label_of):
    assert stances_on(CHANGED, day, label_of) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2024-02-29", [("mixed", "certain")]),
        ("2024-03-15", [("mixed", "possible"), ("supports", "possible")]),
        ("2024-03-31", [("supports", "certain")]),
    ],
)
def test_while_a_newer_one_may_have_been_taken_both_are_possible(day, expected, label_of):
    rows = [position("france", "mixed", "2023-01-01"), position("france", "supports", "2024-03")]

    assert stances_on(rows, day, label_of) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (CHANGED, {0, 2}),
        ([position("france", "supports"), position("france", "opposes", "2019")], {1}),
        ([position("france", "supports")], {0}),
        ([position("france", "supports"), position("france", "mixed")], {1}),
        # Of two on one day, the one that is listed last.
        ([position("a", "supports", "2024-05-01"), position("a", "mixed", "2024-05-01")], {1}),
        # A year may mean its last day, but begins before the month in it.
        ([position("a", "supports", "2024-05"), position("a", "mixed", "2024")], {0}),
        ([], set()),
        # Two keys of one actor.
        ([position("holland", "mixed", "2020"), position("netherlands", "opposes", "2021")], {1}),
    ],
)
def test_the_current_position_is_the_newest_dated_one_of_each_actor(rows, expected, label_of):
    assert positions.current(proposal(*rows), label_of) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2015-12-31", []),
        ("2016-01-01", [("supports", "possible")]),
        ("2026-11-22", [("supports", "certain")]),
    ],
)
def test_an_undated_position_is_certain_once_its_source_was_read(day, expected, label_of):
    assert stances_on([position("bengio", "supports")], day, label_of) == expected


def test_an_undated_position_never_counts_beside_a_dated_one(label_of):
    rows = [position("bengio", "supports"), position("bengio", "mixed", "2024")]

    assert stances_on(rows, "2020-01-01", label_of) == []
    assert stances_on(rows, "2026-11-22", label_of) == [("mixed", "certain")]


def test_what_was_replaced_on_the_same_day_never_held(label_of):
    rows = [position("a", "supports", "2024-05-01"), position("a", "mixed", "2024-05-01")]

    assert stances_on(rows, "2024-05-01", label_of) == [("mixed", "certain")]
