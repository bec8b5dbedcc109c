"""Published documents, never changed, each bound to the one before it by its hash."""

import json
from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from kb.models.changeset import Changeset, Edit
from kb.models.entry import Entry


class Revision(models.Model):
    """What was published of an entry at one moment. Immutable: the database refuses changes.

    `id` is the place in the one chain of all revisions, from 1, without gaps. `number` counts the
    revisions of its entry, from 1. `document` is canonical JSON text (RFC 8785), None once it is
    redacted. `metadata` is canonical JSON text too. `salt`, `hash` and `previous_hash` are
    hexadecimal.
    """

    Act = Edit.Act

    id = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=20, choices=Act)
    published_at = models.DateTimeField()
    changeset = models.ForeignKey(
        Changeset, on_delete=models.PROTECT, related_name="revisions", db_index=False
    )
    document = models.TextField(null=True)
    salt = models.CharField(max_length=32, null=True)
    document_hash = models.CharField(max_length=64)
    metadata = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["changeset", "id"], name="revision_of_a_changeset"),
            # They come in the order of time, so a summary of each few pages finds the newest.
            BrinIndex(
                fields=["published_at"],
                name="revision_by_time",
                pages_per_range=16,
                autosummarize=True,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="revision_number_of_an_entry"),
            models.CheckConstraint(
                name="revision_keeps_document_and_salt_together",
                condition=Q(document__isnull=True, salt__isnull=True)
                | Q(document__isnull=False, salt__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry.key} revision {self.number}"

    @property
    def is_redacted(self) -> bool:
        return self.document is None

    @property
    def content(self) -> dict[str, Any]:
        """The document (or, for a retraction or merge, its reason or target); empty if redacted."""
        content: dict[str, Any] = json.loads(self.document) if self.document else {}
        return content

    @property
    def about(self) -> dict[str, Any]:
        """The metadata: entry, kind, number, act, published_at, changeset, authors, approvers."""
        about: dict[str, Any] = json.loads(self.metadata)
        return about
