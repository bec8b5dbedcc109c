"""Dates as exact as their source, and the days on which something was so."""

import pickle
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from kb.documents.inexact_dates import BadDate, InexactDate, Span

days = st.dates()
texts = st.builds(
    lambda day, length: f"{day.year:04}-{day.month:02}-{day.day:02}"[:length],
    days,
    st.sampled_from([4, 7, 10]),
)
inexact_dates = texts.map(InexactDate.parse)
near_dates = st.builds(
    lambda day, length: InexactDate.parse(day.isoformat()[:length]),
    st.dates(date(1953, 11, 1), date(1955, 3, 1)),
    st.sampled_from([4, 7, 10]),
)


@pytest.mark.parametrize(
    ("text", "earliest", "latest", "readable"),
    [
        ("1954", "1954-01-01", "1954-12-31", "1954"),
        ("1954-09", "1954-09-01", "1954-09-30", "September 1954"),
        ("1954-09-29", "1954-09-29", "1954-09-29", "29 September 1954"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
        ("1900-02", "1900-02-01", "1900-02-28", "February 1900"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "29 February 2024"),
        ("0001", "0001-01-01", "0001-12-31", "1"),
        ("9999-12", "9999-12-01", "9999-12-31", "December 9999"),
    ],
)
def test_a_date_has_both_its_ends(text, earliest, latest, readable):
    parsed = InexactDate.parse(text)

    assert parsed.earliest == date.fromisoformat(earliest)
    assert parsed.latest == date.fromisoformat(latest)
    assert parsed.readable == readable
    assert str(parsed) == parsed.text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1954-13", "month 13"),
        ("1954-00", "month 00"),
        ("1954-02-30", "day 30 in February 1954"),
        ("1955-02-29", "day 29 in February 1955"),
        ("1954-09-00", "day 00 in September 1954"),
        ("0000", "year 0000"),
        ("0000-01-01", "year 0000"),
        ("54", "2 digits"),
        ("19540", "5 digits"),
        ("19540929", "no hyphens"),
        ("1954-9", "month 9: the year has four digits, month and day two"),
        ("1954-09-9", "day 9: the year has four digits, month and day two"),
        ("29-09-1954", "year 29: the year has four digits, month and day two"),
        ("1954/09/29", "parts are separated by hyphens, not by “/”"),
        ("29.09.1954", "parts are separated by hyphens, not by “.”"),
        ("1954~", "uncertain dates are written without ~, ? or %"),
        ("195X", "unknown digits; leave out the part that is not known"),
        ("1954-09-29T12:00:00Z", "with a time"),
        ("1954-01..1954-03", "an interval; a span has a field for each end"),
        ("1954-01/1954-03", "an interval; a span has a field for each end"),
        ("１９５４", "only digits and hyphens"),
        ("1954–09", "only digits and hyphens"),
    ],
)
def test_an_error_names_the_part_that_is_wrong(text, reason):
    with pytest.raises(BadDate) as caught:
        InexactDate.parse(text)

    forms = "Write YYYY, YYYY-MM or YYYY-MM-DD."
    assert str(caught.value) == f"“{text}” is not a date ({reason}). {forms}"


@pytest.mark.parametrize(
    "text", ["", " ", "spring 1954", "1954-09-29 ", "1954\n", "-1954", "Y12345"]
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(BadDate, match="is not a date"):
        InexactDate.parse(text)


def test_a_long_text_is_cut_in_the_error():
    with pytest.raises(BadDate) as caught:
        InexactDate.parse("x" * 10_000)

    assert len(str(caught.value)) < 200


@given(st.text())
def test_any_text_is_a_date_or_a_bad_date(text):
    try:
        parsed = InexactDate.parse(text)
    except BadDate:
        return
    assert parsed.text == text


@given(texts)
def test_a_date_is_written_as_it_was_read(text):
    assert InexactDate.parse(text).text == text


@given(inexact_dates, inexact_dates)
def test_equal_dates_have_equal_texts_and_hashes(one, other):
    assert (one == other) is (one.text == other.text)
    assert (hash(one) == hash(other)) or one != other


@given(near_dates, near_dates)
def test_of_two_dates_exactly_one_comes_first(one, other):
    assert (one < other) + (other < one) + (one == other) == 1


@given(near_dates, near_dates, near_dates)
def test_the_order_is_transitive(one, two, three):
    first, second, third = sorted([one, two, three])

    assert first <= second <= third
    assert first <= third


@given(near_dates, near_dates)
def test_a_date_that_begins_and_ends_no_later_comes_no_later(one, other):
    if one.earliest <= other.earliest and one.latest <= other.latest:
        assert one <= other


def test_dates_with_one_beginning_sort_by_their_end():
    texts = ["1954", "1954-01", "1954-01-01", "1953", "1954-02"]

    ordered = [str(each) for each in sorted(map(InexactDate.parse, texts))]

    assert ordered == ["1953", "1954-01-01", "1954-01", "1954", "1954-02"]


@given(days)
def test_a_day_is_an_exact_date(day):
    made = InexactDate.of(day)

    assert made == InexactDate.parse(made.text)
    assert made.is_exact
    assert made.earliest == made.latest == day


def test_a_date_cannot_be_changed():
    with pytest.raises(AttributeError):
        InexactDate.parse("1954").text = "1955"  # type: ignore[misc]


def test_a_date_survives_pickling():
    day = InexactDate.parse("1954-09")

    assert pickle.loads(pickle.dumps(day)) == day  # noqa: S301


def test_its_json_form_is_its_text():
    dates = TypeAdapter(list[InexactDate])

    assert dates.dump_json(dates.validate_python(["1954", "1954-09"])) == b'["1954","1954-09"]'
    assert dates.validate_json('["1954"]') == [InexactDate.parse("1954")]


@pytest.mark.parametrize(
    ("begin", "end", "day", "answer"),
    [
        ("1954-09-29", "1961-10-31", "1954-09-28", None),
        ("1954-09-29", "1961-10-31", "1954-09-29", "certain"),
        ("1954-09-29", "1961-10-31", "1961-10-31", "certain"),
        ("1954-09-29", "1961-10-31", "1961-11-01", None),
        ("1954", "1961", "1953-12-31", None),
        ("1954", "1961", "1954-01-01", "possible"),
        ("1954", "1961", "1954-12-30", "possible"),  # it may have begun on the 31st
        ("1954", "1961", "1954-12-31", "certain"),
        ("1954", "1961", "1961-01-01", "certain"),
        ("1954", "1961", "1961-01-02", "possible"),  # it may have ended in the new year's night
        ("1954", "1961", "1962-01-01", None),
        ("1954", None, "2026-01-01", "certain"),  # still so
        ("1954", "1954", "1954-06-01", "possible"),  # nobody knows which days
        (None, "1961", "1900-01-01", "possible"),  # not known since when
        (None, "1961", "1961-12-31", "possible"),
        (None, "1961", "1962-01-01", None),
        (None, None, "1954-01-01", "possible"),
    ],
)
def test_a_span_says_how_sure_it_is_of_a_day(begin, end, day, answer):
    assert Span.parse(begin, end).on(date.fromisoformat(day)) == answer


def test_a_span_without_a_certain_day_has_no_certain_bounds():
    assert Span.parse("1954", "1954").certain is None
    assert Span.parse(None, "1961").certain is None
    assert Span.parse("1954", None).certain == (date(1954, 12, 31), None)
    assert Span.parse(None, None).possible == (None, None)


@given(near_dates, near_dates, st.dates(date(1953, 1, 1), date(1956, 1, 1)))
def test_certain_means_whatever_the_dates_mean_and_possible_means_for_some_meaning(begin, end, day):
    span = Span(begin, end)
    meanings = [(b, e) for b in _some_days(begin) for e in _some_days(end)]

    assert span.certainly_on(day) is all(b <= day <= e for b, e in meanings)
    assert span.possibly_on(day) is any(b <= day <= e for b, e in meanings)


@given(st.none() | near_dates, st.none() | near_dates, days)
def test_what_is_certain_is_possible(begin, end, day):
    span = Span(begin, end)

    assert span.possibly_on(day) or not span.certainly_on(day)
    assert (span.on(day) is None) is not span.possibly_on(day)


def _some_days(inexact: InexactDate) -> list[date]:
    """Both ends and the day beside each, which is where the answers change."""
    near = [inexact.earliest + timedelta(1), inexact.latest - timedelta(1)]
    inside = [day for day in near if inexact.earliest <= day <= inexact.latest]
    return [inexact.earliest, inexact.latest, *inside]
