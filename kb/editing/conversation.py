"""Talking about a changeset: threads at a place, objections, suggestions taken with one click."""

from copy import deepcopy
from typing import Any, cast

from django.db import transaction
from django.utils import timezone

from kb.documents.findings import statement_at
from kb.documents.problems import Path, path_of, place_of, value_at
from kb.editing.activity import record
from kb.editing.drafts import save
from kb.editing.errors import EditingError, NotAllowed
from kb.editing.permissions import Action, require
from kb.editing.states import locked, moved
from kb.models import Authorship, Changeset, Comment, Edit, Thread, User

MOST_CHARACTERS = 10_000


@transaction.atomic
def comment(changeset: Changeset, body: str, *, by: User, key: str = "", path: str = "") -> Thread:
    """Say something about a place of a document, or about the whole. Raises NotAllowed."""
    changeset = locked(changeset)
    require(by, Action.COMMENT, changeset)
    thread = open_thread(changeset, Thread.Kind.COMMENT, body, by=by, key=key, path=path)
    record("commented", by=by, changeset=changeset, thread=thread.pk, body=body)
    return thread


@transaction.atomic
def reply(thread: Thread, body: str, *, by: User) -> Comment:
    """Answer in a thread. Raises NotAllowed."""
    changeset = locked(thread.changeset)
    require(by, Action.COMMENT, changeset)
    said = Comment.objects.create(thread=thread, author=by, body=_checked(body))
    record("commented", by=by, changeset=changeset, thread=thread.pk, body=body)
    return said


@transaction.atomic
def suggest(
    changeset: Changeset, body: str, proposed: Any, *, by: User, key: str, path: str
) -> Thread:
    """Propose another value for a place of a document; None proposes to take it out.

    Raises NotAllowed, or EditingError when there is no such place.
    """
    changeset = locked(changeset)
    require(by, Action.SUGGEST, changeset)
    text = body.strip() or "A suggestion."
    thread = open_thread(changeset, Thread.Kind.SUGGESTION, text, by=by, key=key, path=path)
    thread.proposed = proposed
    thread.save(update_fields=["proposed"])
    record("suggested", by=by, changeset=changeset, thread=thread.pk, body=body)
    return thread


def open_thread(
    changeset: Changeset, kind: str, body: str, *, by: User, key: str = "", path: str = ""
) -> Thread:
    """A new thread of a changeset, locked, with its first comment. Raises EditingError."""
    value, statement = None, ""
    if key:
        edit = _edit(changeset, key)
        value, statement = _found(edit, path)
    thread = Thread.objects.create(
        changeset=changeset,
        kind=kind,
        key=key,
        path=path,
        statement=statement,
        value=value,
        digest=changeset.digest(),
        opened_by=by,
    )
    Comment.objects.create(thread=thread, author=by, body=_checked(body))
    return thread


def _checked(body: str) -> str:
    body = body.strip()
    if not body:
        raise EditingError("Write a comment: what should be different, and why.")
    if len(body) > MOST_CHARACTERS:
        raise EditingError(
            f"The comment has {len(body):,} characters; {MOST_CHARACTERS:,} are the most."
        )
    return body


def _edit(changeset: Changeset, key: str) -> Edit:
    edit = changeset.edits.filter(key=key).first()
    if edit is None:
        raise EditingError(f"“{key}” is not part of this changeset.")
    return edit


def _found(edit: Edit, path: str) -> tuple[Any, str]:
    """(value, id of its row) at a place of a document; (None, "") for a field that is not set."""
    try:
        steps = path_of(path)
    except ValueError as problem:
        raise EditingError(str(problem)) from None
    try:
        return value_at(edit.document, steps), statement_at(edit.document, steps)
    except LookupError:
        return None, ""


def place_now(thread: Thread, document: dict[str, Any]) -> Path | None:
    """Where in `document` the thread's place is today: its row is followed by its id.

    None when the row is gone.
    """
    steps = path_of(thread.path)
    if not thread.statement:
        return steps
    rows = document.get(str(steps[0]))
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict) and row.get("id") == thread.statement:
            return (steps[0], number, *steps[2:])
    return None


def is_outdated(thread: Thread, document: dict[str, Any]) -> bool:
    """Whether what the thread is about has changed, or is gone, since it was opened."""
    if not thread.key or not thread.path:
        return False
    place = place_now(thread, document)
    if place is None:
        return True
    try:
        return bool(value_at(document, place) != thread.value)
    except LookupError:
        return thread.value is not None


@transaction.atomic
def take_suggestion(thread: Thread, *, by: User) -> Edit:
    """Put the proposed value where it was proposed: its taker is the writer, its author credited.

    Raises NotAllowed, or EditingError when it is closed or the place has changed meanwhile.
    """
    changeset = locked(thread.changeset)
    require(by, Action.TAKE_SUGGESTION, changeset)
    thread = _open(thread, Thread.Kind.SUGGESTION)
    edit = _edit(changeset, thread.key)
    document = edit.document
    place = place_now(thread, document)
    if place is None or is_outdated(thread, document):
        raise EditingError("What the suggestion is about has changed since. Edit it by hand.")
    edit = save(changeset, edit.key, edit.kind, with_value(document, place, thread.proposed), by=by)
    if thread.opened_by is not None:
        Authorship.objects.get_or_create(
            changeset=changeset, user=thread.opened_by, key=edit.key, is_suggester=True
        )
    _close(thread, "taken", by)
    record("suggestion-taken", by=by, changeset=changeset, thread=thread.pk)
    return edit


@transaction.atomic
def turn_down(thread: Thread, *, by: User) -> None:
    """Leave things as they are. Raises NotAllowed, or EditingError."""
    changeset = locked(thread.changeset)
    require(by, Action.TAKE_SUGGESTION, changeset)
    _close(_open(thread, Thread.Kind.SUGGESTION), "turned-down", by)
    record("suggestion-turned-down", by=by, changeset=changeset, thread=thread.pk)


@transaction.atomic
def resolve(thread: Thread, *, by: User) -> None:
    """Close a thread: its opener, the authors, or the board. Raises NotAllowed, or EditingError."""
    changeset = locked(thread.changeset)
    require(by, Action.COMMENT, changeset)
    _close(_open(thread, Thread.Kind.COMMENT), "resolved", by)
    record("thread-resolved", by=by, changeset=changeset, thread=thread.pk)


@transaction.atomic
def lift_objection(thread: Thread, reason: str, *, by: User) -> None:
    """End an objection: its author, or a managing editor with a reason.

    What it kept with its authors is under review again once no objection is left. Raises
    NotAllowed, or EditingError without a reason.
    """
    changeset = locked(thread.changeset)
    thread = _open(thread, Thread.Kind.OBJECTION)
    if thread.opened_by_id != by.pk:
        require(by, Action.LIFT_OBJECTION, changeset)
        Comment.objects.create(thread=thread, author=by, body=_checked(reason))
    elif not by.is_on_board:
        raise NotAllowed("Objections are for the board.")
    _close(thread, "lifted", by)
    record("objection-lifted", by=by, changeset=changeset, thread=thread.pk, reason=reason)
    is_last = not changeset.threads.filter(
        kind=Thread.Kind.OBJECTION, closed_at__isnull=True
    ).exists()
    if is_last and changeset.status == Changeset.Status.CHANGES_REQUESTED:
        moved(changeset, Changeset.Status.IN_REVIEW)


def _open(thread: Thread, kind: str) -> Thread:
    thread = Thread.objects.select_for_update().get(pk=thread.pk)
    if thread.kind != kind:
        raise EditingError(f"This is {thread.get_kind_display().lower()}, not {kind}.")
    if thread.closed_at is not None:
        raise EditingError("It is closed already.")
    return thread


def _close(thread: Thread, how: str, by: User) -> None:
    thread.closed_at, thread.closed_by, thread.closing = timezone.now(), by, how
    thread.save(update_fields=["closed_at", "closed_by", "closing"])


def with_value(document: dict[str, Any], place: Path, value: Any) -> dict[str, Any]:
    """The document with `value` at a place; None takes out what is there."""
    if not place:
        raise EditingError("A suggestion is about a place in the document.")
    changed = deepcopy(document)
    try:
        holder: Any = value_at(changed, place[:-1])
    except LookupError:
        raise EditingError(f"There is no {place_of(place[:-1])} any more.") from None
    if value is not None:
        holder[place[-1]] = value
    elif isinstance(holder, list) or place[-1] in holder:
        del holder[cast("Any", place[-1])]
    return changed
