"""The arguments about a proposal as a page, and taking others in from Argdown."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from governance.analyses.argdown import UnreadableArgdown, arguments_in
from governance.analyses.argument_trees import Tree, joined, trees_of, walked
from kb.documents.fields import KEY
from kb.editing import EditingError
from kb.editing.drafts import save
from kb.editing.starting import start_edit
from kb.kinds import kind_named
from kb.models import Edit
from kb.publication import page_reading, reading
from kb.publication.body import Notes, link
from kb.publication.markdown import inline_html
from kb.publication.names import Names
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, status_of
from kb.web.desk.overview import edit_path
from kb.web.entries import absent
from kb.web.pages import absolute, page, public_page

JSON = dict[str, Any]

TEMPLATE = "governance/arguments.html"
IMPORT = "governance/import_arguments.html"
LOWEST = 6  # heading
SIDES = (("for", "For", "▲"), ("against", "Against", "▼"))


@public_page
def arguments_page(request: HttpRequest, key: str) -> HttpResponse:
    """`/proposals/<key>/arguments/`: for, against, and the answers to each."""
    entry = proposal(key)
    if entry is None:
        return absent(request, key, "arguments/")
    rows = reading.fetch_all(
        "SELECT json FROM governance_argument WHERE entry_id = %s ORDER BY ordinal",
        (entry.entry_id,),
    )
    found = [orjson.loads(json) for (json,) in rows]
    trees = trees_of(found)
    notes = Notes()
    with_sources(found)
    path, api = f"/proposals/{key}/", f"/api/v1/proposals/{key}/arguments"
    address = absolute(request, f"{path}arguments/")
    context = {
        "current": kind_named("proposal").plural,
        "name": entry.shown["name"],
        "key": key,
        "path": path,
        "sides": list(_sides(trees, notes)),
        "total": len(found),
        "answers": sum(depth > 0 for depth, _tree in walked(trees)),
        "notes": notes.html(),
        "api": api,
        "address": address,
        "cite_as": f"“Arguments about {entry.shown['name']}”, {settings.SITE_NAME}, {address}",
    }
    return page(request, TEMPLATE, context)


def proposal(key: str) -> reading.Known | None:
    """The active proposal called `key`, None where there is none."""
    if not re.match(KEY, key) or page_reading.kind_of(key) != "proposal":
        return None
    return reading.known([key]).get(key)


def with_sources(rows: Iterable[Mapping[str, Any]]) -> None:
    """Put all that is shown of the sources into the rows that cite them, read at once."""
    cites = [cite for row in rows for cite in row.get("cites", ())]
    if cites:
        names = Names({cite["source"]["key"] for cite in cites})
        for cite in cites:
            cite["source"] = names.shown(cite["source"]["key"]) or cite["source"]


def _sides(trees: Sequence[Tree], notes: Notes) -> Iterable[JSON]:
    for side, label, shape in SIDES:
        its = [tree for tree in trees if tree.row["side"] == side]
        if its:
            rows = [_argument(tree, notes, 3) for tree in its]
            yield {"side": side, "label": label, "shape": shape, "rows": rows}


def _argument(tree: Tree, notes: Notes, level: int) -> JSON:
    """One argument with its answers; `level`: of its heading."""
    row = tree.row
    marks = notes.marks(row.get("cites"))
    answers = [_argument(answer, notes, min(level + 1, LOWEST)) for answer in tree.answers]
    return {
        "id": row["id"],
        "level": level,
        "side": row["side"],
        "claim": inline_html(row["claim"]),
        "made_by": [link(label) for label in row.get("made_by", ())],
        "marks": marks,
        "answers": answers,
        "relation": "supports" if tree.supports else "answers",
    }


# --- import ----------------------------------------------------------------------------------


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def import_page(request: DeskRequest, key: str) -> HttpResponse:
    """`/desk/arguments/<key>/`: a box for Argdown, which becomes an edit of the proposal."""
    entry = proposal(key)
    if entry is None:
        raise Http404
    wrong: Wrong | None = None
    made: list[Edit] = []
    if request.method == "POST":
        wrong = carried_out(request, lambda: _take_in(request, key, made), where="text")
        if wrong is None:
            return SeeOther(edit_path(made[0].changeset, key))
    context = {
        "current": "desk",
        "name": entry.shown["name"],
        "key": key,
        "path": f"/proposals/{key}/arguments/",
        "wrong": wrong,
        "typed": wrong.typed.get("text", "") if wrong else "",
    }
    return render(request, IMPORT, context, status=status_of(wrong))


def _take_in(request: DeskRequest, key: str, made: list[Edit]) -> str:
    """The arguments that were sent, in an edit of the proposal. Raises EditingError."""
    try:
        imported = arguments_in(_text(request))
    except UnreadableArgdown as problem:
        raise EditingError("\n".join(map(str, problem.faults))) from None
    with transaction.atomic():
        edit = start_edit(key, by=request.user)
        present = _present(edit)
        document = {**edit.document, "arguments": joined(present, imported)}
        made.append(save(edit.changeset, key, edit.kind, document, by=request.user))
    known = {row.get("id") for row in present}
    new = sum(row["id"] not in known for row in imported)
    return f"Taken in: {new} new arguments, {len(imported) - new} in place of those of their id."


def _present(edit: Edit) -> list[JSON]:
    """The arguments that the edit holds already. Raises EditingError where they are no rows."""
    rows = edit.document.get("arguments", [])
    if edit.act != Edit.Act.REVISE:
        raise EditingError(f"Your draft “{edit.changeset.title}” does not revise this proposal.")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise EditingError(f"The arguments in your draft “{edit.changeset.title}” are no rows.")
    return rows


def _text(request: DeskRequest) -> str:
    """What was typed, as it is: spaces before a line mean something, and errors count lines."""
    return str(request.POST.get("text", "")).replace("\0", "")
