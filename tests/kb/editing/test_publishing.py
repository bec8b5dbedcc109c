"""Publishing a changeset: what becomes public, and what refuses to."""

import orjson
import pytest

from kb import editing
from kb.models import Change, Entry, Published, Reference, Revision, Tombstone
from tests.library.builders import (
    approved,
    book,
    draft,
    merge,
    person,
    public,
    publish,
    reader,
    restore,
    retract,
    submitted,
)
from tests.library.models import Loan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def lent(title: str | None = None, to: str = "ann", **row: str) -> dict[str, object]:
    return book("moby-dick", title, loans=[{"reader": to, "from": "1990-05", **row}])


def test_publishing_makes_entries_revisions_rows_references_and_a_feed():
    publish(reader("ann", "Ann"), lent("Moby-Dick"))

    assert list(Revision.objects.order_by("pk").values_list("pk", "entry__key", "number")) == [
        (1, "ann", 1),
        (2, "moby-dick", 1),
    ]
    assert list(Change.objects.order_by("pk").values_list("sequence", flat=True)) == [1, 2]
    assert Loan.objects.get().reader.key == "ann"
    assert Reference.objects.get().relation == "loans.reader"
    assert public("moby-dick")["loans"][0]["reader"] == {
        "key": "ann",
        "kind": "reader",
        "name": "Ann",
    }


def test_fields_of_the_public_json_stand_in_the_order_of_the_schema():
    publish(reader("ann"), lent("Moby-Dick", to="ann"))

    assert list(public("moby-dick")) == ["kind", "key", "title", "loans", "meta"]


def test_the_draft_keeps_no_second_copy_of_what_was_published():
    changeset = publish(reader("ann"))

    edit = changeset.edits.get()
    assert edit.content == ""
    assert edit.document["name"] == "Ann"


def test_the_same_changeset_is_not_published_twice():
    changeset = publish(reader("ann"))

    with pytest.raises(editing.AlreadyPublished, match="already published"):
        editing.publish(changeset, by=person("ada"))


def test_nothing_is_published_without_an_approval():
    changeset = draft(reader("ann"))

    with pytest.raises(editing.NotApproved):
        editing.publish(changeset, by=person("grace"))
    assert not Entry.objects.exists()


def test_nobody_approves_their_own_work():
    changeset = submitted(draft(reader("ann")))

    with pytest.raises(editing.NotAllowed, match="own work"):
        editing.approve(changeset, by=person("ada"), digest=changeset.digest())


def test_an_approval_of_other_content_is_refused():
    changeset = submitted(draft(reader("ann", "Ann")))
    read = changeset.digest()
    editing.save(changeset, "ann", "reader", reader("ann", "Anne"), by=person("ada"))

    with pytest.raises(editing.NotAllowed, match="changed since"):
        editing.approve(changeset, by=person("grace"), digest=read)


def test_an_approver_who_was_deactivated_no_longer_counts():
    changeset = approved(draft(reader("ann")))
    person("grace").__class__.objects.filter(username="grace").update(is_active=False)

    with pytest.raises(editing.NotApproved):
        editing.publish(changeset, by=person("ada"))


def test_writing_in_an_approved_changeset_takes_it_back_to_draft_without_its_approval():
    changeset = approved(draft(reader("ann")))

    editing.save(changeset, "ann", "reader", reader("ann", "Someone else"), by=person("ada"))

    changeset.refresh_from_db()
    assert changeset.status == "draft"
    with pytest.raises(editing.NotApproved):
        editing.publish(changeset, by=person("grace"))


def test_an_entry_that_moved_on_since_the_edit_began_is_a_conflict():
    publish(reader("ann", "Ann"))
    late = draft(reader("ann", "Annie"))
    publish(reader("ann", "Anna"))

    with pytest.raises(editing.Conflict) as conflict:
        editing.publish(approved(late), by=person("ada"))
    assert conflict.value.keys == ["ann"]
    assert public("ann")["name"] == "Anna"


def test_two_drafts_of_one_new_key_do_not_both_get_it():
    draft(reader("ann", "Ann"))

    with pytest.raises(editing.KeyTaken, match="another open changeset"):
        draft(reader("ann", "Other"))


def test_every_problem_of_every_document_is_reported_and_nothing_is_published():
    changeset = draft(
        {"kind": "book", "key": "atlas", "title": "Atlas", "genres": ["map"]},
        {"kind": "reader", "key": "ann", "name": "", "age": 7},
    )

    with pytest.raises(editing.InvalidEdits) as invalid:
        submitted(changeset)

    places = {key: [p.place for p in its] for key, its in invalid.value.problems.items()}
    assert places["atlas"] == ["genres[0]"]
    assert set(places["ann"]) == {"name", "age"}
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    ("named", "message"),
    [
        ("nobody", "no entry is called “nobody”"),
        ("atlas", "“atlas” is of kind book"),
        ("gone", "“gone” is retracted"),
    ],
)
def test_a_broken_reference_is_refused_with_its_place(named, message):
    publish(book("atlas"), reader("gone"))
    retract("gone", "reader")

    with pytest.raises(editing.InvalidEdits) as broken:
        submitted(draft(lent(to=named)))
    assert f"moby-dick, loans[0].reader: {message}" in str(broken.value)


def test_a_new_name_shows_wherever_the_entry_is_referred_to():
    publish(reader("ann", "Ann"), lent())
    before = Published.objects.get(key="moby-dick")

    publish(reader("ann", "Ann Smith"))

    after = Published.objects.get(key="moby-dick")
    assert public("moby-dick")["loans"][0]["reader"]["name"] == "Ann Smith"
    assert orjson.loads(Loan.objects.get().json)["reader"]["name"] == "Ann Smith"
    assert after.etag != before.etag
    assert after.number == before.number


def test_a_change_that_nobody_sees_elsewhere_renders_nothing_else_anew():
    publish(reader("ann", "Ann"), lent())
    before = Published.objects.get(key="moby-dick")

    publish(reader("ann", "Ann", summary="Reads at night."))

    assert Published.objects.get(key="moby-dick").etag == before.etag


def test_a_retracted_entry_leaves_a_tombstone_and_is_marked_where_it_is_named():
    publish(reader("ann", "Ann"), lent())

    retract("ann", "reader", reason="wrong")

    stone = orjson.loads(Tombstone.objects.get(key="ann").json)
    assert (stone["status"], stone["reason"], stone["name"]) == (
        "retracted",
        "wrong",
        "Ann",
    )
    assert not Published.objects.filter(key="ann").exists()
    assert public("moby-dick")["loans"][0]["reader"]["status"] == "retracted"


def test_a_restored_entry_is_as_it_was():
    publish(reader("ann", "Ann"), lent())
    before = public("moby-dick")
    retract("ann", "reader")

    restore("ann", "reader")

    assert public("moby-dick") == before
    assert not Tombstone.objects.exists()


def test_references_to_a_merged_entry_mean_the_survivor():
    publish(reader("ann", "Ann"), reader("anna", "Anna"), lent())

    merge("ann", "anna", "reader")

    assert public("moby-dick")["loans"][0]["reader"]["key"] == "anna"
    assert Loan.objects.get().reader.key == "anna"


def test_merges_are_followed_to_their_end():
    publish(reader("a1"), reader("b1"), reader("c1"), lent(to="a1"))

    merge("a1", "b1", "reader")
    merge("b1", "c1", "reader")

    assert Loan.objects.get().reader.key == "c1"
    assert public("moby-dick")["loans"][0]["reader"]["key"] == "c1"


def test_undoing_a_merge_restores_every_link():
    publish(reader("a1"), reader("b1"), reader("c1"), lent(to="a1"))
    before = public("moby-dick")
    merge("a1", "b1", "reader")
    between = public("moby-dick")
    merge("b1", "c1", "reader")

    restore("b1", "reader")
    assert public("moby-dick") == between
    restore("a1", "reader")
    assert public("moby-dick") == before


def test_an_entry_is_not_merged_into_itself():
    publish(reader("ann"))

    with pytest.raises(editing.InvalidEdits, match="itself"):
        merge("ann", "ann", "reader")


def test_an_entry_is_merged_into_one_of_its_own_kind_alone():
    publish(reader("ann"), book("atlas"))

    with pytest.raises(editing.InvalidEdits, match="of kind book"):
        merge("ann", "atlas", "reader")
