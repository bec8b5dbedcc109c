"""What was published: changesets, newest first, and what each of them did."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kb.formats.signposts import of_feed
from kb.models import Edit
from kb.publication import aftermath, page_reading
from kb.publication.cursors import WrongCursor
from kb.publication.page_reading import COUNTED, PublishedChangeset, PublishedEdit
from kb.web.pages import page, public_page
from kb.web.paging import PAGE_SIZE, paged, place_in

FEW = 20  # changesets of a page

ACTS: Mapping[str, str] = {
    Edit.Act.REVISE: "revised",
    Edit.Act.RETRACT: "retracted",
    Edit.Act.RESTORE: "restored",
    Edit.Act.MERGE: "merged into another entry",
}


def signposts(_request: HttpRequest) -> str:
    """Where the feed of everything is."""
    return of_feed("all", settings.PUBLIC_URL)


@partial(public_page, links=signposts)
def change_list(request: HttpRequest) -> HttpResponse:
    """`/changes/`: what was published, by whom, checked by whom."""
    try:
        place = place_in(request, "changesets")
    except WrongCursor as problem:
        return page(request, "kb/400.html", {"detail": str(problem), "path": request.path}, 400)
    beyond = (datetime.fromisoformat(place.values[0]), place.values[1]) if place else None
    found = page_reading.published_changesets(
        beyond=beyond, backwards=place is not None and place.backwards, limit=FEW + 1
    )
    shown = paged(
        request, found, place, "changesets", lambda c: (c.published_at.isoformat(), c.id), FEW
    )
    context = {
        "current": "changes",
        "changesets": shown_changesets(shown.rows),
        "awaiting": aftermath.awaiting_second_review(),
        "next": shown.next,
        "prev": shown.prev,
    }
    return page(request, "kb/changes.html", context)


@public_page
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """`/changes/<id>/`: everything that one changeset did."""
    changeset = page_reading.published_changeset(pk)
    if changeset is None:
        return page(request, "kb/404.html", {}, 404)
    identity = f"changeset {pk}"
    try:
        place = place_in(request, identity)
    except WrongCursor as problem:
        return page(request, "kb/400.html", {"detail": str(problem), "path": request.path}, 400)
    found = page_reading.edits_of(
        pk,
        beyond=place.values[0] if place else None,
        backwards=place is not None and place.backwards,
        limit=PAGE_SIZE + 1,
    )
    shown = paged(request, found, place, identity, lambda edit: (edit.place,))
    context = {
        "current": "changes",
        "changeset": shown_changesets([changeset])[0],
        "edits": [shown_edit(each) for each in shown.rows],
        "next": shown.next,
        "prev": shown.prev,
    }
    return page(request, "kb/change.html", context)


def shown_changesets(changesets: Sequence[PublishedChangeset]) -> list[dict[str, Any]]:
    """Changesets as pages show them; those that one person published alone with how they stand."""
    emergencies = [each.id for each in changesets if each.origin == "emergency"]
    alone = aftermath.published_alone(emergencies) if emergencies else {}
    return [{**shown_changeset(each), "alone": alone.get(each.id)} for each in changesets]


def shown_changeset(changeset: PublishedChangeset) -> dict[str, Any]:
    """A changeset as pages show it: who wrote, who approved, what it did first."""
    first = [_edit(each["act"], each["number"], each["shown"]) for each in changeset.first]
    return {
        "path": f"/changes/{changeset.id}/",
        "revert_path": f"/desk/changesets/{changeset.id}/revert/",
        "title": changeset.title,
        "is_founding": changeset.origin == "founding-import",
        "published_at": changeset.published_at,
        **people(changeset.metadata),
        "edits": min(changeset.edits, COUNTED),
        "is_exact": changeset.edits <= COUNTED,
        "first": first,
        "further": changeset.edits - len(first),
    }


PEOPLE = ("authors", "suggesters", "approvers", "affiliated")


def people(metadata: str | None) -> dict[str, Any]:
    """Who wrote, suggested and approved, from the metadata of a revision, as texts.

    `affiliated`: approvers who belong to the entry. `is_rebased`: the approvals were given before
    what others had published meanwhile, in other fields, was merged in.
    """
    about = json.loads(metadata or "{}")
    named = {name: ", ".join(about.get(name, ())) for name in PEOPLE}
    return {**named, "is_rebased": about.get("rebased_after_approval", False)}


def shown_edit(edit: PublishedEdit) -> dict[str, Any]:
    about = people(edit.metadata)
    return {**_edit(edit.act, edit.number, edit.shown), **about, "hash": edit.hash[:12]}


def _edit(act: str, number: int, shown: Mapping[str, Any]) -> dict[str, Any]:
    key = shown["key"]
    return {
        "path": f"/entries/{key}/",
        "name": shown["name"],
        "kind": shown["kind"],
        "act": "new" if act == Edit.Act.REVISE and number == 1 else ACTS.get(act, act),
        "number": number,
        "difference": f"/entries/{key}/history/?to={number}" if number > 1 else "",
    }
