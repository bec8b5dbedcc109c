"""What was published, by whom, and what each revision changed."""

import pytest

from kb import editing
from kb.models import Changeset
from tests.library.builders import (
    approved,
    book,
    draft,
    merge,
    person,
    publish,
    reader,
    retract,
    submitted,
)


def test_a_history_names_who_wrote_and_who_approved(visitor):
    publish(book("atlas"))

    html = visitor.get("/entries/atlas/history/").content.decode()

    assert "Written by ada." in html
    assert "Approved by grace." in html


def test_the_difference_shows_rows_by_their_names_and_words_by_their_changes(visitor):
    about = "A long book of maps that nobody has ever read from its beginning to its end, " * 2
    publish(reader("ada", "Ada L."), book("atlas", loans=[{"reader": "ada", "from": "1950-03"}]))
    publish(reader("ada", "Ada L.", summary=about))
    publish(reader("ada", "Ada L.", summary=about.replace("maps", "charts", 1)))
    loan = {"reader": "ada", "from": "1950-03", "to": "1951-04"}
    publish(book("atlas", printed="1947", loans=[loan]))

    book_html = visitor.get("/entries/atlas/history/?from=1&to=2").content.decode()
    reader_html = visitor.get("/entries/ada/history/?to=3").content.decode()

    assert "Ada L. · March 1950: to" in book_html
    assert "<ins>April 1951</ins>" in book_html
    assert "<ins>1947</ins>" in book_html
    assert "<del>maps</del><ins>charts</ins>" in reader_html


def test_a_past_can_be_read_as_it_was(visitor):
    publish(book("atlas", "The Old Atlas"))
    publish(book("atlas", "The New Atlas"))

    html = visitor.get("/entries/atlas/history/?known_at=2999-01-01").content.decode()

    assert "revision 2" in html
    assert "<h1>The New Atlas</h1>" in html


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("to=7", "is no revision of this entry: they are 1 to 1."),
        ("from=x", "is no revision of this entry"),
        ("known_at=1999-13-01", "Write YYYY-MM-DD"),
        ("known_at=1999-01-01", "Nothing of this entry was published by 1999-01-01"),
        ("cursor=abc", "not a cursor that we made"),
    ],
)
def test_a_wrong_question_is_answered_and_kept(visitor, query, told):
    publish(book("atlas"))

    answer = visitor.get(f"/entries/atlas/history/?{query}")

    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_the_history_of_what_is_out_of_view_stays_readable(visitor):
    publish(book("atlas"), book("map-book"))
    retract("atlas")
    publish(book("diary"))
    merge("map-book", into="diary")

    retracted = visitor.get("/entries/atlas/history/").content.decode()
    merged = visitor.get("/entries/map-book/history/").content.decode()

    assert "retracted" in retracted
    assert "merged into another entry" in merged


def test_changes_list_what_each_changeset_did(visitor):
    publish(book("atlas", "The Atlas"), book("novel"))
    retract("novel")
    first = Changeset.objects.order_by("pk")[0]

    listed = visitor.get("/changes/").content.decode()
    one = visitor.get(f"/changes/{first.pk}/").content.decode()

    assert listed.index("retract novel") < listed.index("A change")
    assert "written by ada · approved by grace" in listed
    assert '<a href="/entries/atlas/">The Atlas</a>' in one


def test_a_draft_is_no_change(visitor):
    from tests.library.builders import draft

    publish(book("atlas"))
    waiting = draft(book("secret", "The Secret"))

    for path in ("/", "/changes/", "/books/", "/search/?q=secret"):
        assert "The Secret" not in visitor.get(path).content.decode()
    assert visitor.get(f"/changes/{waiting.pk}/").status_code == 404
    assert visitor.get("/entries/secret/history/").status_code == 404


def html_of(visitor, *paths):
    return [visitor.get(path).content.decode() for path in paths]


def test_whoever_suggested_a_wording_is_named(visitor):
    changeset = submitted(draft(book("atlas", "Atlas of Maps")))
    thread = editing.suggest(
        changeset, "", "Atlas of the World", by=person("linus"), key="atlas", path="title"
    )
    editing.take_suggestion(thread, by=person("ada"))
    editing.publish(approved(changeset), by=person("ada"))

    for html in html_of(visitor, "/entries/atlas/history/", f"/changes/{changeset.pk}/"):
        assert "Suggested by linus." in html


def test_an_approver_who_belongs_to_the_entry_is_marked_at_that_entry_alone(visitor):
    grace = person("grace")
    grace.affiliations = ["atlas"]
    grace.save()
    changeset = publish(book("atlas"), book("other"))

    of_atlas, of_other, change = html_of(
        visitor,
        "/entries/atlas/history/",
        "/entries/other/history/",
        f"/changes/{changeset.pk}/",
    )

    assert "grace belongs to this entry" in of_atlas
    assert "belongs to this entry" not in of_other
    assert change.count("Approved by grace, who belongs to it") == 1


def test_what_was_merged_after_its_approval_says_so(visitor):
    publish(book("atlas", "Atlas", printed="1947"))
    changeset = approved(draft(book("atlas", "Atlas of Maps", printed="1947")))
    publish(book("atlas", "Atlas", printed="1948"))
    editing.publish(changeset, by=person("ada"))

    history, change, changes = html_of(
        visitor, "/entries/atlas/history/", f"/changes/{changeset.pk}/", "/changes/"
    )

    assert "Merged after the approval" in history
    assert "merged after the approval" in change
    assert "merged afterwards with what came meanwhile" in changes
