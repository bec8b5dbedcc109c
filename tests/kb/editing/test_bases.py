"""Drafts whose entries move on: merged where that is possible, shown as conflicts where not."""

import pytest

from kb import editing
from kb.documents.schema import Part
from kb.editing.rebasing import aim_at, resolve_conflicts, stale_edits
from kb.editing.review import valid_approvals
from kb.models import Change, Edit, Revision
from tests.library.builders import (
    act,
    approved,
    book,
    draft,
    merge,
    person,
    public,
    publish,
    reader,
    retract,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def loans(*rows):
    return {"loans": [dict(zip(("reader", "from", "to"), row, strict=False)) for row in rows]}


def loan(key="moby-dick", **changes):
    """The rows of the published book, with `changes` in the first."""
    rows = public(key)["loans"]
    plain = [{**row, "reader": row["reader"]["key"]} for row in rows]
    plain[0] = {name: value for name, value in {**plain[0], **changes}.items() if value is not None}
    return plain


def publish_again(changeset):
    changeset.refresh_from_db()
    editing.publish(approved(changeset), by=person("ada"))


def test_what_others_changed_elsewhere_is_merged_and_the_approval_stays():  # edge case 29
    publish(reader("ann", "Ann"))
    mine = approved(draft(reader("ann", "Ann", summary="Reads at night.")))
    publish(reader("ann", "Ann Smith"))

    editing.publish(mine, by=person("ada"))

    assert public("ann")["name"] == "Ann Smith"
    assert public("ann")["summary"] == "Reads at night."
    assert Revision.objects.get(number=3).about["rebased_after_approval"] is True


def test_the_same_value_on_both_sides_is_no_conflict():  # edge case 30
    publish(reader("ann", "Ann"), reader("bob"))
    mine = approved(draft(reader("ann", "Anna"), reader("bob", "Bobby")))
    publish(reader("ann", "Anna"))

    # Both changed the name, if to the same: what was approved stood on another base.
    with pytest.raises(editing.NotApproved, match="approve the result"):
        editing.publish(mine, by=person("ada"))
    publish_again(mine)

    assert public("bob")["name"] == "Bobby"
    assert Revision.objects.filter(entry__key="ann").count() == 2  # no empty revision of Ann


def test_another_value_in_the_same_field_is_a_conflict_that_names_it():  # edge case 31
    publish(reader("ann", "Ann"))
    mine = approved(draft(reader("ann", "Annie")))
    publish(reader("ann", "Anna"))

    with pytest.raises(editing.Conflict) as conflict:
        editing.publish(mine, by=person("ada"))

    (found,) = conflict.value.conflicts["ann"]
    assert (found.place, found.base, found.theirs, found.mine) == ("name", "Ann", "Anna", "Annie")
    mine.refresh_from_db()
    assert mine.status == "in_review"
    assert "name" in mine.hold_reason


def test_deleting_a_row_that_others_edited_is_a_conflict():  # edge case 32
    publish(reader("ann"), book("moby-dick", **loans(("ann", "1990"))))
    mine = approved(draft(book("moby-dick")))
    publish(book("moby-dick", loans=loan(to="1991")))

    with pytest.raises(editing.Conflict) as conflict:
        editing.publish(mine, by=person("ada"))
    assert [found.kind for found in conflict.value.conflicts["moby-dick"]] == ["edit-delete"]


def test_the_same_row_added_on_both_sides_stands_there_once():  # edge case 33
    publish(reader("ann"), book("moby-dick"))
    mine = draft(book("moby-dick", **loans(("ann", "1990")), printed="1851"))
    publish(book("moby-dick", **loans(("ann", "1990"))))

    submitted(mine)
    with pytest.raises(editing.NotApproved):  # both changed the loans
        editing.publish(approved(mine), by=person("ada"))
    publish_again(mine)

    assert len(public("moby-dick")["loans"]) == 1
    assert public("moby-dick")["printed"] == "1851"


def test_a_row_whose_key_fields_one_side_changed_is_still_one_row():  # edge case 34
    publish(reader("ann"), reader("bob"), book("moby-dick", **loans(("ann", "1990"))))
    mine = draft(book("moby-dick", loans=loan(reader="bob")))
    publish(book("moby-dick", loans=loan(to="1991")))

    with pytest.raises(editing.NotApproved):
        editing.publish(approved(mine), by=person("ada"))
    publish_again(mine)

    (row,) = public("moby-dick")["loans"]
    assert (row["reader"]["key"], row["to"]) == ("bob", "1991")


def test_an_edit_of_what_was_retracted_meanwhile_says_what_to_do():  # edge case 35
    publish(reader("ann"))
    mine = approved(draft(reader("ann", "Anna")))
    retract("ann", "reader")

    with pytest.raises(editing.Conflict, match=r"retracted meanwhile\. Restore it first"):
        editing.publish(mine, by=person("ada"))


def test_an_edit_of_what_was_merged_meanwhile_can_be_aimed_at_the_survivor():  # edge case 36
    publish(reader("ann", "Ann"), reader("anna", "Anna"))
    mine = approved(draft(reader("ann", "Ann", summary="Reads at night.")))
    merge("ann", "anna", "reader")

    with pytest.raises(editing.Conflict, match="Aim the edit at that entry"):
        editing.publish(mine, by=person("ada"))
    aim_at(mine, "ann", by=person("ada"))
    mine.refresh_from_db()
    publish_again(mine)

    assert public("anna")["summary"] == "Reads at night."
    assert public("anna")["name"] == "Anna"


def test_a_reference_to_what_another_open_changeset_creates_is_refused_by_name():  # edge case 37
    draft(reader("new"))
    changeset = draft(book("moby-dick", **loans(("new", "1990"))))

    with pytest.raises(editing.InvalidEdits, match="no entry is called “new”"):
        submitted(changeset)


def test_two_drafts_that_refer_to_each_other_are_published_as_one():  # edge case 38
    both = draft(book("three", sequel_of="four"), book("four", sequel_of="three"))
    publish_again(both)

    assert public("three")["sequel_of"]["key"] == "four"


def test_a_reference_retracted_after_the_approval_is_found_when_it_is_published():  # edge case 39
    publish(reader("ann"))
    changeset = approved(draft(book("moby-dick", **loans(("ann", "1990")))))
    retract("ann", "reader")

    with pytest.raises(editing.BrokenReferences, match="“ann” is retracted"):
        editing.publish(changeset, by=person("ada"))
    changeset.refresh_from_db()
    assert (changeset.status, Change.objects.count()) == ("in_review", 2)


def test_a_clean_merge_with_an_invalid_result_is_not_published():  # edge case 40
    publish(book("first"), book("second"))
    mine = approved(draft(book("second", genres=["atlas"])))
    publish(book("second", sequel_of="first"))

    with pytest.raises(editing.NotApproved):
        editing.publish(mine, by=person("ada"))

    mine.refresh_from_db()
    assert (mine.status, valid_approvals(mine)) == ("in_review", [])
    assert Revision.objects.filter(entry__key="second").count() == 2
    with pytest.raises(editing.InvalidEdits, match="an atlas with a sequel"):
        approved(mine)


def test_a_conflict_that_is_resolved_while_the_newest_moves_again_is_shown_anew():  # edge case 41
    publish(reader("ann", "Ann"))
    mine = draft(reader("ann", "Annie"))
    publish(reader("ann", "Anna"))
    ((_edit, seen),) = stale_edits(mine)
    publish(reader("ann", "Anne"))

    with pytest.raises(editing.Conflict, match="changed once more"):
        resolve_conflicts(mine, "ann", seen.number, {"name": "mine"}, by=person("ada"))
    resolve_conflicts(mine, "ann", seen.number + 1, {"name": "mine"}, by=person("ada"))
    mine.refresh_from_db()
    publish_again(mine)

    assert public("ann")["name"] == "Annie"


@pytest.mark.parametrize(("side", "name"), [("mine", "Annie"), ("theirs", "Anna")])
def test_at_each_conflict_the_editor_chooses(side, name):
    publish(reader("ann", "Ann"), reader("bob"))
    mine = draft(reader("ann", "Annie"), reader("bob", "Bobby"))
    publish(reader("ann", "Anna"))

    resolve_conflicts(mine, "ann", 2, {"name": side}, by=person("ada"))
    mine.refresh_from_db()
    publish_again(mine)

    assert public("ann")["name"] == name


def test_what_held_a_changeset_back_is_no_longer_said_once_it_is_put_right():
    publish(reader("ann", "Ann"))
    mine = approved(draft(reader("ann", "Annie")))
    publish(reader("ann", "Anna"))
    with pytest.raises(editing.Conflict):
        editing.publish(mine, by=person("ada"))

    resolve_conflicts(mine, "ann", 2, {"name": "mine"}, by=person("ada"))

    mine.refresh_from_db()
    assert (mine.status, mine.hold_reason) == ("in_review", "")


def test_a_conflict_without_a_choice_stays_open():
    publish(reader("ann", "Ann"))
    mine = draft(reader("ann", "Annie"))
    publish(reader("ann", "Anna"))

    with pytest.raises(editing.EditingError, match="Choose"):
        resolve_conflicts(mine, "ann", 2, {}, by=person("ada"))
    assert Edit.objects.get(changeset=mine).document["name"] == "Annie"


def test_a_draft_made_invalid_by_a_new_vocabulary_says_so_when_submitted(
    monkeypatch: pytest.MonkeyPatch,
):  # edge case 42
    from kb.kinds import kind_named

    changeset = draft(book("moby-dick"))
    schema = kind_named("book").schema

    def stricter(_self: Part):
        from kb.documents.problems import Problem

        yield Problem("title", "too-plain", "a plain title", "Write a better one.")

    monkeypatch.setattr(schema, "rules", stricter)
    with pytest.raises(editing.InvalidEdits, match="a plain title"):
        submitted(changeset)
    assert changeset.edits.get().document["title"] == "Moby-Dick"


def test_a_changeset_that_changes_nothing_is_not_submitted():  # edge case 44
    publish(reader("ann", "Ann"))
    changeset = draft(reader("ann", "Ann"))

    with pytest.raises(editing.NothingToPublish, match="nothing to publish"):
        submitted(changeset)


def test_what_others_published_meanwhile_leaves_nothing_to_publish():  # edge case 44
    publish(reader("ann", "Ann"))
    mine = approved(draft(reader("ann", "Anna")))
    publish(reader("ann", "Anna"))

    with pytest.raises(editing.NotApproved, match="approve the result"):
        editing.publish(mine, by=person("ada"))
    with pytest.raises(editing.NothingToPublish):
        publish_again(mine)
    assert Revision.objects.count() == 2


def test_an_edit_that_changes_nothing_makes_no_revision_beside_one_that_does():
    publish(reader("ann", "Ann"), reader("bob"))

    publish(reader("ann", "Ann"), reader("bob", "Bobby"))

    assert Revision.objects.filter(entry__key="ann").count() == 1
    assert Revision.objects.filter(entry__key="bob").count() == 2


def test_approvers_are_named_where_an_edit_was_left_out():
    publish(reader("ann", "Ann"), reader("bob"))

    publish(reader("ann", "Ann"), reader("bob", "Bobby"))

    assert Revision.objects.get(entry__key="bob", number=2).about["approvers"] == ["grace"]


def test_a_restored_entry_can_be_edited_from_its_restoration():
    publish(reader("ann", "Ann"))
    retract("ann", "reader")
    act("ann", "reader", Edit.Act.RESTORE, reader("ann", "Ann"))

    publish(reader("ann", "Anna"))

    assert public("ann")["name"] == "Anna"
