"""Everything public, deleted and made anew from the revisions: the same rows, the same bytes."""

from collections.abc import Callable

from django.db import connection, models, transaction

from kb.models import Entry, Label, TermCount
from kb.publication.refresh import batches, projected_tables, refresh_labels, refresh_rows
from kb.publication.tiers import reorder_search


@transaction.atomic
def rebuild(on_progress: Callable[[int], None] = lambda _count: None) -> int:
    """Rebuild all of publication in one transaction; readers see the old until it is done.

    `on_progress` is told how many entries are done. Returns how many there are.
    """
    entry_ids = list(Entry.objects.order_by("pk").values_list("pk", flat=True))
    _delete_everything()
    refresh_labels(entry_ids)
    done = 0
    for batch in batches(entry_ids):
        refresh_rows(batch)
        done += len(batch)
        on_progress(done)
    reorder_search()
    return done


def _delete_everything() -> None:
    with connection.cursor() as cursor:
        tables: tuple[type[models.Model], ...] = (*projected_tables(), Label, TermCount)
        for table in tables:
            cursor.execute(f'DELETE FROM "{table._meta.db_table}"')
