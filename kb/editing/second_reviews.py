"""The second pair of eyes on what one managing editor published alone."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.models import SecondReview, User

VERDICTS = {"confirmed": "It was right", "to-revert": "It is to be taken back"}


@transaction.atomic
def review(second_review: SecondReview, verdict: str, note: str, *, by: User) -> SecondReview:
    """Say whether an emergency act was right. It needs a member of the board who did not act.

    `verdict`: of VERDICTS; "to-revert" needs a note, and whoever gives it opens the revert. Raises
    NotAllowed, or EditingError.
    """
    chosen = SecondReview.objects.select_for_update(of=("self",)).select_related("changeset")
    second_review = chosen.get(pk=second_review.pk)
    require(by, Action.SECOND_REVIEW, second_review.changeset)
    if second_review.reviewed_at is not None:
        raise EditingError("Somebody has reviewed it already.")
    if verdict not in VERDICTS:
        raise EditingError(f"Choose: {' · '.join(VERDICTS.values())}.")
    if verdict == "to-revert" and not note.strip():
        raise EditingError("Say in a note why it is to be taken back.")
    second_review.reviewed_by, second_review.reviewed_at = by, timezone.now()
    second_review.verdict, second_review.note = verdict, note.strip()
    second_review.save(update_fields=["reviewed_by", "reviewed_at", "verdict", "note"])
    said = f"{VERDICTS[verdict]}. {note.strip()}".strip()
    record("second-review-done", by=by, changeset=second_review.changeset, reason=said)
    return second_review


@transaction.atomic
def escalate_overdue(now: datetime | None = None) -> int:
    """Tell the board and the administrators, once, of each review that is due. Returns how many."""
    waiting = SecondReview.objects.filter(reviewed_at__isnull=True, escalated_at__isnull=True)
    overdue = waiting.filter(due_at__lte=now or timezone.now()).select_related("changeset")
    found = list(overdue.select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    for second_review in found:
        second_review.escalated_at = now or timezone.now()
        second_review.save(update_fields=["escalated_at"])
        record("second-review-overdue", by=None, changeset=second_review.changeset)
    return len(found)
