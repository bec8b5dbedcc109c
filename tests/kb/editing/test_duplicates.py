"""Entries that may be one and the same."""

import pytest

from kb.editing.checks import refresh_findings, warnings_of
from kb.editing.duplicates import CODE, finding_of, identity_of_pair, twins
from kb.editing.examining import _suspect as suspect
from kb.editing.surroundings import Case
from kb.kinds import kind_named
from tests.library.builders import book, draft, merge, publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def alike(*documents):
    """Key → keys of the twins of some new documents."""
    suspects = [suspect(Case(d["key"], kind_named(d["kind"]), d)) for d in documents]
    return {key: [twin.key for twin in its] for key, its in twins(suspects).items()}


@pytest.mark.parametrize(
    ("published", "new"),
    [
        ("United Nations AI Office", "UN AI Office"),
        ("Ministry of Silly Walks", "Ministry of Sily Walks"),
        ("Ministry of Silly Walks", "Silly Walks, Ministry of"),
        ("Zoë Müller", "Zoe Muller"),
        ("Bob", "Bob"),
    ],
)
def test_a_name_that_is_spelt_alike_is_found(published, new):
    publish(reader("one", published), reader("other", "Somebody else"))

    assert alike(reader("two", new)) == {"two": ["one"]}


def test_a_name_of_another_kind_is_no_duplicate():
    publish(book("atlas", "World Atlas"))

    assert alike(reader("world-atlas", "World Atlas")) == {}


def test_values_that_tell_entries_apart_count_against_it():
    publish(book("atlas", "World Atlas", printed="1990"))

    assert alike(book("atlas-2", "Wrld Atlass", printed="1990-05")) == {"atlas-2": ["atlas"]}
    assert alike(book("atlas-2", "Wrld Atlass", printed="1995")) == {}


def test_what_a_register_knows_under_two_numbers_are_two():
    publish(book("atlas", "World Atlas", isbn="978-1"))

    assert alike(book("atlas-2", "World Atlas", isbn="978-2")) == {}
    assert alike(book("atlas-2", "World Atlas")) == {"atlas-2": ["atlas"]}


def test_two_new_entries_are_compared_with_each_other():
    assert alike(reader("one", "Ann Smith"), reader("two", "Ann Smyth"), reader("x", "Bob")) == {
        "one": ["two"],
        "two": ["one"],
    }


def test_an_entry_is_not_its_own_duplicate_and_what_was_merged_is_gone():
    publish(reader("ann", "Ann Smith"), reader("anna", "Ann Smith"))
    merge("anna", "ann", "reader")

    assert alike(reader("ann", "Ann Smith")) == {}


def test_the_likeliest_come_first_and_no_more_than_three():
    publish(*(reader(f"r-{n}", name) for n, name in enumerate(["Ann Smithson"] * 4)))
    publish(reader("exact", "Ann Smitson"))

    found = alike(reader("ann", "Ann Smitson"))["ann"]

    assert found == ["exact", "r-0", "r-1"]


def test_an_edit_is_asked_about_the_names_that_it_adds_alone():
    publish(reader("ann", "Ann Smith", summary="…"), reader("anna", "Ann Smith", summary="…"))
    same = draft(reader("ann", "Ann Smith", summary="Reads."))
    refresh_findings(same)
    assert warnings_of(same) == {}

    renamed = draft(reader("ann", "Ann Smyth", summary="…"))
    refresh_findings(renamed)

    assert [finding.code for finding in warnings_of(renamed)["ann"]] == [CODE]


def test_the_reason_is_shown():
    publish(book("atlas", "World Atlas", genres=["atlas"]))
    document = book("atlas-2", "World Atlass", genres=["atlas"])

    (twin,) = twins([suspect(Case("atlas-2", kind_named("book"), document))])["atlas-2"]

    finding = finding_of(document, twin)
    assert "“World Atlass” is close to the name “World Atlas” of atlas: 95 %" in finding.detail
    assert finding.data == {"other": "atlas"}


def test_a_pair_is_known_by_both_of_its_ends():
    assert identity_of_pair("a", "b") == identity_of_pair("b", "a")
    assert identity_of_pair("a", "b") != identity_of_pair("a", "c")
