"""Everything public, computed from published revisions: it can be deleted and rebuilt.

The database checks none of its foreign keys: the documents were checked, and rows are computed.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, HashIndex
from django.db import models
from django.db.models.fields.json import KT

from kb.models.entry import Entry
from kb.models.revision import Revision


class Label(models.Model):
    """What is shown of an entry, whatever its status, where another one refers to it.

    `shown` holds key, kind, name, what its kind adds, and `status` unless active. Of what a kind
    adds, `url` is an address that is asked whether it still answers, `accessed` the day on which
    somebody read what is there. `survivor` is the entry that its key means today: itself, or,
    merged, the end of the merges, so no chains.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, db_constraint=False
    )
    key = models.CharField(max_length=80, unique=True, db_collation="C")
    survivor = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="known_as", db_constraint=False
    )
    shown = models.JSONField()

    class Meta:
        indexes = [
            models.Index(
                KT("shown__accessed"),
                "entry",
                name="label_by_reading",
                condition=models.Q(shown__has_key="accessed"),
            ),
            # Hashed: addresses are long, and are only ever asked for whole.
            HashIndex(
                KT("shown__url"),
                name="label_by_url",
                condition=models.Q(shown__has_key="url"),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Published(models.Model):
    """The public face of one active entry, rendered when it was published and served as stored.

    `json` and `summary` are the bytes the API answers (entry, row of a list); `html` the body of
    its page. `terms` are "filter:value" for every filter by term. `sort_name` is the name without
    accents and case; `sort_date` the earliest day of its main date, 0001-01-01 when undated.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, db_constraint=False
    )
    key = models.CharField(max_length=80, unique=True, db_collation="C")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=400)
    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, db_constraint=False)
    number = models.PositiveIntegerField()
    published_at = models.DateTimeField()
    sort_name = models.CharField(max_length=400, db_collation="C")
    sort_date = models.DateField()
    etag = models.CharField(max_length=32)
    terms = ArrayField(models.CharField(max_length=160))
    summary = models.BinaryField()
    json = models.BinaryField()
    html = models.BinaryField()
    # Waits for the refresh job: something it refers to has a new name (see publication.refresh).
    is_stale = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "sort_name", "key"], name="published_kind_by_name"),
            models.Index(fields=["sort_name", "key"], name="published_by_name"),
            models.Index(fields=["kind", "published_at", "key"], name="published_kind_by_time"),
            models.Index(fields=["published_at", "key"], name="published_by_time"),
            models.Index(fields=["kind", "sort_date", "key"], name="published_kind_by_date"),
            models.Index(fields=["sort_date", "key"], name="published_by_date"),
            GinIndex(fields=["terms"], name="published_by_term", fastupdate=False),
            models.Index(
                fields=["entry"], name="published_stale", condition=models.Q(is_stale=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Tombstone(models.Model):
    """What is left in view of an entry that was retracted or merged, as the API answers it."""

    class Status(models.TextChoices):
        RETRACTED = "retracted", "Retracted"
        MERGED = "merged", "Merged"

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, db_constraint=False
    )
    key = models.CharField(max_length=80, unique=True, db_collation="C")
    kind = models.CharField(max_length=40)
    name = models.CharField(max_length=400)
    status = models.CharField(max_length=20, choices=Status)
    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, db_constraint=False)
    # Where the merge pointed when it was made; which entry that means today is Label.survivor.
    into = models.ForeignKey(
        Entry, null=True, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    json = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.name} ({self.status})"


class Reference(models.Model):
    """One place where a published document names another entry.

    `written` is the entry whose key stands in the document, `target` the one it means today.
    `relation` is a link's relation, else the field ("memberships.actor"). `statement` is the id of
    the row it stands in, "" outside of rows.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="references", db_constraint=False
    )
    written = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    target = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    relation = models.CharField(max_length=80)
    place = models.CharField(max_length=200)
    statement = models.CharField(max_length=40, default="")

    class Meta:
        indexes = [
            models.Index(fields=["target", "relation", "entry"], name="reference_to"),
            models.Index(fields=["written"], name="reference_as_written"),
        ]

    def __str__(self) -> str:
        return f"{self.place} → {self.written}"


class Identifier(models.Model):
    """The number of an active entry in a register that others keep (`Kind.identifiers`)."""

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    kind = models.CharField(max_length=40)
    register = models.CharField(max_length=40)
    number = models.CharField(max_length=300, db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["number", "register"], name="identifier_by_number")]

    def __str__(self) -> str:
        return f"{self.register} {self.number}"


class Address(models.Model):
    """An address at which an active entry is found (`Kind.addresses`), as it is compared.

    See `kb.publication.addresses.bare`.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    address = models.TextField(db_collation="C")

    class Meta:
        # Hashed: addresses are long, and are only ever asked for whole.
        indexes = [HashIndex(fields=["address"], name="address_hashed")]

    def __str__(self) -> str:
        return self.address


class Change(models.Model):
    """A line of the feed of changes: gapless, in the order of commits."""

    sequence = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="changes")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=20)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sequence} {self.act}"


class TermCount(models.Model):
    """How many active entries of a kind carry a term: the facet counts of unfiltered lists.

    The term "" counts the entries of the kind.
    """

    kind = models.CharField(max_length=40)
    term = models.CharField(max_length=160, db_collation="C")
    count = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "term"], name="term_count_of_a_kind"),
            models.CheckConstraint(name="term_count_is_positive", condition=models.Q(count__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.term}: {self.count}"
