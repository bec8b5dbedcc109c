"""Beginning a changeset, and writing, dropping and sharing its edits."""

import re
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.documents.canonical import canonical_json
from kb.documents.fields import KEY
from kb.documents.problems import shortened_name
from kb.documents.sameness import says_the_same
from kb.documents.schema import InvalidDocument, validate
from kb.documents.statements import with_ids
from kb.editing.activity import record
from kb.editing.checking import HIDING
from kb.editing.checks import check_edit
from kb.editing.errors import EditingError, KeyTaken, NotAllowed, StaleSave
from kb.editing.permissions import Action, require
from kb.editing.states import locked, moved, void_approvals
from kb.kinds import kind_named
from kb.models import AccessToken, Authorship, Changeset, Edit, Entry, Reservation, Revision, User

MOST_EDITS = 200
MOST_BYTES = 1 << 20


def begin(
    title: str,
    *,
    by: User,
    origin: str = Changeset.Origin.DESK,
    description: str = "",
    token: AccessToken | None = None,
    once: str = "",
) -> Changeset:
    """A new, empty draft. Raises NotAllowed, or EditingError when the title is empty or long.

    `once`: of the form it was begun with, by which sending that twice is known: see `starting`.
    """
    require(by, Action.BEGIN, by_token=token is not None)
    changeset = Changeset.objects.create(
        title=_title(title), description=description, created_by=by, origin=origin
    )
    record("created", by=by, changeset=changeset, **({"once": once} if once else {}))
    return changeset


def rename(changeset: Changeset, title: str, description: str, *, by: User) -> Changeset:
    """Call it something else, or say more of why. Voids nothing: no document changes."""
    with transaction.atomic():
        changeset = locked(changeset)
        require(by, Action.SAVE, changeset)
        changeset.title, changeset.description = _title(title), description
        changeset.save(update_fields=["title", "description"])
    return changeset


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title:
        raise EditingError("Give the changeset a title: what changes, in a few words.")
    if len(title) > 200:
        raise EditingError(f"The title has {len(title)} characters; 200 are the most.")
    return title


@transaction.atomic
def save(
    changeset: Changeset,
    key: str,
    kind: str,
    content: dict[str, Any],
    *,
    by: User,
    act: str = Edit.Act.REVISE,
    version: int | None = None,
    token: AccessToken | None = None,
) -> Edit:
    """Put the whole new document (or what the act needs) of one entry into a changeset.

    It need not be valid: what is wrong is listed with the edit. An edit begins from the newest
    revision of its entry; writing it again keeps that base. Saving what is there already writes
    nothing; any other save voids the approvals, and takes what was approved back to draft.
    `version`: of the edit that the writer saw (0: none), when it matters.

    Raises NotAllowed, StaleSave, KeyTaken, or EditingError when the document is over 1 MiB or
    there are too many edits.
    """
    changeset = locked(changeset)
    require(by, Action.SAVE, changeset, by_token=token is not None)
    edit = (
        Edit.objects.select_related("base", "changed_by")
        .filter(changeset=changeset, key=key)
        .first()
    )
    _refuse_stale(edit, key, version)
    content = _normal(kind, act, content, edit)
    text = _text_of(key, content)
    if edit is not None and _is_same(edit, kind, act, content):
        return edit
    if edit is None:
        edit = _new_edit(changeset, key, kind)
    edit.kind, edit.act, edit.content = kind, act, text
    edit.version += 1
    edit.changed_at, edit.changed_by = timezone.now(), by
    edit.findings = findings_of(edit, changeset)
    edit.save()
    Authorship.objects.get_or_create(changeset=changeset, user=by, key=key, is_suggester=False)
    content_changed(changeset, by=by)
    return edit


def _refuse_stale(edit: Edit | None, key: str, version: int | None) -> None:
    there = edit.version if edit is not None else 0
    if version is not None and version != there:
        by = edit.changed_by.shown_name if edit and edit.changed_by else "somebody else"
        raise StaleSave(key, there, by)


def _is_same(edit: Edit, kind: str, act: str, content: dict[str, Any]) -> bool:
    if (edit.kind, edit.act) != (kind, act):
        return False
    return says_the_same(kind_named(kind).schema, edit.document, content)


def _normal(kind: str, act: str, content: dict[str, Any], edit: Edit | None) -> dict[str, Any]:
    """The content as it would be published: tidy, in NFC, with an id on each statement.

    A row keeps the id that it had in the draft before. What is not valid yet stays as it is, but
    for the ids, where it is whole enough to tell its statements.
    """
    if act not in (Edit.Act.REVISE, Edit.Act.RESTORE) or not isinstance(content.get("key"), str):
        return content
    schema, previous = kind_named(kind).schema, edit.document if edit is not None else {}
    with suppress(InvalidDocument):  # what is wrong is listed with the edit
        content = validate(schema, content)
    try:
        return with_ids(schema, content, previous)
    except (TypeError, AttributeError, KeyError):  # an invalid draft: a text where rows belong
        return content


def _text_of(key: str, content: dict[str, Any]) -> str:
    try:
        text = canonical_json(content).decode()
    except ValueError as problem:
        raise EditingError(f"{key}: the document cannot be kept: {problem}") from None
    size = len(text.encode())
    if size > MOST_BYTES:
        raise EditingError(f"{key}: the document has {size:,} bytes; {MOST_BYTES:,} are the most.")
    return text


def findings_of(edit: Edit, changeset: Changeset) -> list[dict[str, Any]]:
    """What the checks find in it, beside what the other edits of its changeset bring."""
    others = changeset.edits.exclude(key=edit.key).values_list("key", "kind", "act")
    brought = {key: None if act in HIDING else kind for key, kind, act in others}
    return [finding.to_json() for finding in check_edit(edit, brought=brought)]


def _new_edit(changeset: Changeset, key: str, kind: str) -> Edit:
    if not re.fullmatch(KEY, key):
        raise EditingError(
            f"“{shortened_name(key)}” cannot be a key. Write 2 to 80 of a-z, 0-9 and hyphens."
        )
    if changeset.edits.count() >= MOST_EDITS:
        raise EditingError(f"A changeset holds at most {MOST_EDITS} edits. Begin another one.")
    entry = Entry.objects.filter(key=key).first()
    if entry is None:
        reserve(key, changeset)
    elif entry.kind != kind:
        raise KeyTaken(key, f"an entry of kind {entry.kind} has it.")
    base = newest_revision_of(key) if entry is not None else None
    return Edit(changeset=changeset, key=key, kind=kind, base=base)


def reserve(key: str, changeset: Changeset) -> None:
    """Hold a new key for `changeset` until that closes. Raises KeyTaken."""
    held, _is_new = Reservation.objects.get_or_create(key=key, defaults={"changeset": changeset})
    if held.changeset_id != changeset.pk:
        raise KeyTaken(key, "another open changeset creates an entry with it.")


def content_changed(changeset: Changeset, *, by: User) -> None:
    """What every change of content does: counts, voids approvals, reopens what was approved."""
    changeset.version += 1
    changeset.changed_at = timezone.now()
    changeset.idle_notice_at = None
    changeset.hold_reason = ""  # it was about the content of before
    changeset.save(update_fields=["version", "changed_at", "idle_notice_at", "hold_reason"])
    void_approvals(changeset, f"{by.shown_name} changed the content")
    if changeset.status == Changeset.Status.APPROVED:
        moved(changeset, Changeset.Status.DRAFT)
        record("back-to-draft", by=by, changeset=changeset)


@transaction.atomic
def drop_edit(changeset: Changeset, key: str, *, by: User) -> None:
    """Take one entry out of a changeset again. Raises NotAllowed, or EditingError."""
    changeset = locked(changeset)
    require(by, Action.SAVE, changeset)
    deleted, _rows = changeset.edits.filter(key=key).delete()
    if not deleted:
        raise EditingError(f"“{key}” is not part of this changeset.")
    changeset.reservations.filter(key=key).delete()
    changeset.authorships.filter(key=key).delete()
    content_changed(changeset, by=by)
    record("edit-dropped", by=by, changeset=changeset, key=key)


@transaction.atomic
def invite(changeset: Changeset, user: User, *, by: User) -> None:
    """Let `user` write too; nobody who may write may approve. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.INVITE, changeset)
    if not user.is_active:
        raise NotAllowed(f"{user.shown_name} has no active account.")
    _row, is_new = Authorship.objects.get_or_create(
        changeset=changeset, user=user, key="", is_suggester=False
    )
    if is_new:
        record("co-author-invited", by=by, changeset=changeset, user=user.pk)


def newest_revision_of(key: str) -> Revision | None:
    """The newest revision of the entry called `key`, None when nothing was published of it."""
    return Revision.objects.filter(entry__key=key).order_by("-number").first()
