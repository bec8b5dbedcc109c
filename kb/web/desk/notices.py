"""What one person is told, as it stands on “For me”, and leaving the thread of a changeset."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kb.editing import notices
from kb.editing.activity import path_of, sentences_of
from kb.editing.audiences import BECAUSE
from kb.models import Changeset, Notice, User
from kb.web.desk.access import DeskRequest, desk_page

DESK = "/desk/"
MOST = 500  # unseen notices that are looked through for a page
LEFT = "You left the thread of “{}”: you hear of it again only when somebody mentions you."
REJOINED = "You are told again what happens to “{}”."


@dataclass(frozen=True, slots=True)
class Item:
    """The newest notice of a changeset, or one that is about none, as a page shows it.

    `changeset`: its id and title; `earlier`: how many older ones of it are unseen.
    `is_at_once`: one of them asks to act.
    """

    pk: int
    sentence: str
    because: str
    at: datetime
    is_at_once: bool
    link: str = ""
    changeset: int | None = None
    title: str = ""
    earlier: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """The newest unseen notices, one a changeset, and how many there are in all."""

    items: list[Item]
    total: int

    @property
    def newest(self) -> int:
        """Up to which notice “mark all as seen” goes: what comes in the meantime stays unseen."""
        return self.items[0].pk if self.items else 0

    @property
    def left_out(self) -> int:
        return self.total - sum(1 + item.earlier for item in self.items)


def notices_for(user: User, limit: int = 20) -> Told:
    """What `user` has not seen yet, the newest first. Needs the same number of queries always."""
    unseen = notices.notices_of(user)
    found = list(
        unseen.order_by("-pk").values_list("pk", "activity__changeset", "is_at_once")[:MOST]
    )
    groups = dict(islice(_grouped(found).items(), limit))
    rows = unseen.select_related("activity__user", "activity__changeset")
    shown = list(rows.filter(pk__in=list(groups)).order_by("-pk"))
    sentences = sentences_of([notice.activity for notice in shown])
    items = [
        _item(notice, text, groups[notice.pk])
        for notice, text in zip(shown, sentences, strict=True)
    ]
    return Told(items, unseen.count() if len(found) == MOST else len(found))


def _grouped(found: Iterable[tuple[int, int | None, bool]]) -> dict[int, list[bool]]:
    """Newest notice of a changeset → of each of its notices, whether it asks to act."""
    newest: dict[int, int] = {}
    groups: dict[int, list[bool]] = {}
    for pk, changeset, is_at_once in found:
        first = pk if changeset is None else newest.setdefault(changeset, pk)
        groups.setdefault(first, []).append(is_at_once)
    return groups


def _item(notice: Notice, sentence: str, group: Sequence[bool]) -> Item:
    changeset = notice.activity.changeset
    return Item(
        pk=notice.pk,
        sentence=sentence,
        because=BECAUSE.get(notice.reason, ""),
        at=notice.made_at,
        is_at_once=any(group),
        link=path_of(notice.activity),
        changeset=changeset.pk if changeset is not None else None,
        title=changeset.title if changeset is not None else "",
        earlier=len(group) - 1,
    )


@desk_page
@require_POST
def see(request: DeskRequest) -> HttpResponse:
    """Mark one notice as seen (`notice`), or all up to one (`up_to`), of one `changeset` or all."""
    chosen = notices.notices_of(request.user)
    one, up_to = request.POST.get("notice", ""), request.POST.get("up_to", "")
    changeset = request.POST.get("changeset", "")
    if changeset.isdecimal():
        chosen = chosen.filter(activity__changeset=int(changeset))
    if one.isdecimal():
        notices.mark_seen(chosen.filter(pk=int(one)))
    elif up_to.isdecimal():
        notices.mark_seen(chosen.filter(pk__lte=int(up_to)))
    return _back(request)


def _acts(act: Callable[..., None], told: str) -> Callable[..., HttpResponse]:
    @desk_page
    @require_POST
    def view(request: DeskRequest, pk: int) -> HttpResponse:
        changeset = get_object_or_404(Changeset.objects.visible_to(request.user), pk=pk)
        act(changeset, by=request.user)
        messages.success(request, told.format(changeset.title))
        return _back(request)

    return view


leave = _acts(notices.leave, LEFT)
rejoin = _acts(notices.rejoin, REJOINED)


def _back(request: DeskRequest) -> HttpResponse:
    """To the page that the form names (`next`), else to “For me”."""
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, allowed_hosts={request.get_host()})
    return redirect(there if is_ours else DESK)
