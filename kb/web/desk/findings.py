"""The page of findings: how well what is published stands, and what wants looking at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.editing.errors import EditingError
from kb.editing.knowledge import dismiss
from kb.editing.permissions import Action, may
from kb.kinds import kind_named, kinds
from kb.models import PublishedFinding
from kb.publication.cursors import WrongCursor
from kb.publication.reading import known
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, carried_out, posted, status_of
from kb.web.desk.found import Asked, Row, rows_of
from kb.web.pages import page
from kb.web.paging import PAGE_SIZE, paged, place_in


@dataclass(frozen=True, slots=True)
class Tab:
    """One list. `about`: what is in it; `empty`: what it says when nothing is."""

    name: str
    label: str
    about: str
    empty: str


TABS = (
    Tab(
        "unchecked",
        "Never verified",
        "Entries of which no statement was compared with its source, those published longest ago"
        " first.",
        "Somebody has compared a statement of every entry with its source.",
    ),
    Tab(
        "disputed",
        "Disputed",
        "Values of which two sources say something different.",
        "No two sources are at odds.",
    ),
    Tab(
        "dead",
        "Dead links",
        "Sources whose address failed to answer three days in a row.",
        "Every address that was asked has answered.",
    ),
    Tab(
        "duplicates",
        "Possible duplicates",
        "Entries of one kind whose names are spelt alike.",
        "No two names are so close that they could mean the same.",
    ),
    Tab(
        "oldest",
        "Oldest sources",
        "Sources that were read longest ago: what they say may have changed.",
        "No source says when it was read.",
    ),
    Tab(
        "errors",
        "Errors",
        "What could not be published today as it stands.",
        "The checks found no error in anything that is published.",
    ),
    Tab("warnings", "Warnings", "What an editor should look at.", "The checks found nothing else."),
)
BY_NAME = {tab.name: tab for tab in TABS}


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def findings_page(request: DeskRequest) -> HttpResponse:
    """`/desk/findings/?tab=&kind=`: one list of what wants looking at."""
    wrong = None
    if request.method == "POST":
        wrong = carried_out(request, lambda: _dismissed(request))
        if wrong is None:
            return SeeOther(request.get_full_path())
    tab = BY_NAME.get(request.GET.get("tab", ""), TABS[0])
    kind = request.GET.get("kind", "")
    kind = kind if kind in {each.name for each in kinds()} else ""
    identity = f"findings {tab.name} {kind}"
    try:
        place = place_in(request, identity)
    except WrongCursor as problem:
        return page(request, "kb/400.html", {"detail": str(problem), "path": request.path}, 400)
    beyond = place.values if place else None
    is_backwards = place is not None and place.backwards
    found = rows_of(tab.name, Asked(kind, beyond, is_backwards, PAGE_SIZE + 1))
    shown = paged(request, found, place, identity, lambda row: row.place)
    context = {
        "current": "desk",
        "tab": tab,
        "tabs": [{"label": each.label, "name": each.name} for each in TABS],
        "kind": kind,
        "kinds": [(each.name, each.label_plural) for each in kinds()],
        "rows": _shown(shown.rows),
        "next": shown.next,
        "prev": shown.prev,
        "checked_at": _checked_at(),
        "may_dismiss": may(request.user, Action.DISMISS_FINDING),
        "wrong": wrong,
    }
    return render(request, "kb/desk/findings.html", context, status=status_of(wrong))


def _dismissed(request: DeskRequest) -> str:
    """Raises NotAllowed, or EditingError when the finding is gone."""
    identity = posted(request, "identity")
    finding = PublishedFinding.objects.filter(identity=identity).order_by("pk").first()
    if finding is None:
        raise EditingError("The checks no longer find this: there is nothing to let stand.")
    dismiss(finding, by=request.user, reason=posted(request, "reason"))
    return "Let stand: the checks will not ask again."


def _checked_at() -> Any:
    newest = PublishedFinding.objects.order_by("-pk").values_list("found_at", flat=True)
    return newest.first()


def _shown(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The rows, each with the addresses of what can be done about it."""
    others = known([row.other for row in rows if row.other])
    return [
        {
            "row": row,
            "path": f"/{kind_named(row.kind).plural}/{row.key}/",
            "other": _other(others[row.other].shown) if row.other in others else None,
            "merge": f"/desk/merge/?{urlencode({'from': row.key, 'into': row.other})}",
        }
        for row in rows
    ]


def _other(shown: Mapping[str, Any]) -> dict[str, str]:
    plural = kind_named(shown["kind"]).plural
    return {"name": shown["name"], "path": f"/{plural}/{shown['key']}/"}
