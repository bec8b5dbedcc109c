"""Edits to entries, reviewed and published together."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from kb.documents.canonical import canonical_json
from kb.models.entry import Entry


class Changeset(models.Model):
    """Edits to one or more entries, reviewed and published together, whole or not at all."""

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
        IMPORT = "import", "Imported for review"
        FOUNDING = "founding-import", "Founding import"

    title = models.CharField(max_length=200)
    origin = models.CharField(max_length=20, choices=Origin, default=Origin.DESK)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="changesets"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="changeset_is_dated_exactly_when_published",
                condition=(Q(status="published") & Q(published_at__isnull=False))
                | (~Q(status="published") & Q(published_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_founding(self) -> bool:
        return self.origin == self.Origin.FOUNDING

    def digest(self) -> str:
        """SHA-256 (hex) over all edits, whatever their order: what an approval is bound to."""
        total = hashlib.sha256()
        for edit in self.edits.select_related("base", "revision").order_by("key").iterator(2000):
            total.update(edit.digest())
        return total.hexdigest()


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

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["changeset", "key"], name="edit_of_an_entry_once_in_a_changeset"
            )
        ]

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


class Approval(models.Model):
    """A reviewer's yes to exactly the content that `digest` stands for."""

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="approvals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    digest = models.CharField(max_length=64)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["changeset", "user", "digest"], name="approval_of_a_content_once_by_a_user"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} approves {self.digest[:12]}"


__all__ = ["Approval", "Changeset", "Edit", "Entry"]
