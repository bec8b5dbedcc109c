"""What one person published alone: for a second member of the board to look at."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from kb.editing import EditingError, permissions
from kb.editing.permissions import Action
from kb.editing.reverting import open_revert
from kb.editing.second_reviews import VERDICTS, review
from kb.models import SecondReview
from kb.publication import page_reading
from kb.web.changes import shown_edit
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of

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
    waiting = rows.filter(reviewed_at__isnull=True).order_by("due_at", "pk")
    done = rows.filter(reviewed_at__isnull=False).order_by("-reviewed_at", "-pk")
    context = {
        "current": "desk",
        "wrong": wrong,
        "waiting": [_shown(each, request, wrong) for each in waiting],
        "done": [{"review": each, "verdict": VERDICTS[each.verdict]} for each in done[:MOST_DONE]],
        "verdicts": VERDICTS.items(),
    }
    return render(request, "kb/desk/second_reviews.html", context, status=status_of(wrong))


def _shown(waiting: SecondReview, request: DeskRequest, wrong: Wrong | None) -> dict[str, Any]:
    changeset = waiting.changeset
    is_this = wrong is not None and wrong.typed.get("review") == str(waiting.pk)
    return {
        "review": waiting,
        "changeset": changeset,
        "edits": [shown_edit(each) for each in page_reading.edits_of(changeset.pk, limit=5)],
        "is_overdue": waiting.due_at <= timezone.now(),
        "is_own": request.user.pk in changeset.writers(),
        "typed": wrong.typed if wrong is not None and is_this else {},
    }


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
