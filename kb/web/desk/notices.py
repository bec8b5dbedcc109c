"""What one person is told, as it stands on “For me”, and leaving the thread of a changeset."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

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
LEFT = "You left the thread of “{}”: you hear of it again only when somebody mentions you."
REJOINED = "You are told again what happens to “{}”."


@dataclass(frozen=True, slots=True)
class Item:
    """One notice as a page shows it. `changeset`: its id and title, where it is about one."""

    pk: int
    sentence: str
    because: str
    at: datetime
    is_at_once: bool
    link: str = ""
    changeset: int | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """The newest unseen notices, and how many there are in all."""

    items: list[Item]
    total: int

    @property
    def newest(self) -> int:
        """Up to which notice “mark all as seen” goes: what comes in the meantime stays unseen."""
        return self.items[0].pk if self.items else 0

    @property
    def left_out(self) -> int:
        return self.total - len(self.items)


def notices_for(user: User, limit: int = 20) -> Told:
    """What `user` has not seen yet, the newest first. Needs the same number of queries always."""
    unseen = notices.notices_of(user)
    rows = unseen.select_related("activity__user", "activity__changeset").order_by("-pk")
    shown = list(rows[:limit])
    sentences = sentences_of([notice.activity for notice in shown])
    items = [_item(notice, text) for notice, text in zip(shown, sentences, strict=True)]
    return Told(items, unseen.count() if len(shown) == limit else len(shown))


def _item(notice: Notice, sentence: str) -> Item:
    changeset = notice.activity.changeset
    return Item(
        pk=notice.pk,
        sentence=sentence,
        because=BECAUSE.get(notice.reason, ""),
        at=notice.made_at,
        is_at_once=notice.is_at_once,
        link=path_of(notice.activity),
        changeset=changeset.pk if changeset is not None else None,
        title=changeset.title if changeset is not None else "",
    )


@desk_page
@require_POST
def see(request: DeskRequest) -> HttpResponse:
    """Mark one notice as seen (`notice`), or all up to one (`up_to`)."""
    chosen = notices.notices_of(request.user)
    one, up_to = request.POST.get("notice", ""), request.POST.get("up_to", "")
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
