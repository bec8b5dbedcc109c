"""The order of the search index: which entries are prominent, and in which tier each one lies.

Each tier is several times as large as the one before it, so that a search which stops at its
thousandth match has read a few thousand at most, however common the word.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models, transaction
from django.utils import timezone

from kb.models import NameEntry, SearchEntry
from kb.models.search import NameWord, SearchOrder
from kb.publication.copying import copy_rows
from kb.publication.spelling import spelling_keys

BOUNDS = (5_000, 30_000, 200_000)  # places at which tiers 1 to 3 end
SAMPLED = 20_000  # entries from which totals and facets of large results are estimated
SAMPLED_FROM = 10_000  # entries; below, every result is counted
REWRITTEN_FROM = 10_000  # entries that change tiers; below, rows stay where they are on the disk

# What names an entry counts most, then what it rests on, then whether it is new. Freshness wanes
# over years, and a row is only written anew when its prominence has moved by a tenth.
_DRAW = """
CREATE TEMPORARY TABLE kb_drawn ON COMMIT DROP AS
SELECT entry_id, prominence,
       (CASE WHEN place <= %(first)s THEN 1 WHEN place <= %(second)s THEN 2
             WHEN place <= %(third)s THEN 3 ELSE 4 END)::smallint AS tier,
       (entry_id * 2654435761) & 4294967295 < 4294967296.0 * %(sampled)s / entries AS is_sampled
  FROM (SELECT entry_id, prominence, count(*) OVER () AS entries,
               row_number() OVER (ORDER BY prominence DESC, entry_id) AS place
          FROM (SELECT s.entry_id,
                       ln(1 + coalesce(named.by_entries, 0))
                       + 0.5 * ln(1 + coalesce(naming.entries, 0))
                       + 0.5 * exp(-extract(epoch FROM now() - p.published_at) / 31557600)
                       AS prominence
                  FROM kb_searchentry s
                  JOIN kb_published p USING (entry_id)
                  LEFT JOIN (SELECT target_id AS entry_id, count(DISTINCT entry_id) AS by_entries
                               FROM kb_reference GROUP BY 1) named USING (entry_id)
                  LEFT JOIN (SELECT entry_id, count(DISTINCT target_id) AS entries
                               FROM kb_reference GROUP BY 1) naming USING (entry_id)
               ) weighed) placed
"""
_MOVED = """
SELECT count(*), count(*) FILTER (WHERE d.tier <> s.tier), count(*) FILTER (WHERE d.is_sampled)
  FROM kb_drawn d JOIN kb_searchentry s USING (entry_id)
"""
_MOVE_ENTRIES = """
UPDATE kb_searchentry s
   SET tier = d.tier, is_sampled = d.is_sampled, prominence = d.prominence
  FROM kb_drawn d
 WHERE d.entry_id = s.entry_id
   AND (d.tier <> s.tier OR d.is_sampled <> s.is_sampled OR abs(d.prominence - s.prominence) > 0.1)
"""
_MOVE_NAMES = """
UPDATE kb_nameentry n SET tier = d.tier, prominence = d.prominence
  FROM kb_drawn d
 WHERE d.entry_id = n.entry_id AND (d.tier <> n.tier OR abs(d.prominence - n.prominence) > 0.1)
"""
# Emptied and filled rather than updated: within one transaction an index is built over the old
# versions of rows too, and this also puts rows that are read together beside each other.
_REWRITE = """
CREATE TEMPORARY TABLE kb_rewritten ON COMMIT DROP AS
    SELECT {columns} FROM {table} JOIN kb_drawn d USING (entry_id);
TRUNCATE {table};
INSERT INTO {table} ({names})
    SELECT {names} FROM kb_rewritten ORDER BY tier, prominence DESC, entry_id;
DROP TABLE kb_rewritten;
ANALYZE {table};
"""
_DRAWN = ("tier", "is_sampled", "prominence")
_WORDS = """
SELECT DISTINCT word FROM kb_nameentry, string_to_table(folded, ' ') AS word
 WHERE length(word) BETWEEN 3 AND 80 AND word ~ '[^0-9]'
"""


@transaction.atomic
def reorder_search(
    *,
    bounds: tuple[int, int, int] = BOUNDS,
    sampled: int = SAMPLED,
    sampled_from: int = SAMPLED_FROM,
    rewrite: bool | None = None,
) -> None:
    """Work out how prominent each entry is, and draw the tiers and the sample anew.

    For after a large import, and now and then: what was published since the last time is searched
    in a tier of its own, which should not grow far beyond 10,000 entries.

    `rewrite`: whether rows are also moved on the disk, into the order in which they are read, and
    the indexes built anew; by itself it does so where most entries change tiers. Nobody can search
    meanwhile (a minute or so at 100,000 entries).
    """
    entries, moved, in_sample = _draw(bounds, sampled, sampled_from)
    if rewrite is None:
        rewrite = moved > max(REWRITTEN_FROM, entries // 3)
    _move(rewrite=rewrite)
    _conclude(entries, in_sample)


@contextmanager
def search_built_last() -> Iterator[None]:
    """For an import that is all of the knowledge base: write and index for search once, at the end.

    One transaction with what happens inside. Meanwhile temporary tables stand in front of the two
    tables of the index and take their rows: how prominent an entry is can be known only when all
    are there, and a row that moved later would have its words worked out twice.
    """
    with transaction.atomic():
        _drop_word_indexes()
        for table in (SearchEntry, NameEntry):
            _stage(table)
        yield
        entries, _moved, in_sample = _draw(BOUNDS, SAMPLED, SAMPLED_FROM)
        for table in (SearchEntry, NameEntry):
            _write_staged(table)
        _build_word_indexes()
        _conclude(entries, in_sample)


def _stage(table: type[models.Model]) -> None:
    name, columns = table._meta.db_table, ", ".join(_columns(table))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {name} ON COMMIT DROP AS"
            f" SELECT {columns} FROM {name} WITH NO DATA"
        )


def _write_staged(table: type[models.Model]) -> None:
    name, columns = table._meta.db_table, _columns(table)
    drawn = [f"d.{column}" if column in _DRAWN else column for column in columns]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        (schema,) = cursor.fetchone()
        cursor.execute(
            f'INSERT INTO "{schema}".{name} ({", ".join(columns)})'
            f" SELECT {', '.join(drawn)} FROM pg_temp.{name} JOIN kb_drawn d USING (entry_id)"
            " ORDER BY d.tier, d.prominence DESC, entry_id"
        )
        cursor.execute(f"DROP TABLE pg_temp.{name}")
        cursor.execute(f"ANALYZE {name}")


def _draw(bounds: tuple[int, int, int], sampled: int, sampled_from: int) -> tuple[int, int, int]:
    """Draw the tiers into `kb_drawn`: (entries, how many change tiers, how many are sampled)."""
    size = SearchEntry.objects.count()
    shares = {"sampled": sampled if size > sampled_from else 0}
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(_DRAW, dict(zip(("first", "second", "third"), bounds, strict=True)) | shares)
        cursor.execute("ANALYZE kb_drawn")
        cursor.execute(_MOVED)
        entries, moved, in_sample = cursor.fetchone()
        return int(entries), int(moved), int(in_sample)


def _conclude(entries: int, in_sample: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE kb_drawn")
    _refresh_words()
    SearchOrder.objects.all().delete()
    SearchOrder.objects.create(drawn_at=timezone.now(), entries=entries, sampled=in_sample)


def _move(*, rewrite: bool) -> None:
    """Give each row the tier that was drawn for it."""
    if rewrite:
        _drop_word_indexes()
        for table in (SearchEntry, NameEntry):
            _rewrite(table)
        _build_word_indexes()
        return
    with connection.cursor() as cursor:
        for statement in (_MOVE_ENTRIES, _MOVE_NAMES):
            cursor.execute(statement)


def _rewrite(table: type[models.Model]) -> None:
    """Write all rows anew, in the order of their tiers, the most prominent first."""
    names = _columns(table)
    columns = [f"d.{name}" if name in _DRAWN else name for name in names]
    statement = _REWRITE.format(
        table=table._meta.db_table, names=", ".join(names), columns=", ".join(columns)
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _columns(table: type[models.Model]) -> list[str]:
    """The columns that are written, not made by the database."""
    fields = table._meta.concrete_fields
    return [
        str(field.column)
        for field in fields
        if not field.generated and not isinstance(field, models.AutoField)
    ]


# --- the indexes of words ---------------------------------------------------------------------


def _word_indexes(table: type[models.Model]) -> list[GinIndex]:
    return [index for index in table._meta.indexes if isinstance(index, GinIndex)]


def _existing(table: type[models.Model]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname FROM pg_indexes"
            " WHERE tablename = %s AND schemaname = current_schema()",
            [table._meta.db_table],
        )
        return {name for (name,) in cursor.fetchall()}


def _drop_word_indexes() -> None:
    with connection.schema_editor() as editor:
        for table in (SearchEntry, NameEntry):
            existing = _existing(table)
            for index in _word_indexes(table):
                if index.name in existing:
                    editor.remove_index(table, index)


def _build_word_indexes() -> None:
    with connection.schema_editor() as editor:
        for table in (SearchEntry, NameEntry):
            existing = _existing(table)
            for index in _word_indexes(table):
                if index.name not in existing:
                    editor.add_index(table, index)


# --- words of names ---------------------------------------------------------------------------


def _refresh_words() -> None:
    """Make the words by which misspellings are mended those of today's names."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS)
        today = {word for (word,) in cursor.fetchall()}
    kept = set(NameWord.objects.values_list("word", flat=True))
    _delete_words(sorted(kept - today))
    copy_rows(NameWord(word=word, spellings=spelling_keys(word)) for word in sorted(today - kept))


def _delete_words(words: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM kb_nameword WHERE word = ANY(%s)", [list(words)])
