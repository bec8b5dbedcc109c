"""Rows that may be few or many."""

from collections.abc import Iterable
from typing import Any

from django.db import models

FEW = 500


def streamed(rows: "models.QuerySet[Any, Any]") -> Iterable[Any]:
    """The rows of an ordered query, never all at once where there are many.

    Django's `iterator` opens a cursor on the server, which takes three messages instead of one: too
    many for the one edit that most changesets have, while everybody else waits to publish.
    """
    first = list(rows[: FEW + 1])
    return first if len(first) <= FEW else rows.iterator(2000)
