"""The newest lines of the feed of changes, of all entries or of some, newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from kb.filters import Condition, TermFilter
from kb.publication import reading
from kb.publication.matching import asked_of, candidates_for
from kb.publication.questions import question_of

NOTHING = Condition("false")
# By the entry's own last document: one that left is in no list any more.
_LAST = (
    "SELECT t.entry_id FROM kb_tombstone t CROSS JOIN LATERAL (SELECT d.document FROM kb_revision d"
    " WHERE d.entry_id = t.entry_id AND d.act IN ('revise', 'restore')"
    " ORDER BY d.number DESC LIMIT 1) last"
)


class RecentChange(NamedTuple):
    """A line of the feed with what was before it. Documents and metadata are canonical JSON text.

    `before`: the document in view before this revision; None for the first, or a redacted one.
    """

    sequence: int
    act: str
    made_at: datetime
    key: str
    kind: str
    number: int
    document: str | None
    metadata: str
    before: str | None


def recent_changes(
    among: Sequence[Condition] = (), *, before: int | None = None, limit: int = 50
) -> list[RecentChange]:
    """Up to `limit` lines with a sequence number below `before`.

    `among`: conditions about the row `c` of kb_change and its entry `e`.
    """
    conditions = [*among, *([Condition("c.sequence < %s", (before,))] if before else [])]
    return _fetched(conditions, "DESC", limit)


def changes_after(sequence: int, limit: int) -> list[RecentChange]:
    """The lines after a sequence number, in their order, up to `limit`."""
    return _fetched([Condition("c.sequence > %s", (sequence,))], "ASC", limit)


def changes_numbered(sequences: Sequence[int]) -> list[RecentChange]:
    """The lines with these sequence numbers, in their order."""
    among = Condition("c.sequence = ANY(%s::bigint[])", (list(sequences),))
    return _fetched([among], "ASC", len(sequences))


def _fetched(conditions: Sequence[Condition], order: str, limit: int) -> list[RecentChange]:
    where = " AND ".join(each.sql for each in conditions) or "true"
    rows = reading.fetch_all(
        "SELECT c.sequence, c.act, c.made_at, e.key, e.kind, r.number, r.document, r.metadata,"
        " (SELECT b.document FROM kb_revision b WHERE b.entry_id = c.entry_id"
        " AND b.number < r.number AND b.act IN ('revise', 'restore')"
        " ORDER BY b.number DESC LIMIT 1)"
        " FROM kb_change c JOIN kb_entry e ON e.id = c.entry_id"
        f" JOIN kb_revision r ON r.id = c.revision_id WHERE {where}"
        f" ORDER BY c.sequence {order} LIMIT %s",
        (*(param for each in conditions for param in each.params), limit),
        prepare=False,
    )
    return [RecentChange._make(row) for row in rows]


# --- of which entries -------------------------------------------------------------------------


def of_kind(name: str) -> Condition:
    return Condition("e.kind = %s", (name,))


def of_entry(entry_id: int) -> Condition:
    """Of an entry, and of those that were merged into it."""
    return Condition(
        "c.entry_id IN (SELECT l.entry_id FROM kb_label l WHERE l.survivor_id = %s)", (entry_id,)
    )


def with_term(term: TermFilter, value: str) -> Condition:
    """Of entries that have a term, or had it when they were retracted or merged."""
    path = term.path.split(".")
    return Condition(
        "(c.entry_id IN (SELECT p.entry_id FROM kb_published p WHERE p.terms @> %s::varchar[])"
        f" OR c.entry_id IN ({_LAST}"
        " WHERE last.document::jsonb #> %s::text[] @> to_jsonb(%s::text)))",
        ([term.term(value)], path, value),
    )


def that_fit(conditions: Sequence[Condition]) -> Condition:
    """Of active entries under conditions about the row `p` of the published table."""
    where = " AND ".join(each.sql for each in conditions)
    return Condition(
        f"c.entry_id IN (SELECT p.entry_id FROM kb_published p WHERE {where})",
        tuple(param for each in conditions for param in each.params),
    )


def found_by(q: str, conditions: Sequence[Condition]) -> Condition:
    """Of the most prominent active entries with all words of `q`, as search ranks them."""
    question = question_of(q)
    asked = asked_of(question, None, conditions) if question.words else None
    if asked is None:
        return NOTHING
    return Condition("c.entry_id = ANY(%s::bigint[])", (list(candidates_for(asked).ranks),))
