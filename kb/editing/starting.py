"""Beginning to write of an entry: a draft with its first edit, made once however often asked."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from kb.editing.drafts import begin, newest_revision_of, save
from kb.editing.errors import KeyTaken
from kb.editing.retracting import active_revision
from kb.editing.states import locked
from kb.kinds import Kind, kind_named
from kb.models import Activity, Changeset, Edit, User

Status = Changeset.Status
REMEMBERED = timedelta(days=1)  # how long a form that was sent once is known again


@transaction.atomic
def start_new(
    kind: Kind,
    key: str,
    name: str,
    *,
    by: User,
    title: str = "",
    once: str = "",
    into: Changeset | None = None,
) -> Edit:
    """The first edit of an entry that is not there yet, in a new draft or in `into`.

    `once`: of the form that was sent; sending it again gives what it gave the first time. Raises
    NotAllowed, KeyTaken, or EditingError.
    """
    _one_at_a_time(by)
    if before := _begun_with(once, by, key):
        return before
    if newest_revision_of(key) is not None:
        raise KeyTaken(key, "an entry has it.")
    document = {"kind": kind.name, "key": key, kind.schema.name_field: name}
    changeset = into or begin(title or f"{kind.label}: {name}"[:200], by=by, once=once)
    _refuse_a_second(changeset, key)
    return save(changeset, key, kind.name, document, by=by)


@transaction.atomic
def start_edit(
    key: str, *, by: User, title: str = "", once: str = "", into: Changeset | None = None
) -> Edit:
    """The first edit of an entry, as it stands today, in a new draft or in `into`.

    Where an open draft of `by` edits it already, that edit. Raises NotAllowed, or EditingError when
    there is no such entry in view.
    """
    _one_at_a_time(by)
    if before := _begun_with(once, by, key) or _open_edit(key, by, into):
        return before
    newest = active_revision(key)
    kind = kind_named(newest.entry.kind)
    name = kind.name_of(newest.content)
    changeset = into or begin(title or f"Edit {name}"[:200], by=by, once=once)
    return save(changeset, key, kind.name, newest.content, by=by)


def _one_at_a_time(by: User) -> None:
    """What one person sends twice at once is done in turn."""
    User.objects.select_for_update().get(pk=by.pk)


def _begun_with(once: str, by: User, key: str) -> Edit | None:
    """The edit that the same form made when it was sent before."""
    if not once:
        return None
    began = Activity.objects.filter(
        user=by, kind="created", data__once=once, at__gte=timezone.now() - REMEMBERED
    ).order_by("-pk")
    edits = Edit.objects.filter(changeset__in=began.values("changeset"), key=key)
    return edits.select_related("changeset").first()


def drafts_of(by: User) -> QuerySet[Changeset]:
    """The open changesets that `by` writes in and can go on writing in, the newest change first."""
    writable = Changeset.objects.written_by(by).filter(
        status__in=(Status.DRAFT, Status.CHANGES_REQUESTED)
    )
    return writable.order_by("-changed_at", "-pk")


def _open_edit(key: str, by: User, into: Changeset | None) -> Edit | None:
    edits = Edit.objects.filter(key=key).select_related("changeset").order_by("-changeset")
    if into is not None:
        return edits.filter(changeset=into).first()
    return edits.filter(changeset__in=drafts_of(by).values("pk")).first()


def _refuse_a_second(changeset: Changeset, key: str) -> None:
    """A changeset holds one edit of an entry: beginning it anew would write over the first."""
    if locked(changeset).edits.filter(key=key).exists():
        raise KeyTaken(key, "this changeset creates it already.")
