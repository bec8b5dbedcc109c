"""How many active entries of a kind carry a term, kept in step with what is published."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.db import connection

from kb.models import Published
from kb.publication.copying import Tables, place_of_column

Counts = Counter[tuple[str, str]]  # (kind, term) → how many entries; the term "" counts them all


def published_terms(entry_ids: Sequence[int]) -> Counts:
    """(kind, term) → how many of these entries carry it now."""
    return _counted(Published.objects.filter(entry__in=entry_ids).values_list("kind", "terms"))


def terms_in(tables: Tables) -> Counts:
    """(kind, term) → how many of the entries in these rows carry it."""
    rows = tables.get(Published, [])
    kind, terms = (place_of_column(Published, name) for name in ("kind", "terms"))
    return _counted((row[kind], row[terms]) for row in rows)


def _counted(terms_of_entries: Iterable[tuple[str, list[str]]]) -> Counts:
    return Counter((kind, term) for kind, terms in terms_of_entries for term in ("", *terms))


def add_to_counts(counted: Counts) -> None:
    """Add differences, upwards and downwards, to the counts that are kept."""
    differences = sorted((kind, term, by) for (kind, term), by in counted.items() if by)
    if not differences:
        return
    with connection.cursor() as cursor:
        # Upwards and downwards apart: a count may not pass through zero on its way.
        cursor.executemany(
            "INSERT INTO kb_termcount (kind, term, count) VALUES (%s, %s, %s)"
            " ON CONFLICT (kind, term) DO UPDATE SET count = kb_termcount.count + excluded.count",
            [each for each in differences if each[2] > 0],
        )
        falls = [(-by, kind, term) for kind, term, by in differences if by < 0]
        cursor.executemany(
            "DELETE FROM kb_termcount WHERE count = %s AND kind = %s AND term = %s", falls
        )
        cursor.executemany(
            "UPDATE kb_termcount SET count = count - %s WHERE kind = %s AND term = %s", falls
        )
