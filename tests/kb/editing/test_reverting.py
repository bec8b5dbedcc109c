"""Taking published changes back, whole or by entry."""

import pytest

from kb import editing
from kb.editing.reverting import open_revert, open_revert_to
from kb.models import Changeset, Label, Reference, Revision, Thread, Tombstone
from tests.library.builders import (
    approved,
    book,
    contributor,
    merge,
    person,
    public,
    publish,
    reader,
    restore,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def revert(changeset, keys=None):
    """Open a revert and publish it, reviewed by somebody else."""
    draft = open_revert(changeset, keys, by=person("ada"))
    editing.publish(approved(draft), by=person("ada"))
    draft.refresh_from_db()
    return draft


def test_a_revert_is_a_draft_that_goes_through_review():
    publish(book("emma", "Emma"))
    change = publish(book("emma", "Emma Woodhouse"))

    draft = open_revert(change, by=person("ada"))

    assert (draft.status, draft.origin, draft.reverts) == ("draft", "revert", change)
    assert draft.edits.get().document["title"] == "Emma"
    with pytest.raises(editing.NotApproved):
        editing.publish(draft, by=person("ada"))


def test_a_revert_takes_out_what_the_change_did_and_leaves_what_came_later():
    publish(book("emma", "Emma", printed="1815"))
    change = publish(book("emma", "Emma Woodhouse", printed="1815"))
    publish(book("emma", "Emma Woodhouse", printed="1816"))

    revert(change)

    assert (public("emma")["title"], public("emma")["printed"]) == ("Emma", "1816")


# edge case 61
def test_where_a_later_changeset_touched_the_same_field_the_newest_stays_and_an_editor_decides():
    publish(book("emma", "Emma", printed="1815"))
    change = publish(book("emma", "Emma Woodhouse", printed="1816"))
    publish(book("emma", "Miss Woodhouse", printed="1816"))

    draft = open_revert(change, by=person("ada"))

    document = draft.edits.get().document
    assert (document["title"], document["printed"]) == ("Miss Woodhouse", "1815")
    thread = draft.threads.get()
    assert (thread.key, thread.path, thread.kind) == ("emma", "title", Thread.Kind.COMMENT)
    said = thread.comments.get().body
    assert "“Miss Woodhouse”" in said
    assert "“Emma”" in said


def test_a_conflict_in_a_row_hangs_on_that_row():
    def lent(to):
        return book("emma", loans=[{"id": "l-1", "reader": "ann", "from": "1990", "to": to}])

    publish(reader("ann"), lent("1991"))
    change = publish(lent("1992"))
    publish(lent("1993"))

    draft = open_revert(change, by=person("ada"))

    thread = draft.threads.get()
    assert (thread.path, thread.statement, thread.value) == ("loans[0].to", "l-1", "1993")


# edge case 60
def test_the_revert_of_a_revert_brings_the_change_back():
    publish(book("emma", "Emma"))
    change = publish(book("emma", "Emma Woodhouse"))
    back = revert(change)

    revert(back)

    assert public("emma")["title"] == "Emma Woodhouse"
    assert [r.number for r in Revision.objects.filter(entry__key="emma").order_by("pk")] == [
        1, 2, 3, 4,
    ]  # fmt: skip


# edge case 63
def test_the_revert_of_a_creation_is_a_retraction():
    change = publish(book("emma"))

    revert(change)

    stone = Tombstone.objects.get()
    assert (stone.key, stone.status) == ("emma", "retracted")
    newest = Revision.objects.get(number=2)
    assert (newest.act, newest.content["reason"]) == ("retract", "taken-back")


# edge case 63
def test_the_revert_of_a_retraction_is_a_restoration():
    publish(book("emma", "Emma", printed="1815"))
    change = retract("emma")

    revert(change)

    assert public("emma")["printed"] == "1815"
    assert Revision.objects.order_by("-pk")[0].act == "restore"


def test_the_revert_of_a_restoration_is_the_retraction_there_was():
    publish(book("emma"))
    retract("emma", reason="unsourced")
    change = restore("emma")

    revert(change)

    newest = Revision.objects.order_by("-pk")[0]
    assert (newest.act, newest.content) == ("retract", {"reason": "unsourced"})


# edge case 59
def test_the_revert_of_a_merge_restores_the_entry_and_every_link_to_it():
    publish(reader("ann"), reader("anne"))
    publish(book("emma", loans=[{"reader": "ann", "from": "1990"}]))
    change = merge("ann", into="anne", kind="reader")
    assert Reference.objects.get().target.key == "anne"

    revert(change)

    reference = Reference.objects.get()
    assert (reference.written.key, reference.target.key) == ("ann", "ann")
    assert public("emma")["loans"][0]["reader"]["key"] == "ann"
    assert Label.objects.get(key="ann").survivor.key == "ann"


def test_a_creation_that_was_changed_since_is_retracted_with_a_word_about_that():
    change = publish(book("emma", "Emma"))
    publish(book("emma", "Emma Woodhouse"))

    draft = open_revert(change, by=person("ada"))

    assert draft.edits.get().act == "retract"
    assert "revision 2" in draft.threads.get().comments.get().body


# edge case 62
def test_a_part_of_a_bulk_changeset_is_reverted_and_the_rest_stays():
    publish(book("emma", "Emma"), book("persuasion", "Persuasion"), book("sanditon", "Sanditon"))
    bulk = publish(book("emma", "E"), book("persuasion", "P"), book("sanditon", "S"))

    draft = revert(bulk, ["emma", "sanditon"])

    assert [public(key)["title"] for key in ("emma", "persuasion", "sanditon")] == [
        "Emma", "P", "Sanditon",
    ]  # fmt: skip
    assert draft.edits.count() == 2


def test_what_cannot_be_taken_back_is_said_and_the_rest_is():
    publish(book("emma", "Emma"), book("persuasion", "Persuasion"))
    change = publish(book("emma", "E"), book("persuasion", "P"))
    retract("emma")

    draft = open_revert(change, by=person("ada"), why="A slip.")

    assert [edit.key for edit in draft.edits.all()] == ["persuasion"]
    assert draft.description == "A slip.\n\n“emma” was retracted since. Restore it first."


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (lambda: retract("emma"), "was retracted since"),
        (lambda: publish(book("emma", "Emma", printed="1815")), "says nothing of it any more"),
    ],
)
def test_a_revert_of_which_nothing_is_left_makes_no_draft(later, reason):
    publish(book("emma", "Emma", printed="1815"))
    change = publish(book("emma", "E", printed="1815"))
    later()
    before = Changeset.objects.count()

    with pytest.raises(editing.EditingError, match=reason):
        open_revert(change, by=person("ada"))

    assert Changeset.objects.count() == before


def test_only_entries_of_the_changeset_can_be_chosen():
    publish(book("persuasion"))
    change = publish(book("emma"))

    with pytest.raises(editing.EditingError, match="did not change “persuasion”"):
        open_revert(change, ["persuasion"], by=person("ada"))


def test_only_the_board_reverts_and_only_what_is_published():
    change = publish(book("emma"))
    draft = editing.begin("Not yet", by=person("ada"))

    with pytest.raises(editing.NotAllowed, match="editors"):
        open_revert(change, by=contributor("carol"))
    with pytest.raises(editing.NotAllowed, match="draft"):
        open_revert(draft, by=person("ada"))


def test_an_entry_returns_to_what_it_said_in_an_earlier_revision():
    publish(book("emma", "Emma", printed="1815"))
    publish(book("emma", "E", printed="1815"))
    publish(book("emma", "E", printed="1816"))

    draft = open_revert_to("emma", 1, by=person("ada"))
    editing.publish(approved(draft), by=person("ada"))

    assert (public("emma")["title"], public("emma")["printed"]) == ("Emma", "1815")


def test_a_retracted_entry_returns_to_a_revision_by_its_restoration():
    publish(book("emma", "Emma"))
    publish(book("emma", "E"))
    retract("emma")

    draft = open_revert_to("emma", 1, by=person("ada"))

    edit = draft.edits.get()
    assert (edit.act, edit.document["title"]) == ("restore", "Emma")


@pytest.mark.parametrize(
    ("number", "reason"),
    [(9, "no revision 9"), (3, "what is published now"), (2, "took “emma” out of view")],
)
def test_there_is_no_way_back_to(number, reason):
    publish(book("emma", "Emma"))
    retract("emma")
    restore("emma")

    with pytest.raises(editing.EditingError, match=reason):
        open_revert_to("emma", number, by=person("ada"))
