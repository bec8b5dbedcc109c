"""How well published statements stand: what people checked, and what the checks found."""

from django.conf import settings
from django.db import models

from kb.models.entry import Entry


class Verification(models.Model):
    """A board member compared a statement with its source.

    `statement`: the id of a row, or the name of a field. `content_hash`: SHA-256 (hex) of the
    canonical JSON of exactly what was checked; the mark lapses when the statement changes.
    """

    class Verdict(models.TextChoices):
        CONFIRMED = "confirmed", "Confirmed by its source"
        NOT_FOUND = "not-found", "Not found in its source"
        CONTRADICTS = "contradicts", "Contradicted by its source"

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="verifications")
    statement = models.CharField(max_length=100)
    content_hash = models.CharField(max_length=64)
    verdict = models.CharField(max_length=20, choices=Verdict)
    note = models.TextField(default="", blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["entry", "statement", "-id"], name="verification_newest")]

    def __str__(self) -> str:
        return f"{self.statement}: {self.verdict}"


class PublishedFinding(models.Model):
    """What a check found in what is published; made anew by `manage.py check_knowledge`.

    `identity`: the same for the same finding every time, by which it can be dismissed.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="findings")
    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    is_error = models.BooleanField(default=False)
    place = models.CharField(max_length=300, default="", blank=True)
    detail = models.TextField()
    data = models.JSONField(default=dict)
    identity = models.CharField(max_length=64)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["code", "id"], name="finding_by_code"),
            models.Index(fields=["id"], name="finding_is_error", condition=models.Q(is_error=True)),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.place}"


class Dismissal(models.Model):
    """A board member looked at a finding and let it stand."""

    identity = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=300, default="", blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.identity[:12]


class LinkCheck(models.Model):
    """What an address answered when it was last asked.

    `status`: of HTTP, 0 when nothing answered. `failures`: in a row; three make a dead link.
    """

    url = models.TextField(unique=True)
    status = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=200, default="", blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    checked_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["checked_at"], name="link_check_oldest")]

    def __str__(self) -> str:
        return self.url
