from django.db import models


class Entry(models.Model):
    """A thing we know about, found by its key for ever. What we say of it is in its revisions."""

    key = models.CharField(max_length=80, unique=True, db_collation="C")
    kind = models.CharField(max_length=40)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
