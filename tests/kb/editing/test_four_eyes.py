"""Nothing becomes public unless two different people accepted exactly this content."""

import pytest

from kb import editing
from kb.editing.review import valid_approvals
from kb.models import Approval, Grant, Revision, Role, User
from tests.library.builders import (
    administrator,
    approved,
    book,
    contributor,
    draft,
    managing_editor,
    person,
    publish,
    reader,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def approve(changeset, by):
    return editing.approve(changeset, by=by, digest=changeset.digest())


def test_whoever_submits_does_not_approve():  # edge case 15
    changeset = draft(reader("ann"))
    editing.invite(changeset, person("bob"), by=person("ada"))
    submitted(changeset, by=person("bob"))

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, person("bob"))


def test_a_co_author_does_not_approve_even_without_having_written():  # edge case 16
    changeset = draft(reader("ann"))
    editing.invite(changeset, person("bob"), by=person("ada"))
    submitted(changeset)

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, person("bob"))


def test_the_author_of_one_document_in_it_does_not_approve_the_whole():  # edge case 17
    changeset = draft(reader("ann"))
    editing.save(changeset, "bob", "reader", reader("bob"), by=person("bob"))
    submitted(changeset)

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, person("bob"))


def test_whoever_suggested_what_the_author_took_may_approve_and_is_credited():  # edge case 18
    changeset = submitted(draft(reader("ann", "Ann")))
    thread = editing.suggest(
        changeset, "In full.", "Ann Smith", by=person("grace"), key="ann", path="name"
    )
    editing.take_suggestion(thread, by=person("ada"))

    approved(changeset, by=person("grace"))
    editing.publish(changeset, by=person("grace"))

    about = Revision.objects.get().about
    assert (about["authors"], about["suggesters"]) == (["ada"], ["grace"])
    assert about["approvers"] == ["grace"]
    assert Revision.objects.get().content["name"] == "Ann Smith"


def test_a_reviewer_who_writes_in_it_becomes_a_co_author():
    changeset = submitted(draft(reader("ann", "Ann")))
    editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("grace"))

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, person("grace"))


@pytest.mark.parametrize("is_superuser", [False, True])
def test_an_administrator_does_not_approve_their_own_work(is_superuser):  # edge case 19
    root = person("root", Role.EDITOR, Role.ADMINISTRATOR)
    User.objects.filter(pk=root.pk).update(is_superuser=is_superuser, is_staff=is_superuser)
    root.refresh_from_db()
    changeset = submitted(draft(reader("ann"), by=root))

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, root)


def test_an_administrator_has_no_editorial_power_by_that():
    changeset = submitted(draft(reader("ann")))

    with pytest.raises(editing.NotAllowed, match="for editors and managing editors"):
        approve(changeset, administrator())


def test_the_owner_of_a_token_does_not_approve_what_the_token_wrote(access_token):  # edge case 20
    owner = person("toni")
    token = access_token(owner)
    changeset = editing.begin("By a program", by=owner, token=token)
    editing.save(changeset, "ann", "reader", reader("ann"), by=owner, token=token)
    submitted(changeset, by=owner)

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, owner)


def test_an_approval_by_somebody_who_later_writes_in_it_does_not_count():  # edge case 21
    changeset = approved(draft(reader("ann")))
    editing.back_to_draft(changeset, by=person("ada"))
    editing.invite(changeset, person("grace"), by=person("ada"))
    submitted(changeset)

    assert valid_approvals(changeset) == []
    with pytest.raises(editing.NotAllowed):
        approve(changeset, person("grace"))


def lose_role(user):
    Grant.objects.filter(user=user).delete()


def deactivate(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("lose", [lose_role, deactivate])
def test_an_approver_who_leaves_before_publication_no_longer_counts(lose):  # edge case 22
    person("third")
    changeset = approved(draft(reader("ann")))
    lose(person("grace"))

    with pytest.raises(editing.NotApproved):
        editing.publish(changeset, by=person("ada"))
    changeset.refresh_from_db()
    assert changeset.status == "in_review"
    assert "approval" in changeset.hold_reason


@pytest.mark.parametrize("lose", [lose_role, deactivate])
def test_an_approver_who_leaves_after_publication_stays_in_the_history(lose):  # edge case 22
    publish(reader("ann"))
    lose(person("grace"))

    assert Revision.objects.get().about["approvers"] == ["grace"]


def test_whoever_began_a_draft_that_others_finished_does_not_approve_it():  # edge case 23
    changeset = draft(reader("ann"), by=person("first"))
    editing.invite(changeset, person("second"), by=person("first"))
    editing.save(changeset, "ann", "reader", reader("ann", "Anew"), by=person("second"))
    submitted(changeset, by=person("second"))

    with pytest.raises(editing.NotAllowed, match="own work"):
        approve(changeset, person("first"))


@pytest.mark.parametrize(
    "same",
    [
        {"genres": ["novel", "atlas"]},
        {"genres": ["atlas", "novel"]},  # a set: its order says nothing
    ],
)
def test_saving_without_a_change_keeps_approvals(same):  # edge case 24
    changeset = approved(draft(book("moby-dick", genres=["novel", "atlas"])))

    editing.save(changeset, "moby-dick", "book", book("moby-dick", **same), by=person("ada"))

    changeset.refresh_from_db()
    assert changeset.status == "approved"
    editing.publish(changeset, by=person("ada"))


def test_an_open_objection_blocks_whatever_others_approve():  # edge case 25
    changeset = submitted(draft(reader("ann")))
    objection = editing.request_changes(changeset, "Says who?", by=person("olga"))
    submitted(changeset)

    approve(changeset, person("grace"))
    changeset.refresh_from_db()
    assert changeset.status == "in_review"
    with pytest.raises(editing.NotApproved):
        editing.publish(changeset, by=person("grace"))

    editing.lift_objection(objection, "", by=person("olga"))
    approve(changeset, person("grace"))
    editing.publish(changeset, by=person("grace"))


def test_a_managing_editor_lifts_anothers_objection_with_a_reason_alone():
    changeset = submitted(draft(reader("ann")))
    objection = editing.request_changes(changeset, "Says who?", by=person("olga"))

    with pytest.raises(editing.EditingError, match="Write a comment"):
        editing.lift_objection(objection, " ", by=managing_editor())
    with pytest.raises(editing.NotAllowed):
        editing.lift_objection(objection, "I disagree", by=person("grace"))
    editing.lift_objection(objection, "The source is there.", by=managing_editor())

    changeset.refresh_from_db()
    assert changeset.status == "in_review"


def test_when_all_of_the_board_wrote_in_it_nobody_can_approve():  # edge case 26
    changeset = draft(reader("ann"), by=person("ada"))
    editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("grace"))
    submitted(changeset)

    for member in User.objects.on_board():
        with pytest.raises(editing.NotAllowed, match="own work"):
            approve(changeset, member)


def test_a_board_of_one_publishes_nothing_and_says_why():
    changeset = submitted(draft(reader("ann"), by=contributor("carl")), by=contributor("carl"))
    alone = person("alone")
    approve(changeset, alone)

    with pytest.raises(editing.NotApproved, match="one active member"):
        editing.publish(changeset, by=alone)


def test_editing_and_undoing_it_voids_the_approval_all_the_same():  # edge case 27
    changeset = approved(draft(reader("ann", "Ann")))
    editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("ada"))
    editing.save(changeset, "ann", "reader", reader("ann", "Ann"), by=person("ada"))
    submitted(changeset)

    assert valid_approvals(changeset) == []
    assert Approval.objects.get().void_reason == "ada changed the content"
    with pytest.raises(editing.NotApproved):
        editing.publish(changeset, by=person("ada"))


def test_an_approval_of_what_one_has_not_read_is_refused():  # edge case 28
    changeset = submitted(draft(reader("ann", "Ann")))
    read = changeset.digest()
    editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("ada"))

    with pytest.raises(editing.StaleDigest):
        editing.approve(changeset, by=person("grace"), digest=read)


def test_dropping_a_document_voids_approvals():  # edge case 45
    changeset = approved(draft(reader("ann"), reader("bob")))

    editing.drop_edit(changeset, "bob", by=person("ada"))

    changeset.refresh_from_db()
    assert changeset.status == "draft"
    assert valid_approvals(changeset) == []


def test_an_approver_who_belongs_to_the_entry_is_named_in_its_history():
    User.objects.filter(pk=person("grace").pk).update(affiliations=["ann"])
    publish(reader("ann"), reader("bob"))

    about = {row.entry.key: row.about for row in Revision.objects.select_related("entry")}
    assert about["ann"]["affiliated"] == ["grace"]
    assert "affiliated" not in about["bob"]


def test_an_approver_withdraws_and_it_is_under_review_again():
    changeset = approved(draft(reader("ann")))

    editing.withdraw_approval(changeset, by=person("grace"))

    changeset.refresh_from_db()
    assert changeset.status == "in_review"
    assert changeset.hold_reason
