"""Redactions: what is asked for, for an administrator to decide; what was decided."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.editing import EditingError, permissions
from kb.editing.permissions import Action
from kb.editing.redaction import confirm, refuse
from kb.models import Redaction
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, WrongField, carried_out, posted, status_of

MOST_WAITING = 50
MOST_DECIDED = 50


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def redactions_page(request: DeskRequest) -> HttpResponse:
    """`/desk/redactions/`: for managing editors, who ask, and administrators, who decide."""
    user = request.user
    may_decide = permissions.may(user, Action.CONFIRM_REDACTION)
    if not may_decide and not permissions.may(user, Action.ASK_REDACTION):
        raise Http404
    wrong: Wrong | None = None
    if request.method == "POST":
        wrong = carried_out(request, lambda: _decide(request))
        if wrong is None:
            return SeeOther("/desk/redactions/")
    people = ("asked_by", "decided_by")
    rows = Redaction.objects.select_related("revision__entry", *people).defer("revision__document")
    asked = rows.filter(decided_at__isnull=True)
    waiting = list(asked.order_by("pk")[:MOST_WAITING])
    context = {
        "current": "desk",
        "wrong": wrong,
        "may_decide": may_decide,
        "waiting": waiting,
        "further": asked.count() - len(waiting) if len(waiting) == MOST_WAITING else 0,
        "decided": rows.filter(decided_at__isnull=False).order_by("-decided_at")[:MOST_DECIDED],
    }
    return render(request, "kb/desk/redactions.html", context, status=status_of(wrong))


def _decide(request: DeskRequest) -> str:
    number = posted(request, "redaction")
    found = Redaction.objects.filter(pk=int(number) if number.isdecimal() else 0).first()
    if found is None:
        raise EditingError("This is not there any more. Load the page again.")
    if request.POST.get("do") == "refuse":
        refuse(found, posted(request, "why"), by=request.user)
        return "Refused. Whoever asked has been told."
    if request.POST.get("sure") != "yes":
        raise WrongField("sure", "Tick the box to say that you have read it. Nothing was deleted.")
    confirm(found, by=request.user)
    return "The document is deleted. Its hash and metadata stay; the feed says so."
