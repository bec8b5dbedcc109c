"""Names of published entries that are spelt like others, found by the trigrams that they share.

Whoever asks gives all its names at once: candidates come in one query for many of them. How alike
they are is for the caller to say (`kb.documents.likeness`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from time import monotonic
from typing import NamedTuple

from django.db import connection

from kb.publication import reading
from kb.publication.trigrams import USUAL, Leading, leading_pairs, trigrams

NAMES_AT_ONCE = 200  # in one query
QUICKLY, THOROUGHLY = 5_000, 15_000  # names that are looked at for one, by one trigram
KEPT = 300.0  # seconds for which shares are kept
UNCOMMON, FEW = 0.001, 200  # share or number of names with a word that may lead by itself
MOST_OF_A_PAIR = 200  # names that are compared because they share the same two trigrams


class AskedName(NamedTuple):
    """A folded name whose like are asked for, among entries of one kind or (None) of any."""

    folded: str
    kind: str | None = None


class LikeName(NamedTuple):
    """A name of a published entry. `asked`: number of the name that it may be like."""

    asked: int
    entry_id: int
    text: str
    folded: str
    is_name: bool


class Shares(NamedTuple):
    """Trigram → share of names that have it, 0 to 1, for the common ones; and how many names."""

    of: Mapping[int, float]
    names: float

    @property
    def quick(self) -> Leading:
        """Names that share two words, or most of one."""
        return Leading(of_word=1, within=4, most=QUICKLY / self.names)

    @property
    def thorough(self) -> Leading:
        """Also names that share a single word, unless it is common."""
        share = max(UNCOMMON, FEW / self.names)
        return Leading(alone=3, share=share, most=THOROUGHLY / self.names)


def names_like(
    names: Sequence[AskedName], how: Leading = USUAL, shares: Shares | None = None
) -> Iterator[LikeName]:
    """Names that share rare trigrams with those asked for: those that are close, and others.

    `shares`: where they are known already (see `known_shares`).
    """
    known = shares or _shares_of({number for name in names for number in trigrams(name.folded)})
    for start in range(0, len(names), NAMES_AT_ONCE):
        part = names[start : start + NAMES_AT_ONCE]
        asked = [
            (start + place, name.kind, *pair)
            for place, name in enumerate(part)
            for pair in leading_pairs(name.folded, known.of, how)
        ]
        if asked:
            yield from _ask(asked)


# Planned once for all pairs: for each the index says which names have both trigrams. The limit
# bounds what a name of common words costs, and keeps the planner from joining by kind.
_ASK = f"""
SELECT DISTINCT pair.asked, t.entry_id, t.text, t.folded, t.is_name
  FROM unnest(%s::int[], %s::text[], %s::int[], %s::int[]) AS pair(asked, kind, one, other)
 CROSS JOIN LATERAL (
       SELECT entry_id, text, folded, is_name FROM kb_nametrigrams
        WHERE trigrams @> ARRAY[pair.one, pair.other] AND (pair.kind IS NULL OR kind = pair.kind)
        LIMIT {MOST_OF_A_PAIR}) t
"""


def _ask(asked: Sequence[tuple[int, str | None, int, int]]) -> list[LikeName]:
    """`asked`: number of the name, kind, and two trigrams that a name must have."""
    columns = [list(column) for column in zip(*asked, strict=True)]
    return [LikeName(*row) for row in reading.fetch_all(_ASK, columns)]


# The frequencies of elements end with their least, their greatest and that of null.
_SHARES = """
SELECT number, share::float8 FROM pg_stats, unnest(
       most_common_elems::text::int[], most_common_elem_freqs) AS known(number, share)
 WHERE schemaname = current_schema() AND tablename = 'kb_nametrigrams'
   AND attname = 'trigrams' AND (%s::int[] IS NULL OR number = ANY(%s::int[]))
UNION ALL
SELECT NULL, reltuples::float8 FROM pg_class WHERE oid = 'kb_nametrigrams'::regclass
"""


def _shares_of(numbers: Iterable[int] | None) -> Shares:
    """The shares of these trigrams, or of all, by the planner's statistics.

    They know the 10,000 commonest trigrams (see migration 0005): any other is very rare.
    """
    wanted = None if numbers is None else list(numbers)
    *shares, (_none, total) = reading.fetch_all(_SHARES, (wanted, wanted))
    return Shares(dict(shares), max(1.0, total))


_kept: dict[str, tuple[float, Shares]] = {}  # name of a database → when they were read, and they


def known_shares() -> Shares:
    """The shares of all trigrams as they lately were: how rare one is changes slowly."""
    name = str(connection.settings_dict["NAME"])
    read_at, shares = _kept.get(name, (0.0, None))
    if shares is None or monotonic() - read_at > KEPT:
        shares = _shares_of(None)
        _kept[name] = (monotonic(), shares)
    return shares
