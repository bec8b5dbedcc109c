"""Requests of programs that were answered, so that sending one twice does nothing twice."""

from datetime import timedelta

from django.db import models

from kb.models.user import AccessToken

KEPT = timedelta(days=1)


class AnsweredRequest(models.Model):
    """What a program was answered when it sent a request with an idempotency key.

    `digest`: SHA-256 (hex) of address and body. `status` is 0 while it is being answered, which
    no other transaction sees: the row is written together with what the request did.
    """

    token = models.ForeignKey(
        AccessToken, on_delete=models.CASCADE, related_name="answered_requests"
    )
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveIntegerField(default=0)
    body = models.BinaryField(default=b"")
    location = models.CharField(max_length=200, default="")
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["token", "key"], name="answered_request_once_of_a_token_and_key"
            )
        ]

    def __str__(self) -> str:
        return self.key
