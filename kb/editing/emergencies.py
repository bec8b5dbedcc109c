"""What one managing editor may publish alone, because waiting would do harm.

A retraction, or the return to what was published before: nothing that two people have not accepted
once. A second person reviews it within 72 hours; until then the public is told so.
"""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.editing.activity import record
from kb.editing.drafts import begin, save
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.editing.publishing import publish
from kb.editing.retracting import active_revision, name_in, retraction
from kb.editing.reverting import way_back
from kb.models import Changeset, Edit, Revision, SecondReview, User

WITHIN = timedelta(hours=72)


@transaction.atomic
def emergency_retract(key: str, reason: str, note: str, *, by: User) -> Changeset:
    """Take an entry out of view at once. Raises NotAllowed, or EditingError."""
    require(by, Action.EMERGENCY)
    revision = active_revision(key)
    title = f"Emergency: retract “{name_in(revision)}”"
    return _at_once(title, revision, Edit.Act.RETRACT, retraction(reason, note), note, by)


@transaction.atomic
def emergency_revert(key: str, number: int, *, by: User, why: str) -> Changeset:
    """Let an entry say at once what it said in revision `number`. Raises NotAllowed, EditingError.

    `why`: for whoever reviews it.
    """
    require(by, Action.EMERGENCY)
    if not why.strip():
        raise EditingError("Say why this cannot wait: whoever reviews it will ask.")
    act, revision = way_back(key, number)
    title = f"Emergency: return “{name_in(revision)}” to revision {number}"
    return _at_once(title, revision, act, revision.content, why, by)


def _at_once(
    title: str, revision: Revision, act: str, content: dict[str, Any], why: str, by: User
) -> Changeset:
    """Publish one edit without an approval, and ask for the second review."""
    origin = Changeset.Origin.EMERGENCY
    changeset = begin(title[:200], by=by, origin=origin, description=why.strip())
    save(changeset, revision.entry.key, revision.entry.kind, content, by=by, act=act)
    publish(changeset, by=by)
    changeset.refresh_from_db()
    SecondReview.objects.create(changeset=changeset, due_at=timezone.now() + WITHIN)
    record("second-review-opened", by=by, changeset=changeset, reason=why)
    return changeset
