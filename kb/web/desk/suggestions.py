"""Triage: what visitors suggest, the longest waiting first, and what the board does about it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from kb.editing import suggestions as editing
from kb.editing.permissions import Action, may
from kb.editing.starting import drafts_of
from kb.kinds import kind_named
from kb.models import Changeset, User, VisitorSuggestion
from kb.publication import reading
from kb.publication.cursors import WrongCursor
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, WrongField, carried_out, posted, status_of
from kb.web.desk.marks import span_in_words
from kb.web.pages import page
from kb.web.paging import PAGE_SIZE, paged, place_in
from kb.web.statements import Statements, row_name

Status = VisitorSuggestion.Status
HERE = "/desk/suggestions/"
MOST_DRAFTS = 20  # of one's own, to add a suggestion to
COUNTED = 1_000  # rows that are counted before there are “more than”


@dataclass(frozen=True, slots=True)
class Row:
    """A suggestion in the list. `name`: of its entry; `waiting`: since it came."""

    suggestion: VisitorSuggestion
    name: str
    waiting: str

    @property
    def path(self) -> str:
        return f"{HERE}{self.suggestion.pk}/"


@desk_page
@require_safe
def suggestion_list(request: DeskRequest) -> HttpResponse:
    """`/desk/suggestions/?status=`: those that wait, oldest first; the others newest first."""
    if not may(request.user, Action.TRIAGE):
        return for_the_board(request)
    status = request.GET.get("status", Status.NEW)
    status = status if status in Status.values else Status.NEW
    identity = f"suggestions {status}"
    try:
        place = place_in(request, identity)
    except WrongCursor as problem:
        return page(request, "kb/400.html", {"detail": str(problem), "path": request.path}, 400)
    beyond = place.values[0] if place else None
    found = ordered(status, beyond, backwards=place is not None and place.backwards)
    shown = paged(request, list(found[: PAGE_SIZE + 1]), place, identity, lambda each: (each.pk,))
    context = {
        "current": "desk",
        "status": status,
        "statuses": [(value, label, value == status) for value, label in Status.choices],
        "rows": rows_of(shown.rows),
        "total": VisitorSuggestion.objects.filter(status=status)[: COUNTED + 1].count(),
        "counted": COUNTED,
        "next": shown.next,
        "prev": shown.prev,
    }
    return render(request, "kb/desk/suggestions.html", context)


def for_the_board(request: HttpRequest) -> HttpResponse:
    return render(
        request, "kb/desk/suggestions.html", {"is_closed": True}, status=HTTPStatus.FORBIDDEN
    )


def ordered(
    status: str, beyond: int | None, *, backwards: bool = False
) -> QuerySet[VisitorSuggestion]:
    """Of one status, from `beyond` on; backwards, what is before it, reversed."""
    is_falling = (status != Status.NEW) != backwards
    found = VisitorSuggestion.objects.filter(status=status)
    if beyond is not None:
        found = found.filter(**{f"pk__{'lt' if is_falling else 'gt'}": beyond})
    found = found.select_related("changeset", "handled_by")
    return found.order_by("-pk" if is_falling else "pk")


def rows_of(suggestions: Sequence[VisitorSuggestion]) -> list[Row]:
    now = timezone.now()
    known = reading.known(each.key for each in suggestions if each.key)
    names = {key: str(each.shown["name"]) for key, each in known.items()}
    return [
        Row(each, names.get(each.key, each.key), span_in_words(now - each.created_at))
        for each in suggestions
    ]


# --- one suggestion -------------------------------------------------------------------------


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_page(request: DeskRequest, pk: int) -> HttpResponse:
    """`/desk/suggestions/<id>/`: beside what is published, with what can be done about it."""
    if not may(request.user, Action.TRIAGE):
        return for_the_board(request)
    suggestion = _found(pk)
    wrong = None
    if request.method == "POST":
        leads_to: list[str] = []
        wrong = carried_out(request, lambda: _act(request, suggestion, leads_to))
        if wrong is None:
            return SeeOther(leads_to[0] if leads_to else f"{HERE}{pk}/")
        suggestion = _found(pk)
    context = {"current": "desk", "wrong": wrong, **_shown(suggestion, request.user, wrong)}
    return render(request, "kb/desk/suggestion.html", context, status=status_of(wrong))


def _found(pk: int) -> VisitorSuggestion:
    found = VisitorSuggestion.objects.select_related("changeset", "handled_by")
    suggestion = found.filter(pk=pk).first()
    if suggestion is None:
        raise Http404
    return suggestion


def _shown(suggestion: VisitorSuggestion, user: User, wrong: Wrong | None) -> dict[str, Any]:
    known = reading.known([suggestion.key]).get(suggestion.key) if suggestion.key else None
    statements = Statements.of(known.survivor) if known else None
    stated = statements.one(suggestion.statement) if statements else None
    changeset = suggestion.changeset
    is_new = suggestion.status == Status.NEW
    return {
        "suggestion": suggestion,
        "row": rows_of([suggestion])[0],
        "is_in_view": statements is not None,
        "stated": stated,
        "now": f"{stated.group}: {stated.words}" if stated else "",
        "came_back": changeset if is_new and changeset is not None else None,
        "drafts": list(drafts_of(user)[:MOST_DRAFTS]) if is_new else [],
        "may_decline": suggestion.status in (Status.NEW, Status.TAKEN),
        "typed": wrong.typed if wrong else {},
        "here": f"{HERE}{suggestion.pk}/",
    }


Act = Callable[[DeskRequest, VisitorSuggestion, list[str]], str]


def _act(request: DeskRequest, suggestion: VisitorSuggestion, leads_to: list[str]) -> str:
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise WrongField("", "This form is not known here. Load the page again.")
    return act(request, suggestion, leads_to)


def _take(request: DeskRequest, suggestion: VisitorSuggestion, leads_to: list[str]) -> str:
    into = posted(request, "into")
    changeset = _draft(request.user, into) if into else None
    changeset = editing.turn_into_changeset(suggestion, by=request.user, changeset=changeset)
    key = editing.key_today(suggestion)
    leads_to.append(_form_of(changeset, key, suggestion.statement))
    return "You have taken it up. Write the change, then submit it for review."


def _form_of(changeset: Changeset, key: str, statement: str) -> str:
    """Where one writes: the form of the entry, at the row of the statement if it has it still."""
    path = changeset.get_absolute_url()
    edit = changeset.edits.select_related("revision").filter(key=key).first() if key else None
    if edit is None:
        return path
    row = row_name(kind_named(edit.kind).schema, edit.document, statement)
    at = f"?{urlencode({'statement': statement})}#f-{row}" if row else ""
    return f"{path}documents/{key}/{at}"


def _draft(user: User, written: str) -> Changeset:
    found = drafts_of(user).filter(pk=int(written)) if written.isdecimal() else None
    changeset = found.first() if found is not None else None
    if changeset is None:
        raise WrongField("into", "That is no draft of yours any more. Choose another one.")
    return changeset


def _decline(request: DeskRequest, suggestion: VisitorSuggestion, _leads_to: list[str]) -> str:
    editing.decline(suggestion, posted(request, "answer"), by=request.user)
    return "Not taken up. The visitor is told your answer."


def _answer(request: DeskRequest, suggestion: VisitorSuggestion, _leads_to: list[str]) -> str:
    editing.answer(suggestion, posted(request, "answer"), by=request.user)
    return "The visitor is told your answer."


def _put_back(request: DeskRequest, suggestion: VisitorSuggestion, _leads_to: list[str]) -> str:
    editing.put_back(suggestion, by=request.user)
    return "It waits to be read again."


ACTS: Mapping[str, Act] = {
    "take": _take,
    "decline": _decline,
    "answer": _answer,
    "put-back": _put_back,
}


def suggestions_of(changeset: Changeset) -> list[Row]:
    """Those that a changeset came from, for `kb/desk/_suggestions.html`."""
    found = VisitorSuggestion.objects.filter(changeset=changeset).order_by("pk")
    return rows_of(list(found))


def suggestions_about(changeset: Changeset, key: str) -> list[Row]:
    """Those of them that are about the entry `key`, by any key it had, or about none."""
    return [
        row
        for row in suggestions_of(changeset)
        if row.suggestion.key in ("", key) or editing.key_today(row.suggestion) == key
    ]
