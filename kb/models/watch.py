"""What people follow of what is published, and how far they were told."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from kb.models.user import User


class WatchQuerySet(models.QuerySet["Watch"]):
    def mailable(self) -> Self:
        """Those whose owners can and want to be told by mail."""
        people = self.filter(user__is_active=True).exclude(user__email="")
        return people.exclude(user__mail=User.Mail.NONE).exclude(frequency=Watch.Frequency.NEVER)


class Watch(models.Model):
    """One thing that somebody is told of by mail.

    `value` is the key of an entry, a term ("filter:value"), a list with its filters
    ("plural?query") or the query of a search. `position`: sequence of the last change that was
    told, or was none of it. `telling`: how far the mail goes that is being sent, None where none
    is. `looked_at`: when a digest last asked for it.
    """

    class What(models.TextChoices):
        ENTRY = "entry", "Entry"
        TERM = "term", "Term"
        LIST = "list", "List"
        SEARCH = "search", "Search"

    class Frequency(models.TextChoices):
        DAILY = "daily", "Once a day"
        WEEKLY = "weekly", "Once a week, on Mondays"
        NEVER = "never", "No mail; I look at the desk"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches"
    )
    what = models.CharField(max_length=10, choices=What)
    value = models.CharField(max_length=1000)
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)
    position = models.BigIntegerField()
    telling = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)
    looked_at = models.DateTimeField(default=timezone.now)

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "what", "value"], name="a_thing_is_watched_once"
            ),
            models.CheckConstraint(
                name="a_mail_goes_further_than_the_last",
                condition=models.Q(telling__isnull=True)
                | models.Q(telling__gt=models.F("position")),
            ),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        """ "entry:cern": how links name what is watched."""
        return f"{self.what}:{self.value}"
