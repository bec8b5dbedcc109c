"""Addresses that are told of what is published, and what they were sent."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Webhook(models.Model):
    """An address that its owner wants told of changes.

    `kinds`, `terms` ("filter:value"): of which entries; of all where there are none. `secret`:
    base64 of the key that signs, kept as it is, for a digest could not sign. `former_secret` signs
    too until `former_until`. `position`: sequence of the last change that was looked at.
    `failing_since`: when the first of the failures without a success between them was.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="webhooks"
    )
    url = models.CharField(max_length=1000)
    kinds = ArrayField(models.CharField(max_length=40), default=list)
    terms = ArrayField(models.CharField(max_length=160), default=list)
    secret = models.CharField(max_length=60)
    former_secret = models.CharField(max_length=60, default="")
    former_until = models.DateTimeField(null=True)
    position = models.BigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def waiting(self) -> Self:
        return self.filter(next_at__isnull=False)


class Delivery(models.Model):
    """One message to one address. `sequence`: of the change, None for a test.

    `next_at`: when it is tried (again); None once it was taken or given up. `status`: what HTTP
    answered last, 0 where nothing did; `answer`: how that began, or what the problem was.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="deliveries")
    sequence = models.BigIntegerField(null=True)
    body = models.TextField()
    made_at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    status = models.PositiveIntegerField(default=0)
    answer = models.TextField(default="")

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "sequence"], name="a_change_is_sent_once")
        ]
        indexes = [
            models.Index(
                fields=["next_at"],
                name="delivery_waiting",
                condition=models.Q(next_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.sequence or 'test'}"
