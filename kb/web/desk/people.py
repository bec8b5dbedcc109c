"""The board: who is on it, since when and by whom; giving roles, blocking accounts."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from kb.editing import EditingError, people
from kb.editing.permissions import Action, may
from kb.models import Grant, Role, User
from kb.models.user import GRANTED
from kb.web.desk.access import DeskRequest, desk_page

PAGE = 50  # accounts found


@dataclass(frozen=True)
class PersonRow:
    """Somebody, the grants of their life, and what the reader may do: the buttons.

    `to_give`, `to_end`: roles. Loaded with the grants.
    """

    person: User
    current: list[Grant]
    ended: list[Grant]
    to_give: list[Role]
    to_end: list[Role]
    may_block: bool
    may_delete: bool
    is_former: bool

    @property
    def may_act(self) -> bool:
        return bool(self.to_give or self.to_end or self.may_block or self.may_delete)


@require_safe
@desk_page
def people_page(request: DeskRequest) -> HttpResponse:
    """`/desk/people/?q=`: the board; for those who give roles, every account."""
    reader = request.user
    may_grant = may(reader, Action.GRANT_EDITOR)
    query = request.GET.get("q", "").strip()[:100] if may_grant else ""
    board = with_grants(User.objects.filter(grants__ended_at=None, grants__isnull=False))
    context: dict[str, Any] = {
        "board": rows(board, reader),
        "may_grant": may_grant,
        "query": query,
        "own": sorted(reader.roles()),
    }
    if may_grant:
        found = list(with_grants(accounts(query))[: PAGE + 1])
        context |= {"accounts": rows(found[:PAGE], reader), "is_cut": len(found) > PAGE}
    return render(request, "kb/desk/people.html", context)


def accounts(query: str) -> QuerySet[User]:
    """Everyone without a role whose name has `query` in it, newest first."""
    is_named = Q(username__icontains=query) | Q(full_name__icontains=query)
    granted = Grant.objects.current().values("user")
    found: QuerySet[User] = User.objects.filter(is_named).exclude(pk__in=granted)
    return found.order_by("-pk")


def with_grants(found: QuerySet[User]) -> QuerySet[User]:
    grants = Grant.objects.select_related("granted_by", "ended_by").order_by("pk")
    return found.distinct().prefetch_related(Prefetch("grants", queryset=grants))


def rows(found: Iterable[User], reader: User) -> list[PersonRow]:
    return [row(person, reader) for person in found]


def row(person: User, reader: User) -> PersonRow:
    grants = list(person.grants.all())
    current = [grant for grant in grants if grant.ended_at is None]
    held = {grant.role for grant in current}
    grantable = people.grantable(person, by=reader)
    is_former = people.is_former(person)
    return PersonRow(
        person=person,
        current=sorted(current, key=lambda grant: GRANTED.index(Role(grant.role))),
        ended=[grant for grant in grants if grant.ended_at is not None],
        to_give=[role for role in grantable if role not in held and person.is_active],
        to_end=[role for role in grantable if role in held],
        may_block=not is_former and people.may_block(person, is_granted=bool(current), by=reader),
        may_delete=not is_former and person.pk != reader.pk and may(reader, Action.BLOCK_ANYONE),
        is_former=is_former,
    )


def _grant(person: User, request: DeskRequest) -> str:
    role = request.POST.get("role", "")
    people.grant(person, role, by=request.user)
    return f"{person.shown_name} is {people.named(role)} now."


def _end_grant(person: User, request: DeskRequest) -> str:
    role = request.POST.get("role", "")
    people.end_grant(person, role, by=request.user)
    return f"{person.shown_name} is not {people.named(role)} any more."


def _block(person: User, request: DeskRequest) -> str:
    people.block(person, by=request.user)
    return f"{person.shown_name} is blocked: signed out everywhere, every token revoked."


def _unblock(person: User, request: DeskRequest) -> str:
    people.unblock(person, by=request.user)
    return f"{person.shown_name} can sign in again."


def _delete(person: User, request: DeskRequest) -> str:
    if request.POST.get("sure") != "yes":
        raise EditingError("Tick the box to say that you are sure. Nothing was deleted.")
    people.delete_account(person, by=request.user)
    return f"The account {person.username} is deleted."


ACTS: Mapping[str, Callable[[User, DeskRequest], str]] = {
    "grant": _grant,
    "end-grant": _end_grant,
    "block": _block,
    "unblock": _unblock,
    "delete": _delete,
}


@require_POST
@desk_page
def act_on_person(request: DeskRequest, pk: int, act: str) -> HttpResponse:
    """One of `ACTS` upon somebody, then back to the list."""
    if act not in ACTS:
        raise Http404
    person = get_object_or_404(User, pk=pk)
    try:
        messages.success(request, ACTS[act](person, request))
    except EditingError as problem:
        messages.error(request, str(problem))
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if is_ours and back.startswith("/desk/people/") else "desk-people")
