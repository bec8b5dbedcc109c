"""What tables of projected statements have in common. A subject derives its tables from these."""

from datetime import date
from functools import cache
from typing import Self, TypeVar

from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models.base import ModelState

from kb.models.entry import Entry


class ProjectedRow(models.Model):
    """A row computed from the published document of `entry`; deleted and made anew with it.

    No foreign key in it is checked by the database: the document was, before it was published.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        abstract = True


class StatementRow(ProjectedRow):
    """One statement of a document: its id there, its place in its list, its public JSON."""

    statement = models.CharField(max_length=40)
    ordinal = models.PositiveIntegerField()
    json = models.BinaryField()

    class Meta:
        abstract = True


Row = TypeVar("Row", bound=models.Model)


class DatedQuerySet(models.QuerySet[Row]):
    def certainly_on(self, day: date) -> Self:
        """Rows that held on `day` whatever their inexact dates mean."""
        return self.filter(certain__contains=day)

    def possibly_on(self, day: date) -> Self:
        """Rows that held on `day` in some reading of their dates, the certain ones included."""
        return self.filter(possible__contains=day)


class DatedRow(StatementRow):
    """A statement that holds over a span: both ends of each date are kept as ranges of days.

    `certain` is empty where no day is certain; a range without an end is still open.
    """

    certain = DateRangeField()
    possible = DateRangeField()

    class Meta:
        abstract = True
        indexes = [
            GistIndex(fields=["certain"], name="%(class)s_certain"),
            GistIndex(fields=["possible"], name="%(class)s_possible"),
        ]


M = TypeVar("M", bound=models.Model)


def unsaved(model: type[M], **columns: object) -> M:
    """A row for `copy_rows`, by columns ("entry_id"), what is left out being its default.

    A tenth of the time that a model's own constructor takes, which a founding import spends on
    every row: nothing is converted or checked, and no signal sent.
    """
    row = model.__new__(model)
    row.__dict__.update(_defaults(model))
    row.__dict__.update(columns)
    row._state = ModelState()
    return row


@cache
def _defaults(model: type[models.Model]) -> dict[str, object]:
    return {field.attname: field.get_default() for field in model._meta.concrete_fields}
