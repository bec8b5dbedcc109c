"""Finding entries by their names and aliases while one types, typing errors forgiven."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NotRequired, TypedDict

from rapidfuzz import fuzz

from kb.models.search import FRESH_TIER, TIERS
from kb.publication import reading
from kb.publication.search_text import LONGEST_NAME, fold
from kb.publication.spelling import nearest_words, spelling_keys

MOST_WORDS = 8
MOST_TYPED = 200  # characters
FROM_A_TIER = 40  # rows taken of each tier
BEGINNING_ALIKE = 100  # names that begin with what was typed, taken whatever their prominence
MOST_NEAR = 3_000  # words that share a spelling key
FRESH_WORDS = 20_000  # words of names that were published since the tiers were drawn
LEAST_ALIKE = 60.0  # per cent; a near match below it is none

_LAST = "\U0010ffff"
_ROW = "entry_id, text, folded, is_name, is_key, prominence"


class Named(TypedDict):
    """An entry found by a name. `matched`: the alias it was found by, where it was not the name."""

    key: str
    kind: str
    name: str
    matched: NotRequired[str]


@dataclass(frozen=True, slots=True)
class _NameRow:
    entry_id: int
    text: str
    folded: str
    is_name: bool
    is_key: bool
    prominence: float


Worth = Callable[[_NameRow], tuple[float, ...]]


def suggest(prefix: str, kinds: Sequence[str] | None = None, limit: int = 10) -> list[Named]:
    """Up to `limit` entries with a name in which every typed word begins a word.

    First the names that begin with what was typed, then by prominence. Where there are none, names
    whose words come close. `prefix`: any text.
    """
    typed = _typed(prefix)
    words = typed.split()
    if not words:
        return []
    found = [*_beginning_with(typed, kinds), *_walk(_all_begin(words), typed, kinds, limit)]
    if found:
        return _best(found, _worth_while_typing(typed), limit)
    return _best(_mended(words, kinds), _worth_misspelt(words), limit)


def near_names(text: str, kinds: Sequence[str] | None = None, limit: int = 3) -> list[Named]:
    """Entries whose names come close to `text`, typing errors forgiven, nearest first."""
    words = _typed(text).split()
    found = _mended(words, kinds)
    return _best(found, _worth_misspelt(words), limit)


def near_keys(key: str, limit: int = 5) -> list[Named]:
    """Active entries that somebody who wrote `key` may have meant, nearest first."""
    typed = _typed(key.replace("-", " "))
    words = typed.split()
    if not words:
        return []
    found = [*_walk(_all_begin(words), typed, None, limit), *_mended(words, None, len(words) // 2)]
    if not found:
        found = _walk(_any_alike(words), typed, None, limit)
    alike = [row for row in found if fuzz.ratio(typed, row.folded) >= LEAST_ALIKE] or found[:limit]
    return _best(alike, lambda row: (fuzz.ratio(typed, row.folded), row.prominence), limit)


def entries_named(typed: str) -> dict[int, float]:
    """Entries with a name that begins with these folded words → how good a sign that is.

    0.5 where the name goes on, 1.0 where it does not, and up to thrice that for prominent entries.
    """
    rows = reading.fetch_all(
        "SELECT entry_id, max((CASE WHEN folded = %s THEN 1.0 ELSE 0.5 END) * (1 + prominence / 4))"
        " FROM (SELECT entry_id, folded, prominence FROM kb_nameentry"
        f" WHERE folded >= %s AND folded < %s ORDER BY folded LIMIT {BEGINNING_ALIKE}) found"
        " GROUP BY entry_id",
        (typed, typed, typed + _LAST),
    )
    return {entry_id: sign for entry_id, sign in rows}  # noqa: C416 — types


def _typed(text: str) -> str:
    return " ".join(fold(text[:MOST_TYPED])[:LONGEST_NAME].split()[:MOST_WORDS])


# --- candidates ------------------------------------------------------------------------------


def _beginning_with(typed: str, kinds: Sequence[str] | None) -> list[_NameRow]:
    """Names that begin with what was typed; two letters begin too many to look at."""
    if len(typed) < 3:
        return []
    clause, params = _of_kinds(kinds)
    rows = reading.fetch_all(
        f"SELECT {_ROW} FROM kb_nameentry WHERE folded >= %s AND folded < %s{clause}"
        f" ORDER BY folded LIMIT {BEGINNING_ALIKE}",
        (typed, typed + _LAST, *params),
    )
    return [_NameRow(*row) for row in rows]


def _walk(words: str, typed: str, kinds: Sequence[str] | None, enough: int) -> list[_NameRow]:
    """Names that meet a tsquery, from the most prominent tiers until `enough` entries are found."""
    clause, params = _of_kinds(kinds)
    found: list[_NameRow] = []
    for tier in TIERS:
        rows = reading.fetch_all(
            f"SELECT {_ROW} FROM kb_nameentry WHERE tier = {tier} AND vector @@ %s::tsquery{clause}"
            " ORDER BY starts_with(folded, %s) DESC, prominence DESC"
            f" LIMIT {FROM_A_TIER}",
            (words, *params, typed),
        )
        found += [_NameRow(*row) for row in rows]
        if tier != FRESH_TIER and len({row.entry_id for row in found}) >= enough:
            break
    return found


def _of_kinds(kinds: Sequence[str] | None) -> tuple[str, list[list[str]]]:
    return (" AND kind = ANY(%s::varchar[])", [list(kinds)]) if kinds else ("", [])


def _all_begin(words: Iterable[str]) -> str:
    return " & ".join(f"'{word}':*" for word in words)


def _any_alike(words: Iterable[str]) -> str:
    return " | ".join(f"'{word}'" for word in words)


# --- misspelt words --------------------------------------------------------------------------


def _mended(words: Sequence[str], kinds: Sequence[str] | None, unknown: int = 0) -> list[_NameRow]:
    """Names with, for each word, one that begins with it or that it may be meant to be.

    `unknown`: how many words may be like nothing in any name.
    """
    if not words:
        return []
    fresh = _fresh_words()
    alternatives = [
        _alternatives(word, fresh, is_known=is_known) for word, is_known in _known(words)
    ]
    mended = [each for each in alternatives if each]
    if len(mended) < len(words) - unknown or not mended:
        return []
    query = " & ".join(f"({' | '.join(each)})" for each in mended)
    return _walk(query, " ".join(words), kinds, FROM_A_TIER)


def _known(words: Sequence[str]) -> list[tuple[str, bool]]:
    """Each word with whether a word of some name begins with it."""
    rows = reading.fetch_all(
        "SELECT word, EXISTS (SELECT 1 FROM kb_nameword n"
        " WHERE n.word >= w.word AND n.word < w.word || %s)"
        " FROM unnest(%s::text[]) WITH ORDINALITY w(word, place) ORDER BY place",
        (_LAST, list(words)),
    )
    return [(word, known) for word, known in rows]


def _alternatives(word: str, fresh: set[str], *, is_known: bool) -> list[str]:
    """The words that `word` may stand for, as parts of a tsquery."""
    near = nearest_words(word, fresh | _kept_near(word))
    itself = [f"'{word}':*"] if is_known or any(each.startswith(word) for each in fresh) else []
    return itself + [f"'{each}'" for each in near]


def _kept_near(word: str) -> set[str]:
    """Words of names that share a spelling key with this one: few."""
    rows = reading.fetch_all(
        f"SELECT word FROM kb_nameword WHERE spellings && %s::int[] LIMIT {MOST_NEAR}",
        (spelling_keys(word),),
    )
    return {row[0] for row in rows}


def _fresh_words() -> set[str]:
    """Words of names published since the tiers were drawn: they have no spelling keys yet."""
    rows = reading.fetch_all(
        "SELECT DISTINCT word FROM kb_nameentry, string_to_table(folded, ' ') AS word"
        f" WHERE tier = {FRESH_TIER} LIMIT {FRESH_WORDS}"
    )
    return {row[0] for row in rows}


# --- the best of them ------------------------------------------------------------------------


def _worth_while_typing(typed: str) -> Worth:
    def worth(row: _NameRow) -> tuple[float, ...]:
        return (
            row.folded == typed,
            row.folded.startswith(typed),
            row.prominence,
            -len(row.folded),
        )

    return worth


def _worth_misspelt(words: Sequence[str]) -> Worth:
    def worth(row: _NameRow) -> tuple[float, ...]:
        its_words = row.folded.split()
        alike = sum(max(_alike(word, each) for each in its_words) for word in words) / len(words)
        return (round(alike / 5), row.prominence, -len(row.folded))

    return worth


def _alike(word: str, other: str) -> float:
    return max(fuzz.ratio(word, other), fuzz.ratio(word, other[: len(word)]) - 5)


def _best(rows: Iterable[_NameRow], worth: Worth, limit: int) -> list[Named]:
    """The entries of the best rows, each once, with what is public of them."""
    best: dict[int, _NameRow] = {}
    for row in sorted(rows, key=lambda each: (worth(each), each.is_name), reverse=True):
        best.setdefault(row.entry_id, row)
    chosen = dict(list(best.items())[:limit])
    public = {
        entry_id: (key, kind, name)
        for entry_id, key, kind, name in reading.fetch_all(
            "SELECT entry_id, key, kind, name FROM kb_published WHERE entry_id = ANY(%s::bigint[])",
            (list(chosen),),
        )
    }
    return [
        _named(*public[entry_id], row) for entry_id, row in chosen.items() if entry_id in public
    ]


def _named(key: str, kind: str, name: str, row: _NameRow) -> Named:
    named = Named(key=key, kind=kind, name=name)
    if not row.is_name and not row.is_key:
        named["matched"] = row.text
    return named
