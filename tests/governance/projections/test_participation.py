from datetime import date

import pytest

from governance.projections import participation


def act(action, dated=None, actor="france", **fields):
    row = {"actor": actor, "action": action, "cites": [{"source": "read-in-2026"}], **fields}
    return row if dated is None else {**row, "date": dated}


def acts_on(rows, day, label_of, **dates):
    """Acts that held on a day: those that certainly did, with a “?” those that may have."""
    instrument = {"adopted": "1960-01-01", **dates, "participation": rows}
    held = participation.held(instrument, label_of)
    on_day = zip(rows, (h.on(date.fromisoformat(day)) for h in held), strict=True)
    return [row["action"] + {"certain": "", "possible": "?"}[sure] for row, sure in on_day if sure]


# The United States and the Paris Agreement.
IN_AND_OUT = [
    act("signed", "2016-04-22"),
    act("ratified", "2016-09-03"),
    act("withdrew", "2020-11-04"),
    act("ratified", "2021-01-20"),
    act("withdrew", "2026-01-27"),
]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2016-04-21", []),
        ("2016-04-22", ["signed"]),
        ("2016-09-03", ["signed", "ratified"]),
        ("2020-11-03", ["signed", "ratified"]),
        ("2020-11-04", ["signed", "withdrew"]),
        ("2021-01-20", ["signed", "ratified"]),
        ("2026-01-27", ["signed", "withdrew"]),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_who_left_and_came_back_is_bound_again(day, expected, order, label_of):
    found = acts_on(IN_AND_OUT[::order], day, label_of)

    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize(
    ("rows", "day", "expected"),
    [
        # Who withdraws its ratification stays a signatory.
        (
            [act("signed", "1996-09-24"), act("ratified", "2000"), act("withdrew", "2023-11-02")],
            "2024-01-01",
            ["signed", "withdrew"],
        ),
        # Where there was no ratification, the signature is what was withdrawn.
        ([act("signed", "1973"), act("withdrew", "1981")], "1990-01-01", ["withdrew"]),
        ([act("endorsed", "2023"), act("unsigned", "2024-02-01")], "2024-02-01", ["unsigned"]),
        ([act("signed", "2023"), act("unsigned", "2024-02-01")], "2024-01-31", ["signed"]),
        # Ratified after all: to unsign would have taken back the signature alone.
        (
            [act("signed", "1998"), act("unsigned", "2002"), act("acceded", "2010")],
            "2012-01-01",
            ["acceded"],
        ),
        ([act("withdrew", "2003-01-10")], "2010-01-01", ["withdrew"]),
        ([act("declined", "2023"), act("endorsed", "2024-05-01")], "2024-05-01", ["endorsed"]),
        (
            [act("voted-for", "1990"), act("withdrew", "1995")],
            "2000-01-01",
            ["voted-for", "withdrew"],
        ),
        # Another actor's withdrawal changes nothing.
        (
            [act("ratified", "1990"), act("withdrew", "1995", actor="spain")],
            "2000-01-01",
            ["ratified", "withdrew"],
        ),
        # To leave a part is not to leave the whole; to leave the whole is to leave each part.
        (
            [act("ratified", "1990"), act("withdrew", "1995", part="Annex II")],
            "2000-01-01",
            ["ratified", "withdrew"],
        ),
        (
            [act("ratified", "1990", part="Annex II"), act("withdrew", "1995")],
            "2000-01-01",
            ["withdrew"],
        ),
    ],
)
def test_an_act_holds_until_the_actor_takes_it_back(rows, day, expected, label_of):
    assert acts_on(rows, day, label_of) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("1980-12-31", ["signed"]),
        ("1981-06-01", ["signed?", "withdrew?"]),
        ("1981-12-31", ["withdrew"]),
    ],
)
def test_in_the_year_of_a_withdrawal_either_may_hold(day, expected, label_of):
    assert acts_on([act("signed", "1973"), act("withdrew", "1981")], day, label_of) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [("1959-12-31", []), ("1970-01-01", ["ratified?"]), ("2026-11-22", ["ratified"])],
)
def test_an_undated_act_is_certain_once_its_source_was_read(day, expected, label_of):
    assert acts_on([act("ratified")], day, label_of) == expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([act("ratified"), act("withdrew", "1990-01-01")], ["withdrew"]),
        ([act("withdrew", "1990-01-01"), act("ratified")], ["ratified?", "withdrew?"]),
        ([act("ratified", "1970"), act("withdrew")], ["ratified?", "withdrew?"]),
    ],
)
def test_where_dates_are_missing_the_order_of_the_rows_decides(rows, expected, label_of):
    assert sorted(acts_on(rows, "2000-01-01", label_of)) == expected


def test_a_state_that_is_gone_is_bound_by_nothing(label_of):
    rows = [act("ratified", "1970", actor="yugoslavia"), act("voted-for", "1969", "yugoslavia")]

    assert acts_on(rows, "1985-01-01", label_of) == ["ratified", "voted-for"]
    assert acts_on(rows, "1995-01-01", label_of) == ["voted-for"]


def test_an_instrument_that_ended_binds_nobody(label_of):
    rows = [act("ratified", "1970")]

    assert acts_on(rows, "1999-12-31", label_of, ended="1999-12-31") == ["ratified"]
    assert acts_on(rows, "2000-01-01", label_of, ended="1999-12-31") == []
