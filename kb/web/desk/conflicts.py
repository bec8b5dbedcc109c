"""Bringing one edit up to date with what was published meanwhile: compare, choose, carry over."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb import editing
from kb.documents.difference import difference
from kb.documents.merge import Merged, Undecided, resolved
from kb.editing import EditingError, permissions
from kb.editing.permissions import Action
from kb.editing.rebasing import (
    HIDDEN,
    aim_at,
    merged_with,
    newest_revisions,
    planned,
    resolve_conflicts,
    survivor_of,
)
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Revision
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, carried_out, posted, status_of
from kb.web.desk.changesets import found
from kb.web.desk.naming import values_for
from kb.web.desk.overview import edit_path
from kb.web.desk.review import base_document
from kb.web.desk.sides import choices_in, sides_of
from kb.web.desk.values import Values
from kb.web.shown_changes import Wording, grouped_changes


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why nothing can be carried over. `aim`: the entry to aim the edit at, where there is one."""

    text: str
    aim: str = ""


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def conflicts(request: DeskRequest, pk: int, key: str) -> HttpResponse:
    """`/desk/changesets/<id>/conflicts/<key>/`: base, theirs and mine, side by side."""
    changeset = found(request.user, pk)
    wrong = None
    if request.method == "POST" and posted(request, "do") != "preview":
        wrong = carried_out(request, lambda: _act(request, changeset, key))
        if wrong is None:
            return SeeOther(changeset.get_absolute_url())
    edit = changeset.edits.select_related("base", "changed_by").filter(key=key).first()
    if edit is None:
        raise Http404
    context = {
        "current": "desk",
        "changeset": changeset,
        "path": changeset.get_absolute_url(),
        "key": key,
        "wrong": wrong,
        "can_save": Action.SAVE in permissions.allowed(request.user, changeset),
        "edit_path": edit_path(changeset, key),
        **compared(request, changeset, edit),
    }
    return render(request, "kb/desk/conflicts.html", context, status=status_of(wrong))


def _act(request: DeskRequest, changeset: Changeset, key: str) -> str:
    do = posted(request, "do")
    if do == "aim":
        edit = aim_at(changeset, key, by=request.user)
        return f"The edit is of “{edit.key}” now. Look at it before you submit it."
    if do == "drop":
        editing.drop_edit(changeset, key, by=request.user)
        return f"“{key}” is no longer part of it."
    number = posted(request, "newest")
    chosen = choices_in(request.POST)
    resolve_conflicts(
        changeset, key, int(number) if number.isdecimal() else 0, chosen, by=request.user
    )
    return f"“{key}” is up to date with what was published meanwhile."


def compared(request: DeskRequest, changeset: Changeset, edit: Edit) -> dict[str, Any]:
    """What there is to compare, or what stands in the way as a whole."""
    newest = newest_revisions([edit.key]).get(edit.key)
    named = {"name": kind_named(edit.kind).name_of(edit.document) or edit.key}
    if newest is None or newest.pk == edit.base_id:
        return {**named, "is_up_to_date": True}
    context = {**named, "newest": newest, "base": edit.base}
    if obstacle := obstacle_of(edit, newest):
        return {**context, "obstacle": obstacle}
    merged = merged_with(edit, newest)
    chosen = choices_in(request.POST)
    values = values_for(changeset, [edit, *_as_edits(edit, newest)])
    sides = sides_of(
        kind_named(edit.kind).schema,
        merged,
        base_document(edit),
        edit.document,
        values,
        chosen=chosen,
        who=f"published in revision {newest.number}",
    )
    is_wanted = not sides.undecided or posted(request, "do") == "preview"
    result = result_of(edit, newest, merged, chosen, values) if is_wanted else {}
    return {**context, "sides": sides, **result}


def _as_edits(edit: Edit, newest: Revision) -> list[Edit]:
    """The newest revision in the clothes of an edit, so that its references get their names."""
    return [Edit(key=edit.key, kind=edit.kind, content=newest.document or "")]


def obstacle_of(edit: Edit, newest: Revision) -> Obstacle | None:
    """What stands in the way as a whole: it left view, changed kind, or the edit is an act."""
    is_of_a_document = edit.act == Edit.Act.REVISE
    if newest.act not in HIDDEN and newest.entry.kind == edit.kind and is_of_a_document:
        return None
    text = " ".join(planned([(edit, newest)]).reasons)
    if newest.act != Edit.Act.MERGE or not is_of_a_document:
        return Obstacle(text)
    try:
        return Obstacle(text, survivor_of(edit.key).entry.key)
    except EditingError as problem:
        return Obstacle(f"{text} {problem}")


def result_of(
    edit: Edit, newest: Revision, merged: Merged, chosen: dict[str, str], values: Values
) -> dict[str, Any]:
    """What the entry would say, compared with what it says now."""
    try:
        document = resolved(merged, chosen)  # type: ignore[arg-type]
    except Undecided as problem:
        return {"undecided": str(problem)}
    schema = kind_named(edit.kind).schema
    wording = Wording(schema, document, values.label_of)
    return {"result": grouped_changes(difference(newest.content, document, schema), wording)}
