"""Taking published changes back: a new draft with the inverse, reviewed like any other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from kb.documents.canonical import canonical_json
from kb.documents.merge import MergeConflict, merge
from kb.documents.problems import place_of
from kb.documents.sameness import says_the_same
from kb.editing.checking import HIDING
from kb.editing.conversation import open_thread
from kb.editing.drafts import MOST_EDITS, begin, newest_revision_of, save
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.editing.rebasing import newest_revisions
from kb.editing.states import locked
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Revision, Thread, User

JSON = dict[str, Any]
MOST_THREADS = 20  # places of one revert that get a thread of their own; the others share one
LONGEST_VALUE = 200  # characters of a value that a thread repeats


@dataclass(frozen=True, slots=True)
class Inverse:
    """What takes one revision back: an act with its content.

    `conflicts`: places that were changed again since; the newest value stays there. `remark`: what
    an editor should know of the entry as a whole, "" for nothing.
    """

    key: str
    kind: str
    act: str
    content: JSON
    conflicts: tuple[MergeConflict, ...] = ()
    remark: str = ""


@transaction.atomic
def open_revert(
    changeset: Changeset, keys: Iterable[str] | None = None, *, by: User, why: str = ""
) -> Changeset:
    """A draft that takes `changeset`, published, back: whole, or the entries called `keys`.

    Where a place was changed again since, the newest value stays, and a thread at that place says
    what stood there before: an editor decides. What cannot be taken back is named in the
    description. Raises NotAllowed, or EditingError where nothing can be.
    """
    require(by, Action.REVERT, changeset)
    inverses, obstacles = _inverses(_revisions(changeset, keys))
    if not inverses:
        raise EditingError(f"Nothing can be taken back. {' '.join(obstacles)}")
    title = f"Revert “{_shortened(changeset.title, 180)}”"
    description = "\n\n".join([why.strip()] * bool(why.strip()) + obstacles)
    draft = begin(title, by=by, origin=Changeset.Origin.REVERT, description=description)
    draft.reverts = changeset
    draft.save(update_fields=["reverts"])
    for inverse in inverses:
        save(draft, inverse.key, inverse.kind, inverse.content, by=by, act=inverse.act)
    _note(draft, inverses, by)
    draft.refresh_from_db()
    return draft


def _revisions(changeset: Changeset, keys: Iterable[str] | None) -> list[Revision]:
    """The revisions to take back, in the order of the chain. Raises EditingError."""
    revisions = Revision.objects.filter(changeset=changeset)
    chosen = None if keys is None else sorted({*keys})
    if chosen is not None:
        revisions = revisions.filter(entry__key__in=chosen)
    found = list(revisions.select_related("entry").order_by("pk")[: MOST_EDITS + 1])
    if chosen is not None and (missing := {*chosen} - {each.entry.key for each in found}):
        named = ", ".join(f"“{key}”" for key in sorted(missing)[:MOST_THREADS])
        raise EditingError(f"“{changeset.title}” did not change {named}.")
    if not found:
        raise EditingError("Choose at least one entry to take back.")
    if len(found) > MOST_EDITS:
        raise EditingError(f"Choose at most {MOST_EDITS} entries; take the others back after that.")
    return found


def _inverses(revisions: Sequence[Revision]) -> tuple[list[Inverse], list[str]]:
    """What takes each of these back, and a sentence for each that nothing can."""
    newest = newest_revisions([revision.entry.key for revision in revisions])
    inverses, obstacles = [], []
    for revision in revisions:
        before = Revision.objects.filter(
            entry=revision.entry_id, number=revision.number - 1
        ).first()
        try:
            inverses.append(inverse_of(revision, before, newest[revision.entry.key]))
        except EditingError as problem:
            obstacles.append(str(problem))
    return inverses, obstacles


def inverse_of(taken: Revision, before: Revision | None, newest: Revision) -> Inverse:
    """What takes the revision `taken` of an entry back, `before` being the one it followed on.

    The inverse of a creation is a retraction, of a retraction or a merge a restoration. Raises
    EditingError where there is none.
    """
    key = taken.entry.key
    _refuse_redacted(key, taken, before)
    if taken.pk == newest.pk:
        return _undone(taken, before)
    if newest.act in HIDING:
        what = "merged" if newest.act == Edit.Act.MERGE else "retracted"
        raise EditingError(f"“{key}” was {what} since. Restore it first.")
    if taken.act in HIDING:
        raise EditingError(f"“{key}” is back in view already.")
    if before is None or before.act in HIDING:
        remark = (
            f"“{key}” was changed since, last in revision {newest.number}. Taking it out of view "
            "takes out what was added since, too."
        )
        hidden = _undone(taken, before)
        return Inverse(hidden.key, hidden.kind, hidden.act, hidden.content, remark=remark)
    return _merged(taken, before, newest)


def _refuse_redacted(key: str, taken: Revision, before: Revision | None) -> None:
    for each in (taken, before):
        if each is not None and each.is_redacted:
            raise EditingError(f"“{key}”: the document of revision {each.number} was redacted.")


def _undone(taken: Revision, before: Revision | None) -> Inverse:
    """Back to exactly what there was before `taken`."""
    key, kind = taken.entry.key, taken.entry.kind
    if before is None:
        note = f"“{_shortened(taken.changeset.title, 100)}”, which created it, was reverted."
        content = {"reason": "taken-back", "note": note}
        return Inverse(key, kind, Edit.Act.RETRACT, content)
    if before.act in HIDING:
        return Inverse(key, kind, before.act, before.content)
    act = Edit.Act.RESTORE if taken.act in HIDING else Edit.Act.REVISE
    return Inverse(key, kind, act, before.content)


def _merged(taken: Revision, before: Revision, newest: Revision) -> Inverse:
    """Three-way: what `taken` changed, taken out of what there is now."""
    key, kind = taken.entry.key, taken.entry.kind
    schema = kind_named(kind).schema
    merged = merge(schema, taken.content, before.content, newest.content)
    if not merged.conflicts and says_the_same(schema, merged.document, newest.content):
        raise EditingError(f"“{key}” says nothing of it any more.")
    return Inverse(key, kind, Edit.Act.REVISE, merged.document, merged.conflicts)


def _note(draft: Changeset, inverses: Sequence[Inverse], by: User) -> None:
    """A thread for each place at which an editor has to decide."""
    draft = locked(draft)
    told = [(each.key, "", each.remark) for each in inverses if each.remark]
    for inverse in inverses:
        told += [
            (inverse.key, place_of(conflict.path), _sentence(conflict))
            for conflict in inverse.conflicts
        ]
    for key, place, text in told[:MOST_THREADS]:
        open_thread(draft, Thread.Kind.COMMENT, text, by=by, key=key, path=place)
    if rest := told[MOST_THREADS:]:
        text = "\n".join(f"- {key}, {place}: {text}" for key, place, text in rest)
        open_thread(draft, Thread.Kind.COMMENT, _shortened(text, 9_000), by=by)


def _sentence(conflict: MergeConflict) -> str:
    return (
        f"“{conflict.label}” was changed again since, so this revert leaves it as it is now: "
        f"{_quoted(conflict.mine)}. Before the change that is taken back it was "
        f"{_quoted(conflict.theirs)}. Choose."
    )


def _quoted(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else canonical_json(value).decode()
    return f"“{_shortened(text, LONGEST_VALUE)}”"


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


# --- back to an earlier revision ----------------------------------------------------------------


@transaction.atomic
def open_revert_to(key: str, number: int, *, by: User) -> Changeset:
    """A draft in which the entry says again what it said in revision `number`, in all places.

    Raises NotAllowed, or EditingError where that revision cannot be returned to.
    """
    require(by, Action.REVERT)
    act, revision = way_back(key, number)
    title = f"Return “{key}” to revision {number}"
    draft = begin(title, by=by, origin=Changeset.Origin.REVERT)
    save(draft, key, revision.entry.kind, revision.content, by=by, act=act)
    draft.refresh_from_db()
    return draft


def way_back(key: str, number: int) -> tuple[str, Revision]:
    """(act, revision) by which the entry says again what it said in revision `number`.

    Raises EditingError.
    """
    newest = newest_revision_of(key)
    found = Revision.objects.filter(entry__key=key, number=number).select_related("entry").first()
    if found is None or newest is None:
        raise EditingError(f"“{key}” has no revision {number}.")
    if found.pk == newest.pk:
        raise EditingError(f"Revision {number} of “{key}” is what is published now.")
    if found.act in HIDING:
        raise EditingError(f"Revision {number} took “{key}” out of view: retract or merge it.")
    if found.is_redacted:
        raise EditingError(f"The document of revision {number} of “{key}” was redacted.")
    if newest.act in HIDING:
        return Edit.Act.RESTORE, found
    if newest.document == found.document:
        raise EditingError(f"“{key}” says now what it said in revision {number}.")
    return Edit.Act.REVISE, found
