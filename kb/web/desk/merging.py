"""Two entries about one thing, side by side, before they are merged."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.documents.canonical import equal
from kb.documents.fields import KEY
from kb.documents.form_specs import spec_of
from kb.editing import EditingError, permissions
from kb.editing.consequences import open_changesets, referring_keys
from kb.editing.merging import Couple, couple, open_merge, union_of
from kb.editing.permissions import Action
from kb.editing.retracting import name_in
from kb.kinds import kind_named
from kb.models import Changeset, Edit, User
from kb.publication import reading
from kb.publication.names import Names
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of
from kb.web.desk.entry_acts import begun_before
from kb.web.desk.values import UNSHOWN, Values, keys_in

MOST_NAMED = 20
MOST_OPEN = 12  # open changesets that edit what is merged


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def merge_page(request: DeskRequest) -> HttpResponse:
    """`/desk/merge/?from=&into=`: choose two, compare them, open the changeset."""
    wrong: Wrong | None = None
    if request.method == "POST":
        made: list[Changeset] = []
        wrong = carried_out(request, lambda: _open(request, made))
        if wrong is None:
            return SeeOther(made[0].get_absolute_url())
    given: Any = request.POST if request.method == "POST" else request.GET
    key, into = (str(given.get(name, "")).strip()[:80] for name in ("from", "into"))
    context = {
        "current": "desk",
        "key": key,
        "into": into,
        "wrong": wrong,
        "may": permissions.may(request.user, Action.MERGE_ENTRIES),
        **_compared(key, into, request.user),
    }
    return render(request, "kb/desk/merge.html", context, status=status_of(wrong))


def _open(request: DeskRequest, made: list[Changeset]) -> str:
    key, into = posted(request, "from"), posted(request, "into")
    if before := begun_before(request.user, key, Edit.Act.MERGE):
        made.append(before)
        return "You have begun this already: here it is."
    carries_over = bool(request.POST.get("carry"))
    made.append(open_merge(key, into, by=request.user, carries_over=carries_over))
    return "This is the draft. Edit the survivor if it should say more, then submit it."


def _compared(key: str, into: str, user: User) -> dict[str, Any]:
    """Both documents, field by field; why the two cannot be merged, where that is so."""
    if not (re.match(KEY, key) and re.match(KEY, into)):
        return {"obstacle": "", "kind": _kind_of(key)}
    try:
        found = couple(key, into)
    except EditingError as problem:
        return {"obstacle": str(problem)}
    names = referring_keys(key)
    opened = open_changesets([key], seen_by=user).get(key, [])
    return {
        "obstacle": "",
        "merged_name": name_in(found.merged),
        "survivor_name": name_in(found.into),
        "survivor": found.into.entry.key,
        "kind": found.into.entry.kind,
        **_fields(found),
        "referring": names[:MOST_NAMED],
        "referring_count": len(names),
        "open_changesets": opened[:MOST_OPEN],
        "further": max(0, len(opened) - MOST_OPEN),
    }


def _kind_of(key: str) -> str:
    """Of what is in view: only another one of it is looked for. "" where there is none."""
    found = reading.known([key]).get(key) if re.match(KEY, key) else None
    return found.kind if found is not None else ""


def _fields(found: Couple) -> dict[str, Any]:
    """Field by field: what each of the two says, and what the one that stays would gain."""
    spec = spec_of(kind_named(found.into.entry.kind).schema)
    union = union_of(found)
    sides = (found.merged.content, found.into.content, union.document)
    names = Names({key for each in sides for key in keys_in(spec, each)})
    values = Values(lambda key: names.shown(key) if key in names else None)
    disputed = {str(conflict.path[0]) for conflict in union.conflicts if conflict.path}
    rows, same = [], []
    for field in spec.fields:
        merged, survivor, both = (each.get(field.field) for each in sides)
        if field.field in UNSHOWN or (merged is None and both is None):
            continue
        if equal(merged, survivor) and equal(both, survivor):
            same.append(field.label)
            continue
        rows.append(
            {
                "label": field.label,
                "merged": values.html(field, merged),
                "survivor": values.html(field, survivor),
                "gained": values.html(field, _gained(both, survivor)),
                "is_disputed": field.field in disputed,
            }
        )
    return {"rows": rows, "same": same}


def _gained(both: Any, survivor: Any) -> Any:
    """What is in `both` and not in `survivor`: rows of a list, else the whole. None: nothing."""
    if isinstance(both, list) and isinstance(survivor, list):
        return [row for row in both if not any(equal(row, each) for each in survivor)] or None
    return None if equal(both, survivor) else both
