"""Threads at a place, which go outdated and never vanish; suggestions taken with one click."""

import pytest

from kb import editing
from kb.editing.conversation import is_outdated, place_now
from kb.models import Thread
from tests.library.builders import book, contributor, draft, person, publish, reader, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


@pytest.fixture
def changeset():
    publish(reader("ann"), reader("bob"))
    rows = [{"reader": "ann", "from": "1990"}, {"reader": "bob", "from": "1991"}]
    return submitted(draft(book("moby-dick", loans=rows)))


def write(changeset, document):
    editing.save(changeset, document["key"], document["kind"], document, by=person("ada"))


def document(changeset):
    return changeset.edits.get().document


def test_a_comment_follows_its_row_and_is_outdated_when_what_it_is_about_changes(changeset):
    thread = editing.comment(
        changeset, "Until when?", by=person("grace"), key="moby-dick", path="loans[1].from"
    )
    rows = document(changeset)["loans"]

    write(changeset, {**document(changeset), "loans": rows[::-1]})
    assert place_now(thread, document(changeset)) == ("loans", 0, "from")
    assert not is_outdated(thread, document(changeset))

    write(changeset, {**document(changeset), "loans": [{**rows[1], "from": "1992"}]})
    assert is_outdated(thread, document(changeset))


def test_a_comment_on_a_row_that_is_gone_is_outdated_and_stays(changeset):  # edge case 80
    thread = editing.comment(
        changeset, "Doubtful.", by=person("grace"), key="moby-dick", path="loans[0]"
    )

    write(changeset, {**document(changeset), "loans": document(changeset)["loans"][1:]})

    assert is_outdated(thread, document(changeset))
    assert Thread.objects.get(pk=thread.pk).comments.get().body == "Doubtful."


def test_a_comment_on_a_field_that_is_taken_out_is_outdated(changeset):  # edge case 80
    write(changeset, {**document(changeset), "printed": "1851"})
    thread = editing.comment(
        changeset, "Sure?", by=person("grace"), key="moby-dick", path="printed"
    )

    write(changeset, {n: v for n, v in document(changeset).items() if n != "printed"})

    assert is_outdated(thread, document(changeset))


@pytest.mark.parametrize("path", ["loans[9].from", "printed", "no_such_field", "loans[0].nothing"])
def test_what_is_not_there_can_be_asked_for(changeset, path):
    thread = editing.comment(changeset, "Add it?", by=person("grace"), key="moby-dick", path=path)

    assert thread.value is None
    assert not is_outdated(thread, document(changeset))


@pytest.mark.parametrize("path", ["[", "loans[x]", "..", "a b"])
def test_what_is_no_place_is_refused(changeset, path):
    with pytest.raises(editing.EditingError, match="is not a place"):
        editing.comment(changeset, "Hm.", by=person("grace"), key="moby-dick", path=path)


def test_an_author_takes_a_suggestion_with_one_click(changeset):
    thread = editing.suggest(
        changeset, "", "1990-05", by=person("grace"), key="moby-dick", path="loans[0].from"
    )

    editing.take_suggestion(thread, by=person("ada"))

    assert document(changeset)["loans"][0]["from"] == "1990-05"
    thread.refresh_from_db()
    assert (thread.closing, thread.closed_by) == ("taken", person("ada"))


def test_a_suggestion_can_take_something_out(changeset):
    thread = editing.suggest(
        changeset, "Not there.", None, by=person("grace"), key="moby-dick", path="loans[0]"
    )

    editing.take_suggestion(thread, by=person("ada"))

    assert [row["reader"] for row in document(changeset)["loans"]] == ["bob"]


def test_a_suggestion_whose_place_has_changed_is_not_taken(changeset):
    thread = editing.suggest(
        changeset, "", "1990-05", by=person("grace"), key="moby-dick", path="loans[0].from"
    )
    rows = document(changeset)["loans"]
    write(changeset, {**document(changeset), "loans": [{**rows[0], "from": "1989"}, rows[1]]})

    with pytest.raises(editing.EditingError, match="has changed since"):
        editing.take_suggestion(thread, by=person("ada"))
    assert document(changeset)["loans"][0]["from"] == "1989"


def test_a_suggestion_is_taken_once(changeset):
    thread = editing.suggest(
        changeset, "", "1851", by=person("grace"), key="moby-dick", path="printed"
    )
    editing.take_suggestion(thread, by=person("ada"))

    with pytest.raises(editing.EditingError, match="closed already"):
        editing.take_suggestion(thread, by=person("ada"))


def test_only_an_author_takes_or_turns_down(changeset):
    thread = editing.suggest(
        changeset, "", "1851", by=person("grace"), key="moby-dick", path="printed"
    )

    with pytest.raises(editing.NotAllowed):
        editing.take_suggestion(thread, by=person("grace"))
    editing.turn_down(thread, by=person("ada"))
    assert "printed" not in document(changeset)


def test_a_stranger_says_nothing_about_anothers_changeset(changeset):
    with pytest.raises(editing.NotAllowed):
        editing.comment(changeset, "Hello.", by=contributor("carl"))


def test_threads_are_answered_and_resolved(changeset):
    thread = editing.comment(changeset, "Why now?", by=person("grace"))
    editing.reply(thread, "Because it is news.", by=person("ada"))
    editing.resolve(thread, by=person("grace"))

    assert [each.body for each in thread.comments.order_by("pk")] == [
        "Why now?",
        "Because it is news.",
    ]
    thread.refresh_from_db()
    assert thread.closing == "resolved"


def test_an_unresolved_thread_does_not_block(changeset):
    editing.comment(changeset, "Nice.", by=person("grace"))

    editing.approve(changeset, by=person("grace"), digest=changeset.digest())

    changeset.refresh_from_db()
    assert changeset.status == "approved"
