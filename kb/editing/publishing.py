"""Publishing: one function, one transaction, one at a time."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from kb.documents.canonical import canonical_json
from kb.documents.chain import BEGINNING, document_hash, new_salt, revision_hash
from kb.editing.checking import require_references, require_valid
from kb.editing.errors import AlreadyPublished, Conflict
from kb.editing.review import require_approval, valid_approvals
from kb.models import Change, Changeset, Edit, Entry, Revision, User
from kb.models.projected import unsaved
from kb.publication.copying import analyse, copy_rows
from kb.publication.refresh import batches, fill, refresh
from kb.publication.rendering import timestamp

PUBLISH_LOCK = 7_062_026  # any number, the same everywhere: one publication at a time
MANY = 1_000  # edits, from which a founding import has its own writing analysed


@transaction.atomic
def publish(changeset: Changeset, *, by: User | None) -> int:
    """Publish every edit of `changeset`, or none. Returns how many revisions were made.

    Raises AlreadyPublished, NotApproved, Conflict (an entry has moved on, or its key was taken),
    InvalidEdits or BrokenReferences; then nothing has happened.
    """
    take_publish_lock()
    changeset = _locked(changeset)
    require_approval(changeset)
    _make_entries(changeset)
    if changeset.edits.count() > MANY:
        analyse(Edit, Entry)
    entry_ids = _lock_entries(changeset)
    _require_newest_bases(changeset)
    require_valid(changeset)
    require_references(changeset)
    made = _append_revisions(changeset, by)
    if made > MANY:
        analyse(Revision)
    if changeset.is_founding:
        fill(entry_ids)
    else:
        refresh(entry_ids)
    _mark_published(changeset, by)
    return made


def take_publish_lock() -> None:
    """Wait for our turn until the transaction ends: it keeps the feed gapless in commit order."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])


def _locked(changeset: Changeset) -> Changeset:
    locked = Changeset.objects.select_for_update().get(pk=changeset.pk)
    if locked.status == Changeset.Status.PUBLISHED:
        raise AlreadyPublished(locked.title)
    return locked


def _make_entries(changeset: Changeset) -> None:
    """Entries for the keys that are new; an existing one stays as it is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kb_entry (key, kind, created_at)"
            " SELECT key, kind, %s FROM kb_edit WHERE changeset_id = %s AND base_id IS NULL"
            " ORDER BY id ON CONFLICT (key) DO NOTHING",
            [timezone.now(), changeset.pk],
        )


def _lock_entries(changeset: Changeset) -> list[int]:
    """Ids of the entries, locked in their order: two publishers never wait for each other."""
    keys = changeset.edits.values("key")
    locked = Entry.objects.select_for_update().filter(key__in=keys).order_by("pk")
    return list(locked.values_list("pk", flat=True))


def _require_newest_bases(changeset: Changeset) -> None:
    newest = Revision.objects.filter(entry__key=OuterRef("key")).order_by("-number")
    edits = changeset.edits.annotate(newest=Subquery(newest.values("pk")[:1]))
    kinds = Entry.objects.filter(key=OuterRef("key")).values("kind")
    rows = edits.annotate(entry_kind=Subquery(kinds)).order_by("key")
    moved = [
        key
        for key, base, newest_id, kind, entry_kind in rows.values_list(
            "key", "base", "newest", "kind", "entry_kind"
        ).iterator(2000)
        if base != newest_id or kind != entry_kind
    ]
    if moved:
        raise Conflict(moved)


def _append_revisions(changeset: Changeset, by: User | None) -> int:
    """One revision and one line of the feed an edit, in the order of the edits."""
    last = Revision.objects.order_by("-pk").first()
    place, previous = (last.pk, last.hash) if last else (0, BEGINNING)
    sequence = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    at, made = timezone.now(), 0
    shared = _shared_metadata(changeset, at, by)
    for batch in batches(
        changeset.edits.order_by("pk").values_list("pk", flat=True).iterator(2000)
    ):
        revisions: list[Revision] = []
        for edit, entry_id, number in _numbered(batch):
            place += 1
            revision = _revision(edit, entry_id, number, place, previous, at, shared)
            previous = revision.hash
            revisions.append(revision)
        copy_rows(revisions)
        copy_rows(_change(revision, sequence + made + i) for i, revision in enumerate(revisions, 1))
        _hand_over(batch, revisions)
        made += len(revisions)
    return made


def _shared_metadata(changeset: Changeset, at: datetime, by: User | None) -> dict[str, object]:
    approvers = [] if changeset.is_founding else valid_approvals(changeset)
    author = changeset.created_by
    return {
        "approvers": [approval.user.username for approval in approvers],
        "authors": [author.username] if author else [],
        "changeset": {
            "id": changeset.pk,
            "origin": changeset.origin,
            "title": changeset.title,
        },
        "published_at": timestamp(at),
        "published_by": by.username if by else None,
    }


def _numbered(edit_ids: Sequence[int]) -> list[tuple[Edit, int, int]]:
    """(edit, its entry, the number of its revision), in the order of the ids."""
    entries = Entry.objects.filter(key=OuterRef("key")).values("pk")
    edits = Edit.objects.filter(pk__in=edit_ids).select_related("base")
    rows = edits.annotate(entry_id=Subquery(entries)).order_by("pk")
    return [(edit, edit.entry_id, edit.base.number + 1 if edit.base else 1) for edit in rows]


def _revision(
    edit: Edit,
    entry_id: int,
    number: int,
    place: int,
    previous: str,
    at: datetime,
    shared: dict[str, object],
) -> Revision:
    salt = new_salt()
    about = {**shared, "act": edit.act, "entry": edit.key, "kind": edit.kind, "number": number}
    metadata = canonical_json(about).decode()
    hashed = document_hash(salt, edit.content)
    return unsaved(
        Revision,
        id=place,
        entry_id=entry_id,
        number=number,
        act=edit.act,
        published_at=at,
        changeset_id=edit.changeset_id,
        document=edit.content,
        salt=salt,
        document_hash=hashed,
        metadata=metadata,
        previous_hash=previous,
        hash=revision_hash(previous, hashed, metadata),
    )


def _change(revision: Revision, sequence: int) -> Change:
    return unsaved(
        Change,
        sequence=sequence,
        entry_id=revision.entry_id,
        revision_id=revision.pk,
        act=revision.act,
        made_at=revision.published_at,
    )


def _hand_over(edit_ids: Sequence[int], revisions: Sequence[Revision]) -> None:
    """The content of each edit is in its revision now, and nowhere else."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE kb_edit SET content = '', revision_id = made.revision"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS made(edit, revision)"
            " WHERE kb_edit.id = made.edit",
            [list(edit_ids), [revision.pk for revision in revisions]],
        )


def _mark_published(changeset: Changeset, by: User | None) -> None:
    changeset.status = Changeset.Status.PUBLISHED
    changeset.published_at = timezone.now()
    changeset.published_by = by
    changeset.save(update_fields=["status", "published_at", "published_by"])
