"""Triage at the desk."""

import re
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb import editing
from kb.editing import suggestions
from kb.models import Changeset, VisitorSuggestion
from kb.web.desk.notices import notices_for
from tests.library.builders import (
    administrator,
    book,
    contributor,
    draft,
    merge,
    person,
    publish,
    reader,
)
from tests.people import signed_in

numbers = count(1)
DESK = "/desk/suggestions/"


@pytest.fixture
def atlas(visitor):
    """A published book that Ada has borrowed; gives the id of the loan."""
    document = book("atlas", "The Atlas", loans=[{"reader": "ada"}])
    publish(reader("ada", "Ada Byron"), document)
    return document["loans"][0]["id"]


@pytest.fixture
def grace(visitor):
    return signed_in(person("grace"))


def suggested(what="It was printed in 1948.", key="atlas", statement="", **more):
    written = {"why": "", "source": "", "email": "", **more}
    number = next(numbers)
    made, _secret = suggestions.receive(
        key,
        statement,
        what,
        **written,
        nonce=f"d{number}",
        network=f"10.0.{number // 250}.{number % 250}",
    )
    return made


def shown(client, path, status=200):
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


# --- the queue ------------------------------------------------------------------------------


def test_what_waits_is_listed_oldest_first_with_its_entry(grace, atlas):
    suggested("First.")
    suggested("Second.", key="")

    html = shown(grace, DESK)

    assert html.index("First.") < html.index("Second.")
    assert '<a href="/entries/atlas/">The Atlas</a>' in html
    assert "less than a minute" in html


def test_it_is_filtered_by_status(grace, atlas):
    suggestions.decline(suggested("Declined one."), "No.", by=person("grace"))
    suggested("New one.")

    waiting, declined = shown(grace, DESK), shown(grace, f"{DESK}?status=declined")

    assert "New one." in waiting
    assert "Declined one." not in waiting
    assert "Declined one." in declined
    assert "New one." not in declined


@pytest.mark.parametrize(("status", "is_oldest_first"), [("new", True), ("declined", False)])
def test_pages_lead_on_and_back_without_gap(grace, atlas, status, is_oldest_first):
    made = [suggested(f"Number {number}.") for number in range(120)]
    VisitorSuggestion.objects.update(status=status)
    expected = [each.pk for each in made]
    if not is_oldest_first:
        expected.reverse()

    seen, path, before = [], f"{DESK}?status={status}", ""
    while path:
        html = shown(grace, path)
        seen += [
            int(pk) for pk in re.findall(r'<th scope="row"><a href="/desk/suggestions/(\d+)/', html)
        ]
        forward = re.search(r'href="([^"]+)" rel="next"', html)
        if back := re.search(r'href="([^"]+)" rel="prev"', html):
            before = back[1]
        path = forward[1].replace("&amp;", "&") if forward else ""

    assert seen == expected
    back = shown(grace, before.replace("&amp;", "&"))
    assert f"/desk/suggestions/{expected[50]}/" in back


def test_the_list_makes_as_many_queries_for_one_as_for_many(
    grace, atlas, django_assert_num_queries
):
    suggested()
    shown(grace, DESK)
    with CaptureQueriesContext(connection) as few:
        shown(grace, DESK)
    for _ in range(30):
        suggestions.turn_into_changeset(suggested(), by=person("grace"))
    VisitorSuggestion.objects.update(status="new")

    with django_assert_num_queries(len(few)):
        shown(grace, DESK)


@pytest.mark.parametrize("who", [contributor, administrator])
def test_nobody_but_the_board_reads_them(visitor, atlas, who, monkeypatch):
    monkeypatch.setattr("kb.web.desk.access.has_second_factor", lambda _person: True)
    suggestion = suggested("A secret.", email="vi@example.org")
    client = signed_in(who("carl"))

    for path in (DESK, f"{DESK}{suggestion.pk}/"):
        html = shown(client, path, 403)
        assert "A secret." not in html
        assert "vi@example.org" not in html
    answer = client.post(f"{DESK}{suggestion.pk}/", {"do": "decline", "answer": "No."})
    assert answer.status_code == 403
    assert VisitorSuggestion.objects.get().status == "new"


# --- one suggestion -------------------------------------------------------------------------


def test_what_was_written_stands_beside_what_is_published(grace, atlas):
    suggestion = suggested(
        "She never had it.", statement=atlas, why="She told me.", email="vi@example.org"
    )

    html = shown(grace, f"{DESK}{suggestion.pk}/")

    assert "She never had it." in html
    assert "She told me." in html
    assert "Loans: Ada Byron" in html
    assert f"/entries/atlas/#{atlas}" in html
    assert "vi@example.org" in html


def test_of_a_merged_entry_the_survivor_is_shown(grace, atlas):
    publish(book("map-book"))
    suggestion = suggested(key="map-book")
    merge("map-book", into="atlas")

    assert "The Atlas" in shown(grace, f"{DESK}{suggestion.pk}/")


def test_taking_it_up_leads_to_the_form_of_the_entry(grace, atlas):
    suggestion = suggested()

    answer = grace.post(f"{DESK}{suggestion.pk}/", {"do": "take"})

    changeset = Changeset.objects.get(origin="suggestion")
    assert answer.status_code == 303
    assert answer["Location"] == f"/desk/changesets/{changeset.pk}/documents/atlas/"
    assert shown(grace, answer["Location"])


def test_the_form_opens_at_the_row_that_was_meant_with_the_suggestion_above_it(grace):
    readers = [reader(f"reader-{n}") for n in range(5)]
    document = book("atlas", "The Atlas", loans=[{"reader": each["key"]} for each in readers])
    publish(*readers, document)
    meant = document["loans"][3]["id"]
    suggestion = suggested("It was lent earlier.", statement=meant, source="The register")

    answer = grace.post(f"{DESK}{suggestion.pk}/", {"do": "take"})
    path, _, fragment = answer["Location"].partition("#")
    html = shown(grace, path)

    assert fragment == "f-loans.3"
    assert 'id="f-loans.3"' in html
    assert 'name="loans.3.reader"' in html
    assert 'name="loans.2.reader"' not in html
    assert "It was lent earlier." in html
    assert "The register" in html
    assert "<title>Edit The Atlas" in html


def test_the_form_of_another_entry_does_not_show_the_suggestion(grace, atlas):
    suggestion = suggested()
    grace.post(f"{DESK}{suggestion.pk}/", {"do": "take"})
    changeset = Changeset.objects.get(origin="suggestion")
    editing.save(changeset, "bob", "reader", reader("bob"), by=person("grace"))

    html = shown(grace, f"/desk/changesets/{changeset.pk}/documents/bob/")

    assert suggestion.what not in html.partition("<h1>")[2]


def test_it_is_added_to_a_draft_that_is_chosen(grace, atlas):
    own = draft(reader("ann"), by=person("grace"))
    suggestion = suggested()
    assert own.title in shown(grace, f"{DESK}{suggestion.pk}/")

    grace.post(f"{DESK}{suggestion.pk}/", {"do": "take", "into": own.pk})

    assert own.edits.filter(key="atlas").exists()


@pytest.mark.parametrize("into", ["0", "x", "9999999"])
def test_a_draft_that_is_not_ones_own_is_refused(grace, atlas, into):
    suggestion = suggested()

    answer = grace.post(f"{DESK}{suggestion.pk}/", {"do": "take", "into": into})

    assert answer.status_code == 422
    assert VisitorSuggestion.objects.get().status == "new"


def test_declining_needs_an_answer_and_keeps_what_was_typed(grace, atlas):
    path = f"{DESK}{suggested().pk}/"

    empty = grace.post(path, {"do": "decline", "answer": " "})
    long = grace.post(path, {"do": "decline", "answer": "y" * 5_001})
    assert (empty.status_code, long.status_code) == (422, 422)
    assert "Write an answer" in empty.content.decode()
    assert "y" * 5_001 in long.content.decode()

    assert grace.post(path, {"do": "decline", "answer": "It says 1947."}).status_code == 303
    html = shown(grace, path)
    assert "Not taken up" in html
    assert "It says 1947." in html


def test_an_answer_leaves_it_where_it_is(grace, atlas):
    path = f"{DESK}{suggested().pk}/"

    assert grace.post(path, {"do": "answer", "answer": "Thank you."}).status_code == 303

    assert "Thank you." in shown(grace, path)
    assert "answered, not decided" in shown(grace, DESK)


def test_what_came_back_says_from_where(grace, atlas):
    suggestion = suggested()
    changeset = suggestions.turn_into_changeset(suggestion, by=person("grace"))
    editing.withdraw(changeset, by=person("grace"))

    html = shown(grace, f"{DESK}{suggestion.pk}/")
    assert "It waits again." in html
    assert changeset.get_absolute_url() in html
    assert "its changeset was withdrawn" in shown(grace, DESK)


def test_it_can_be_put_back(grace, atlas):
    suggestion = suggested()
    suggestions.turn_into_changeset(suggestion, by=person("grace"))

    grace.post(f"{DESK}{suggestion.pk}/", {"do": "put-back"})

    assert VisitorSuggestion.objects.get().status == "new"


def test_what_visitors_write_is_shown_as_text(grace, atlas):
    suggestion = suggested("<script>alert(1)</script>", source='https://a.org/"><b>')

    for path in (DESK, f"{DESK}{suggestion.pk}/"):
        assert "<script>alert" not in shown(grace, path)
        assert '"><b>' not in shown(grace, path)


def test_a_form_that_is_not_known_does_nothing(grace, atlas):
    answer = grace.post(f"{DESK}{suggested().pk}/", {"do": "publish"})

    assert answer.status_code == 422


def test_the_changeset_shows_what_it_came_from_without_the_address(grace, atlas):
    suggestion = suggested(why="The ledger.", email="vi@example.org")
    changeset = suggestions.turn_into_changeset(suggestion, by=person("grace"))

    html = shown(grace, changeset.get_absolute_url())

    assert "It was printed in 1948." in html
    assert "The ledger." in html
    assert f"{DESK}{suggestion.pk}/" in html
    assert "vi@example.org" not in html


def test_the_notice_of_a_suggestion_leads_to_it(grace, atlas):
    suggestion = suggested()

    assert notices_for(person("grace")).items[0].link == f"{DESK}{suggestion.pk}/"
