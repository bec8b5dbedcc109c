"""A changeset on its way: begun, written, shared, submitted, closed and opened again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kb import editing
from kb.editing.drafts import MOST_BYTES, MOST_EDITS
from kb.editing.transitions import claimant
from kb.models import Authorship, Changeset, Reservation
from tests.library.builders import (
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


@pytest.mark.parametrize(
    ("title", "message"), [("  ", "Give the changeset a title"), ("x" * 201, "201 characters")]
)
def test_a_title_is_asked_for(title, message):
    with pytest.raises(editing.EditingError, match=message):
        editing.begin(title, by=person("ada"))


def test_an_invalid_draft_is_saved_with_its_errors_and_not_submitted():  # edge case 71
    broken = {"kind": "reader", "key": "ann", "name": "", "age": 7, "summary": ["no", "text"]}
    changeset = draft(broken)

    edit = changeset.edits.get()
    assert edit.document == broken
    assert {found["place"] for found in edit.findings} == {"name", "age", "summary"}
    with pytest.raises(editing.InvalidEdits) as refused:
        editing.submit(changeset, by=person("ada"))
    assert str(refused.value).count("\n") == 2  # every error at once
    changeset.refresh_from_db()
    assert changeset.status == "draft"


def test_lists_that_are_no_lists_can_be_saved_too():  # edge case 71
    odd = {"kind": "book", "key": "moby-dick", "title": 1, "loans": "many", "genres": [3, None]}

    assert draft(odd).edits.get().document == odd


def test_an_empty_changeset_is_not_submitted():
    with pytest.raises(editing.EditingError, match="nothing in it yet"):
        editing.submit(draft(), by=person("ada"))


# edge case 72
def test_a_document_over_one_mebibyte_is_refused_with_the_number():
    large = reader("ann", summary="x" * MOST_BYTES)

    with pytest.raises(editing.EditingError, match=r"1,048,6\d\d bytes; 1,048,576 are the most"):
        draft(large)


# edge case 72
def test_a_changeset_holds_two_hundred_edits_and_no_more():
    changeset = draft(*(reader(f"reader-{n}") for n in range(MOST_EDITS)))

    with pytest.raises(editing.EditingError, match="at most 200 edits"):
        editing.save(changeset, "more", "reader", reader("more"), by=person("ada"))


def test_a_contributor_writes_in_no_others_draft():
    changeset = draft(reader("ann"))

    with pytest.raises(editing.NotAllowed, match="for those who wrote it"):
        editing.save(changeset, "ann", "reader", reader("ann", "X"), by=contributor("carl"))


def test_a_contributor_who_was_invited_does():
    changeset, carl = draft(reader("ann")), contributor("carl")
    editing.invite(changeset, carl, by=person("ada"))

    editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=carl)

    assert changeset.edits.get().changed_by == carl
    assert Authorship.objects.filter(changeset=changeset, user=carl, key="ann").exists()


@pytest.mark.parametrize(
    ("name", "expected"), [("ada", {1}), ("carl", {2}), ("edith", {1, 2}), ("stranger", set())]
)
def test_drafts_are_seen_by_their_authors_and_the_board(name, expected):
    carl = contributor("carl")
    numbers = {draft(reader("ann")).pk: 1, draft(reader("bob"), by=carl).pk: 2}
    user = {
        "ada": lambda: _left_the_board(person("ada")),
        "carl": lambda: carl,
        "edith": lambda: person("edith"),
        "stranger": lambda: contributor("stranger"),
    }[name]()

    assert {numbers[each.pk] for each in Changeset.objects.visible_to(user)} == expected


def _left_the_board(user):
    user.grants.all().delete()
    return user


def test_a_submission_in_review_can_be_written_in_and_loses_its_approvals():
    changeset = submitted(draft(reader("ann")))

    editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("ada"))

    changeset.refresh_from_db()
    assert changeset.status == "in_review"


def test_what_is_invalid_by_now_is_not_approved():
    changeset = submitted(draft(reader("ann")))
    editing.save(changeset, "ann", "reader", {**reader("ann"), "age": 7}, by=person("ada"))

    with pytest.raises(editing.InvalidEdits, match="age"):
        editing.approve(changeset, by=person("grace"), digest=changeset.digest())


def test_changes_are_requested_with_a_comment_and_submitted_again():
    changeset = submitted(draft(reader("ann")))
    with pytest.raises(editing.EditingError, match="Write a comment"):
        editing.request_changes(changeset, "  ", by=person("grace"))

    thread = editing.request_changes(
        changeset, "Says who?", by=person("grace"), key="ann", path="name"
    )
    changeset.refresh_from_db()
    assert changeset.status == "changes_requested"
    submitted(changeset)

    assert [each.kind for each in changeset.activities.order_by("pk")][-1] == "resubmitted"
    editing.approve(changeset, by=person("grace"), digest=changeset.digest())
    thread.refresh_from_db()
    assert thread.closing == "lifted"  # who approves has no objection any more
    changeset.refresh_from_db()
    assert changeset.status == "approved"


def test_a_declined_changeset_says_why_and_can_be_reopened():
    changeset = submitted(draft(reader("ann")))

    editing.decline(changeset, "Out of scope.", by=managing_editor())
    assert not Reservation.objects.exists()
    editing.reopen(changeset, by=person("ada"))

    changeset.refresh_from_db()
    assert changeset.status == "draft"
    assert Reservation.objects.get().key == "ann"
    assert changeset.threads.get().comments.get().body == "Out of scope."


def test_what_is_closed_is_not_written_in():
    changeset = editing.withdraw(draft(reader("ann")), by=person("ada"))

    with pytest.raises(editing.NotAllowed, match="while it is withdrawn"):
        editing.save(changeset, "ann", "reader", reader("ann", "X"), by=person("ada"))


def test_a_claim_keeps_others_away_and_lapses_after_seven_days():
    changeset = submitted(draft(reader("ann")))
    editing.claim(changeset, by=person("grace"))
    with pytest.raises(editing.NotAllowed, match="grace has claimed it"):
        editing.claim(changeset, by=person("olga"))

    later = timezone.now() - timedelta(days=8)
    Changeset.objects.filter(pk=changeset.pk).update(claimed_at=later)
    changeset.refresh_from_db()
    assert claimant(changeset) is None
    editing.claim(changeset, by=person("olga"))

    changeset.refresh_from_db()
    assert claimant(changeset) == person("olga")


@pytest.mark.parametrize(
    ("who", "message"),
    [(lambda: contributor("carl"), "not on the board"), (lambda: person("ada"), "own work")],
)
def test_a_reviewer_is_assigned_from_the_board_among_those_who_did_not_write_it(who, message):
    changeset = submitted(draft(reader("ann")))

    with pytest.raises(editing.NotAllowed, match=message):
        editing.assign(changeset, who(), by=managing_editor())


def test_reservations_end_when_it_is_published():
    publish(reader("ann"))

    assert not Reservation.objects.exists()


def test_an_entry_keeps_its_kind():
    publish(reader("ann"))

    with pytest.raises(editing.KeyTaken, match="kind reader has it"):
        draft(book("ann"))


def test_metadata_names_those_who_wrote_each_document():
    changeset = draft(reader("ann"))
    editing.save(changeset, "bob", "reader", reader("bob"), by=person("bert"))
    editing.publish(approved(changeset), by=person("grace"))

    revisions = changeset.revisions.select_related("entry")
    authors = {revision.entry.key: revision.about["authors"] for revision in revisions}
    assert authors == {"ann": ["ada"], "bob": ["ada", "bert"]}
