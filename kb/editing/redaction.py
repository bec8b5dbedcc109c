"""Deleting the document of one revision: one person asks, another one confirms.

Hashes and metadata stay, so that the chain of revisions still verifies. Releases that hold the text
are withdrawn.
"""

from django.db import transaction
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.drafts import newest_revision_of
from kb.editing.errors import EditingError, NotAllowed
from kb.editing.permissions import Action, require
from kb.editing.publishing import take_publish_lock
from kb.models import Change, Edit, Redaction, Revision, Thread, User
from kb.publication.refresh import refresh
from kb.releases.shelf import withdraw_redacted

REDACT = "redact"  # the act of its line in the feed of changes


@transaction.atomic
def ask(revision: Revision, reason: str, *, by: User) -> Redaction:
    """Ask that the document of `revision` be deleted. `reason` is public, so it repeats nothing.

    Raises NotAllowed, or EditingError: the newest revision has to be replaced or retracted first.
    """
    require(by, Action.ASK_REDACTION)
    if not reason.strip():
        raise EditingError("Give a reason. It is public: do not repeat in it what is to go.")
    _refuse_newest(revision)
    if revision.is_redacted:
        raise EditingError(f"The document of {revision} is deleted already.")
    redaction, is_new = Redaction.objects.get_or_create(
        revision=revision, decided_at=None, defaults={"reason": reason.strip(), "asked_by": by}
    )
    if not is_new:
        raise EditingError(f"The redaction of {revision} is asked for already.")
    _record("redaction-asked", redaction, by)
    return redaction


def _refuse_newest(revision: Revision) -> None:
    newest = newest_revision_of(revision.entry.key)
    if newest is not None and newest.pk == revision.pk:
        raise EditingError(
            f"Revision {revision.number} is the newest one of “{revision.entry.key}”. Publish one "
            "without that text, or retract the entry; then redact this one."
        )


@transaction.atomic
def confirm(redaction: Redaction, *, by: User) -> Redaction:
    """Delete document and salt of its revision, everywhere, for ever. Both people stay named.

    Raises NotAllowed (not an administrator, or the one who asked), or EditingError.
    """
    require(by, Action.CONFIRM_REDACTION)
    take_publish_lock()  # the feed stays gapless, and no publication makes it the newest meanwhile
    redaction = _undecided(redaction)
    if redaction.asked_by is None:
        raise NotAllowed("Whoever asked for it has no account any more: refuse it, and ask again.")
    if redaction.asked_by == by:
        raise NotAllowed("Nobody confirms what they asked for. Ask another administrator.")
    revision = redaction.revision
    _refuse_newest(revision)
    Revision.objects.filter(pk=revision.pk).update(document=None, salt=None)
    _forget_copies(revision)
    _tell_the_feed(revision)
    _decide(redaction, by, is_confirmed=True)
    refresh([revision.entry_id])
    _record("redaction-confirmed", redaction, by)
    # Seen to again every night, should it fail.
    transaction.on_commit(withdraw_redacted, robust=True)
    return redaction


@transaction.atomic
def refuse(redaction: Redaction, why: str, *, by: User) -> Redaction:
    """Keep the document. Raises NotAllowed, or EditingError without a reason."""
    require(by, Action.CONFIRM_REDACTION)
    if not why.strip():
        raise EditingError("Say why not: whoever asked will want to know.")
    redaction = _undecided(redaction)
    _decide(redaction, by, is_confirmed=False)
    _record("redaction-refused", redaction, by, why.strip())
    return redaction


def _undecided(redaction: Redaction) -> Redaction:
    rows = Redaction.objects.select_for_update(of=("self",))
    redaction = rows.select_related("revision__entry", "asked_by").get(pk=redaction.pk)
    if redaction.decided_at is not None:
        raise EditingError("It was decided already.")
    return redaction


def _forget_copies(revision: Revision) -> None:
    """What the desk kept of its text: findings about it, and the values that threads are about.

    Drafts are the work of their authors and stay; the one that began from it says so.
    """
    Edit.objects.filter(revision=revision).update(findings=[])
    threads = Thread.objects.filter(changeset=revision.changeset_id, key=revision.entry.key)
    threads.update(value=None, proposed=None)


def _tell_the_feed(revision: Revision) -> None:
    last = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Change.objects.create(
        sequence=last + 1, entry=revision.entry, revision=revision, act=REDACT,
        made_at=timezone.now(),
    )  # fmt: skip


def _decide(redaction: Redaction, by: User, *, is_confirmed: bool) -> None:
    redaction.decided_by, redaction.decided_at = by, timezone.now()
    redaction.is_confirmed = is_confirmed
    redaction.save(update_fields=["decided_by", "decided_at", "is_confirmed"])


def _record(kind: str, redaction: Redaction, by: User, reason: str = "") -> None:
    key, number = redaction.revision.entry.key, redaction.revision.number
    title = f"revision {number} of {key}"
    record(kind, by=by, key=key, title=title, reason=reason or redaction.reason)
