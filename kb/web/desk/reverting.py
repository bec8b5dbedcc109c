"""Taking back what a changeset did: choose its entries, open the draft."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.editing import permissions
from kb.editing.drafts import MOST_EDITS
from kb.editing.permissions import Action
from kb.editing.reverting import open_revert
from kb.models import Changeset
from kb.publication import page_reading
from kb.publication.cursors import WrongCursor
from kb.web.changes import shown_edit
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of
from kb.web.paging import paged, place_in


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def revert_page(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/changesets/<id>/revert/`: which of its entries, and why."""
    changeset = Changeset.objects.filter(pk=pk, status=Changeset.Status.PUBLISHED).first()
    if changeset is None:
        raise Http404
    wrong: Wrong | None = None
    if request.method == "POST":
        made: list[Changeset] = []
        wrong = carried_out(request, lambda: _open(request, changeset, made))
        if wrong is None:
            return SeeOther(made[0].get_absolute_url())
    context = {
        "current": "desk",
        "changeset": changeset,
        "wrong": wrong,
        "may": permissions.may(request.user, Action.REVERT),
        "chosen": request.POST.getlist("key"),
        "reverted_by": _taken_back_by(request, changeset),
        **_entries(request, changeset),
    }
    return render(request, "kb/desk/revert.html", context, status=status_of(wrong))


def _open(request: DeskRequest, changeset: Changeset, made: list[Changeset]) -> str:
    keys = request.POST.getlist("key")
    if before := _begun_before(request, changeset, keys):
        made.append(before)
        return "You have begun this already: here it is."
    draft = open_revert(changeset, keys, by=request.user, why=posted(request, "why"))
    made.append(draft)
    if draft.threads.exists():
        return "Some places were changed again since: each has a thread. Decide, then submit it."
    return "This is the draft. Look at the difference, then submit it."


def _begun_before(request: DeskRequest, changeset: Changeset, keys: list[str]) -> Changeset | None:
    """The draft in which one takes the same entries back already: sending twice makes one."""
    drafts = Changeset.objects.filter(
        reverts=changeset, created_by=request.user, status=Changeset.Status.DRAFT
    )
    for draft in drafts.order_by("-pk")[:10]:
        if {*draft.edits.values_list("key", flat=True)} == {*keys}:
            return draft
    return None


def _taken_back_by(request: DeskRequest, changeset: Changeset) -> list[Changeset]:
    visible = Changeset.objects.visible_to(request.user) | Changeset.objects.filter(
        status=Changeset.Status.PUBLISHED
    )
    return list(visible.filter(reverts=changeset).distinct().order_by("pk")[:20])


def _entries(request: DeskRequest, changeset: Changeset) -> dict[str, Any]:
    """What it did, a page of as many entries as one revert holds."""
    identity = f"revert {changeset.pk}"
    try:
        place = place_in(request, identity)
    except WrongCursor:
        place = None
    found = page_reading.edits_of(
        changeset.pk,
        beyond=place.values[0] if place else None,
        backwards=place is not None and place.backwards,
        limit=MOST_EDITS + 1,
    )
    shown = paged(request, found, place, identity, lambda edit: (edit.place,), MOST_EDITS)
    rows = [{**shown_edit(each), "key": each.shown["key"]} for each in shown.rows]
    return {"edits": rows, "next": shown.next, "prev": shown.prev}
