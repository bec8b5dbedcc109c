"""What follows a publication: later reviews, redactions."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kb.models.changeset import Changeset
from kb.models.revision import Revision


class SecondReview(models.Model):
    """An emergency act of one managing editor, awaiting the eyes of a second person.

    Public while it waits. `verdict`: "confirmed", or "to-revert" with a note.
    """

    changeset = models.OneToOneField(
        Changeset, on_delete=models.CASCADE, related_name="second_review"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=20, default="", blank=True)
    note = models.TextField(default="", blank=True)

    def __str__(self) -> str:
        return f"second review of {self.changeset}"


class Redaction(models.Model):
    """The wish to take the document of one revision away, and the second person's yes or no."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="redactions")
    reason = models.TextField()
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(decided_at__isnull=True),
                name="redaction_of_a_revision_asked_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"redaction of {self.revision}"
