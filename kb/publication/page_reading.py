"""Reading that only pages do: an entry with its body, who refers to it, what is new."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from kb.publication.reading import STATE, fetch_all, fetch_one, fetch_row, fetch_stored

COUNTED = 10_000  # rows counted before a total is called "more than"


def state() -> str:
    """Stands for everything that pages show: what is published, second reviews, verifications."""
    reviewed = "(SELECT count(*) FROM kb_secondreview WHERE reviewed_at IS NOT NULL)::text"
    verified = "(SELECT coalesce(max(id), 0) FROM kb_verification)::text"
    return fetch_stored(f"SELECT {STATE} || '.' || {reviewed} || '.' || {verified}").text(0, 0)


class Leaf(NamedTuple):
    """An active entry with the body of its page. `origin`: how its newest revision came in.

    `is_marked`: whether statements of it were compared with their sources. `numbers`: register →
    number of the entry there.
    """

    entry_id: int
    kind: str
    name: str
    number: int
    published_at: datetime
    revision_id: int
    origin: str
    html: bytes
    summary: bytes
    is_marked: bool
    numbers: dict[str, str]

    @property
    def is_founding(self) -> bool:
        return self.origin == "founding-import"


def leaf(key: str) -> Leaf | None:
    """The active entry called `key`, None when there is none."""
    row = fetch_one(
        "SELECT p.entry_id, p.kind, p.name, p.number, p.published_at, p.revision_id, c.origin,"
        " p.html, p.summary,"
        " EXISTS (SELECT 1 FROM kb_verification v WHERE v.entry_id = p.entry_id),"
        " (SELECT coalesce(json_object_agg(i.register, i.number ORDER BY i.id), '{}')"
        "  FROM kb_identifier i WHERE i.entry_id = p.entry_id)"
        " FROM kb_published p JOIN kb_revision r ON r.id = p.revision_id"
        " JOIN kb_changeset c ON c.id = r.changeset_id WHERE p.key = %s",
        (key,),
    )
    return Leaf._make(row) if row else None


def kind_of(key: str) -> str | None:
    """The kind of the active entry called `key`, None when there is none."""
    row = fetch_one("SELECT kind FROM kb_published WHERE key = %s", (key,))
    return str(row[0]) if row else None


def document_of(revision_id: int) -> dict[str, Any]:
    """The document of a revision that is in force, references as keys."""
    (text,) = fetch_row("SELECT document FROM kb_revision WHERE id = %s", (revision_id,))
    document: dict[str, Any] = orjson.loads(text)
    return document


def public_documents(entry_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Entry → its public JSON, of those that are active."""
    rows = fetch_all(
        "SELECT entry_id, json FROM kb_published WHERE entry_id = ANY(%s)",
        (list(dict.fromkeys(entry_ids)),),
    )
    return {entry_id: orjson.loads(json) for entry_id, json in rows}


class Referring(NamedTuple):
    """An entry that refers to another one by a relation, in `places` places."""

    relation: str
    shown: Mapping[str, Any]
    places: int


def referring(
    entry_id: int, *, without: Sequence[str] = (), most: int = 50, read: int = 5_000
) -> list[Referring]:
    """Who refers to an entry: up to `most` entries a relation, by name, of the first `read` places.

    `without`: relations that are left out.
    """
    rows = fetch_all(
        "SELECT relation, shown, places FROM ("
        "  SELECT f.relation, l.shown, f.places,"
        "   row_number() OVER (PARTITION BY f.relation ORDER BY l.shown ->> 'name', l.key) AS rank"
        "  FROM (SELECT n.relation, n.entry_id, count(*) AS places FROM ("
        "     SELECT relation, entry_id FROM kb_reference WHERE target_id = %s"
        "      AND NOT relation = ANY(%s) LIMIT %s) n GROUP BY n.relation, n.entry_id) f"
        "  JOIN kb_label l ON l.entry_id = f.entry_id) ranked"
        " WHERE rank <= %s ORDER BY relation, rank",
        (entry_id, list(without), read, most),
    )
    return [Referring._make(row) for row in rows]


# --- what was published lately ---------------------------------------------------------------


class PublishedChangeset(NamedTuple):
    """A changeset that was published. `metadata`: JSON text of one of its revisions.

    `edits`: how many entries it changed, counted up to `COUNTED` + 1; `first`: a few of them, each
    with act, number and what is shown of the entry.
    """

    id: int
    title: str
    origin: str
    published_at: datetime
    edits: int
    metadata: str
    first: list[dict[str, Any]]


_CHANGESET = (
    "SELECT c.id, c.title, c.origin, c.published_at,"
    " (SELECT count(*) FROM (SELECT 1 FROM kb_revision WHERE changeset_id = c.id LIMIT %s) n),"
    " (SELECT metadata FROM kb_revision WHERE changeset_id = c.id LIMIT 1),"
    " (SELECT coalesce(json_agg(f), '[]') FROM (SELECT r.act, r.number, l.shown"
    "   FROM kb_revision r JOIN kb_label l ON l.entry_id = r.entry_id"
    "   WHERE r.changeset_id = c.id ORDER BY r.id LIMIT %s) f)"
    " FROM kb_changeset c WHERE c.status = 'published'"
)


def published_changesets(
    *,
    beyond: tuple[datetime, int] | None = None,
    backwards: bool = False,
    limit: int = 20,
    most: int = 6,
) -> list[PublishedChangeset]:
    """Changesets that were published, newest first, each with its `most` first entries.

    `beyond`: only those after that one in the order; `backwards` gives those before, reversed.
    """
    order, sign = ("ASC", ">") if backwards else ("DESC", "<")
    further = f" AND (c.published_at, c.id) {sign} (%s, %s)" if beyond else ""
    rows = fetch_all(
        f"{_CHANGESET}{further} ORDER BY c.published_at {order}, c.id {order} LIMIT %s",
        (COUNTED + 1, most, *(beyond or ()), limit),
    )
    return [PublishedChangeset._make(row) for row in rows]


def published_changeset(changeset_id: int) -> PublishedChangeset | None:
    """One published changeset, without its entries; None when there is none."""
    row = fetch_one(f"{_CHANGESET} AND c.id = %s", (COUNTED + 1, 0, changeset_id))
    return PublishedChangeset._make(row) if row else None


class PublishedEdit(NamedTuple):
    """What a changeset did to one entry. `place`: of the revision in the chain of all revisions.

    `metadata`: JSON text, of that revision.
    """

    place: int
    act: str
    number: int
    hash: str
    shown: Mapping[str, Any]
    metadata: str


def edits_of(
    changeset_id: int, *, beyond: int | None = None, backwards: bool = False, limit: int = 50
) -> list[PublishedEdit]:
    """What a changeset did, in the order of the chain."""
    order, sign = ("DESC", "<") if backwards else ("ASC", ">")
    further = f" AND r.id {sign} %s" if beyond is not None else ""
    rows = fetch_all(
        "SELECT r.id, r.act, r.number, r.hash, l.shown, r.metadata FROM kb_revision r"
        " JOIN kb_label l ON l.entry_id = r.entry_id"
        f" WHERE r.changeset_id = %s{further} ORDER BY r.id {order} LIMIT %s",
        (changeset_id, *([beyond] if beyond is not None else []), limit),
    )
    return [PublishedEdit._make(row) for row in rows]


def edits_of_each(changeset_ids: Sequence[int]) -> dict[int, list[PublishedEdit]]:
    """Changeset → all that it did, for some that did little."""
    found: dict[int, list[PublishedEdit]] = {pk: [] for pk in changeset_ids}
    rows = fetch_all(
        "SELECT r.changeset_id, r.id, r.act, r.number, r.hash, l.shown, r.metadata"
        " FROM kb_revision r JOIN kb_label l ON l.entry_id = r.entry_id"
        " WHERE r.changeset_id = ANY(%s) ORDER BY r.id",
        (list(changeset_ids),),
    )
    for changeset_id, *row in rows:
        found[changeset_id].append(PublishedEdit._make(row))
    return found


# --- the sitemap -----------------------------------------------------------------------------


def sitemap_parts(size: int) -> list[tuple[int, datetime]]:
    """(number, when it last changed) of each part with an entry. A part: `size` ids, from 1 on."""
    rows = fetch_all(
        "SELECT (entry_id - 1) / %s + 1, max(published_at) FROM kb_published GROUP BY 1 ORDER BY 1",
        (size,),
        prepare=False,
    )
    return [(number, newest) for number, newest in rows]


def sitemap_rows(part: int, size: int, *, most: int) -> Iterator[tuple[str, str, datetime]]:
    """(key, kind, when published) of the active entries of a part, read `most` at a time."""
    beyond, last = (part - 1) * size, part * size
    while rows := fetch_all(
        "SELECT entry_id, key, kind, published_at FROM kb_published"
        " WHERE entry_id > %s AND entry_id <= %s ORDER BY entry_id LIMIT %s",
        (beyond, last, most),
    ):
        beyond = rows[-1][0]
        yield from (row[1:] for row in rows)
