"""Who may approve, and whether what is approved may be published."""

from collections.abc import Sequence

from django.db import models, transaction
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.checks import errors_of
from kb.editing.errors import InvalidEdits, NotAllowed, NotApproved, StaleDigest
from kb.editing.permissions import Action, require
from kb.editing.states import locked, moved
from kb.models import Approval, Changeset, Revision, Role, Thread, User

Status = Changeset.Status
LEAST_BOARD = 2


@transaction.atomic
def approve(changeset: Changeset, *, by: User, digest: str) -> Approval:
    """Say yes to exactly the content that `digest` stands for: what the reviewer has read.

    The changeset is approved once the rule holds (see `why_not_approved`). An approver's own
    objection is lifted with it. Raises NotAllowed (not on the board, own work), StaleDigest when
    the content is another one by now, or InvalidEdits.
    """
    changeset = locked(changeset)
    require(by, Action.APPROVE, changeset)
    if changeset.digest() != digest:
        raise StaleDigest
    if errors := errors_of(changeset):
        raise InvalidEdits(errors)
    _lift_own_objections(changeset, by)
    changeset.approvals.filter(user=by, voided_at__isnull=True).exclude(digest=digest).update(
        voided_at=timezone.now(), void_reason="given anew"
    )
    approval, is_new = Approval.objects.get_or_create(
        changeset=changeset,
        user=by,
        digest=digest,
        voided_at=None,
        defaults={"role": role_held(by)},
    )
    if is_new:
        record("approved", by=by, changeset=changeset)
    if changeset.status == Status.IN_REVIEW and why_not_approved(changeset) is None:
        moved(changeset, Status.APPROVED)
    return approval


def _lift_own_objections(changeset: Changeset, by: User) -> None:
    own = open_objections(changeset).filter(opened_by=by)
    own.update(closed_at=timezone.now(), closed_by=by, closing="lifted")


def role_held(user: User) -> str:
    """The strongest role on the board that `user` holds now, "" for none."""
    roles = user.roles()
    ranked = (Role.MANAGING_EDITOR, Role.EDITOR)
    return next((str(role) for role in ranked if role in roles), "")


@transaction.atomic
def withdraw_approval(changeset: Changeset, *, by: User) -> None:
    """Take one's yes back; what rested on it goes back to review. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.WITHDRAW_APPROVAL, changeset)
    standing = changeset.approvals.filter(user=by, voided_at__isnull=True)
    if not standing.update(voided_at=timezone.now(), void_reason="withdrawn"):
        raise NotAllowed("You have not approved this content.")
    record("approval-withdrawn", by=by, changeset=changeset)
    fall_back_unless_approved(changeset)


def fall_back_unless_approved(changeset: Changeset) -> None:
    """Send an approved or scheduled changeset, locked, back to review when the rule fails it."""
    if changeset.status not in (Status.APPROVED, Status.SCHEDULED):
        return
    reason = why_not_approved(changeset)
    if reason is not None:
        moved(changeset, Status.IN_REVIEW, hold_reason=reason)
        record("fell-back", by=None, changeset=changeset, reason=reason)


def require_approval(changeset: Changeset) -> list[Approval]:
    """The approvals by which what `changeset` holds now may be published. Raises NotApproved.

    A founding import has nobody to review it and is published, marked as such, into an empty
    knowledge base. An emergency act is reviewed afterwards. Everything else needs a valid approval
    of exactly its content.
    """
    if changeset.is_founding:
        if Revision.objects.exists():
            reason = "a founding import goes into an empty knowledge base alone."
            raise NotApproved(changeset.title, reason)
        return []
    if changeset.origin == Changeset.Origin.EMERGENCY:
        return []  # kb.editing.emergencies has made it, and nobody else can
    approvals = valid_approvals(changeset)
    why_not = _why_not_approved(changeset, approvals)
    if why_not is None and changeset.status not in (Status.APPROVED, Status.SCHEDULED):
        why_not = f"it is {changeset.get_status_display().lower()}, not approved."
    if why_not is not None:
        raise NotApproved(changeset.title, why_not)
    return approvals


def why_not_approved(changeset: Changeset) -> str | None:
    """Why the approval rule does not hold for the present content; None when it does."""
    return _why_not_approved(changeset, valid_approvals(changeset))


def _why_not_approved(changeset: Changeset, approvals: Sequence[Approval]) -> str | None:
    if board_is_too_small():
        return "the board has one active member; two people are needed to publish anything."
    if objection := open_objections(changeset).select_related("opened_by").first():
        who = objection.opened_by.shown_name if objection.opened_by else "a former member"
        return f"an objection by {who} is open."
    if not approvals:
        return "it needs the approval, of exactly this content, of someone who did not write it."
    return None


def board_is_too_small() -> bool:
    """Whether fewer than two active people are on the board: nothing can be published."""
    members: int = User.objects.on_board()[:LEAST_BOARD].count()
    return members < LEAST_BOARD


def open_objections(changeset: Changeset) -> models.QuerySet[Thread]:
    """Objections that nobody has lifted. One by somebody who left the board blocks no more."""
    return changeset.threads.filter(
        kind=Thread.Kind.OBJECTION,
        closed_at__isnull=True,
        opened_by__in=User.objects.on_board(),
    )


def valid_approvals(changeset: Changeset) -> list[Approval]:
    """Approvals that count: of exactly this content, by members of the board who wrote none."""
    standing = changeset.approvals.filter(
        digest=changeset.digest(), voided_at__isnull=True, user__in=User.objects.on_board()
    )
    approvals = standing.exclude(user__in=changeset.writers()).select_related("user")
    return list(approvals.order_by("given_at", "pk"))
