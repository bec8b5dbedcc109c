"""What visitors without an account would change."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from kb.models.changeset import Changeset


class VisitorSuggestion(models.Model):
    """A visitor's suggestion, from its arrival in triage to its answer.

    `secret_hash`: SHA-256 (hex) of the secret in the address of its private status page.
    `nonce`: of the form it came with, so that sending twice makes one. `network_hash`: a keyed
    hash of the sender's network, cleared after a week: how many came from there lately.
    `key`, `statement`: what it is about; "" for no entry in particular.
    """

    class Status(models.TextChoices):
        NEW = "new", "Waiting to be read"
        TAKEN = "taken", "Being worked on"
        DECLINED = "declined", "Not taken up"
        PUBLISHED = "published", "Published"

    secret_hash = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64, unique=True)
    key = models.CharField(max_length=80, default="", blank=True, db_collation="C")
    statement = models.CharField(max_length=100, default="", blank=True)
    shown = models.TextField(default="", blank=True)
    what = models.TextField()
    why = models.TextField(default="", blank=True)
    source = models.TextField(default="", blank=True)
    email = models.EmailField(default="", blank=True)
    network_hash = models.CharField(max_length=64, default="", blank=True)
    status = models.CharField(max_length=20, choices=Status, default=Status.NEW)
    answer = models.TextField(default="", blank=True)
    changeset = models.ForeignKey(
        Changeset, null=True, on_delete=models.SET_NULL, related_name="suggestions"
    )
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answer_mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["status", "id"], name="suggestion_by_status"),
            models.Index(
                fields=["network_hash", "created_at"],
                name="suggestion_by_network",
                condition=~Q(network_hash=""),
            ),
        ]

    def __str__(self) -> str:
        return self.what[:80]
