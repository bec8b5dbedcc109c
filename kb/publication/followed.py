"""Which lines of the feed of changes concern what somebody follows, from one line to another.

Only entries with such a line are looked at. One concerns a list when it fits now, or did before the
first of these lines: what left it, was retracted or merged is told as well, unless so much was
published meanwhile that what was before would take too long to compute (`past_rows.MOST_LISTED`).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import orjson

from kb.filters import Condition
from kb.kinds import kind_named
from kb.models import SearchEntry
from kb.publication import past_rows, reading
from kb.publication.matching import Asked, asked_of, candidates_for
from kb.publication.questions import question_of
from kb.publication.search_text import search_rows

MOST = 1_000  # lines that are told apart for one thing
MOST_READ = 200  # former documents that are searched for words


class Span(NamedTuple):
    """Lines with a sequence number above `after`, up to `until`."""

    after: int
    until: int

    @property
    def condition(self) -> Condition:
        return Condition("c.sequence > %s AND c.sequence <= %s", (self.after, self.until))

    @property
    def changed(self) -> Condition:
        """That a row `p` is of an entry with such a line."""
        return Condition(
            f"p.entry_id IN (SELECT c.entry_id FROM kb_change c WHERE {self.condition.sql})",
            self.condition.params,
        )


def of_entry(key: str, span: Span) -> list[int]:
    """Lines of an entry, of what was merged into it, and of what it was merged into."""
    among = Condition(
        "c.entry_id IN (SELECT l.entry_id FROM kb_label w"
        " JOIN kb_label l ON l.survivor_id = w.survivor_id WHERE w.key = %s)",
        (key,),
    )
    return _lines(among, span)


def that_fit(conditions: Sequence[Condition], span: Span) -> list[int]:
    """Lines of entries under conditions about the row `p` of the published table."""
    fitting = _met([*conditions, span.changed])
    now = f"SELECT p.entry_id FROM kb_published p WHERE {fitting.sql}"
    before = list(_fitted(conditions, span))
    among = Condition(
        f"(c.entry_id IN ({now}) OR c.entry_id = ANY(%s::bigint[]))", (*fitting.params, before)
    )
    return _lines(among, span)


def found_by(q: str, conditions: Sequence[Condition], span: Span) -> list[int]:
    """Lines of entries with all words of `q`, under conditions about the row `p`."""
    question = question_of(q)
    asked = asked_of(question, None, [*conditions, span.changed]) if question.words else None
    if asked is None:
        return []
    now = candidates_for(asked).ranks
    before = _with_words(asked, [pk for pk in _fitted(conditions, span) if pk not in now], span)
    return _lines(Condition("c.entry_id = ANY(%s::bigint[])", ([*now, *before],)), span)


def _lines(among: Condition, span: Span) -> list[int]:
    where = _met([span.condition, among])
    rows = reading.fetch_all(
        f"SELECT c.sequence FROM kb_change c WHERE {where.sql} ORDER BY c.sequence LIMIT {MOST}",
        where.params,
        prepare=False,
    )
    return [row[0] for row in rows]


def _met(conditions: Iterable[Condition]) -> Condition:
    """All of them together."""
    several = list(conditions)
    return Condition(
        " AND ".join(f"({each.sql})" for each in several),
        tuple(param for each in several for param in each.params),
    )


# --- before ---------------------------------------------------------------------------------


def _fitted(conditions: Sequence[Condition], span: Span) -> list[int]:
    """Entries with a new revision since that met the conditions before it."""
    first = reading.fetch_one(
        "SELECT made_at FROM kb_change WHERE sequence > %s ORDER BY sequence LIMIT 1", (span.after,)
    )
    if first is None:
        return []
    try:
        past = past_rows.of_lists(first[0])
    except past_rows.TooManyChanges:
        return []
    computed = Condition("p.html IS NULL AND p.entry_id = ANY(%s::bigint[])", (past.changed,))
    where = _met([computed, *conditions])
    sql = f"SELECT p.entry_id FROM kb_published p WHERE {where.sql}"
    before, params = past.tables_in(sql)
    rows = reading.fetch_all(f"{before} {sql}", (*params, *where.params), prepare=False)
    return [row[0] for row in rows]


_FORMER = (
    "SELECT e.id, e.kind, r.document FROM kb_entry e JOIN LATERAL (SELECT d.document, d.act"
    " FROM kb_revision d JOIN kb_change c ON c.revision_id = d.id"
    " WHERE d.entry_id = e.id AND c.sequence <= %s AND c.act <> 'redact'"
    " ORDER BY d.number DESC LIMIT 1) r ON true"
    " WHERE e.id = ANY(%s::bigint[]) AND r.document IS NOT NULL"
)
_WORDS = "to_tsvector('english', concat_ws(' ', f.names, f.summary, f.body))"


def _with_words(asked: Asked, entry_ids: Sequence[int], span: Span) -> list[int]:
    """Those of the entries whose documents had the words and phrases before."""
    if not entry_ids or len(entry_ids) > MOST_READ:
        return []
    rows = reading.fetch_all(_FORMER, (span.after, list(entry_ids)), prepare=False)
    texts = orjson.dumps([_texts(*row) for row in rows]).decode()
    phrase = f" AND {_WORDS} @@ %s::tsquery" if asked.phrase else ""
    found = reading.fetch_all(
        "SELECT f.entry_id FROM json_to_recordset(%s::json)"
        " AS f(entry_id bigint, names text, summary text, body text)"
        f" WHERE {_WORDS} @@ %s::tsquery{phrase}",
        (texts, asked.words, *([asked.phrase] if asked.phrase else [])),
        prepare=False,
    )
    return [row[0] for row in found]


def _texts(entry_id: int, kind: str, document: str) -> dict[str, object]:
    row = next(search_rows(kind_named(kind), orjson.loads(document), entry_id, ()))
    assert isinstance(row, SearchEntry)  # the first of them
    return {
        "entry_id": entry_id,
        "names": row.names,
        "summary": row.summary,
        "body": row.body,
    }
