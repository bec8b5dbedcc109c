"""What is said about a changeset, what happened to it, and who is told."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from kb.models.changeset import Changeset


class Activity(models.Model):
    """Something that happened at the desk, in the order in which it did. Append-only by habit.

    `kind`: what happened ("submitted", "approved", "commented" …: see kb.editing.activity).
    `data`: what a sentence about it needs. `changeset` is None for what is about no changeset.
    """

    changeset = models.ForeignKey(
        Changeset, null=True, on_delete=models.CASCADE, related_name="activities"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["changeset", "id"], name="activity_of_a_changeset")]

    def __str__(self) -> str:
        return f"{self.kind} {self.changeset_id or ''}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unseen(self) -> Self:
        return self.filter(seen_at__isnull=True)

    def waiting(self) -> Self:
        """Those that mail still has to carry."""
        return self.filter(mailed_at__isnull=True, given_up_at__isnull=True)


class Notice(models.Model):
    """The outbox: one person is told of one activity, once on the desk and once by mail.

    `reason`: why this person ("assigned", "mentioned", "author" …). `given_up_at`: mail cannot
    carry it (no address, no mail wanted).
    """

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="notices")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    reason = models.CharField(max_length=40)
    is_at_once = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "user"], name="notice_of_an_activity_once")
        ]
        indexes = [
            models.Index(
                fields=["user", "id"], name="notice_unseen", condition=Q(seen_at__isnull=True)
            ),
            models.Index(
                fields=["is_at_once", "id"],
                name="notice_waiting",
                condition=Q(mailed_at__isnull=True, given_up_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.activity}"


class Mute(models.Model):
    """Somebody left the thread of a changeset: told of nothing in it unless named."""

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="mutes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["changeset", "user"], name="mute_of_a_changeset_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} left {self.changeset}"


class Thread(models.Model):
    """A conversation about one place of one document, or about the whole changeset (key "").

    `path`: a place as in "memberships[3].from"; `statement`: the id of the row it is in;
    `value`: what stood there, so that the thread can say that it is outdated. An objection blocks
    until its author or a managing editor lifts it. A suggestion carries `proposed`, the value that
    its author would put there (null: take it out).
    """

    class Kind(models.TextChoices):
        COMMENT = "comment", "Comment"
        OBJECTION = "objection", "Objection"
        SUGGESTION = "suggestion", "Suggestion"

    changeset = models.ForeignKey(Changeset, on_delete=models.CASCADE, related_name="threads")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.COMMENT)
    key = models.CharField(max_length=80, default="", blank=True, db_collation="C")
    path = models.CharField(max_length=300, default="", blank=True)
    statement = models.CharField(max_length=40, default="", blank=True)
    value = models.JSONField(null=True)
    digest = models.CharField(max_length=64)
    proposed = models.JSONField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    opened_at = models.DateTimeField(auto_now_add=True)
    # Resolved (a comment), lifted (an objection), taken or turned down (a suggestion).
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    closed_at = models.DateTimeField(null=True)
    closing = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["changeset", "id"], name="thread_of_a_changeset")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.key} {self.path}".strip()


class Comment(models.Model):
    """One thing said in a thread. `body` is Markdown."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.body[:60]
