"""Typeahead and near matches, over names, aliases and keys."""

import pytest

from kb.kinds import kind_named
from kb.publication.naming import near_keys, near_names, suggest
from kb.publication.search_text import search_rows
from kb.publication.searching import reorder_search
from tests.library.builders import book, publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


@pytest.fixture(params=["fresh", "in order"])
def names(request, library):
    publish(
        reader("cern", "European Organization for Nuclear Research"),
        reader("council", "Conseil européen"),
        reader("safety-institute", "AI Safety Institute"),
        reader("safe-harbour", "Safe Harbour"),
        book("safety-first", "Safety First"),
        book("report", "International AI Safety Report"),
        *(book(f"loan-{n}", f"Loan {n}", loans=[{"reader": "safety-institute"}]) for n in range(4)),
    )
    if request.param == "in order":
        reorder_search(bounds=(3, 5, 7))


def suggested(typed, **options):
    return [each["key"] for each in suggest(typed, **options)]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("europ", {"cern", "council"}),
        ("Européen C", {"council"}),
        ("resea nucl", {"cern"}),
        ("cer", {"cern"}),  # by its key
        ("safety ins", {"safety-institute"}),
        ("zzzz", set()),
        ("", set()),
        ("?!", set()),
    ],
)
def test_every_typed_word_begins_a_word_of_a_name(typed, found):
    assert set(suggested(typed)) == found


@pytest.mark.usefixtures("names")
def test_names_that_begin_with_what_was_typed_come_first_then_prominent_ones():
    assert set(suggested("saf")[:2]) == {"safety-first", "safe-harbour"}
    assert set(suggested("saf")[2:]) == {"safety-institute", "report"}


def test_prominence_decides_between_names_that_begin_alike():
    publish(reader("ann-a", "Ann Abel"), reader("ann-z", "Ann Zorn"))
    publish(book("atlas", loans=[{"reader": "ann-z"}]))
    reorder_search()

    assert suggested("ann") == ["ann-z", "ann-a"]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("saftey institute", "safety-institute"),
        ("safety institut", "safety-institute"),
        ("intrnational report", "report"),
        ("nucler research", "cern"),
        ("conseil europeeen", "council"),
        ("organisation for nuclear", "cern"),
    ],
)
def test_typing_errors_are_forgiven(typed, first):
    assert suggested(typed)[0] == first


@pytest.mark.usefixtures("names")
def test_kinds_and_limits_hold():
    assert set(suggested("safety", kinds=["book"])) == {"safety-first", "report"}
    assert len(suggested("safety", limit=1)) == 1


def test_an_alias_that_was_matched_is_named():
    reader_kind = kind_named("reader")
    publish(reader("cern", "European Organization"))
    from kb.models import Entry, NameEntry
    from kb.publication.copying import copy_rows

    entry = Entry.objects.get(key="cern")
    document = {"key": "cern", "name": "European Organization", "aliases": ["Laboratoire"]}
    NameEntry.objects.filter(entry=entry).delete()
    rows = search_rows(reader_kind, document, entry.pk, [])
    copy_rows(row for row in rows if isinstance(row, NameEntry))

    assert suggest("labor") == [
        {"key": "cern", "kind": "reader", "name": "European Organization", "matched": "Laboratoire"}
    ]
    assert suggest("europ") == [{"key": "cern", "kind": "reader", "name": "European Organization"}]
    assert suggest("cern") == [{"key": "cern", "kind": "reader", "name": "European Organization"}]


@pytest.mark.usefixtures("names")
@pytest.mark.parametrize(
    ("key", "first"),
    [
        ("safety-institut", "safety-institute"),
        ("ai-safety-institute", "safety-institute"),
        ("saftey-first", "safety-first"),
        ("cerm", "cern"),
        ("safety-first-edition", "safety-first"),
    ],
)
def test_a_wrong_key_leads_to_near_ones(key, first):
    assert near_keys(key)[0]["key"] == first


@pytest.mark.usefixtures("names")
def test_near_names_are_few_and_near():
    assert [each["key"] for each in near_names("safty institut")] == ["safety-institute"]
    assert near_names("qqqq wwww") == []
