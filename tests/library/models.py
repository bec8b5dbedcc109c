from django.db import models

from kb.models import Entry
from kb.models.projected import DatedQuerySet, DatedRow


class Loan(DatedRow):
    """A reader has a book for a span of days. `entry` is the book."""

    reader = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    objects = DatedQuerySet["Loan"].as_manager()

    def __str__(self) -> str:
        return f"{self.entry} lent to {self.reader}"
