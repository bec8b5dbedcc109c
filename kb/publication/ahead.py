"""What a publication will show anew in other entries, rendered before its turn comes.

While an entry gets a new name, everything that refers to it is made anew, and nobody else can
publish meanwhile. Most of that time goes into rendering, which needs no lock: it is done before,
from what is published then, and what it made is written only if nothing was published since.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from kb.models import Change, Changeset, Edit, Entry, Label, Published
from kb.publication.copying import Statement, Tables, copy_tables
from kb.publication.refresh import (
    BATCH,
    NOTHING_KNOWN,
    Newest,
    Standing,
    batches,
    label_row,
    others_showing,
    read_batch,
    shown_anew,
    tables_of,
)


class Ahead(NamedTuple):
    """Rows of the entries `entry_ids`, as they are once `labels` (entry → what is shown) hold.

    `head`: sequence of the newest change that they stand on. `standing`: the rows that the changed
    entries themselves have until then.
    """

    head: int
    labels: Mapping[int, Any]
    entry_ids: Sequence[int]
    rendered: Sequence[tuple[Tables, list[Statement]]]
    standing: Standing

    def put(self, entry_ids: Sequence[int], renamed: Collection[int]) -> bool:
        """Write the rows, if they are those of `entry_ids` after just these labels have changed."""
        labels = dict(Label.objects.filter(entry__in=renamed).values_list("entry_id", "shown"))
        if list(entry_ids) != list(self.entry_ids) or labels != self.labels:
            return False
        for tables, first in self.rendered:
            copy_tables(tables, first)
        return True


def nothing_ahead(head: int, standing: Standing = NOTHING_KNOWN) -> Ahead:
    """Nothing was rendered for others."""
    return Ahead(head, {}, [], [], standing)


def render_ahead(changeset: Changeset) -> Ahead:
    """Render what will show other names once these edits, all of them valid, are published.

    Nothing where an entry is merged, or was: then keys get other meanings too.
    """
    head = newest_change()
    edits = list(changeset.edits.select_related("base"))
    entries = Entry.objects.filter(key__in=[edit.key for edit in edits])
    entry_ids = dict(entries.values_list("key", "pk"))
    standing = _standing(sorted(entry_ids.values()))
    renamed = _renamed([(entry_ids[e.key], e) for e in edits if e.key in entry_ids])
    if not renamed:
        return nothing_ahead(head, standing)
    others = others_showing(renamed, entry_ids.values()).now
    rendered = [shown_anew(read_batch(batch, renamed)) for batch in batches(others)]
    return Ahead(head, renamed, others, rendered, standing)


def _standing(entry_ids: Sequence[int]) -> Standing:
    """The rows of these entries: they are computed, so the same comes out once more.

    Not of many at once, which is no saving, nor of those that wait to be rendered with new names.
    """
    current = Published.objects.filter(entry__in=entry_ids, is_stale=False)
    known = list(current.order_by("entry_id").values_list("entry_id", flat=True)[: BATCH + 1])
    if not known or len(known) > BATCH:
        return NOTHING_KNOWN
    return Standing(known, tables_of(read_batch(known)))


def _renamed(edits: Sequence[tuple[int, Edit]]) -> dict[int, Any]:
    """Entry → what is shown of it once its edit is published, where that is something else."""
    rows = {row.entry_id: row for row in Label.objects.filter(entry__in=[pk for pk, _ in edits])}
    if any(edit.act == Edit.Act.MERGE for _pk, edit in edits):
        return {}
    if any(row.survivor_id != row.entry_id for row in rows.values()):
        return {}
    labels = _as_stored({pk: _label(edit, pk) for pk, edit in edits if pk in rows})
    return {pk: shown for pk, shown in labels.items() if rows[pk].shown != shown}


def newest_change() -> int:
    """The sequence of the newest change, 0 without any: another one, and something is published."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _label(edit: Edit, entry_id: int) -> Any:
    """What is shown of the entry once the edit is published."""
    number = edit.base.number + 1 if edit.base else 1
    return label_row(
        Newest(
            entry_id=entry_id,
            key=edit.key,
            kind=edit.kind,
            id=0,
            number=number,
            act=edit.act,
            hash="",
            published_at=timezone.now(),
            origin="",
            document=edit.content,
        )
    ).shown


def _as_stored(labels: Mapping[int, Any]) -> dict[int, Any]:
    """As they are read from their table, which keeps fields in an order of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry, shown::jsonb::text"
            " FROM unnest(%s::bigint[], %s::text[]) n(entry, shown)",
            [list(labels), [orjson.dumps(shown).decode() for shown in labels.values()]],
        )
        return {entry_id: orjson.loads(shown) for entry_id, shown in cursor.fetchall()}
