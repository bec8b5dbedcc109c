"""Moving a changeset from state to state. Each says who moves it, and all of it happens or nothing.

Approving is in `review.py`, publishing in `publishing.py`, schedules in `scheduling.py`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from kb.editing import suggestions
from kb.editing.activity import record
from kb.editing.checks import errors_of, refresh_findings, unacknowledged
from kb.editing.conversation import open_thread
from kb.editing.errors import (
    EditingError,
    InvalidEdits,
    NotAllowed,
    NothingToPublish,
    UnacknowledgedWarnings,
)
from kb.editing.permissions import Action, require
from kb.editing.states import locked, moved, void_approvals
from kb.models import AccessToken, Changeset, Edit, Thread, User

Status = Changeset.Status
CLAIM_LAPSES = timedelta(days=7)


@transaction.atomic
def submit(changeset: Changeset, *, by: User, token: AccessToken | None = None) -> Changeset:
    """Ask the board for review, the first time or again.

    Raises NotAllowed, InvalidEdits (every error of every document), UnacknowledgedWarnings, or
    NothingToPublish.
    """
    changeset = locked(changeset)
    require(by, Action.SUBMIT, changeset, by_token=token is not None)
    if not changeset.edits.exists():
        raise EditingError("There is nothing in it yet. Add an entry, then submit.")
    if is_without_change(changeset):
        raise NothingToPublish(changeset.title)
    refresh_findings(changeset)
    if errors := errors_of(changeset):
        raise InvalidEdits(errors)
    if warnings := unacknowledged(changeset):
        raise UnacknowledgedWarnings(len(warnings))
    is_first = changeset.submitted_at is None
    changeset.submitted_by, changeset.submitted_at = by, timezone.now()
    changeset.save(update_fields=["submitted_by", "submitted_at"])
    moved(changeset, Status.IN_REVIEW)
    record("submitted" if is_first else "resubmitted", by=by, changeset=changeset)
    return changeset


def is_without_change(changeset: Changeset) -> bool:
    """Whether every document says what the newest revision of its entry says."""
    return all(says_nothing_new(edit) for edit in changeset.edits.select_related("base"))


def says_nothing_new(edit: Edit) -> bool:
    """Whether publishing this edit would repeat the revision that it began from."""
    if edit.act != Edit.Act.REVISE or edit.base is None:
        return False
    is_active = edit.base.act in (Edit.Act.REVISE, Edit.Act.RESTORE)
    return is_active and edit.base.document == edit.content


@transaction.atomic
def acknowledge(changeset: Changeset, identities: Iterable[str], *, by: User) -> Changeset:
    """Say of warnings that their author has seen them and lets them stand. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.SAVE, changeset)
    changeset.acknowledged = sorted({*changeset.acknowledged, *identities})
    changeset.save(update_fields=["acknowledged"])
    return changeset


@transaction.atomic
def back_to_draft(changeset: Changeset, *, by: User) -> Changeset:
    """Take it out of review to go on writing. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.BACK_TO_DRAFT, changeset)
    void_approvals(changeset, f"{by.shown_name} took it back to draft")
    moved(changeset, Status.DRAFT)
    record("back-to-draft", by=by, changeset=changeset)
    return changeset


@transaction.atomic
def withdraw(changeset: Changeset, *, by: User, token: AccessToken | None = None) -> Changeset:
    """Close it unpublished; it can be reopened. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.WITHDRAW, changeset, by_token=token is not None)
    close(changeset, Status.WITHDRAWN)
    record("withdrawn", by=by, changeset=changeset)
    return changeset


def close(changeset: Changeset, status: str) -> None:
    """End a changeset, locked, without publishing it: approvals fall, keys are free again."""
    void_approvals(changeset, f"the changeset was {Status(status).label.lower()}")
    moved(changeset, status)
    suggestions.wait_again(changeset)


@transaction.atomic
def reopen(changeset: Changeset, *, by: User) -> Changeset:
    """Go on with what was declined or withdrawn. Raises NotAllowed, or KeyTaken."""
    from kb.editing.drafts import reserve

    changeset = locked(changeset)
    require(by, Action.REOPEN, changeset)
    for key in changeset.edits.filter(base__isnull=True).values_list("key", flat=True):
        reserve(key, changeset)
    changeset.changed_at, changeset.idle_notice_at = timezone.now(), None
    changeset.save(update_fields=["changed_at", "idle_notice_at"])
    moved(changeset, Status.DRAFT)
    suggestions.go_on(changeset)
    record("reopened", by=by, changeset=changeset)
    return changeset


@transaction.atomic
def request_changes(
    changeset: Changeset, comment: str, *, by: User, key: str = "", path: str = ""
) -> Thread:
    """Hand it back to its authors with an objection, which blocks until it is lifted.

    Raises NotAllowed, or EditingError without a comment.
    """
    changeset = locked(changeset)
    require(by, Action.REQUEST_CHANGES, changeset)
    thread = open_thread(changeset, Thread.Kind.OBJECTION, comment, by=by, key=key, path=path)
    void_approvals(changeset, f"{by.shown_name} requested changes")
    moved(changeset, Status.CHANGES_REQUESTED)
    record("changes-requested", by=by, changeset=changeset, thread=thread.pk, body=comment)
    return thread


@transaction.atomic
def decline(changeset: Changeset, comment: str, *, by: User) -> Changeset:
    """Close it with a reason. Raises NotAllowed, or EditingError without a comment."""
    changeset = locked(changeset)
    require(by, Action.DECLINE, changeset)
    open_thread(changeset, Thread.Kind.COMMENT, comment, by=by)
    close(changeset, Status.DECLINED)
    record("declined", by=by, changeset=changeset, reason=comment)
    return changeset


@transaction.atomic
def claim(changeset: Changeset, *, by: User) -> Changeset:
    """Say that one is reading it, for seven days. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.CLAIM, changeset)
    holder = claimant(changeset)
    if holder is not None and holder != by:
        raise NotAllowed(f"{holder.shown_name} has claimed it.")
    changeset.claimed_by, changeset.claimed_at = by, timezone.now()
    changeset.save(update_fields=["claimed_by", "claimed_at"])
    record("claimed", by=by, changeset=changeset)
    return changeset


@transaction.atomic
def let_go(changeset: Changeset, *, by: User) -> Changeset:
    """Give up one's claim. Raises NotAllowed."""
    changeset = locked(changeset)
    if changeset.claimed_by != by:
        raise NotAllowed("It is not yours to let go.")
    changeset.claimed_by = changeset.claimed_at = None
    changeset.save(update_fields=["claimed_by", "claimed_at"])
    return changeset


def claimant(changeset: Changeset, now: datetime | None = None) -> User | None:
    """Who is reading it; a claim lapses after seven days."""
    if changeset.claimed_at is None:
        return None
    has_lapsed = (now or timezone.now()) - changeset.claimed_at > CLAIM_LAPSES
    return None if has_lapsed else changeset.claimed_by


@transaction.atomic
def assign(changeset: Changeset, user: User | None, *, by: User) -> Changeset:
    """Ask a member of the board, who did not write in it, to review it. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.ASSIGN, changeset)
    if user is not None and not user.is_on_board:
        raise NotAllowed(f"{user.shown_name} is not on the board.")
    if user is not None and user.pk in changeset.writers():
        raise NotAllowed(f"{user.shown_name} wrote in it: nobody reviews their own work.")
    changeset.assigned_to = user
    changeset.save(update_fields=["assigned_to"])
    record("assigned", by=by, changeset=changeset, user=user.pk if user else None)
    return changeset
