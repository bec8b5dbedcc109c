"""What a check found, and by what it is known again."""

import pytest

from kb.documents.findings import Finding, statement_at
from kb.documents.problems import Problem

BOOK = {
    "key": "atlas",
    "title": "Atlas",
    "loans": [{"id": "l-one", "reader": "ada"}, {"id": "l-two", "reader": "grace"}],
    "aliases": ["Map book", "Maps"],
}


def late(document=BOOK, row=0, **data):
    return Finding.warning(document, ("loans", row, "to"), "late", "Bring it back.", **data)


def test_a_finding_knows_the_row_that_it_is_in():
    assert late().statement == "l-one"
    assert late().place == "loans[0].to"
    assert late().pointer == "/loans/0/to"


def test_a_finding_is_the_same_when_a_row_was_added_above():
    moved = {**BOOK, "loans": [{"id": "l-new", "reader": "eve"}, *BOOK["loans"]]}

    assert late(BOOK, 0).identity_in("atlas") == late(moved, 1).identity_in("atlas")


@pytest.mark.parametrize(
    ("one", "key"),
    [
        (late(row=1), "atlas"),  # another row
        (late(days=3), "atlas"),  # rests on other values
        (late(), "atlas-2"),  # of another entry
        (Finding.warning(BOOK, ("loans", 0, "from"), "late", ""), "atlas"),  # another field
        (Finding.warning(BOOK, ("loans", 0, "to"), "early", ""), "atlas"),  # another check
    ],
)
def test_findings_that_differ_are_told_apart(one, key):
    assert one.identity_in(key) != late().identity_in("atlas")


def test_other_words_for_the_same_finding_do_not_make_another():
    reworded = Finding.warning(BOOK, ("loans", 0, "to"), "late", "Take it back.")

    assert reworded.identity_in("atlas") == late().identity_in("atlas")


def test_rows_without_ids_are_told_apart_by_their_number():
    first, second = (Finding.warning(BOOK, ("aliases", n), "odd", "") for n in (0, 1))

    assert first.identity_in("atlas") != second.identity_in("atlas")


def test_a_finding_is_stored_and_read_again():
    finding = Finding.error(BOOK, ("loans", 1), "late", "Bring it back.", days=3)

    assert Finding.from_json(finding.to_json()) == finding


def test_a_problem_is_an_error_with_its_place_and_remedy():
    problem = Problem("loans[1].to", "bad-date", "“soon” is not a date", "Write YYYY.")

    finding = Finding.of(problem, BOOK)

    assert finding.is_error
    assert finding.detail == "“soon” is not a date. Write YYYY."
    assert (finding.place, finding.statement) == ("loans[1].to", "l-two")


@pytest.mark.parametrize(
    "path", [(), ("loans",), ("loans", 9), ("title", 0), ("missing", 1), ("aliases", 0)]
)
def test_what_is_in_no_row_with_an_id_has_no_statement(path):
    assert statement_at(BOOK, path) == ""
