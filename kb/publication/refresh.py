"""Bring everything public in step with the newest revisions of some entries.

Always inside the transaction that changed them. Two passes, since names must be known before
anything that shows them is rendered: first the labels of the changed entries, then the rows and
bytes of these entries and of those that refer to them.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import connection, models

from kb.documents.problems import place_of
from kb.documents.schema import Mention, in_order
from kb.kinds import Kind, kind_named, kinds
from kb.models import (
    Edit,
    Label,
    NameEntry,
    Published,
    Reference,
    Revision,
    SearchEntry,
    Tombstone,
)
from kb.models.projected import unsaved
from kb.models.published import Address, Identifier
from kb.models.search import NameTrigrams
from kb.publication.copying import (
    Statement,
    Tables,
    analyse,
    copy_rows,
    copy_tables,
    deletion,
    indexed_afterwards,
    place_of_column,
    tabled,
)
from kb.publication.counting import add_to_counts, published_terms, terms_in
from kb.publication.names import Names
from kb.publication.processes import in_processes
from kb.publication.rendering import (
    Face,
    label_of,
    mentions,
    render,
    search_rows_of,
    timestamp,
)

BATCH = 500  # entries held in memory at a time
WORTH_PROCESSES = 5_000  # entries from which starting processes pays (a second or two)
RENDERED_AT_ONCE = 2_000  # entries that refer to a changed one, rendered in its transaction


class Newest(NamedTuple):
    """The newest revision of an entry, and what rendering asks of its entry and changeset."""

    entry_id: int
    key: str
    kind: str
    id: int
    number: int
    act: str
    hash: str
    published_at: datetime
    origin: str
    document: str | None

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = orjson.loads(self.document) if self.document else {}
        return content


class UnknownKeys(Exception):
    """Documents refer to keys that no entry has: `(key of the document, place, unknown key)`."""

    def __init__(self, places: Sequence[tuple[str, str, str]]):
        self.places = places
        listed = "; ".join(f"{key}, {place}: “{unknown}”" for key, place, unknown in places[:20])
        super().__init__(f"These references name no entry: {listed}.")


Put = Callable[[Sequence[int], Collection[int]], bool]  # see `ahead.Ahead.put`


def nothing_put(_entry_ids: Sequence[int], _renamed: Collection[int]) -> bool:
    """Nothing was rendered ahead."""
    return False


class Standing(NamedTuple):
    """The rows, in all tables, that are in place for the entries `entry_ids`."""

    entry_ids: Collection[int]
    tables: Tables


NOTHING_KNOWN = Standing((), {})


def refresh(
    entry_ids: Sequence[int], put: Put = nothing_put, standing: Standing = NOTHING_KNOWN
) -> None:
    """Make all public rows of these entries anew, and of what shows their names.

    Beyond `RENDERED_AT_ONCE` referring entries the rest are marked as stale, for `refresh_stale`.
    `put` writes those that refer, if they were rendered ahead, and says whether it did. Rows of
    `standing` are left in place where they are made anew as they are.
    """
    renamed = refresh_labels(entry_ids)
    others = others_showing(renamed, entry_ids)
    refresh_rows(sorted({*entry_ids, *merged_into(renamed)}), standing)
    if not put(others.now, renamed):
        refresh_names(others.now)
    Published.objects.filter(entry__in=others.later).update(is_stale=True)


class Others(NamedTuple):
    """Entries that show names of changed ones: those rendered at once, and those that wait."""

    now: list[int]
    later: list[int]


def others_showing(renamed: Collection[int], entry_ids: Iterable[int]) -> Others:
    """What refers to the renamed ones among the changed entries `entry_ids`, changed ones apart."""
    changed = {*entry_ids, *merged_into(renamed)}
    referring = sorted(referring_to(set(renamed)) - changed)
    return Others(referring[:RENDERED_AT_ONCE], referring[RENDERED_AT_ONCE:])


def refresh_stale(limit: int = RENDERED_AT_ONCE) -> int:
    """Render up to `limit` entries that wait for it. Returns how many were rendered."""
    waiting = Published.objects.filter(is_stale=True).values_list("entry_id", flat=True)
    chosen = list(waiting.order_by("entry_id")[:limit])
    refresh_names(chosen)
    return len(chosen)


def refresh_labels(entry_ids: Sequence[int]) -> list[int]:
    """Write the labels of these entries. Returns those whose label or survivor is another now."""
    moved: list[int] = []
    for batch in batches(entry_ids):
        revisions = newest_revisions(batch)
        before = {row.entry_id: row for row in Label.objects.filter(entry__in=batch)}
        after = {row.entry_id: row for row in map(label_row, revisions)}
        changed = [pk for pk, row in after.items() if _differs(before.get(pk), row)]
        Label.objects.filter(entry__in=changed).delete()
        copy_rows(after[pk] for pk in changed)
        moved += [pk for pk in changed if pk in before]
    if len(entry_ids) > BATCH:
        analyse(Label)
    _follow_merges(entry_ids)
    return moved


def label_row(revision: Newest) -> Label:
    """What is shown of an entry where others refer to it, once this is its newest revision."""
    kind = kind_named(revision.kind)
    content, status, survivor = revision.content, "", revision.entry_id
    if revision.act == Edit.Act.RETRACT:
        content, status = _last_document(revision), "retracted"
    elif revision.act == Edit.Act.MERGE:
        survivor = _entry_id(content["into"])
        content, status = _last_document(revision), "merged"
    shown = label_of(kind, revision.key, content, status)
    return unsaved(
        Label, entry_id=revision.entry_id, key=revision.key, survivor_id=survivor, shown=shown
    )


def _differs(before: Label | None, after: Label) -> bool:
    if before is None:
        return True
    return (before.shown, before.survivor_id) != (after.shown, after.survivor_id)


def _last_document(revision: Newest) -> dict[str, Any]:
    """The document that a retraction or a merge took out of view; empty once it is redacted."""
    earlier = Revision.objects.filter(
        entry=revision.entry_id, number__lt=revision.number, act__in=["revise", "restore"]
    )
    last = earlier.order_by("-number").first()
    return last.content if last else {}


def _entry_id(key: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM kb_entry WHERE key = %s", [key])
        (found,) = cursor.fetchone()
    return int(found)


def _follow_merges(entry_ids: Sequence[int]) -> None:
    """Point every merged key at the end of its merges: after A→B and B→C, A means C."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE step(entry_id, written, ends_at) AS (
                SELECT t.entry_id, t.into_id, t.into_id FROM kb_tombstone t
                 WHERE t.into_id IS NOT NULL AND NOT t.entry_id = ANY(%(changed)s)
                UNION ALL
                SELECT l.entry_id, l.survivor_id, l.survivor_id FROM kb_label l
                 WHERE l.entry_id = ANY(%(changed)s) AND l.survivor_id <> l.entry_id
            ), walk(entry_id, ends_at, depth) AS (
                SELECT entry_id, ends_at, 1 FROM step
                UNION ALL
                SELECT walk.entry_id, step.ends_at, depth + 1
                  FROM walk JOIN step ON step.entry_id = walk.ends_at WHERE depth < 50
            ), ends AS (
                SELECT DISTINCT ON (entry_id) entry_id, ends_at FROM walk
                 ORDER BY entry_id, depth DESC
            )
            UPDATE kb_label SET survivor_id = ends.ends_at FROM ends
             WHERE kb_label.entry_id = ends.entry_id AND kb_label.survivor_id <> ends.ends_at
            """,
            {"changed": list(entry_ids)},
        )


def merged_into(entry_ids: Iterable[int]) -> set[int]:
    """Entries merged, at any remove, into one of these: their tombstones name it."""
    found: set[int] = set()
    ahead = set(entry_ids)
    while ahead:
        rows = Tombstone.objects.filter(into__in=ahead).values_list("entry_id", flat=True)
        ahead = set(rows) - found
        found |= ahead
    return found


def referring_to(entry_ids: set[int]) -> set[int]:
    """Entries whose documents name one of these, or a key that was merged into one of these."""
    keys = entry_ids | merged_into(entry_ids)
    rows = Reference.objects.filter(models.Q(target__in=keys) | models.Q(written__in=keys))
    return set(rows.values_list("entry_id", flat=True))


def refresh_rows(entry_ids: Sequence[int], standing: Standing = NOTHING_KNOWN) -> None:
    """Delete and make anew the rows of these entries; labels must be in place.

    Raises UnknownKeys when a document names an entry that does not exist.
    """
    counted: Counter[tuple[str, str]] = Counter()
    for batch in batches(entry_ids):
        counted.subtract(published_terms(batch))
        read = read_batch(batch)
        tables = tables_of(read)
        copy_tables(*_exchange(read, tables, standing))
        counted.update(terms_in(tables))
    add_to_counts(counted)


def refresh_names(entry_ids: Sequence[int]) -> None:
    """Make anew what shows names of other entries, where nothing else has changed.

    Terms and the search index come from an entry's own document, so they stay as they are.
    """
    for batch in batches(entry_ids):
        copy_tables(*shown_anew(read_batch(batch)))


def shown_anew(batch: "Batch") -> tuple[Tables, list[Statement]]:
    """The rows that show names of others, and what deletes those that they come in place of."""
    return shown_tables_of(batch), _deletions(batch, (Published, Reference))


def _exchange(batch: "Batch", tables: Tables, standing: Standing) -> tuple[Tables, list[Statement]]:
    """The rows of `tables` that do not stand already, and what deletes those they replace.

    Most of what a revision says, its entry said before: of a table with costly indexes, such as
    that of references, nothing has to be written then.
    """
    known, new, first = set(standing.entry_ids), Tables(), []
    for table in _tables_of(batch, own_tables()):
        before, after = (
            _by_entry(table, each.get(table, ())) for each in (standing.tables, tables)
        )
        changed = [pk for pk in batch.entry_ids if pk not in known or before[pk] != after[pk]]
        if changed:
            first.append(deletion(table, changed))
        if rows := [row for pk in changed for row in after[pk]]:
            new[table] = rows
    return new, first


def _by_entry(
    table: type[models.Model], rows: Iterable[tuple[Any, ...]]
) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    column = place_of_column(table, "entry_id")
    for row in rows:
        found[row[column]].append(row)
    return found


def _deletions(batch: "Batch", own: Sequence[type[models.Model]]) -> list[Statement]:
    """What deletes the rows of these entries from our `own` tables and from their kinds'."""
    return [deletion(table, batch.entry_ids) for table in _tables_of(batch, own)]


def _tables_of(batch: "Batch", own: Sequence[type[models.Model]]) -> list[type[models.Model]]:
    """Our `own` tables and those of the kinds of these entries, each once."""
    of_kinds = [table for kind in batch.kinds for table in kind.tables]
    return list(dict.fromkeys([*own, *of_kinds]))


def fill(entry_ids: Sequence[int]) -> None:
    """Labels and rows of entries that have none yet: a founding import."""
    refresh_labels(entry_ids)
    counted: Counter[tuple[str, str]] = Counter()
    with indexed_afterwards(projected_tables()):
        for tables in _rendered(batches(entry_ids), len(entry_ids)):
            copy_tables(tables)
            counted.update(terms_in(tables))
    if len(entry_ids) > BATCH:
        analyse(*projected_tables())
    add_to_counts(counted)


def _rendered(entry_ids: Iterable[list[int]], entries: int) -> Iterator[Tables]:
    """The rows of each batch, rendered by other processes where there are enough entries."""
    read = (read_batch(batch) for batch in entry_ids)
    if entries < WORTH_PROCESSES:
        yield from map(tables_of, read)
    else:
        yield from in_processes(tables_of, read)


class Batch(NamedTuple):
    """Some entries, and all that rendering them needs."""

    active: list[Face]
    buried: list[tuple[Newest, dict[str, Any]]]  # with the document that each had last
    names: Names

    @property
    def entry_ids(self) -> list[int]:
        buried = (revision.entry_id for revision, _document in self.buried)
        return [*(face.entry_id for face in self.active), *buried]

    @property
    def kinds(self) -> list[Kind]:
        """The kinds of these entries, each once."""
        buried = (revision.kind for revision, _document in self.buried)
        names = dict.fromkeys((*(face.kind.name for face in self.active), *buried))
        return [kind_named(name) for name in names]


def read_batch(entry_ids: Sequence[int], labels: Mapping[int, Any] | None = None) -> Batch:
    """Read what rendering these entries needs. Raises UnknownKeys.

    `labels`: entry → what will be shown of it, where that is not yet what its label says.
    """
    active, buried = [], []
    for revision in newest_revisions(entry_ids):
        if revision.act in (Edit.Act.RETRACT, Edit.Act.MERGE):
            buried.append((revision, _last_document(revision)))
        else:
            active.append(face_of(revision))
    named = [(face.key, mention) for face in active for mention in mentions(face)]
    keys = {mention.key for _key, mention in named}
    keys |= {revision.content["into"] for revision, _ in buried if revision.act == Edit.Act.MERGE}
    names = Names(keys, labels or {})
    _refuse_unknown(named, names)
    return Batch(active, buried, names)


def tables_of(batch: Batch) -> Tables:
    """All public rows of a batch of entries. Pure: any process can do it."""
    rows: list[models.Model] = [
        tombstone_of(revision, document, batch.names) for revision, document in batch.buried
    ]
    for face in batch.active:
        rows.extend(search_rows_of(face))
    return tabled(rows) | shown_tables_of(batch)


def shown_tables_of(batch: Batch) -> Tables:
    """Those of the active entries that may show names of others."""
    return tabled(row for face in batch.active for row in render(face, batch.names))


def _refuse_unknown(named: Iterable[tuple[str, Mention]], names: Names) -> None:
    unknown = [
        (key, place_of(mention.place), mention.key)
        for key, mention in named
        if mention.key not in names
    ]
    if unknown:
        raise UnknownKeys(unknown)


def face_of(revision: Newest) -> Face:
    """The entry of an active newest revision, ready for rendering."""
    kind = kind_named(revision.kind)
    return Face(
        entry_id=revision.entry_id,
        key=revision.key,
        kind=kind,
        revision_id=revision.id,
        number=revision.number,
        hash=revision.hash,
        published_at=revision.published_at,
        origin=revision.origin,
        document=in_order(kind.schema, revision.content),
    )


def tombstone_of(revision: Newest, document: dict[str, Any], names: Names) -> Tombstone:
    """What stays in view of a retracted or merged entry that last had this document."""
    kind = kind_named(revision.kind)
    content, is_merged = revision.content, revision.act == Edit.Act.MERGE
    name = kind.name_of(document) or revision.key
    status = Tombstone.Status.MERGED if is_merged else Tombstone.Status.RETRACTED
    public: dict[str, Any] = {
        "key": revision.key,
        "kind": kind.name,
        "name": name,
        "status": str(status),
        **({"into": names.brief(content["into"])} if is_merged else {}),
        **{field: content[field] for field in ("reason", "note") if content.get(field)},
        "meta": {
            "revision": revision.number,
            "published_at": timestamp(revision.published_at),
            "hash": revision.hash,
            "url": f"{settings.PUBLIC_URL}/{kind.plural}/{revision.key}/",
        },
    }
    return unsaved(
        Tombstone,
        entry_id=revision.entry_id,
        key=revision.key,
        kind=kind.name,
        name=name,
        status=status,
        revision_id=revision.id,
        into_id=names.written_id(content["into"]) if is_merged else None,
        json=orjson.dumps(public),
    )


def newest_revisions(entry_ids: Sequence[int]) -> list[Newest]:
    """The newest revision of each of these entries, by entry id."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT ON (r.entry_id) r.entry_id, e.key, e.kind, r.id, r.number, r.act,
                   r.hash, r.published_at, c.origin, r.document
              FROM kb_revision r
              JOIN kb_entry e ON e.id = r.entry_id
              JOIN kb_changeset c ON c.id = r.changeset_id
             WHERE r.entry_id = ANY(%s)
             ORDER BY r.entry_id, r.number DESC
            """,
            [list(entry_ids)],
        )
        return [Newest(*row) for row in cursor.fetchall()]


def projected_tables() -> tuple[type[models.Model], ...]:
    """Every table that holds rows of entries: the engine's own and those of the kinds."""
    return (*own_tables(), *dict.fromkeys(table for kind in kinds() for table in kind.tables))


def own_tables() -> tuple[type[models.Model], ...]:
    """The engine's own tables that hold rows of entries."""
    found = (Published, Tombstone, Reference, Identifier, Address)
    return (*found, SearchEntry, NameEntry, NameTrigrams)


def batches(entry_ids: Iterable[int], size: int = BATCH) -> Iterator[list[int]]:
    remaining = iter(entry_ids)
    while batch := list(islice(remaining, size)):
        yield batch
