"""Merging two entries about one thing, and undoing it."""

import pytest

from kb import editing
from kb.editing.merging import open_merge, open_unmerge
from kb.editing.rebasing import aim_at
from kb.models import Label, Published, Reference
from tests.library.builders import (
    approved,
    book,
    contributor,
    draft,
    person,
    public,
    publish,
    reader,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def lent(key, to, **fields):
    return book(key, loans=[{"reader": to, "from": "1990"}], **fields)


def merge(key, into, **how):
    change = open_merge(key, into, by=person("ada"), **how)
    editing.publish(approved(change), by=person("ada"))
    return change


def unmerge(key):
    change = open_unmerge(key, by=person("ada"))
    editing.publish(approved(change), by=person("ada"))
    return change


def survivors():
    """Key → the key it means today, of those that were merged."""
    rows = Label.objects.values_list("key", "survivor__key")
    return {key: survivor for key, survivor in rows if key != survivor}


def test_a_merge_is_a_draft_named_after_both():
    publish(reader("ann", "Ann"), reader("anne", "Anne"))

    change = open_merge("ann", "anne", by=person("ada"))

    assert (change.status, change.origin, change.title) == (
        "draft", "merge", "Merge “Ann” into “Anne”",
    )  # fmt: skip
    edit = change.edits.get()
    assert (edit.key, edit.act, edit.document) == ("ann", "merge", {"into": "anne"})


# edge case 56
def test_after_a_into_b_and_b_into_c_a_leads_to_c():
    publish(reader("ann"), reader("bea"), reader("cat"))
    publish(lent("emma", to="ann"))

    merge("ann", "bea")
    merge("bea", "cat")

    assert survivors() == {"ann": "cat", "bea": "cat"}
    assert Reference.objects.get().target.key == "cat"
    assert public("emma")["loans"][0]["reader"]["key"] == "cat"


# edge case 56
def test_a_merge_into_what_was_merged_itself_goes_to_the_survivor():
    publish(reader("ann"), reader("bea"), reader("cat"))
    merge("bea", "cat")

    change = open_merge("ann", "bea", by=person("ada"))

    assert change.edits.get().document == {"into": "cat"}


# edge case 57
def test_b_into_a_after_a_into_b_is_refused():
    publish(reader("ann"), reader("bea"))
    merge("ann", "bea")

    with pytest.raises(editing.EditingError, match=r"would point at each other. Undo the merge of"):
        open_merge("bea", "ann", by=person("ada"))


# edge case 57
def test_b_into_a_that_was_begun_before_a_into_b_is_not_published():
    publish(reader("ann"), reader("bea"))
    other_way = approved(open_merge("bea", "ann", by=person("ada")))
    merge("ann", "bea")

    with pytest.raises(editing.BrokenReferences, match="“ann” was itself merged into “bea”"):
        editing.publish(other_way, by=person("ada"))

    assert survivors() == {"ann": "bea"}


# edge case 58
@pytest.mark.parametrize(
    ("key", "into", "said"),
    [
        ("ann", "ann", "into itself"),
        ("ann", "emma", "“ann” is of kind reader, “emma” of kind book"),
        ("ann", "nobody", "not in view"),
        ("ann", "gone", "not in view"),
        ("gone", "ann", "is retracted. Restore it first"),
        ("nobody", "ann", "No entry is called “nobody”"),
    ],
)
def test_only_two_entries_of_one_kind_in_view_are_merged(key, into, said):
    publish(reader("ann"), reader("gone"), book("emma"))
    retract("gone", "reader")

    with pytest.raises(editing.EditingError, match=said):
        open_merge(key, into, by=person("ada"))


def test_a_contributor_merges_nothing():
    publish(reader("ann"), reader("anne"))

    with pytest.raises(editing.NotAllowed):
        open_merge("ann", "anne", by=contributor("carol"))


def test_the_survivor_can_take_over_what_only_the_merged_entry_says():
    publish(reader("ann"), reader("bob"))
    publish(
        lent("emma", to="ann", printed="1815", title="Emma"),
        lent("emma-2", to="bob", website="https://x.org/", title="Emma, a novel"),
    )

    merge("emma-2", "emma", carries_over=True)

    found = public("emma")
    assert (found["title"], found["printed"], found["website"]) == (
        "Emma", "1815", "https://x.org/",
    )  # fmt: skip
    assert [row["reader"]["key"] for row in found["loans"]] == ["ann", "bob"]


def test_a_reference_to_the_merged_entry_in_what_is_carried_over_names_the_survivor():
    publish(book("emma"), book("emma-2"))
    publish(book("emma", sequel_of="emma-2"), book("emma-2", printed="1815"))

    merge("emma-2", "emma", carries_over=True)

    assert public("emma")["sequel_of"]["key"] == "emma"


def test_a_merge_that_has_nothing_to_carry_over_edits_one_entry():
    publish(reader("ann", "Ann"), reader("anne", "Anne", summary="Reads."))

    change = open_merge("ann", "anne", by=person("ada"), carries_over=True)

    assert [edit.key for edit in change.edits.all()] == ["ann"]


# edge case 59
def test_undoing_a_merge_restores_every_link_and_takes_out_what_was_carried_over():
    publish(reader("ann", "Ann", summary="Reads."), reader("anne", "Anne"))
    publish(lent("emma", to="ann"), lent("persuasion", to="anne"))
    merge("ann", "anne", carries_over=True)
    assert public("anne")["summary"] == "Reads."

    unmerge("ann")

    assert survivors() == {}
    rows = Reference.objects.values_list("entry__key", "target__key")
    assert dict(rows) == {"emma": "ann", "persuasion": "anne"}
    assert public("emma")["loans"][0]["reader"]["key"] == "ann"
    assert "summary" not in public("anne")
    assert Published.objects.filter(key="ann").exists()


# edge case 59
def test_undoing_the_second_of_two_merges_in_a_row_leaves_the_first():
    publish(reader("ann"), reader("bea"), reader("cat"))
    publish(lent("emma", to="ann"))
    merge("ann", "bea")
    merge("bea", "cat")

    unmerge("bea")

    assert survivors() == {"ann": "bea"}
    assert Reference.objects.get().target.key == "bea"


# edge case 59
def test_undoing_the_first_of_two_merges_in_a_row_leaves_the_second():
    publish(reader("ann"), reader("bea"), reader("cat"))
    publish(lent("emma", to="ann"), lent("persuasion", to="bea"))
    merge("ann", "bea")
    merge("bea", "cat")

    unmerge("ann")

    assert survivors() == {"bea": "cat"}
    rows = Reference.objects.values_list("entry__key", "target__key")
    assert dict(rows) == {"emma": "ann", "persuasion": "cat"}


def test_only_a_merge_can_be_undone():
    publish(reader("ann"))

    with pytest.raises(editing.EditingError, match="not merged into another entry"):
        open_unmerge("ann", by=person("ada"))


# edge case 36
def test_an_edit_of_an_entry_that_was_merged_meanwhile_is_aimed_at_the_survivor():
    publish(reader("ann", "Ann"), reader("anne", "Anne"))
    change = approved(draft(reader("ann", "Ann", summary="Reads a lot.")))
    merge("ann", "anne")

    with pytest.raises(editing.Conflict, match=r"merged into “anne” meanwhile. Aim the edit at"):
        editing.publish(change, by=person("ada"))
    aim_at(change, "ann", by=person("ada"))

    edit = change.edits.get()
    assert edit.key == "anne"
    assert (edit.document["name"], edit.document["summary"]) == ("Anne", "Reads a lot.")
    change.refresh_from_db()
    editing.publish(approved(change), by=person("ada"))
    assert public("anne")["summary"] == "Reads a lot."


# edge case 65
def test_a_name_changes_and_the_key_never():
    publish(reader("ann", "Ann"))
    publish(lent("emma", to="ann"))
    change = draft(reader("ann", "Anne Elliot"))
    publish(reader("ann", "Anne"))
    assert public("emma")["loans"][0]["reader"] == {"key": "ann", "kind": "reader", "name": "Anne"}

    other = {**reader("anne", "Anne"), "key": "anne"}
    editing.save(change, "ann", "reader", other, by=person("ada"))

    with pytest.raises(editing.InvalidEdits, match="the document calls itself reader “anne”"):
        editing.submit(change, by=person("ada"))


# edge case 65
def test_the_key_of_an_entry_that_is_gone_is_never_another_ones():
    publish(reader("ann"), reader("anne"), reader("bea"))
    retract("ann", "reader")
    merge("bea", "anne")
    change = editing.begin("A new Ann", by=person("ada"))

    for key in ("ann", "bea"):
        with pytest.raises(editing.KeyTaken, match="of kind reader has it"):
            editing.save(change, key, "book", book(key), by=person("ada"))
