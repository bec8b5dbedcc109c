"""Full-text search over all active entries: found by words, ranked, counted, shown with passages.

Never everything is ranked: the most prominent thousand of the matches are. Totals and facets are
counted up to a bound, and estimated from a random sample above it. The parts: `questions` (what was
typed), `matching` (which entries), `passages` (where in their texts), `naming` (names alone).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson

from kb.filters import Condition
from kb.kinds import kind_named
from kb.publication import questions
from kb.publication.matching import (
    PHRASES_CHECKED,
    RANKED,
    Asked,
    Candidates,
    Count,
    asked_of,
    candidates_for,
    count_of,
    rank_among,
)
from kb.publication.naming import (
    Named,
    entries_named,
    near_keys,
    near_names,
    suggest,
)
from kb.publication.passages import Piece, passage
from kb.publication.past_rows import Past
from kb.publication.questions import Question, question_of
from kb.publication.search_text import texts_of
from kb.publication.tiers import reorder_search, search_built_last

__all__ = [
    "Found",
    "Named",
    "SearchResult",
    "near_keys",
    "near_names",
    "reorder_search",
    "search",
    "search_built_last",
    "suggest",
]

COUNTED_EXACTLY = 10_000  # matches; above, totals and facets are estimates

MORE_THAN_RANKED = (
    f"The {RANKED:,} most prominent matches are ranked and listed. Add a word or a filter to reach"
    " the others."
)
PHRASE_CHECKED_IN_PART = (
    f"The phrase was looked for in the {PHRASES_CHECKED:,} most prominent entries that have all its"
    " words. Add a word or a filter to reach the others."
)


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that was found. `summary`: its row in lists, as stored JSON bytes.

    `passage`: pieces of text, each with whether it is a match; empty where there is no text.
    """

    key: str
    kind: str
    name: str
    summary: bytes
    passage: list[Piece]
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of what was found.

    `facets`: facet → value → count, most frequent first. `next_offset`: where the next page begins,
    None on the last one. `notes`: sentences for the reader on what was searched, and how far.
    """

    items: list[Found] = field(default_factory=list)
    total: int = 0
    total_is_exact: bool = True
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    facets_are_exact: bool = True
    next_offset: int | None = None
    notes: list[str] = field(default_factory=list)
    did_you_mean: list[Named] = field(default_factory=list)


def search(
    q: str,
    kind: str | None = None,
    filters: Sequence[Condition] = (),
    *,
    facets: Sequence[str] = ("kind",),
    facet_filters: Mapping[str, Sequence[Condition]] | None = None,
    limit: int = 25,
    offset: int = 0,
    counted_exactly: int = COUNTED_EXACTLY,
    ranked: int = RANKED,
    past: Past | None = None,
) -> SearchResult:
    """Active entries with all words and phrases of `q`, best first.

    `q`: any text. `kind`: only entries of this kind. `filters`: conditions about the row `p`.
    `facets`: names of filters by term whose values are counted. `facet_filters`: for a facet, the
    conditions to count it under instead of `filters`: commonly all but its own. `ranked`: how many
    matches are ranked, and so the furthest that pages reach. `past`: of a moment that is asked for;
    what was in view then is ranked by how prominent it is today.
    """
    question = question_of(q)
    if not question.words:
        return SearchResult(notes=[questions.NO_WORDS])
    asked = asked_of(question, kind, filters, past)
    if asked is None:
        return SearchResult(notes=[questions.ONLY_STOP_WORDS])
    candidates = candidates_for(asked, ranked)
    scores = _scores(asked, candidates, question)
    count = count_of(asked, candidates, counted_exactly)
    counts = {
        name: count_of(other, candidates_for(other, ranked), counted_exactly)
        for name, other in _asked_elsewise(asked, kind, facet_filters or {}).items()
    }
    ordered = sorted(scores.items(), key=lambda each: (-each[1], each[0]))
    return SearchResult(
        items=_shown(asked, ordered[offset : offset + limit], question),
        total=max(count.total, len(ordered)),
        total_is_exact=count.is_exact,
        facets={name: _values(counts.get(name, count), name) for name in facets},
        facets_are_exact=all(counts.get(name, count).is_exact for name in facets),
        next_offset=offset + limit if offset + limit < len(ordered) else None,
        notes=_notes(question, asked, candidates),
        did_you_mean=[] if ordered or past else near_names(question.text, [kind] if kind else None),
    )


def _asked_elsewise(
    asked: Asked, kind: str | None, facet_filters: Mapping[str, Sequence[Condition]]
) -> dict[str, Asked]:
    """For each facet with filters of its own, the question under these; that of kinds, of any."""
    return {
        name: asked.filtered(None if name == "kind" else kind, filters)
        for name, filters in facet_filters.items()
    }


def _values(count: Count, facet: str) -> dict[str, int]:
    """Value → count of one facet, the most frequent first."""
    start = f"{facet}:"
    found = ((term, number) for term, number in count.terms.items() if term.startswith(start))
    ordered = sorted(found, key=lambda each: (-each[1], each[0]))
    return {term.removeprefix(start): number for term, number in ordered}


def _scores(asked: Asked, candidates: Candidates, question: Question) -> dict[int, float]:
    """The candidates with their scores, and entries of that very name however little prominent."""
    named = entries_named(question.text)
    scores = dict(candidates.ranks)
    if not candidates.is_complete and (missing := named.keys() - scores.keys()):
        scores |= rank_among(asked, missing)
    for entry_id, sign in named.items():
        if entry_id in scores:
            scores[entry_id] += sign
    return scores


def _notes(question: Question, asked: Asked, candidates: Candidates) -> list[str]:
    notes = [questions.SHORTENED] if question.is_shortened else []
    if not candidates.is_complete:
        notes.append(PHRASE_CHECKED_IN_PART if asked.phrase else MORE_THAN_RANKED)
    return notes


def _shown(asked: Asked, page: Sequence[tuple[int, float]], question: Question) -> list[Found]:
    """What is shown of these entries, in this order."""
    known = asked.past.condition if asked.past else Condition("true")
    rows = asked.fetch(
        "SELECT p.entry_id, p.key, p.kind, p.name, p.summary, r.document FROM kb_published p"
        " JOIN kb_revision r ON r.id = p.revision_id WHERE p.entry_id = ANY(%s::bigint[])"
        f" AND ({known.sql})",
        ([entry_id for entry_id, _score in page], *known.params),
        prepare=True,
    )
    stored = {row[0]: _Stored._make(row) for row in rows}
    return [
        Found(
            key=row.key,
            kind=row.kind,
            name=row.name,
            summary=bytes(row.summary),
            passage=_passage_of(row, question),
            score=score,
        )
        for entry_id, score in page
        if (row := stored.get(entry_id)) is not None
    ]


class _Stored(NamedTuple):
    """What is stored of an active entry. `document`: canonical JSON text."""

    entry_id: int
    key: str
    kind: str
    name: str
    summary: bytes
    document: str | None


def _passage_of(row: _Stored, question: Question) -> list[Piece]:
    schema = kind_named(row.kind).schema
    texts = texts_of(schema, orjson.loads(row.document or "{}"), schema.name_field)
    return passage((texts.summary, *texts.rest), question.words)
