"""What happened when, in small worlds whose answer is known."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.timeline import (
    Happening,
    by_year,
    date_between,
    density,
    lines_of,
    summed,
)
from kb.documents.inexact_dates import InexactDate

DATES = st.one_of(
    st.builds("{:04}".format, st.integers(1, 2999)),
    st.builds("{:04}-{:02}".format, st.integers(1, 2999), st.integers(1, 12)),
    st.dates().map(str),
)
COUNTS = st.lists(st.tuples(st.integers(1800, 2030), st.integers(0, 50)))
PACT = {"key": "pact", "kind": "instrument", "name": "Pact"}


def happened(what, on, actor=None, said="", statement=""):
    day = InexactDate.parse(on)
    who = {"key": actor, "kind": "actor", "name": actor} if actor else None
    return Happening(what, day.earliest, day.latest, PACT, statement, who, said)


@given(DATES)
def test_a_date_reads_as_it_was_written(text):
    written = InexactDate.parse(text)

    assert date_between(written.earliest, written.latest) == text


def test_many_who_did_the_same_on_one_day_are_one_line():
    rows = [
        happened("act", "1968-07-01", actor, "signed", f"p-{actor}")
        for actor in ("austria", "bolivia", "chile")
    ]

    (line,) = lines_of(rows)

    assert [row.actor["key"] for row in line.all] == ["austria", "bolivia", "chile"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("act", "1968-07-01", "a", "signed"), ("act", "1968-07-02", "b", "signed")),
        (("act", "1968-07-01", "a", "signed"), ("act", "1968-07-01", "b", "ratified")),
        (("act", "1968-07-01", "a", "signed"), ("act", "1968-07", "b", "signed")),
        (("milestone", "1968", None, "A", "m-1"), ("milestone", "1968", None, "A", "m-2")),
    ],
)
def test_what_differs_in_anything_stays_apart(one, other):
    assert len(lines_of([happened(*one), happened(*other)])) == 2


def test_lines_stand_under_their_years_in_their_order():
    rows = [happened("adopted", "1969"), happened("in-force", "1968-05"), happened("ended", "1968")]

    years = [(year, len(lines)) for year, lines in by_year(lines_of(rows))]

    assert years == [(1969, 1), (1968, 2)]


def test_nothing_happened():
    assert (lines_of([]), by_year([]), density([])) == ([], [], {})


@given(COUNTS, st.randoms())
def test_density_adds_up_whatever_the_order(counts, random):
    found = density(counts)

    assert sum(found.values()) == sum(count for _, count in counts)
    assert density(random.sample(counts, len(counts))) == found
    assert list(found) == sorted(found)


@given(COUNTS, st.sampled_from([1, 2, 5, 10]))
def test_longer_spans_hold_the_same_in_all(counts, step):
    found = density(counts)

    spans = summed(found, step)

    assert sum(spans.values()) == sum(found.values())
    assert all(year % step == 0 for year in spans)


@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), st.dates(date(2020, 1, 1)))))
def test_lines_lose_nothing(rows):
    found = [happened("act", str(day), actor, "signed") for actor, day in rows]

    assert [row for line in lines_of(found) for row in line.all] == found
