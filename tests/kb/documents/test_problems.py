"""Places of problems, and how messages show what was found."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.problems import (
    InvalidDocument,
    Problem,
    path_of,
    place_of,
    shortened,
    shown,
    value_at,
)

paths = st.lists(st.text() | st.integers(0, 10_000)).map(tuple)


@pytest.mark.parametrize(
    ("path", "place", "pointer"),
    [
        ((), "", ""),
        (("name",), "name", "/name"),
        (("memberships", 3, "from"), "memberships[3].from", "/memberships/3/from"),
        (("design", "purpose", "cites", 0), "design.purpose.cites[0]", "/design/purpose/cites/0"),
        (("numbers", "lloyd-s"), "numbers.lloyd-s", "/numbers/lloyd-s"),
        (("identifiers", "a b"), 'identifiers["a b"]', "/identifiers/a b"),
        (("a/b", "~"), '["a/b"]["~"]', "/a~1b/~0"),
        (("3",), '["3"]', "/3"),
        (('"\\',), r'["\"\\"]', '/"\\'),
    ],
)
def test_a_place_is_written_for_people_and_for_programs(path, place, pointer):
    problem = Problem.at(path, "code", "found", "Remedy.")

    assert problem.place == place
    assert problem.pointer == pointer
    assert problem.path == path


@given(paths)
def test_a_place_reads_back_as_its_path(path):
    assert path_of(place_of(path)) == path


@pytest.mark.parametrize("place", ["[", "a[", "a[-1]", "a[1", '["a]', "a..b", "ä", "."])
def test_what_is_no_place_is_refused(place):
    with pytest.raises(ValueError, match="is not a place"):
        path_of(place)


def test_a_problem_says_where_what_and_what_to_do():
    problem = Problem("memberships[3].from", "bad-date", "“1954-13” is not a date", "Write YYYY.")

    assert str(problem) == "memberships[3].from: “1954-13” is not a date. Write YYYY."
    assert problem.within(("bodies", 2)).place == "bodies[2].memberships[3].from"
    assert problem.within(()) is problem
    assert (
        str(Problem("", "too-large", "large", "Shorten it.")) == "the document: large. Shorten it."
    )


def test_an_invalid_document_lists_every_problem():
    one, two = Problem("a", "x", "one", "Do."), Problem("b", "x", "two", "Do.")

    error = InvalidDocument(iter([one, two]))

    assert error.problems == (one, two)
    assert str(error) == "a: one. Do.\nb: two. Do."


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        (True, "true"),
        (1954, "the number 1954"),
        (1.5, "the number 1.5"),
        ("", "an empty text"),
        ("a\nb\x00", "“a b�”"),
        ("x" * 61, "“" + "x" * 59 + "…”"),
        ([], "an empty list"),
        ([1, 2], "a list of 2"),
        ({}, "an empty mapping"),
        ({"a": 1, "b": 2}, "fields (a, b)"),
        (date(1954, 9, 29), "1954-09-29 (date)"),
    ],
)
def test_what_was_found_is_shown_in_few_words(value, words):
    assert shown(value) == words


def test_a_number_too_long_to_be_written_is_described():
    assert shown(10**5000) == "a number of hundreds of digits"


@given(st.text(), st.integers(2, 80))
def test_a_shortened_text_is_short_and_on_one_line(text, most):
    short = shortened(text, most)

    assert len(short) <= most
    assert short.isprintable()


def test_a_value_is_found_at_its_path():
    document = {"rows": [{"a": 1}, {"a": 2}]}

    assert value_at(document, ("rows", 1, "a")) == 2
    assert value_at(document, ()) is document


@pytest.mark.parametrize("path", [("x",), ("rows", 9), ("rows", "a"), ("rows", 0, "a", "b"), (0,)])
def test_a_place_that_is_not_there_is_a_lookup_error(path):
    with pytest.raises(LookupError):
        value_at({"rows": [{"a": "text"}]}, path)
