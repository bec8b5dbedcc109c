"""Which lines of the feed of changes concern what somebody follows, from one line to another.

Only entries with such a line are looked at. One concerns a list when it fits now, or did before the
first of these lines: what left it, was retracted or merged is told as well, unless so much was
published meanwhile that what was before would take too long to compute (`past_rows.MOST_LISTED`).
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from kb.filters import Condition
from kb.publication import past_rows, reading
from kb.publication.matching import asked_of, candidates_for
from kb.publication.past_rows import Past, TooManyChanges
from kb.publication.questions import question_of

MOST = 1_000  # lines that are told apart for one thing


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
    where = _met([*conditions, span.changed])
    sql = "SELECT p.entry_id FROM kb_published p WHERE"
    rows = reading.fetch_all(f"{sql} {where.sql}", where.params, prepare=False)
    for past in _before(past_rows.of_lists, span):
        where = _met([*conditions, _changed_since(past), past.condition])
        rows += reading.fetch_all(*past.instead(f"{sql} {where.sql}", where.params), prepare=False)
    return _lines_of({row[0] for row in rows}, span)


def found_by(q: str, conditions: Sequence[Condition], span: Span) -> list[int]:
    """Lines of entries with all words of `q`, under conditions about the row `p`."""
    question = question_of(q)
    if not question.words:
        return []
    asked = [asked_of(question, None, [*conditions, span.changed])]
    asked += [
        asked_of(question, None, [*conditions, _changed_since(past)], past)
        for past in _before(past_rows.of_search, span)
    ]
    return _lines_of({pk for each in asked if each for pk in candidates_for(each).ranks}, span)


def _changed_since(past: Past) -> Condition:
    """By number, so that no entry is read that is the same today."""
    return Condition("p.entry_id = ANY(%s::bigint[])", (list(past.changed),))


def _before(of: Callable[[datetime], Past], span: Span) -> list[Past]:
    """What was published before the first of the lines; nothing when too much was since."""
    sql = "SELECT made_at FROM kb_change WHERE sequence > %s ORDER BY sequence LIMIT 1"
    first = reading.fetch_one(sql, (span.after,))
    try:
        return [of(first[0])] if first else []
    except TooManyChanges:
        return []


def _lines_of(entry_ids: Iterable[int], span: Span) -> list[int]:
    return _lines(Condition("c.entry_id = ANY(%s::bigint[])", (list(entry_ids),)), span)


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
