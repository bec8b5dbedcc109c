"""Which entries match a question, which of them are the candidates for ranking, and how many.

`kb_searchentry` is read tier by tier, the most prominent first. Only words and terms are looked up
in the index. What it cannot answer (phrases, other filters) is checked on a bounded number of rows.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.filters import Condition
from kb.models.search import FRESH_TIER, TIERS
from kb.publication import reading
from kb.publication.past_rows import Past
from kb.publication.questions import Question

RANKED = 1_000  # most prominent matches that are ranked
PHRASES_CHECKED = 1_500  # entries with all its words in which a phrase is looked for
FILTERS_CHECKED = 10_000  # entries with all words on which a filter is tried that is in no index
SAMPLE_CHECKED = 2_000  # entries of the sample on which such a filter is tried
SELECTIVE = 2_000  # entries; a filter that leaves no more is asked first, the words of those only
# How far an estimate may be off: one below this many times the bound is counted after all.
DOUBT = 1.25

# A word in a name counts most, then in a summary; many mentions count, but ever less. Between
# entries that answer alike, prominence decides.
_RANK = "ln(1 + ts_rank_cd('{0.0, 0.05, 0.4, 1.0}', vector, %s::tsquery)) * (1 + prominence / 4)"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the database takes it: texts of the type tsquery, and the rest as SQL.

    `words`: the stems of all words. `phrase`, `terms`: empty where there is none. `conditions`:
    filters about the row `p` that are not about terms. `among`: the only entries that they leave,
    where these are few; they need not be asked again then.
    """

    words: str
    phrase: str = ""
    terms: str = ""
    conditions: tuple[Condition, ...] = ()
    among: tuple[int, ...] | None = None
    past: Past | None = None

    @property
    def indexed(self) -> str:
        return f"({self.words}) & {self.terms}" if self.terms else self.words

    @property
    def checks(self) -> tuple[str, list[Any]]:
        """What rows found in the index must still meet, as SQL about the columns of the index."""
        clauses, params = [], []
        if self.phrase:
            clauses.append("vector @@ %s::tsquery")
            params.append(self.phrase)
        if self.conditions:
            met = " AND ".join(f"({condition.sql})" for condition in self.conditions)
            # OFFSET 0: asked of one row after the other, so that a LIMIT can stop it, and never
            # turned into a join with all that is published.
            clauses.append(
                "EXISTS (SELECT 1 FROM kb_published p"
                f" WHERE p.entry_id = m.entry_id AND {met} OFFSET 0)"
            )
            params += [param for condition in self.conditions for param in condition.params]
        return " AND ".join(clauses), params

    def filtered(self, kind: str | None, filters: Sequence[Condition]) -> "Asked":
        """The same words under other filters."""
        terms = [_term(f"kind:{kind}")] if kind else []
        terms += [text for each in filters if (text := _as_terms(each)) is not None]
        conditions = tuple(each for each in filters if _as_terms(each) is None)
        if conditions and self.past:
            conditions = (*conditions, self.past.condition)
        asked = replace(self, terms=" & ".join(terms), conditions=conditions, among=None)
        return replace(asked, among=_few_that_meet(asked)) if conditions else asked

    def fetch(self, sql: str, params: Sequence[Any], *, prepare: bool = False) -> list[reading.Row]:
        """The rows of a query, of what was published at the moment that is asked for."""
        if self.past is None:
            return reading.fetch_all(sql, params, prepare=prepare)
        return reading.fetch_all(*self.past.instead(sql, params), prepare=False)


def asked_of(
    question: Question,
    kind: str | None,
    filters: Sequence[Condition],
    past: Past | None = None,
) -> Asked | None:
    """The question in stems, under its filters; None where stop-words are all it has."""
    words, phrases = reading.fetch_row(
        "SELECT plainto_tsquery('english', %s)::text,"
        " array(SELECT phraseto_tsquery('english', phrase)::text FROM unnest(%s::text[]) phrase)",
        (question.text, list(question.phrases)),
    )
    if not words:
        return None
    of_several = [f"({phrase})" for phrase in phrases if "<" in phrase]
    return Asked(words, " & ".join(of_several), past=past).filtered(kind, filters)


def _as_terms(condition: Condition) -> str | None:
    """A filter by terms or kind as a part of a tsquery; None for any other filter."""
    match condition:
        case Condition(sql="p.terms && %s::varchar[]", params=([*terms],)):
            return _any_of(terms)
        case Condition(sql="NOT p.terms && %s::varchar[]", params=([*terms],)):
            return f"!{_any_of(terms)}"
        case Condition(sql="p.terms @> %s::varchar[]", params=([*terms],)):
            return " & ".join(map(_term, terms)) or None
        case Condition(sql="NOT p.terms @> %s::varchar[]", params=([*terms],)):
            return f"!({' & '.join(map(_term, terms))})" if terms else None
        case Condition(sql="p.kind = ANY(%s::varchar[])", params=([*kinds],)):
            return _any_of([f"kind:{kind}" for kind in kinds])
        case Condition(sql="p.kind = %s", params=(str() as kind,)):
            return _term(f"kind:{kind}")
        case _:
            return None


def _any_of(terms: Sequence[str]) -> str | None:
    return f"({' | '.join(map(_term, terms))})" if terms else None


def _term(term: str) -> str:
    """A term as one quoted word of a tsquery."""
    backslash, quote = "\\", "'"
    return f"'{term.replace(backslash, backslash * 2).replace(quote, quote * 2)}'"


def _few_that_meet(asked: Asked) -> tuple[int, ...] | None:
    """The entries that meet all its conditions, None where they are more than a few."""
    met = " AND ".join(f"({condition.sql})" for condition in asked.conditions)
    params = [param for condition in asked.conditions for param in condition.params]
    sql = f"SELECT p.entry_id FROM kb_published p WHERE {met} LIMIT {SELECTIVE + 1}"
    rows = asked.fetch(sql, params)
    return tuple(row[0] for row in rows) if len(rows) <= SELECTIVE else None


# --- candidates ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidates:
    """The matches that are ranked: entry → rank. `seen`: how many had the words and terms.

    `is_complete`: there are no other matches.
    """

    ranks: dict[int, float]
    seen: int
    is_complete: bool


def candidates_for(asked: Asked, ranked: int = RANKED) -> Candidates:
    """The most prominent `ranked` matches, as far as a bounded look finds them."""
    ranks: dict[int, float] = {}
    if asked.among is not None:
        ranks = rank_among(asked, asked.among)
        return Candidates(ranks, len(ranks), is_complete=True)
    seen, most = 0, _most_seen(asked, ranked)
    for tier in TIERS:
        number, found = _best_of_tier(asked, tier, most - seen, ranked - len(ranks))
        seen += number
        ranks |= found
        if seen >= most or len(ranks) >= ranked:
            return Candidates(ranks, seen, is_complete=False)
    return Candidates(ranks, seen, is_complete=True)


def _most_seen(asked: Asked, ranked: int) -> int:
    if asked.phrase:
        return PHRASES_CHECKED
    return FILTERS_CHECKED if asked.conditions else ranked


def _best_of_tier(
    asked: Asked, tier: int, most_seen: int, most: int
) -> tuple[int, dict[int, float]]:
    """How many rows of the tier were seen, and the ranks of those that match."""
    checks, params = asked.checks
    seen = (
        "SELECT entry_id, prominence, vector FROM kb_searchentry"
        f" WHERE tier = {tier} AND vector @@ %s::tsquery ORDER BY prominence DESC LIMIT %s"
    )
    if not checks:
        sql = f"SELECT entry_id, {_RANK} FROM ({seen}) m"
        rows = asked.fetch(sql, (asked.words, asked.indexed, most), prepare=True)
        return len(rows), _ranks(rows)
    sql = (
        f"WITH m AS MATERIALIZED ({seen}), passed AS MATERIALIZED ("
        f"SELECT * FROM m WHERE {checks} LIMIT %s)"
        f" SELECT entry_id, {_RANK} FROM passed"
        " UNION ALL SELECT NULL, count(*) FROM m"
    )
    values = (asked.indexed, most_seen, *params, most, asked.words)
    *rows, (_none, number) = asked.fetch(sql, values)
    return int(number), _ranks(rows)


def _ranks(rows: Iterable[reading.Row]) -> dict[int, float]:
    return {entry_id: rank for entry_id, rank in rows}  # noqa: C416 — types


def rank_among(asked: Asked, entry_ids: Iterable[int]) -> dict[int, float]:
    """The ranks of those of these entries that match."""
    checks, params = asked.checks
    if asked.among is not None and asked.conditions:
        checks, params = replace(asked, conditions=()).checks
    sql = (
        f"SELECT entry_id, {_RANK} FROM kb_searchentry m WHERE entry_id = ANY(%s::bigint[])"
        f" AND vector @@ %s::tsquery{' AND ' + checks if checks else ''}"
    )
    values = (asked.words, list(entry_ids), asked.indexed, *params)
    return _ranks(asked.fetch(sql, values))


# --- counting --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Count:
    """How many entries match, and how many of them carry each term."""

    total: int
    terms: dict[str, int]
    is_exact: bool

    def times(self, factor: float) -> "Count":
        """An estimate from a part: every number is `factor` times as high, and round."""
        terms = {term: _rounded(number * factor) for term, number in self.terms.items()}
        return Count(_rounded(self.total * factor), terms, is_exact=False)

    def plus(self, other: "Count") -> "Count":
        terms = Counter(self.terms) + Counter(other.terms)
        is_exact = self.is_exact and other.is_exact
        return Count(self.total + other.total, dict(terms), is_exact)


def _rounded(number: float) -> int:
    """To two digits, as befits an estimate."""
    return int(float(f"{number:.2g}"))


def count_of(asked: Asked, candidates: Candidates, bound: int) -> Count:
    """Exact where no more than `bound` entries have the words and terms, else an estimate."""
    if asked.among is not None or (asked.phrase and candidates.is_complete):
        return _tally_among(asked, candidates.ranks)
    if asked.phrase:
        words_alone = count_of(replace(asked, phrase="", conditions=()), candidates, bound)
        share = words_alone.total / max(candidates.seen, 1)
        return _tally_among(asked, candidates.ranks).times(share)
    if not candidates.is_complete and (estimate := _estimate(asked, bound * DOUBT)) is not None:
        return estimate
    counted = _tally(asked, TIERS, bound + 1)
    if counted.total <= bound:
        return counted
    estimate = _estimate(asked, 0)
    return estimate if estimate and estimate.total > bound else replace(counted, is_exact=False)


def _estimate(asked: Asked, least: float) -> Count | None:
    """The count scaled up from the sample, None where that would be below `least`."""
    order = reading.fetch_one("SELECT entries, sampled FROM kb_searchorder")
    if order is None or not order[1]:
        return None
    factor = order[0] / order[1]
    words_alone = replace(asked, conditions=())
    in_sample = _tally_sample(words_alone)
    if in_sample.total * factor < least:
        return None
    if asked.conditions:
        step = 1 + in_sample.total // SAMPLE_CHECKED
        in_sample, factor = _tally_sample(asked, step), factor * step
    fresh = _tally(asked, (FRESH_TIER,), FILTERS_CHECKED)
    return in_sample.times(factor).plus(fresh)


def _tally_sample(asked: Asked, step: int = 1) -> Count:
    """The count in the sample, or in one of `step` parts of it."""
    where = f"is_sampled AND tier <> {FRESH_TIER}"
    part = f"{where} AND mod(entry_id, {step}) = 0" if step > 1 else where
    return _tallied(asked, *_matching(asked, part))


def _tally(asked: Asked, tiers: Sequence[int], most: int) -> Count:
    parts = [_matching(asked, f"tier = {tier}") for tier in tiers]
    sql = " UNION ALL ".join(part for part, _params in parts)
    params = [param for _part, its_params in parts for param in its_params]
    return _tallied(asked, f"{sql} LIMIT %s", [*params, most])


def _tally_among(asked: Asked, entry_ids: Iterable[int]) -> Count:
    rows = "SELECT terms FROM kb_searchentry WHERE entry_id = ANY(%s::bigint[])"
    return _tallied(asked, rows, [list(entry_ids)])


def _matching(asked: Asked, where: str) -> tuple[str, list[Any]]:
    checks, params = asked.checks
    sql = f"SELECT terms FROM kb_searchentry m WHERE {where} AND vector @@ %s::tsquery"
    return f"{sql}{' AND ' + checks if checks else ''}", [asked.indexed, *params]


def _tallied(asked: Asked, rows: str, params: Sequence[Any]) -> Count:
    """Counted here rather than there: a hash table over a split string is ten times as fast."""
    sql = rf"SELECT count(*), string_agg(terms, E'\n') FROM ({rows}) found"
    ((total, terms),) = asked.fetch(sql, params)
    return Count(total, dict(Counter(terms.split("\n"))) if terms else {}, is_exact=True)
