"""Beginning a changeset and writing its edits."""

from typing import Any

from django.db import transaction

from kb.documents.canonical import canonical_json
from kb.editing.errors import EditingError, NotAllowed
from kb.models import Changeset, Edit, Entry, Revision, User

MOST_EDITS = 200
MOST_BYTES = 1 << 20


def begin(title: str, *, by: User | None, origin: str = Changeset.Origin.DESK) -> Changeset:
    """A new, empty draft."""
    return Changeset.objects.create(title=title, created_by=by, origin=origin)


@transaction.atomic
def set_edit(
    changeset: Changeset,
    key: str,
    kind: str,
    content: dict[str, Any],
    *,
    act: str = Edit.Act.REVISE,
) -> Edit:
    """Put the whole new document (or what the act needs) of one entry into a draft.

    An edit begins from the newest revision of its entry; writing it again keeps that base. It need
    not be valid: it is checked when it is published. Raises EditingError when the changeset is no
    draft, the document is over 1 MiB, or there are too many edits.
    """
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    if changeset.status not in (Changeset.Status.DRAFT, Changeset.Status.CHANGES_REQUESTED):
        raise NotAllowed(f"“{changeset}” is {changeset.get_status_display().lower()}, not a draft.")
    text = canonical_json(content).decode()
    _refuse_too_much(changeset, key, text)
    edit, _is_new = Edit.objects.update_or_create(
        changeset=changeset,
        key=key,
        defaults={"kind": kind, "act": act, "content": text},
        create_defaults={
            "kind": kind,
            "act": act,
            "content": text,
            "base": newest_revision_of(key),
        },
    )
    return edit


def _refuse_too_much(changeset: Changeset, key: str, text: str) -> None:
    size = len(text.encode())
    if size > MOST_BYTES:
        raise EditingError(f"{key}: the document has {size:,} bytes; {MOST_BYTES:,} are the most.")
    others = changeset.edits.exclude(key=key).count()
    if others >= MOST_EDITS:
        raise EditingError(f"A changeset holds at most {MOST_EDITS} edits. Begin another one.")


def newest_revision_of(key: str) -> Revision | None:
    """The newest revision of the entry called `key`, None when nothing was published of it."""
    entry = Entry.objects.filter(key=key).first()
    return entry.revisions.order_by("-number").first() if entry else None
