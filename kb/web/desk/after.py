"""Where what follows a publication is found: an entry by its name, and the work on many."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.editing import permissions
from kb.editing.permissions import Action
from kb.models import Redaction, SecondReview
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.starting import found_entries


@desk_page
@require_safe
def after_page(request: DeskRequest) -> HttpResponse:
    """`/desk/after/?q=`: find an entry; merges, bulk edits, second reviews, redactions."""
    user = request.user
    sees_redactions = permissions.may(user, Action.ASK_REDACTION) or permissions.may(
        user, Action.CONFIRM_REDACTION
    )
    context = {
        "current": "desk",
        "is_on_board": user.is_on_board,
        "sees_redactions": sees_redactions,
        "second_reviews": SecondReview.objects.filter(reviewed_at__isnull=True).count(),
        "redactions": Redaction.objects.filter(decided_at__isnull=True).count(),
        **found_entries(request.GET.get("q", "").strip()[:200]),
    }
    return render(request, "kb/desk/after.html", context)
