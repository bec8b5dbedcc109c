"""One replacement in many entries: what, a preview with a box at each entry, one changeset."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.documents.form_specs import label_of
from kb.documents.replacing import Replacement, term_fields
from kb.documents.schema import references
from kb.documents.vocabulary import Term, Vocabulary
from kb.editing import EditingError, permissions
from kb.editing.bulk import (
    Planned,
    Preview,
    open_bulk,
    preview,
    reference_replacement,
    source_replacement,
    term_replacement,
    title_of,
)
from kb.editing.permissions import Action
from kb.kinds import kind_named, kinds
from kb.models import Changeset, User
from kb.publication.names import Names
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, carried_out, posted, status_of
from kb.web.shown_changes import LabelOf, Wording, grouped_changes

MOST_OPEN = 5  # changesets that are named with an entry
WAYS: Mapping[str, tuple[str, str]] = {
    "term": ("A term", "In one field, a term takes the place of another one."),
    "source": ("A source", "In every citation. Pages, sections and quotes stay: check each."),
    "reference": ("A reference", "Wherever an entry is named, citations included."),
}


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def bulk_page(request: DeskRequest) -> HttpResponse:
    """`/desk/bulk/?what=&field=&old=&new=`: the preview; sent, it opens the changeset."""
    wrong: Wrong | None = None
    given: Any = request.POST if request.method == "POST" else request.GET
    asked = _asked(given)
    what = given.get("what", "")
    what = what if what in WAYS else "term"
    if request.method == "POST":
        made: list[Changeset] = []
        wrong = carried_out(request, lambda: _open(request, what, asked, made))
        if wrong is None:
            return SeeOther(made[0].get_absolute_url())
    context = {
        "current": "desk",
        "what": what,
        "ways": [(name, *texts) for name, texts in WAYS.items()],
        "about": WAYS[what][1],
        "asked": asked,
        "groups": _terms(),
        "unlisted": _unlisted(asked),
        "wrong": wrong,
        "chosen": request.POST.getlist("key"),
        "may": permissions.may(request.user, Action.BULK_EDIT),
        **_previewed(what, asked, request.user),
    }
    return render(request, "kb/desk/bulk.html", context, status=status_of(wrong))


def _asked(given: Mapping[str, Any]) -> dict[str, str]:
    """`field`, `old` and `new`; a term may come with its field before it: `genres:novel`."""
    asked = {name: str(given.get(name, "")).strip()[:200] for name in ("field", "old", "new")}
    for name in ("old", "new"):
        field, is_with_field, term = asked[name].partition(":")
        if is_with_field and field in _vocabularies():
            asked[name] = term
            asked["field"] = asked["field"] or field
    return asked


def _vocabularies() -> dict[str, Vocabulary]:
    """Field → the vocabulary of its terms, for every field of any kind that takes terms."""
    found: dict[str, Vocabulary] = {}
    for kind in kinds():
        for field, vocabulary in term_fields(kind.schema).items():
            found.setdefault(field, vocabulary)
    return found


def _terms() -> list[tuple[str, str, list[Term]]]:
    """(field, its label, its terms) of every field that takes terms, by label."""
    found = [(name, _label(name), list(terms)) for name, terms in _vocabularies().items()]
    return sorted(found, key=lambda each: each[1])


def _label(field: str) -> str:
    return ": ".join(label_of(each) for each in field.split("."))


def _unlisted(asked: Mapping[str, str]) -> str:
    """The term that goes, where its vocabulary has it no more; "" where that has it."""
    terms = _vocabularies().get(asked["field"])
    return asked["old"] if terms is not None and asked["old"] not in terms else ""


MAKERS: Mapping[str, Callable[[Mapping[str, str]], Replacement]] = {
    "term": lambda asked: term_replacement(asked["field"], asked["old"], asked["new"]),
    "source": lambda asked: source_replacement(asked["old"], asked["new"]),
    "reference": lambda asked: reference_replacement(asked["old"], asked["new"]),
}


def _previewed(what: str, asked: Mapping[str, str], user: User) -> dict[str, Any]:
    """What would change; why nothing can, where that is so."""
    if not asked["old"] or not asked["new"] or (what == "term" and not asked["field"]):
        return {}
    try:
        found = preview(MAKERS[what](asked), seen_by=user)
    except EditingError as problem:
        return {"obstacle": str(problem)}
    names = _names_in(found.planned)
    rows = [_shown(each, found, names) for each in found.planned]
    return {"is_previewed": True, "rows": rows, "is_whole": found.is_whole}


def _names_in(planned: Sequence[Planned]) -> LabelOf:
    """Key → what is shown of the entries that the changes name; None for others."""
    keys: set[str] = set()
    for each in planned:
        keys |= {mention.key for mention in references(kind_named(each.kind).schema, each.document)}
        for change in each.changes:
            keys |= {side for side in (change.before, change.after) if isinstance(side, str)}
    names = Names(keys)
    return lambda key: names.shown(key) if key in names else None


def _shown(planned: Planned, found: Preview, names: LabelOf) -> dict[str, Any]:
    opened = found.open_changesets.get(planned.key, [])
    wording = Wording(kind_named(planned.kind).schema, planned.document, names)
    return {
        "key": planned.key,
        "name": planned.name,
        "kind": planned.kind,
        "groups": grouped_changes(planned.changes, wording),
        "open_changesets": opened[:MOST_OPEN],
        "further": max(0, len(opened) - MOST_OPEN),
    }


def _open(request: DeskRequest, what: str, asked: Mapping[str, str], made: list[Changeset]) -> str:
    keys, replacement = request.POST.getlist("key"), MAKERS[what](asked)
    title, why = posted(request, "title"), posted(request, "why")
    if not keys:
        raise EditingError("Tick the entries in which it is to be replaced.")
    if before := _begun_before(request, title or title_of(replacement), keys):
        made.append(before)
        return "You have begun this already: here it is."
    title = title or title_of(replacement)
    made.append(open_bulk(replacement, keys, by=request.user, title=title, why=why))
    return "This is the draft. Look at the difference, then submit it."


def _begun_before(request: DeskRequest, title: str, keys: list[str]) -> Changeset | None:
    """The draft that this very form has opened already: sending it twice makes one."""
    drafts = Changeset.objects.filter(
        created_by=request.user,
        status=Changeset.Status.DRAFT,
        origin=Changeset.Origin.BULK,
        title=title,
    )
    for draft in drafts.order_by("-pk")[:5]:
        if {*draft.edits.values_list("key", flat=True)} == {*keys}:
            return draft
    return None
