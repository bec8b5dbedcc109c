"""The pages of one changeset: overview, difference, checks, conversation. Forms come back here."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.editing import permissions, review
from kb.editing.activity import sentences_of
from kb.editing.errors import Conflict, InvalidEdits
from kb.editing.notices import has_left
from kb.editing.permissions import Action
from kb.models import Changeset, Thread, User
from kb.web.desk import overview as drawn
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of
from kb.web.desk.buttons import Asking, buttons
from kb.web.desk.changeset_acts import WHERE, act_of
from kb.web.desk.marks import listed
from kb.web.desk.naming import values_for
from kb.web.desk.numbered import Part, part_of
from kb.web.desk.review import OPENED, Writing, reviewed
from kb.web.desk.suggestions import suggestions_of
from kb.web.desk.threads import shown_thread, threads_of
from kb.web.desk.wording import next_in_words

Status = Changeset.Status
REVIEWED = (Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED, Status.CHANGES_REQUESTED)
TABS = (
    ("", "Overview"),
    ("difference/", "Difference"),
    ("checks/", "Checks"),
    ("conversation/", "Conversation"),
)
THREADS = 50  # of one page of the conversation
PAGED = ("difference/", "checks/", "conversation/")

Context = dict[str, Any]
Draw = Callable[[DeskRequest, "Seen"], Context]


class Seen:
    """A changeset, who looks at it, what they may do, and what went wrong with what they sent."""

    def __init__(self, changeset: Changeset, user: User, wrong: Wrong | None = None):
        self.changeset, self.user, self.wrong = changeset, user, wrong
        self.problem = wrong.problem if wrong is not None else None
        self.allowed = permissions.allowed(user, changeset)
        self.is_own = user.pk in changeset.writers()
        self.digest = changeset.digest() if changeset.status in REVIEWED else ""
        row = listed([changeset], user)[0]
        self.standing = drawn.standing_of(changeset) if row.is_stale else {}
        self.conflicts = drawn.conflicts_of(changeset, self.standing)
        self.row = replace(row, is_conflicted=bool(self.conflicts))


def found(user: User, pk: int) -> Changeset:
    """The changeset, as `user` may see it. Raises Http404, as for one that is not there."""
    people = ("created_by", "submitted_by", "claimed_by", "assigned_to", "published_by", "reverts")
    changeset = Changeset.objects.visible_to(user).select_related(*people).filter(pk=pk).first()
    if changeset is None:
        raise Http404
    return changeset


def answer(request: DeskRequest, pk: int, tab: str, draw: Draw) -> HttpResponse:
    """One tab: a form that was sent to it is carried out, or shown again with what is wrong."""
    changeset = found(request.user, pk)
    wrong = None
    if request.method == "POST":
        where = WHERE.get(request.POST.get("do", ""), "")
        wrong = carried_out(request, lambda: act_of(request, changeset), where=where)
        if wrong is None:
            return SeeOther(leads_to(request, changeset, tab))
        changeset = found(request.user, pk)
    seen = Seen(changeset, request.user, wrong)
    context = {**framed(seen, tab), **draw(request, seen)}
    template = f"kb/desk/changeset_{tab.rstrip('/') or 'overview'}.html"
    return render(request, template, context, status=status_of(wrong))


def leads_to(request: DeskRequest, changeset: Changeset, tab: str) -> str:
    """Where one goes after a form: the same tab, at the place that it was about."""
    asked = f"?{request.GET.urlencode()}" if tab in PAGED and request.GET else ""
    anchor = posted(request, "anchor")
    is_gone = not Changeset.objects.visible_to(request.user).filter(pk=changeset.pk).exists()
    if is_gone:  # such as an author who has taken their own name out
        return "/desk/"
    for name in ("at", "at_key", "wording"):
        asked = without(asked, name)
    return f"{changeset.get_absolute_url()}{tab}{asked}{f'#{anchor}' if anchor else ''}"


def without(query: str, name: str) -> str:
    """The query of an address without one of its parameters."""
    pairs = [each for each in query.lstrip("?").split("&") if each]
    kept = [each for each in pairs if each.partition("=")[0] != name]
    return f"?{'&'.join(kept)}" if kept else ""


def framed(seen: Seen, tab: str) -> Context:
    """What stands around every tab."""
    changeset = seen.changeset
    path = changeset.get_absolute_url()
    return {
        "current": "desk",
        "changeset": changeset,
        "row": seen.row,
        "path": path,
        "tab_path": path + tab,
        "tabs": [
            {"label": label, "path": path + name, "is_current": name == tab} for name, label in TABS
        ],
        "is_own": seen.is_own,
        "next_step": next_in_words(
            changeset, is_own=seen.is_own, is_conflicted=seen.row.is_conflicted
        ),
        "wrong": seen.wrong,
        **in_the_way(seen),
        "named_errors": drawn.errors_said(changeset, seen.problem.problems)
        if isinstance(seen.problem, InvalidEdits)
        else [],
        "can": {str(action).replace("-", "_"): True for action in seen.allowed},
        "board_is_too_small": not changeset.is_closed and review.board_is_too_small(),
    }


def in_the_way(seen: Seen) -> Context:
    """Where others changed the same things, each said once; and why it was held back."""
    held = seen.changeset.hold_reason
    is_about_conflicts = bool(seen.conflicts) and isinstance(seen.problem, Conflict)
    return {
        "conflicts": seen.conflicts,
        "is_wrong_said": is_about_conflicts,
        "held": "" if seen.conflicts and Conflict.BEGINS in held else held,
    }


def deciding(seen: Seen, *, is_difference_shown: bool) -> Context:
    """The buttons, and what an approver should know. One approves where one has read."""
    changeset, user = seen.changeset, seen.user
    has_approved = changeset.approvals.filter(
        user=user, digest=seen.digest, voided_at__isnull=True
    ).exists()
    asking = Asking(changeset, user, seen.digest, is_conflicted=seen.row.is_conflicted)
    made = buttons(asking, seen.allowed, seen.wrong, has_approved=has_approved)
    touched = changeset.edits.filter(key__in=user.affiliations).values_list("key", flat=True)
    approving = [button for button in made if button.do == Action.APPROVE]
    return {
        "buttons": made if is_difference_shown else [b for b in made if b not in approving],
        "reads_first": bool(approving) and not is_difference_shown,
        "has_approved": has_approved,
        "affiliated": list(touched) if Action.APPROVE in seen.allowed else [],
    }


# --- the tabs --------------------------------------------------------------------------------


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def overview(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/changesets/<id>/`: what it is, where it stands, and what one can do."""
    return answer(request, pk, "", _overview)


def _overview(_request: DeskRequest, seen: Seen) -> Context:
    changeset = seen.changeset
    newest = changeset.activities.select_related("user", "changeset").order_by("-pk")
    activities = list(newest[: drawn.MOST_ACTIVITIES])
    return {
        **deciding(seen, is_difference_shown=False),
        "people": drawn.people_of(changeset),
        "edits": drawn.edits_of(changeset, seen.standing),
        "approvals": drawn.approvals_of(changeset, seen.digest),
        "missing": drawn.missing(changeset),
        "suggestions": suggestions_of(changeset),
        "is_on_board": seen.user.is_on_board,
        "warnings": drawn.warnings_to_see(seen) if Action.SUBMIT in seen.allowed else {},
        "activities": [
            {"at": each.at, "text": text}
            for each, text in zip(activities, sentences_of(activities, is_named=False), strict=True)
        ],
    }


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def difference(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/changesets/<id>/difference/`: what one approves. `?entry=`: one entry alone."""
    return answer(request, pk, "difference/", _difference)


def _difference(request: DeskRequest, seen: Seen) -> Context:
    changeset = seen.changeset
    keys = list(changeset.edits.order_by("key").values_list("key", flat=True))
    part = _part_of(keys, request)
    writing = _writing(request, seen.wrong)
    return {
        **deciding(seen, is_difference_shown=True),
        "entries": reviewed(changeset, part.rows, seen.user, seen.allowed, writing),
        "others": [key for key in keys if key not in set(part.rows)],
        "total": len(keys),
        "part": part,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "kept": _kept(request),
        "digest": seen.digest,
    }


def _part_of(keys: Sequence[str], request: HttpRequest) -> Part[str]:
    """The entries that are shown: a part of them, or the one that the address names."""
    alone = request.GET.get("entry", "")
    return Part([alone], 1, []) if alone in keys else part_of(keys, request, OPENED)


def _kept(request: HttpRequest) -> str:
    """What stays of the address when a place to comment on is added to it."""
    kept = [f"{name}={request.GET[name]}" for name in ("entry", "page") if name in request.GET]
    return "".join(f"{each}&" for each in kept)


def _writing(request: HttpRequest, wrong: Wrong | None) -> Writing:
    if wrong is not None and wrong.do in (Action.COMMENT, Action.SUGGEST, Action.REQUEST_CHANGES):
        typed = wrong.typed
        is_wording = wrong.do == Action.SUGGEST
        return Writing(typed.get("key", ""), typed.get("path", ""), is_wording, typed)
    given = request.GET
    return Writing(given.get("at_key", ""), given.get("at", ""), given.get("wording") == "1")


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def checks(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/changesets/<id>/checks/?page=`: errors, and warnings to be acknowledged."""
    return answer(request, pk, "checks/", _checks)


def _checks(request: DeskRequest, seen: Seen) -> Context:
    keys = drawn.keys_with_findings(seen.changeset)
    part = _part_of(keys, request)
    return {
        "checked": drawn.checked_of(seen.changeset, part.rows, seen.wrong),
        "total": len(keys),
        "part": part,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "can_acknowledge": Action.SAVE in seen.allowed,
    }


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/changesets/<id>/conversation/?page=`: what was said, in its order, the newest part."""
    return answer(request, pk, "conversation/", _conversation)


def _conversation(request: DeskRequest, seen: Seen) -> Context:
    changeset = seen.changeset
    threads = threads_of(changeset)
    part = part_of(threads, request, THREADS, is_last_shown=True)
    keys = sorted({thread.key for thread in part.rows if thread.key})
    edits = {
        edit.key: edit
        for edit in changeset.edits.filter(key__in=keys).select_related("base", "revision")
    }
    documents = {key: edit.document for key, edit in edits.items()}
    values = values_for(changeset, list(edits.values()))

    def shown(thread: Thread) -> dict[str, Any]:
        edit, document = edits.get(thread.key), documents.get(thread.key, {})
        return shown_thread(thread, edit, document, seen.allowed, seen.user, values)

    return {
        "has_left": has_left(changeset, seen.user),
        "threads": list(map(shown, part.rows)),
        "total": len(threads),
        "part": part,
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
    }
