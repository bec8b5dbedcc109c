"""Drafts that nobody goes on with: a notice after 90 days, withdrawn after 180."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.states import locked
from kb.editing.transitions import close
from kb.models import Changeset

NOTICE_AFTER = timedelta(days=90)
WITHDRAWN_AFTER = timedelta(days=180)
UNWARNED = Q(idle_notice_at__isnull=True) | Q(idle_notice_at__lt=F("changed_at"))


def notice_and_withdraw(now: datetime | None = None) -> tuple[int, int]:
    """Warn of drafts that lie idle and withdraw those that did so for long.

    Nothing is withdrawn that was not warned of 90 days before, even where no job ran for months.
    Returns (how many were warned of, how many were withdrawn).
    """
    moment = now or timezone.now()
    drafts = Changeset.objects.filter(status=Changeset.Status.DRAFT)
    old = drafts.filter(
        changed_at__lte=moment - WITHDRAWN_AFTER,
        idle_notice_at__lte=moment - (WITHDRAWN_AFTER - NOTICE_AFTER),
        idle_notice_at__gte=F("changed_at"),
    )
    idle = drafts.filter(UNWARNED, changed_at__lte=moment - NOTICE_AFTER)
    withdrawn = [_withdraw(changeset, moment) for changeset in old.order_by("pk")]
    warned = [_warn(changeset, moment) for changeset in idle.order_by("pk")]
    return sum(warned), sum(withdrawn)


@transaction.atomic
def _warn(changeset: Changeset, now: datetime) -> bool:
    changeset = locked(changeset)
    if not _lies_idle(changeset, now, NOTICE_AFTER):
        return False
    changeset.idle_notice_at = now
    changeset.save(update_fields=["idle_notice_at"])
    record("idle-notice", by=None, changeset=changeset)
    return True


@transaction.atomic
def _withdraw(changeset: Changeset, now: datetime) -> bool:
    changeset = locked(changeset)
    if not _lies_idle(changeset, now, WITHDRAWN_AFTER):
        return False
    close(changeset, Changeset.Status.WITHDRAWN)
    record("idle-withdrawn", by=None, changeset=changeset)
    return True


def _lies_idle(changeset: Changeset, now: datetime, period: timedelta) -> bool:
    """Still so, now that it is locked: somebody may just have gone on with it."""
    is_draft = changeset.status == Changeset.Status.DRAFT
    return is_draft and changeset.changed_at <= now - period
