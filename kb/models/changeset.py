"""Edits to entries, reviewed and published together."""

import hashlib
import json
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from kb.documents.canonical import canonical_json
from kb.models.entry import Entry
from kb.models.streams import streamed
from kb.models.user import User

PUBLISHED, DATED = Q(status="published"), Q(published_at__isnull=False)
SCHEDULED, TIMED = Q(status="scheduled"), Q(publish_at__isnull=False)
CLOSED = ("published", "declined", "withdrawn")


class ChangesetQuerySet(models.QuerySet["Changeset"]):
    def open(self) -> Self:
        return self.exclude(status__in=CLOSED)

    def written_by(self, user: User) -> Self:
        """Those that `user` began, wrote in, or was invited to."""
        writing = Authorship.objects.filter(user=user, is_suggester=False)
        return self.filter(Q(created_by=user) | Q(pk__in=writing.values("changeset")))

    def visible_to(self, user: User) -> Self:
        """Everything for the board, one's own for everyone else, nothing without an account."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.all() if user.is_on_board else self.written_by(user)


class Changeset(models.Model):
    """Edits to one or more entries, reviewed and published together, whole or not at all.

    `version` counts its saves. `status_since`: when it came into its state, for waiting times.
    `acknowledged`: identities of the warnings that its authors have seen and let stand.
    `hold_reason`: why it was not published when that was tried, or fell back by itself.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        CHANGES_REQUESTED = "changes_requested", "Changes requested"
        APPROVED = "approved", "Approved"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"
        DECLINED = "declined", "Declined"
        WITHDRAWN = "withdrawn", "Withdrawn"

    class Origin(models.TextChoices):
        DESK = "desk", "Written at the desk"
        SUGGESTION = "suggestion", "From a visitor's suggestion"
        REVERT = "revert", "Takes an earlier change back"
        BULK = "bulk-edit", "Bulk edit"
        MERGE = "merge", "Merges entries"
        EMERGENCY = "emergency", "Emergency, reviewed afterwards"
        IMPORT = "import", "Imported for review"
        FOUNDING = "founding-import", "Founding import"

    title = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.DESK)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    status_since = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=0)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="changesets"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="claims"
    )
    claimed_at = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="assignments"
    )
    acknowledged = models.JSONField(default=list)
    publish_at = models.DateTimeField(null=True)
    hold_reason = models.TextField(default="", blank=True)
    idle_notice_at = models.DateTimeField(null=True)
    # The published changeset that this one takes back.
    reverts = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="reverted_by"
    )
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ChangesetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="changeset_is_dated_exactly_when_published",
                condition=(PUBLISHED & DATED) | (~PUBLISHED & ~DATED),
            ),
            models.CheckConstraint(
                name="changeset_has_a_time_exactly_when_scheduled",
                condition=(SCHEDULED & TIMED) | (~SCHEDULED & ~TIMED),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "status_since", "id"], name="changeset_by_waiting"),
            models.Index(fields=["created_by", "status"], name="changeset_by_author"),
            models.Index(
                fields=["publish_at"], name="changeset_by_time", condition=Q(status="scheduled")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"/desk/changesets/{self.pk}/"

    @property
    def is_founding(self) -> bool:
        return self.origin == self.Origin.FOUNDING

    @property
    def is_closed(self) -> bool:
        return self.status in CLOSED

    def digest(self) -> str:
        """SHA-256 (hex) over all edits, whatever their order: what an approval is bound to."""
        total = hashlib.sha256()
        for edit in streamed(self.edits.select_related("base", "revision").order_by("key")):
            total.update(edit.digest())
        return total.hexdigest()

    def writers(self) -> set[int]:
        """Ids of everyone who wrote in it or answers for it: nobody of them may approve it."""
        wrote = self.authorships.filter(is_suggester=False).values_list("user_id", flat=True)
        named = (self.created_by_id, self.submitted_by_id)
        return {*wrote, *(pk for pk in named if pk is not None)}


class Edit(models.Model):
    """One entry's part of a changeset: the base it started from and the whole new document."""

    class Act(models.TextChoices):
        REVISE = "revise", "Revise"
        RETRACT = "retract", "Retract"
        RESTORE = "restore", "Restore"
        MERGE = "merge", "Merge into another entry"

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="edits")
    key = models.CharField(max_length=80, db_collation="C")
    kind = models.CharField(max_length=40)
    act = models.CharField(max_length=20, choices=Act, default=Act.REVISE)
    base = models.ForeignKey(
        "kb.Revision", null=True, on_delete=models.PROTECT, related_name="edits_from"
    )
    # The new document (or what the act needs: reason, note, target) as JSON text. It moves into
    # the revision at publication, so that a redaction has one place to clear.
    content = models.TextField(default="", blank=True)
    revision = models.OneToOneField(
        "kb.Revision", null=True, on_delete=models.PROTECT, related_name="edit"
    )
    # Counts the saves of this edit: a form that was opened on an older one learns of it.
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # What the checks said of it when it was last saved: see kb.editing.checks.Finding.
    findings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["changeset", "key"], name="edit_of_an_entry_once_in_a_changeset"
            )
        ]
        indexes = [models.Index(fields=["key"], name="edit_by_key")]

    def __str__(self) -> str:
        return f"{self.act} {self.key}"

    @property
    def document(self) -> dict[str, Any]:
        text = self.revision.document if self.revision is not None else self.content
        document: dict[str, Any] = json.loads(text) if text else {}
        return document

    def digest(self) -> bytes:
        """SHA-256 of (key, act, base, canonical document)."""
        base = self.base.hash if self.base is not None else None
        return hashlib.sha256(canonical_json([self.key, self.act, base, self.document])).digest()


class Authorship(models.Model):
    """Who wrote in a changeset. `key`: the document, "" for the changeset as a whole (invited).

    A suggester, whose suggestion an author took, is credited and may still approve.
    """

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="authorships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=80, blank=True, db_collation="C")
    is_suggester = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["changeset", "user", "key", "is_suggester"], name="authorship_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.changeset}"


class Reservation(models.Model):
    """A new key, held for the changeset that creates it until that closes."""

    key = models.CharField(max_length=80, primary_key=True, db_collation="C")
    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="reservations")

    def __str__(self) -> str:
        return self.key


class Approval(models.Model):
    """A reviewer's yes to exactly the content that `digest` stands for.

    Voided, never deleted: by a save, or by whoever gave it. `rebased_at`: it was carried over to
    a newer base because the other side had changed other fields.
    """

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    role = models.CharField(max_length=20, default="")
    digest = models.CharField(max_length=64)
    given_at = models.DateTimeField(auto_now_add=True)
    rebased_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["changeset", "user"],
                condition=Q(voided_at__isnull=True),
                name="approval_once_at_a_time_by_a_user",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} approves {self.digest[:12]}"


__all__ = ["Approval", "Authorship", "Changeset", "Edit", "Entry", "Reservation"]
