"""What one person published alone: for a second member of the board to look at."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kb.editing import EditingError, permissions
from kb.editing.permissions import Action
from kb.editing.reverting import open_revert
from kb.editing.second_reviews import VERDICTS, review
from kb.models import Changeset, SecondReview, User
from kb.publication import page_reading
from kb.web.changes import shown_edit
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of

MOST_WAITING = 50
MOST_DONE = 20


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def second_reviews_page(request: DeskRequest) -> HttpResponse:
    """`/desk/second-reviews/`: what waits, and what was found of the last ones."""
    if not permissions.may(request.user, Action.SECOND_REVIEW):
        raise Http404
    wrong: Wrong | None = None
    if request.method == "POST":
        leads_to: list[str] = []
        wrong = carried_out(request, lambda: _review(request, leads_to))
        if wrong is None:
            return SeeOther(leads_to[0])
    rows = SecondReview.objects.select_related("changeset__created_by", "reviewed_by")
    undone = rows.filter(reviewed_at__isnull=True)
    waiting = list(undone.order_by("due_at", "pk")[:MOST_WAITING])
    done = rows.filter(reviewed_at__isnull=False).order_by("-reviewed_at", "-pk")
    context = {
        "current": "desk",
        "wrong": wrong,
        "waiting": _shown(waiting, request, wrong),
        "further": undone.count() - len(waiting) if len(waiting) == MOST_WAITING else 0,
        "done": [{"review": each, "verdict": VERDICTS[each.verdict]} for each in done[:MOST_DONE]],
        "verdicts": VERDICTS.items(),
    }
    return render(request, "kb/desk/second_reviews.html", context, status=status_of(wrong))


def _shown(
    waiting: Sequence[SecondReview], request: DeskRequest, wrong: Wrong | None
) -> list[dict[str, Any]]:
    """The rows, in the same number of queries whatever their number."""
    pks = [each.changeset_id for each in waiting]
    edits, own = page_reading.edits_of_each(pks), _written_by(request.user, pks)
    typed = wrong.typed if wrong is not None else {}
    return [
        {
            "review": each,
            "changeset": each.changeset,
            "edits": [shown_edit(edit) for edit in edits[each.changeset_id]],
            "is_overdue": each.due_at <= timezone.now(),
            "is_own": each.changeset_id in own,
            "typed": typed if typed.get("review") == str(each.pk) else {},
        }
        for each in waiting
    ]


def _written_by(user: User, pks: Sequence[int]) -> set[int]:
    """Those of the changesets that `user` answers for: see `Changeset.writers`."""
    written = Q(pk__in=Changeset.objects.written_by(user).values("pk")) | Q(submitted_by=user)
    return set(Changeset.objects.filter(written, pk__in=pks).values_list("pk", flat=True))


def _review(request: DeskRequest, leads_to: list[str]) -> str:
    number = posted(request, "review")
    found = SecondReview.objects.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise EditingError("This review is not there any more. Load the page again.")
    done = review(found, posted(request, "verdict"), posted(request, "note"), by=request.user)
    if done.verdict == "confirmed":
        leads_to.append("/desk/second-reviews/")
        return "Noted: it was right."
    draft = open_revert(done.changeset, by=request.user, why=done.note)
    leads_to.append(draft.get_absolute_url())
    return "This draft takes it back. Look at it, then submit it."
