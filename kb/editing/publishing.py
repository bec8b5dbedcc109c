"""Publishing: one function, one transaction, one at a time."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from kb.documents.canonical import canonical_json
from kb.documents.chain import BEGINNING, document_hash, new_salt, revision_hash
from kb.editing.activity import record
from kb.editing.checking import require_references, require_valid
from kb.editing.credits import Credits, credits_of
from kb.editing.errors import (
    AlreadyPublished,
    BrokenReferences,
    Conflict,
    EditingError,
    InvalidEdits,
    NotApproved,
    NothingToPublish,
    Outdated,
)
from kb.editing.permissions import Action, require
from kb.editing.rebasing import carry_over
from kb.editing.review import fall_back_unless_approved, require_approval, valid_approvals
from kb.editing.states import locked, moved
from kb.editing.suggestions import published_with
from kb.models import (
    Approval,
    Change,
    Changeset,
    Edit,
    Entry,
    Reservation,
    Revision,
    User,
)
from kb.models.projected import unsaved
from kb.models.streams import streamed
from kb.publication.ahead import newest_change, nothing_ahead, render_ahead
from kb.publication.copying import Statement, analyse, copy_tables, tabled
from kb.publication.refresh import batches, fill, refresh

PUBLISH_LOCK = 7_062_026  # any number, the same everywhere: one publication at a time
logger = logging.getLogger(__name__)
FELL_BACK = (Conflict, NotApproved, InvalidEdits, BrokenReferences, NothingToPublish)
MANY = 1_000  # edits, from which a founding import has its own writing analysed


def publish(changeset: Changeset, *, by: User | None) -> int:
    """Publish every edit of `changeset`, or none. Returns how many revisions were made.

    What an entry gained since its edit began is merged in where that is possible. Raises
    NotAllowed, AlreadyPublished, NotApproved, Conflict (an entry has moved on in the same places,
    or its key was taken), NothingToPublish, InvalidEdits or BrokenReferences; then nothing has
    happened, except that what was approved is under review again, with the reason.
    """
    try:
        return _publish(changeset, by)
    except FELL_BACK as problem:
        _fall_back(changeset, problem)
        raise


@transaction.atomic
def _publish(changeset: Changeset, by: User | None, *, due: datetime | None = None) -> int:
    """`due`: only if it is scheduled for then or earlier; returns 0 where it is not.

    One publishes at a time, so whatever can be is done before our turn comes: the changeset stays
    as it is, being locked, and all is done again if something is published meanwhile. Who leaves
    the board while we wait leaves it after the publication, as during the publication itself.
    """
    changeset = _locked(changeset)
    if due is not None and (changeset.publish_at is None or changeset.publish_at > due):
        return 0
    _require_right(changeset, by)
    is_large = changeset.edits.count() > MANY
    if is_large:
        analyse(Edit)
    head = newest_change()
    credited = credits_of(changeset, _settled(changeset), by)
    ahead = nothing_ahead(head) if changeset.is_founding else render_ahead(changeset)
    _settle_around(changeset, by)
    take_publish_lock()
    is_current = head == ahead.head == newest_change()
    _make_entries(changeset)
    if is_large:
        analyse(Entry)
    if not is_current:
        credited = credits_of(changeset, _settled(changeset), by)
    entry_ids = _lock_entries(changeset)
    made = _append_revisions(changeset, credited)
    if made > MANY:
        analyse(Revision)
    if changeset.is_founding:
        fill(entry_ids)
    elif is_current:
        refresh(entry_ids, ahead.put, ahead.standing)
    else:
        refresh(entry_ids)
    _mark_published(changeset, by)
    return made


def _settled(changeset: Changeset) -> Sequence[Approval]:
    """What of the changeset is to be published, checked; returns the approvals that it rests on.

    Depends on the changeset, on what is published, and on who is on the board.
    """
    approvals = require_approval(changeset)
    if _require_newest_bases(changeset):
        approvals = valid_approvals(changeset)  # as they were carried over
    _drop_unchanged(changeset)
    require_valid(changeset)
    require_references(changeset)
    return approvals


def publish_scheduled(changeset: Changeset, *, by: User | None, now: datetime) -> bool:
    """Publish what is due; False when it failed (it is approved again, with the reason), or when
    somebody else has published, moved or cancelled it in the meantime.
    """
    try:
        return _publish(changeset, by, due=now) > 0
    except AlreadyPublished:
        return False
    except Exception as problem:
        if not isinstance(problem, EditingError):
            logger.exception("Changeset %s could not be published at its time.", changeset.pk)
        _hold(changeset, problem)
        return False


@transaction.atomic
def _fall_back(changeset: Changeset, problem: EditingError) -> None:
    """Under review again, with the reason, if it was approved."""
    changeset = locked(changeset)
    if changeset.status in (Changeset.Status.APPROVED, Changeset.Status.SCHEDULED):
        _keep_merged(changeset, problem)
        moved(changeset, Changeset.Status.IN_REVIEW, hold_reason=str(problem))
        record("fell-back", by=None, changeset=changeset, reason=str(problem))


@transaction.atomic
def _hold(changeset: Changeset, problem: Exception) -> None:
    """Approved, without a time, with the reason; under review where the rule holds no longer."""
    changeset = locked(changeset)
    if changeset.status == Changeset.Status.SCHEDULED:
        reason = str(problem) if isinstance(problem, EditingError) else "an internal error."
        reason = f"It could not be published at its time: {reason}"
        moved(changeset, Changeset.Status.APPROVED, hold_reason=reason)
        record("publication-failed", by=None, changeset=changeset, reason=reason)
        _keep_merged(changeset, problem)
        fall_back_unless_approved(changeset)


def _keep_merged(changeset: Changeset, problem: Exception) -> None:
    """What was merged with newer revisions was undone with the publication; reviewers need it."""
    if isinstance(problem, Outdated):
        carry_over(changeset)


def _require_right(changeset: Changeset, by: User | None) -> None:
    """Raises NotAllowed. Nobody stands behind a founding import, or behind a former scheduler."""
    if changeset.is_founding or by is None:
        return
    is_emergency = changeset.origin == Changeset.Origin.EMERGENCY
    require(by, Action.EMERGENCY if is_emergency else Action.PUBLISH)


def take_publish_lock() -> None:
    """Wait for our turn until the transaction ends: it keeps the feed gapless in commit order."""
    without_time_limit()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISH_LOCK])


def without_time_limit() -> None:
    """Let statements of this transaction take as long as they need."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def _locked(changeset: Changeset) -> Changeset:
    without_time_limit()  # somebody may be publishing it, which takes the time that it takes
    changeset = locked(changeset)
    if changeset.status == Changeset.Status.PUBLISHED:
        raise AlreadyPublished(changeset.title)
    return changeset


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


def _require_newest_bases(changeset: Changeset) -> bool:
    """Merge in what entries gained since their edits began; whether they had. Raises Conflict."""
    newest = Revision.objects.filter(entry__key=OuterRef("key")).order_by("-number")
    edits = changeset.edits.annotate(newest=Subquery(newest.values("pk")[:1]))
    kinds = Entry.objects.filter(key=OuterRef("key")).values("kind")
    rows = edits.annotate(entry_kind=Subquery(kinds)).order_by("key")
    behind = [
        key
        for key, base, newest_id, kind, entry_kind in streamed(
            rows.values_list("key", "base", "newest", "kind", "entry_kind")
        )
        if base != newest_id or entry_kind not in (None, kind)  # None: it is still to be made
    ]
    if behind and changeset.is_founding:
        raise Conflict(behind)
    if behind and not carry_over(changeset):
        raise Outdated(changeset.title)
    return bool(behind)


def _drop_unchanged(changeset: Changeset) -> None:
    """Leave out edits that would repeat what is published. Raises NothingToPublish."""
    if changeset.is_founding:
        return
    same = changeset.edits.filter(
        act=Edit.Act.REVISE,
        base__act__in=[Edit.Act.REVISE, Edit.Act.RESTORE],
        base__document=F("content"),
    )
    if same.count() == changeset.edits.count():
        raise NothingToPublish(changeset.title)
    same.delete()


def _append_revisions(changeset: Changeset, credited: Credits) -> int:
    """One revision and one line of the feed an edit, in the order of the edits."""
    last = Revision.objects.order_by("-pk").values_list("pk", "hash").first()
    place, previous = last or (0, BEGINNING)
    sequence = newest_change()
    at, made = timezone.now(), 0
    for batch in batches(streamed(changeset.edits.order_by("pk").values_list("pk", flat=True))):
        revisions: list[Revision] = []
        for edit, entry_id, number in _numbered(batch):
            place += 1
            revision = _revision(edit, entry_id, number, place, previous, at, credited)
            previous = revision.hash
            revisions.append(revision)
        changes = (_change(each, sequence + made + i) for i, each in enumerate(revisions, 1))
        copy_tables(tabled([*revisions, *changes]), [_handing_over(batch, revisions)])
        made += len(revisions)
    return made


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
    credited: Credits,
) -> Revision:
    salt = new_salt()
    own = {"act": edit.act, "entry": edit.key, "kind": edit.kind, "number": number}
    about = {**credited.of(edit.key, at), **own}
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


def _handing_over(edit_ids: Sequence[int], revisions: Sequence[Revision]) -> Statement:
    """What leaves the content of each edit to its revision, and nowhere else."""
    sql = (
        "UPDATE kb_edit SET content = '', revision_id = made.revision"
        " FROM unnest(%s::bigint[], %s::bigint[]) AS made(edit, revision)"
        " WHERE kb_edit.id = made.edit"
    )
    return sql, [list(edit_ids), [revision.pk for revision in revisions]]


def _settle_around(changeset: Changeset, by: User | None) -> None:
    """All that publishing changes around the changeset: keys, visitors' answers, the people told.

    None of it is seen before the commit, so it is done while nobody has to wait for us.
    """
    now, due = timezone.now(), changeset.publish_at
    Reservation.objects.filter(changeset=changeset).delete()
    published_with(changeset)
    late = {} if due is None or now <= due else {"late_by": int((now - due).total_seconds())}
    record("published", by=by, changeset=changeset, **late)


def _mark_published(changeset: Changeset, by: User | None) -> None:
    now = timezone.now()
    changeset.status = Changeset.Status.PUBLISHED
    changeset.status_since = changeset.published_at = now
    changeset.published_by, changeset.publish_at, changeset.hold_reason = by, None, ""
    changeset.save(
        update_fields=[
            "status", "status_since", "published_at", "published_by", "publish_at", "hold_reason",
        ]
    )  # fmt: skip
