"""Publishing at a set time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.editing.publishing import publish_scheduled
from kb.editing.review import require_approval
from kb.editing.states import locked, moved
from kb.models import Activity, Changeset, User

Status = Changeset.Status


@transaction.atomic
def schedule(changeset: Changeset, at: datetime, *, by: User) -> Changeset:
    """Publish it at `at`, which has a zone; again moves the time. Raises NotAllowed, NotApproved,
    or EditingError when the time has passed.
    """
    changeset = locked(changeset)
    require(by, Action.SCHEDULE, changeset)
    require_approval(changeset)
    if at <= timezone.now():
        raise EditingError(
            f"{at:%Y-%m-%d %H:%M} has passed. Choose a later time, or publish it now."
        )
    kind = "schedule-moved" if changeset.status == Status.SCHEDULED else "scheduled"
    moved(changeset, Status.SCHEDULED, publish_at=at.astimezone(UTC))
    record(kind, by=by, changeset=changeset, at=at.isoformat())
    return changeset


@transaction.atomic
def cancel_schedule(changeset: Changeset, *, by: User) -> Changeset:
    """Keep it approved, without a time. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.CANCEL_SCHEDULE, changeset)
    moved(changeset, Status.APPROVED)
    record("schedule-cancelled", by=by, changeset=changeset)
    return changeset


def publish_due(now: datetime | None = None) -> list[Changeset]:
    """Publish what is due, the longest overdue first. Returns what was published.

    One that fails goes back to approved with the reason, and does not stop the others.
    """
    moment = now or timezone.now()
    due = Changeset.objects.filter(status=Status.SCHEDULED, publish_at__lte=moment)
    return [
        changeset
        for changeset in due.order_by("publish_at", "pk")
        if publish_scheduled(changeset, by=scheduler_of(changeset), now=moment)
    ]


def scheduler_of(changeset: Changeset) -> User | None:
    """Who set the time."""
    said = Activity.objects.filter(changeset=changeset, kind__in=["scheduled", "schedule-moved"])
    last = said.select_related("user").order_by("-pk").first()
    return last.user if last is not None else None


def moment_in(text: str, zone: str) -> datetime:
    """A local time ("2026-03-29 02:30") in a zone ("Europe/Berlin") as a moment.

    Raises EditingError for what cannot be read, for a time that the clocks skip, and for one that
    they show twice (written without an offset): each says what to write.
    """
    try:
        there = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise EditingError(f"“{zone}” is no time zone. Write one such as Europe/Berlin.") from None
    try:
        written = datetime.fromisoformat(text.strip())
    except ValueError:
        raise EditingError(f"“{text}” is no time. Write it as 2026-03-29 14:30.") from None
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    first, second = (written.replace(tzinfo=there, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return first.astimezone(UTC)
    if first.astimezone(UTC).astimezone(there).replace(tzinfo=None) != written:
        later = first.astimezone(UTC).astimezone(there)
        raise EditingError(
            f"{written:%H:%M} does not exist on that day in {zone}: the clocks go forward. "
            f"{later:%H:%M} comes next."
        )
    raise EditingError(
        f"{written:%H:%M} comes twice on that day in {zone}: the clocks go back. "
        f"Write {first.isoformat(' ', 'minutes')} or {second.isoformat(' ', 'minutes')}."
    )
