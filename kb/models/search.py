"""The search index: a row an entry for full text, a row a name for typeahead.

Both are cut into tiers by prominence, each tier with an index of its own, so that a search for a
common word reads the most prominent entries and may stop there. Tier 0 holds what was published
since the tiers were last drawn (`kb.publication.tiers.reorder_search`).
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from kb.models.entry import Entry

FRESH_TIER = 0
TIERS = (0, 1, 2, 3, 4)

# Terms become words without a place: no word of a text has a colon, so they meet no others.
_WEIGHTED_WORDS = models.Func(
    template=(
        "setweight(to_tsvector('english'::regconfig, names), 'A')"
        " || setweight(to_tsvector('english'::regconfig, summary), 'B')"
        " || setweight(to_tsvector('english'::regconfig, body), 'C')"
        r" || array_to_tsvector(string_to_array(terms, E'\n'))"
    ),
    output_field=SearchVectorField(),
)
_PLAIN_WORDS = models.Func(
    template="array_to_tsvector(string_to_array(folded, ' '))", output_field=SearchVectorField()
)


class SearchEntry(models.Model):
    """What full-text search knows of one active entry.

    `names`, `summary`, `body`: all its texts, folded (see `kb.publication.search_text`). `terms`:
    its terms, a line each. `vector`: the stems of the texts, weighted A to C, and the terms, so
    that filters by term are part of the same index scan. `prominence`: 0 upwards. `is_sampled`: in
    the random sample from which totals and facets of large results are estimated.
    """

    entry = models.OneToOneField(
        Entry, primary_key=True, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    tier = models.PositiveSmallIntegerField(default=FRESH_TIER)
    is_sampled = models.BooleanField(default=False)
    prominence = models.FloatField(default=0.0)
    terms = models.TextField()
    names = models.TextField()
    summary = models.TextField()
    body = models.TextField()
    vector = models.GeneratedField(
        expression=_WEIGHTED_WORDS, output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        indexes = [
            *(
                GinIndex(
                    fields=["vector"],
                    name=f"search_words_{tier}",
                    condition=Q(tier=tier),
                    fastupdate=False,
                )
                for tier in TIERS
            ),
            GinIndex(
                fields=["vector"],
                name="search_words_sampled",
                condition=Q(is_sampled=True),
                fastupdate=False,
            ),
        ]

    def __str__(self) -> str:
        return f"search index of entry {self.entry_id}"


class NameEntry(models.Model):
    """One name under which an active entry can be found: its name, an alias, or its key.

    `folded`: the name in lower case without accents and punctuation. `vector`: its words as they
    stand, not stemmed. `is_name`: the entry's own name; `is_key`: its key.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    folded = models.CharField(max_length=500, db_collation="C")
    is_name = models.BooleanField(default=False)
    is_key = models.BooleanField(default=False)
    tier = models.PositiveSmallIntegerField(default=FRESH_TIER)
    prominence = models.FloatField(default=0.0)
    vector = models.GeneratedField(
        expression=_PLAIN_WORDS, output_field=SearchVectorField(), db_persist=True
    )

    class Meta:
        indexes = [
            models.Index(fields=["folded"], name="name_as_folded"),
            *(
                GinIndex(
                    fields=["vector"],
                    name=f"name_words_{tier}",
                    condition=Q(tier=tier),
                    fastupdate=False,
                )
                for tier in TIERS
            ),
        ]

    def __str__(self) -> str:
        return self.text


class NameWord(models.Model):
    """A word that stands in a name, with the keys by which its misspellings lead to it.

    Words of names that are gone stay until the next `reorder_search`. Nothing is ever shown from
    here, only names that a search with a mended word then finds.
    """

    word = models.CharField(max_length=80, primary_key=True, db_collation="C")
    spellings = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["spellings"], name="name_word_spellings", fastupdate=False)]

    def __str__(self) -> str:
        return self.word


class NameTrigrams(models.Model):
    """One name or alias of an active entry, with its trigrams: for finding duplicates.

    Apart from `NameEntry`, whose rows move with their tiers and should stay short.
    """

    entry = models.ForeignKey(
        Entry, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    kind = models.CharField(max_length=40)
    text = models.CharField(max_length=500)
    folded = models.CharField(max_length=500, db_collation="C")
    is_name = models.BooleanField(default=False)
    trigrams = ArrayField(models.IntegerField())

    class Meta:
        indexes = [GinIndex(fields=["trigrams"], name="name_trigrams", fastupdate=False)]

    def __str__(self) -> str:
        return self.text


class SearchOrder(models.Model):
    """When the tiers were last drawn (one row, or none): what estimates are scaled up by.

    `entries`: how many were put in tiers 1 to 4, `sampled`: how many of them are in the sample.
    """

    drawn_at = models.DateTimeField()
    entries = models.PositiveIntegerField()
    sampled = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.entries} entries in order, {self.sampled} of them sampled"
