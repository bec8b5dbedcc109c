"""The state of a changeset: locked, moved and closed in one place."""

from datetime import datetime

from django.utils import timezone

from kb.models import Approval, Changeset, Reservation


def locked(changeset: Changeset) -> Changeset:
    """The changeset as it is now, locked until the transaction ends."""
    return Changeset.objects.select_for_update().get(pk=changeset.pk)


def moved(
    changeset: Changeset, status: str, *, publish_at: datetime | None = None, hold_reason: str = ""
) -> None:
    """Put `changeset`, which is locked, into another state. A closed one lets go of its keys."""
    changeset.status = status
    changeset.status_since = timezone.now()
    changeset.publish_at = publish_at
    changeset.hold_reason = hold_reason
    changeset.save(update_fields=["status", "status_since", "publish_at", "hold_reason"])
    if changeset.is_closed:
        Reservation.objects.filter(changeset=changeset).delete()


def void_approvals(changeset: Changeset, reason: str) -> int:
    """Approvals given so far no longer count. Returns how many did."""
    standing = Approval.objects.filter(changeset=changeset, voided_at__isnull=True)
    return standing.update(voided_at=timezone.now(), void_reason=reason[:200])
