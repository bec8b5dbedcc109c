"""Beginning to write: of a new entry, or of one that is there."""

import re
import unicodedata
from secrets import token_urlsafe
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kb.documents.fields import KEY
from kb.editing import EditingError, KeyTaken, permissions
from kb.editing.permissions import Action
from kb.editing.retracting import active_revision
from kb.editing.starting import drafts_of, start_edit, start_new
from kb.kinds import Kind, kind_named, kinds
from kb.models import Changeset, Edit
from kb.publication import reading
from kb.publication.searching import search
from kb.web.desk.access import DeskRequest, desk_page
from kb.web.desk.answering import SeeOther, Wrong, WrongField, carried_out, posted, status_of
from kb.web.desk.overview import edit_path
from kb.web.rows import listed as listed_entry

MOST_DRAFTS = 50  # that one chooses from
MOST_FOUND = 12  # entries that a search for one to edit gives
LONGEST_KEY = 80
LONGEST_TOKEN = 40


def key_from(name: str) -> str:
    """The key that a name suggests: "Électricité de France" is "electricite-de-france".

    The script of the page does the same while one types.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_KEY].strip("-")


# --- a new entry -----------------------------------------------------------------------------


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DeskRequest) -> HttpResponse:
    """`/desk/new/`: choose a kind and a name, or (`?q=`) an entry to edit."""
    wrong: Wrong | None = None
    made: list[Edit] = []
    if request.method == "POST":
        wrong = carried_out(request, lambda: _start_new(request, made))
        if wrong is None:
            return SeeOther(edit_path(made[0].changeset, made[0].key))
    given: Any = wrong.typed if wrong is not None else request.GET
    context = {
        "current": "desk",
        "wrong": wrong,
        "kinds": kinds(),
        "typed": {name: given.get(name, "") for name in ("kind", "name", "key", "title", "into")},
        "suggested": key_from(given.get("name", "")),
        "once": given.get("once") or token_urlsafe(12),
        "drafts": drafts(request),
        "may_begin": permissions.may(request.user, Action.BEGIN),
        **found_entries(request.GET.get("q", "").strip()[:200]),
    }
    return render(request, "kb/desk/new.html", context, status=status_of(wrong))


def _start_new(request: DeskRequest, made: list[Edit]) -> str:
    kind, name = _kind(posted(request, "kind")), posted(request, "name")
    if not name:
        raise WrongField("name", "Write the name of the entry.")
    key = posted(request, "key") or key_from(name)
    if not re.match(KEY, key):
        raise WrongField(
            "key", f"“{key}” is no key. Write 2 to 80 of the letters a to z, digits and hyphens."
        )
    try:
        made.append(
            start_new(
                kind,
                key,
                name,
                by=request.user,
                title=posted(request, "title"),
                once=posted(request, "once")[:LONGEST_TOKEN],
                into=_into(request),
            )
        )
    except KeyTaken as problem:
        raise WrongField("key", str(problem)) from None
    return ""


def _kind(name: str) -> Kind:
    try:
        return kind_named(name)
    except KeyError:
        raise WrongField("kind", "Choose what kind of entry it is.") from None


def _into(request: DeskRequest) -> Changeset | None:
    """The changeset that was chosen; None for a new one. Raises WrongField."""
    chosen = posted(request, "into")
    if not chosen:
        return None
    visible = Changeset.objects.visible_to(request.user)
    found = visible.filter(pk=int(chosen) if chosen.isdecimal() else 0).first()
    if found is None:
        raise WrongField("into", "This changeset is not there. Choose another one, or a new one.")
    return found


def drafts(request: DeskRequest) -> list[Changeset]:
    """What one can write into: one's own drafts, and the one that the address names."""
    own = list(drafts_of(request.user)[:MOST_DRAFTS])
    named = request.POST.get("into") or request.GET.get("into", "")
    if named.isdecimal() and all(str(each.pk) != named for each in own):
        visible = Changeset.objects.visible_to(request.user).open()
        own = [*visible.filter(pk=int(named)), *own]
    return own


def found_entries(question: str) -> dict[str, Any]:
    """Entries to edit that a few words find."""
    if not question:
        return {"q": "", "entries": []}
    found = search(question, filters=(), facets=(), facet_filters={}, limit=MOST_FOUND, offset=0)
    rows = [listed_entry(each.summary) for each in found.items]
    shown = [{"row": row, "key": row.path.rstrip("/").rpartition("/")[2]} for row in rows]
    return {"q": question, "entries": shown}


# --- an entry that is there ------------------------------------------------------------------


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DeskRequest, key: str) -> HttpResponse:
    """`/desk/edit/<key>/`: asks into which changeset, and says who edits it already."""
    wrong: Wrong | None = None
    made: list[Edit] = []
    if request.method == "POST":
        wrong = carried_out(request, lambda: _start_edit(request, key, made))
        if wrong is None:
            return SeeOther(edit_path(made[0].changeset, made[0].key))
    known = reading.known([key]).get(key) if re.match(KEY, key) else None
    if known is None:
        return render(request, "kb/404.html", {}, status=404)
    if known.survivor != key and request.method != "POST":
        return SeeOther(f"/desk/edit/{known.survivor}/")
    refusal, kind = _refusal(key)
    context = {
        "current": "desk",
        "wrong": wrong,
        "key": key,
        "name": known.shown["name"],
        "kind": kind or known.kind,
        "refusal": refusal,
        "elsewhere": edited_elsewhere(request, key),
        "typed": wrong.typed if wrong else {"into": request.GET.get("into", "")},
        "once": (wrong.typed.get("once") if wrong else "") or token_urlsafe(12),
        "drafts": drafts(request),
        "may_begin": permissions.may(request.user, Action.BEGIN),
    }
    return render(request, "kb/desk/edit.html", context, status=status_of(wrong))


def _start_edit(request: DeskRequest, key: str, made: list[Edit]) -> str:
    made.append(
        start_edit(
            key,
            by=request.user,
            title=posted(request, "title"),
            once=posted(request, "once")[:LONGEST_TOKEN],
            into=_into(request),
        )
    )
    return ""


def _refusal(key: str) -> tuple[str, str]:
    """(why the entry cannot be edited, its kind)."""
    try:
        return "", active_revision(key).entry.kind
    except EditingError as problem:
        return str(problem), ""


def edited_elsewhere(request: DeskRequest, key: str) -> dict[str, Any]:
    """The open changesets that touch an entry: those one may see, and how many more there are."""
    touching = Edit.objects.filter(key=key).values("changeset")
    opened = Changeset.objects.open().filter(pk__in=touching)
    visible = Changeset.objects.visible_to(request.user).open().filter(pk__in=touching)
    total = visible.count()
    shown = list(visible.select_related("created_by").order_by("pk")[:MOST_FOUND])
    own = set(drafts_of(request.user).filter(pk__in=touching).values_list("pk", flat=True))
    return {
        "rows": [{"changeset": each, "is_own": each.pk in own} for each in shown],
        "further": total - len(shown),
        "unseen": opened.count() - total,
        "own": next((each for each in shown if each.pk in own), None),
    }
