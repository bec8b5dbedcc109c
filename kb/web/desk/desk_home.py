"""The first page of the desk: what waits for me."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kb.editing import permissions, review
from kb.editing.permissions import Action
from kb.models import Changeset, Redaction, SecondReview, User, VisitorSuggestion
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.marks import Listed, listed
from kb.web.desk.notices import notices_for
from kb.web.desk.queue import assigned_to, to_review

Status = Changeset.Status
FEW = 8  # rows of a list
COUNTED = 1_000  # suggestions that are counted before there are “more than”


@dataclass(frozen=True, slots=True)
class Pile:
    """One list of what waits. `more`: the address of the rest, where there is any."""

    id: str
    title: str
    rows: Sequence[Listed]
    about: str = ""
    more: str = ""


@desk_page
@require_safe
def desk_home(request: DeskRequest) -> HttpResponse:
    """`/desk/`: notices, my own changesets, and what the board has to do."""
    user = request.user
    is_on_board = user.is_on_board
    piles = piles_of(user, is_on_board=is_on_board)
    context = {
        "current": "desk",
        "told": notices_for(user),
        "piles": piles,
        "is_on_board": is_on_board,
        "is_new": not Changeset.objects.written_by(user).exists(),
        "may_begin": permissions.may(user, Action.BEGIN),
        "suggestions": suggestions_waiting() if is_on_board else 0,
        "redactions": redactions_waiting(user),
        "board_is_too_small": review.board_is_too_small(),
    }
    return render(request, "kb/desk/home.html", context)


def suggestions_waiting() -> int:
    """How many visitors' suggestions nobody has read, counted up to `COUNTED` + 1."""
    waiting = VisitorSuggestion.objects.filter(status=VisitorSuggestion.Status.NEW)
    return waiting[: COUNTED + 1].count()


def redactions_waiting(user: User) -> int:
    """How many redactions `user` has to decide: those that others asked for."""
    if not permissions.may(user, Action.CONFIRM_REDACTION):
        return 0
    waiting = Redaction.objects.filter(decided_at__isnull=True)
    return waiting.exclude(asked_by=user).count()


Question = tuple[str, str, str, str]  # (id, title, what it is, address of the rest)

OWN: Mapping[Question, Q] = {
    (
        "asked_",
        "Changes requested",
        "A reviewer asked for changes to these. Put right what they name, then submit them again.",
        "/desk/queue/?state=changes_requested&mine=1",
    ): Q(status=Status.CHANGES_REQUESTED),
    (
        "drafts_",
        "My drafts",
        "",
        "/desk/queue/?state=draft&mine=1",
    ): Q(status=Status.DRAFT),
    ("mine_", "Mine, with the board", "", ""): Q(
        status__in=(Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED)
    ),
}


def piles_of(user: User, *, is_on_board: bool) -> list[Pile]:
    """What waits, list by list; those that are empty are left out."""
    own = Changeset.objects.written_by(user)
    asked: list[tuple[Question, QuerySet[Changeset]]] = [
        (question, own.filter(condition)) for question, condition in OWN.items()
    ]
    if is_on_board:
        asked += for_the_board(user)
    found = [(question, _few(changesets)) for question, changesets in asked]
    rows = {row.changeset.pk: row for row in listed([c for _q, its in found for c in its], user)}
    return [_pile(question, [rows[each.pk] for each in its]) for question, its in found if its]


def for_the_board(user: User) -> list[tuple[Question, QuerySet[Changeset]]]:
    """What a member of the board has to read, to publish, and to look at afterwards."""
    own = Q(pk__in=Changeset.objects.written_by(user).values("pk")) | Q(submitted_by=user)
    open_ones = Changeset.objects.open()
    reading = Q(claimed_by=user) & Q(status__in=(Status.IN_REVIEW, Status.CHANGES_REQUESTED))
    mine = assigned_to(user) | reading
    due = SecondReview.objects.filter(reviewed_at__isnull=True).values("changeset")
    return [
        (("given_", "Assigned to me or claimed by me", "", ""), open_ones.filter(mine)),
        (
            (
                "due_",
                "Second reviews",
                "Published by one person in an emergency.",
                "/desk/second-reviews/",
            ),
            Changeset.objects.filter(Q(pk__in=due) & ~own),
        ),
        (
            ("review_", "To review", "The longest waiting first.", "/desk/queue/?state=in_review"),
            open_ones.filter(to_review(user) & ~own & ~mine),
        ),
        (
            ("approved_", "Approved, to be published", "", "/desk/queue/?state=approved"),
            open_ones.filter(status=Status.APPROVED),
        ),
    ]


def _few(changesets: QuerySet[Changeset]) -> list[Changeset]:
    people = ("created_by", "claimed_by", "assigned_to")
    return list(changesets.select_related(*people).order_by("status_since", "pk")[: FEW + 1])


def _pile(question: Question, rows: Sequence[Listed]) -> Pile:
    name, title, about, rest = question
    return Pile(name, title, rows[:FEW], about, rest if len(rows) > FEW else "")
