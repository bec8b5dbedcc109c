"""Taking an entry out of view, with a tombstone that says why, and bringing it back."""

from django.db import transaction

from kb.documents.reasons import RETRACTION_REASONS
from kb.editing.checking import HIDING
from kb.editing.drafts import begin, newest_revision_of, save
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Revision, User

ACTIVE = (Edit.Act.REVISE, Edit.Act.RESTORE)
LONGEST_NOTE = 1_000


@transaction.atomic
def open_retraction(key: str, reason: str, note: str, *, by: User) -> Changeset:
    """A draft that takes an entry out of view. `reason`: of RETRACTION_REASONS; `note`: public.

    Where entries in view refer to it, its authors have to acknowledge that before they submit it.
    Raises NotAllowed, or EditingError.
    """
    require(by, Action.BEGIN)
    newest = active_revision(key)
    content = retraction(reason, note)
    draft = begin(f"Retract “{name_in(newest)}”"[:200], by=by)
    save(draft, key, newest.entry.kind, content, by=by, act=Edit.Act.RETRACT)
    draft.refresh_from_db()
    return draft


def retraction(reason: str, note: str) -> dict[str, str]:
    """The content of a retraction. Raises EditingError."""
    note = note.strip()
    if reason not in RETRACTION_REASONS:
        listed = ", ".join(term.label for term in RETRACTION_REASONS)
        raise EditingError(f"Choose a reason: {listed}.")
    if reason == "other" and not note:
        raise EditingError("Say in the note which other reason it is. Readers will see it.")
    if len(note) > LONGEST_NOTE:
        raise EditingError(f"The note has {len(note):,} characters; {LONGEST_NOTE:,} are the most.")
    return {"reason": reason, **({"note": note} if note else {})}


@transaction.atomic
def open_restoration(key: str, *, by: User) -> Changeset:
    """A draft that brings a retracted entry back with the document it had last.

    Raises NotAllowed, or EditingError.
    """
    require(by, Action.BEGIN)
    newest = newest_revision_of(key)
    if newest is None:
        raise EditingError(f"No entry is called “{key}”.")
    if newest.act == Edit.Act.MERGE:
        raise EditingError(f"“{key}” was merged into “{newest.content['into']}”: undo that merge.")
    if newest.act != Edit.Act.RETRACT:
        raise EditingError(f"“{key}” is in view already.")
    last = last_in_view(key)
    draft = begin(f"Restore “{name_in(last)}”"[:200], by=by)
    save(draft, key, last.entry.kind, last.content, by=by, act=Edit.Act.RESTORE)
    draft.refresh_from_db()
    return draft


def active_revision(key: str) -> Revision:
    """The newest revision of an entry in view. Raises EditingError, saying what became of it."""
    newest = newest_revision_of(key)
    if newest is None:
        raise EditingError(f"No entry is called “{key}”. Search for it, or create it.")
    if newest.act == Edit.Act.MERGE:
        into = newest.content.get("into", "another entry")
        raise EditingError(f"“{key}” was merged into “{into}” already. Take that entry.")
    if newest.act in HIDING:
        raise EditingError(f"“{key}” is retracted. Restore it first.")
    return newest


def last_in_view(key: str) -> Revision:
    """The last revision of an entry that put a document in view. Raises EditingError."""
    shown = Revision.objects.filter(entry__key=key, act__in=ACTIVE).select_related("entry")
    last = shown.order_by("-number").first()
    if last is None:
        raise EditingError(f"Nothing of “{key}” was ever in view.")
    if last.is_redacted:
        raise EditingError(
            f"What “{key}” said last was redacted. Return to an earlier revision on the page of "
            "its history."
        )
    return last


def name_in(revision: Revision) -> str:
    """What an entry is called in one of its revisions, else its key."""
    key = revision.entry.key
    is_shown = revision.act in ACTIVE and not revision.is_redacted
    return kind_named(revision.entry.kind).name_of(revision.content) or key if is_shown else key
