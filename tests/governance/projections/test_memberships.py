from datetime import date

import pytest

from governance.projections import memberships


def member(actor="france", sources=("read-in-2026",), **dates):
    return {"actor": actor, "role": "member", **dates, "cites": [{"source": s} for s in sources]}


def how_sure(row, day, label_of, founded="1954-09-29"):
    body = {"key": "observatory", "founded": founded, "memberships": [row]}
    (holding,) = memberships.held(body, label_of)
    return holding.on(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("dates", "day", "expected"),
    [
        ({"from": "1954-09-29"}, "1954-09-28", None),
        ({"from": "1954-09-29"}, "1954-09-29", "certain"),
        ({"from": "1954-09-29"}, "2500-01-01", "certain"),
        ({"from": "1991"}, "1990-12-31", None),
        ({"from": "1991"}, "1991-06-01", "possible"),
        ({"from": "1991"}, "1991-12-31", "certain"),
        ({"from": "1954", "to": "1961"}, "1960-12-31", "certain"),
        ({"from": "1954", "to": "1961"}, "1961-06-01", "possible"),
        ({"from": "1954", "to": "1961"}, "1961-12-31", "possible"),
        ({"from": "1954", "to": "1961"}, "1962-01-01", None),
        ({"from": "1961-01-01", "to": "1968-12-31"}, "1968-12-31", "certain"),
        ({"from": "1961-01-01", "to": "1968-12-31"}, "1969-01-01", None),
        # Both ends in one year: no day is certain.
        ({"from": "1992", "to": "1992"}, "1992-06-01", "possible"),
        ({"from": "9999", "to": "9999-12-31"}, "9999-12-31", "certain"),
    ],
)
def test_a_member_belongs_from_its_beginning_to_its_last_day(dates, day, expected, label_of):
    assert how_sure(member(**dates), day, label_of) == expected


@pytest.mark.parametrize(
    ("row", "day", "expected"),
    [
        (member(), "1954-09-28", None),
        (member(), "1954-09-29", "possible"),
        (member(), "2026-11-21", "possible"),
        (member(), "2026-11-22", "certain"),
        (member(sources=["read-in-2020", "read-in-2026"]), "2020-05-01", "possible"),
        (member(sources=["undated-source"]), "2026-11-22", "possible"),
        (member(to="2023-02-24"), "2023-02-24", "possible"),
        (member(to="2023-02-24"), "2023-02-25", None),
        (member(to="2023-02-24"), "2026-11-22", None),
        (member("slovenia"), "1991-06-24", None),
        (member("slovenia"), "1991-06-25", "possible"),
    ],
)
def test_without_a_beginning_it_is_certain_from_when_its_source_was_read(
    row, day, expected, label_of
):
    assert how_sure(row, day, label_of) == expected


def test_nobody_knows_since_when_where_the_body_has_no_date_either(label_of):
    assert how_sure(member(), "0001-01-01", label_of, founded=None) == "possible"


@pytest.mark.parametrize(
    ("dates", "day", "expected"),
    [
        ({"from": "1954-09-29"}, "1991-12-31", "certain"),
        ({"from": "1954-09-29"}, "1992-06-01", "possible"),
        ({"from": "1954-09-29"}, "1993-01-01", None),
        ({"from": "1954-09-29", "to": "1961"}, "1962-01-01", None),
        # The source was read long after: it cannot make a member of a state that is gone.
        ({}, "2026-11-22", None),
        ({}, "1980-01-01", "possible"),
    ],
)
def test_a_member_does_not_outlast_itself(dates, day, expected, label_of):
    assert how_sure(member("yugoslavia", **dates), day, label_of) == expected


def test_who_left_and_came_back_was_away_in_between(label_of):
    spain = [
        member("spain", **{"from": "1961-01-01", "to": "1968-12-31"}),
        member("spain", **{"from": "1983-01-01"}),
    ]

    held = memberships.held({"memberships": spain}, label_of)

    assert [[h.on(date(year, 6, 1)) for h in held] for year in (1962, 1970, 1985)] == [
        ["certain", None],
        [None, None],
        [None, "certain"],
    ]
