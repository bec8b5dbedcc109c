"""The queue: open changesets, the longest waiting first, and what each of them waits for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Aggregate, Count, Exists, FloatField, Min, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kb.editing.transitions import CLAIM_LAPSES
from kb.filters import TermFilter
from kb.kinds import kinds
from kb.models import Changeset, Edit, User
from kb.publication.cursors import WrongCursor
from kb.publication.lists import asking_for
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.marks import listed, span_in_words
from kb.web.pages import page
from kb.web.paging import PAGE_SIZE, paged, place_in

Status = Changeset.Status
OPEN_STATES = tuple(
    (value, label)
    for value, label in Status.choices
    if value not in (Status.PUBLISHED, Status.DECLINED, Status.WITHDRAWN)
)
SORTS = (("", "Longest waiting first"), ("newest", "Newest first"))
MOST_TERMS = 100  # of a vocabulary that one chooses from

# Published terms of what is edited, or the terms of the draft. The text is looked at first: most
# drafts do not have the word at all, and reading them as JSON would cost much more.
_HAS_TERM = (
    "EXISTS (SELECT 1 FROM kb_edit e WHERE e.changeset_id = kb_changeset.id AND ("
    " EXISTS (SELECT 1 FROM kb_published p WHERE p.key = e.key AND p.terms @> ARRAY[%s]::varchar[])"
    " OR CASE WHEN strpos(e.content, %s) > 0"
    "    THEN strpos((e.content::json #> %s)::text, %s) > 0 ELSE false END))"
)


class Median(Aggregate):
    """The middle one of moments, in seconds of the epoch."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM %(expressions)s))"
    output_field = FloatField()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; what it has wrong is as if it were not there."""

    kind: str
    state: str
    terms: Mapping[str, str]
    is_mine: bool
    sort: str

    @classmethod
    def of(cls, request: HttpRequest) -> "Asked":
        given = request.GET
        names = {kind.name for kind in kinds()}
        states = dict(OPEN_STATES)
        return cls(
            kind=given.get("kind", "") if given.get("kind") in names else "",
            state=given.get("state", "") if given.get("state") in states else "",
            terms={
                each.name: given[each.name]
                for each in facets()
                if each.vocabulary and given.get(each.name) in each.vocabulary
            },
            is_mine=given.get("mine") == "1",
            sort="newest" if given.get("sort") == "newest" else "",
        )

    @property
    def identity(self) -> str:
        """What a cursor is bound to."""
        return f"queue {self}"

    @property
    def is_narrowed(self) -> bool:
        return bool(self.kind or self.state or self.terms or self.is_mine)


def facets() -> list[TermFilter]:
    """The filters by term that several kinds share, in as far as one can choose from them."""
    shared = asking_for(None).facets
    return [each for each in shared if each.vocabulary and len(each.vocabulary) <= MOST_TERMS]


@desk_page
@require_safe
def queue(request: DeskRequest) -> HttpResponse:
    """`/desk/queue/`: open changesets that one may see."""
    asked = Asked.of(request)
    try:
        place = place_in(request, asked.identity)
    except WrongCursor as problem:
        return page(request, "kb/400.html", {"detail": str(problem), "path": request.path}, 400)
    is_backwards = place is not None and place.backwards
    beyond = (datetime.fromisoformat(place.values[0]), place.values[1]) if place else None
    matching = found(request.user, asked)
    rows = ordered(matching, asked, beyond, backwards=is_backwards)[: PAGE_SIZE + 1]
    shown = paged(
        request,
        list(rows),
        place,
        asked.identity,
        lambda each: (each.status_since.isoformat(), each.pk),
    )
    context = {
        "current": "desk",
        "asked": asked,
        "total": matching.count(),
        "rows": listed(shown.rows, request.user),
        "next": shown.next,
        "prev": shown.prev,
        "waits": waits(request.user),
        "choices": choices(asked),
        "sorts": sorts(request, asked),
    }
    return render(request, "kb/desk/queue.html", context)


def found(user: User, asked: Asked) -> QuerySet[Changeset]:
    """The open changesets that match, in no order."""
    changesets: QuerySet[Changeset] = Changeset.objects.visible_to(user).open()
    if asked.state:
        changesets = changesets.filter(status=asked.state)
    if asked.kind:
        changesets = changesets.filter(
            Exists(Edit.objects.filter(changeset=OuterRef("pk"), kind=asked.kind))
        )
    if asked.is_mine:
        changesets = changesets.filter(mine_to_act_on(user))
    for each in facets():
        if each.name in asked.terms:
            changesets = with_term(changesets, each, asked.terms[each.name])
    return changesets


def with_term(changesets: QuerySet[Changeset], term: TermFilter, value: str) -> QuerySet[Changeset]:
    written = f'"{value}"'
    asked = [term.term(value), written, term.path.split("."), written]
    return changesets.extra(where=[_HAS_TERM], params=asked)  # noqa: S610 - values are parameters


def ordered(
    changesets: QuerySet[Changeset],
    asked: Asked,
    beyond: tuple[datetime, int] | None,
    *,
    backwards: bool,
) -> QuerySet[Changeset]:
    """From `beyond` on, or, backwards, what is before it, reversed."""
    is_falling = (asked.sort == "newest") != backwards
    if beyond is not None:
        sign = "lt" if is_falling else "gt"
        since, pk = beyond
        further, same = {f"status_since__{sign}": since}, {f"pk__{sign}": pk}
        changesets = changesets.filter(Q(**further) | (Q(status_since=since) & Q(**same)))
    order = ("-status_since", "-pk") if is_falling else ("status_since", "pk")
    return changesets.select_related("created_by", "claimed_by", "assigned_to").order_by(*order)


def mine_to_act_on(user: User) -> Q:
    """What waits for `user`: to write on, to review, to publish."""
    own = Q(pk__in=Changeset.objects.written_by(user).values("pk")) | Q(submitted_by=user)
    to_write = own & Q(status__in=(Status.DRAFT, Status.CHANGES_REQUESTED))
    if not user.is_on_board:
        return to_write
    return to_write | (to_review(user) & ~own) | Q(status=Status.APPROVED) | assigned_to(user)


def to_review(user: User) -> Q:
    """In review, and nobody else is reading it."""
    lapsed = Q(claimed_at__lt=timezone.now() - CLAIM_LAPSES)
    is_free = Q(claimed_by__isnull=True) | Q(claimed_by=user) | lapsed
    return Q(status=Status.IN_REVIEW) & is_free


def assigned_to(user: User) -> Q:
    return Q(assigned_to=user) & Q(status__in=(Status.IN_REVIEW, Status.APPROVED))


# --- what stands above the table -------------------------------------------------------------


def waits(user: User) -> dict[str, Any]:
    """How long what is in review has waited: the one in the middle, and the longest."""
    in_review = Changeset.objects.visible_to(user).filter(status=Status.IN_REVIEW)
    told = in_review.aggregate(
        count=Count("pk"), middle=Median("status_since"), first=Min("status_since")
    )
    if not told["count"]:
        return {"count": 0}
    now = timezone.now()
    return {
        "count": told["count"],
        "median": span_in_words(timedelta(seconds=now.timestamp() - told["middle"])),
        "longest": span_in_words(now - told["first"]),
    }


def choices(asked: Asked) -> list[dict[str, Any]]:
    """The selects of the form above the table."""
    chosen = [
        ("state", "State", asked.state, OPEN_STATES),
        ("kind", "Kind", asked.kind, tuple((kind.name, kind.label) for kind in kinds())),
        *(
            (each.name, each.label, asked.terms.get(each.name, ""), terms_of(each))
            for each in facets()
        ),
    ]
    return [
        {"name": name, "label": label, "value": value, "options": options}
        for name, label, value, options in chosen
    ]


def terms_of(each: TermFilter) -> tuple[tuple[str, str], ...]:
    return tuple((term.value, term.label) for term in each.vocabulary or ())


def sorts(request: HttpRequest, asked: Asked) -> list[dict[str, Any]]:
    kept = {name: request.GET[name] for name in request.GET if name not in ("cursor", "sort")}
    return [
        {
            "label": label,
            "is_chosen": asked.sort == name,
            "path": f"{request.path}?{urlencode({**kept, **({'sort': name} if name else {})})}",
        }
        for name, label in SORTS
    ]
