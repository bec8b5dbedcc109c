"""Who may approve, and whether what is approved may be published."""

from django.db import transaction

from kb.editing.errors import NotAllowed, NotApproved
from kb.models import Approval, Changeset, Revision, User


@transaction.atomic
def approve(changeset: Changeset, *, by: User, digest: str) -> Approval:
    """Say yes to exactly the content that `digest` stands for: what the reviewer has read.

    Raises NotAllowed for the author's own work, or when the content is another one by now.
    """
    changeset = Changeset.objects.select_for_update().get(pk=changeset.pk)
    if changeset.created_by_id == by.pk:
        raise NotAllowed("Nobody approves their own work. Ask another member of the board.")
    if changeset.digest() != digest:
        raise NotAllowed("The content has changed since you read it. Read it again, then approve.")
    approval, _is_new = Approval.objects.get_or_create(changeset=changeset, user=by, digest=digest)
    changeset.status = Changeset.Status.APPROVED
    changeset.save(update_fields=["status"])
    return approval


def require_approval(changeset: Changeset) -> None:
    """Raises NotApproved unless what `changeset` holds now may be published.

    A founding import has nobody to review it and is published, marked as such, into an empty
    knowledge base; everything else needs a valid approval of exactly its content.
    """
    if changeset.is_founding:
        if Revision.objects.exists():
            reason = "a founding import goes into an empty knowledge base alone."
            raise NotApproved(changeset.title, reason)
        return
    if changeset.status != Changeset.Status.APPROVED or not valid_approvals(changeset):
        reason = "it needs the approval, of exactly this content, of someone who did not write it."
        raise NotApproved(changeset.title, reason)


def valid_approvals(changeset: Changeset) -> list[Approval]:
    """Approvals by active people, not its author, of exactly the content there is now."""
    approvals = changeset.approvals.filter(digest=changeset.digest(), user__is_active=True)
    return list(approvals.exclude(user=changeset.created_by_id).select_related("user"))
