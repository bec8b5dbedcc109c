"""The trigrams of names, by which names that are spelt alike find each other. Pure.

Source: PostgreSQL's module pg_trgm, whose way of padding words this follows: each word begins
with two blanks and ends with one. Trigrams are kept as numbers, in an array under a GIN index.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from zlib import crc32

LONGEST = 200  # characters of a name that count
CHOSEN = 6  # of a name's trigrams lead to others; a name that shares two of them is compared


def trigrams(folded: str) -> list[int]:
    """The trigrams of a folded name (see `search_text.fold`): signed 32-bit numbers, sorted."""
    words = folded[:LONGEST].split()
    return sorted({_number(text) for word in words for text in _of_word(word)})


def _of_word(word: str) -> Iterator[str]:
    padded = f"  {word} "
    return (padded[place : place + 3] for place in range(len(word) + 1))


def _number(text: str) -> int:
    unsigned = crc32(text.encode())
    return unsigned - (1 << 32) if unsigned >= 1 << 31 else unsigned


def leading_pairs(numbers: Iterable[int], shares: Mapping[int, float]) -> list[tuple[int, int]]:
    """The pairs of trigrams by which to look for names like this one: those of its rarest.

    `shares`: trigram → share of all names that have it, 0 to 1, for the common ones; any other is
    rarer. One letter wrong spoils three trigrams at most, so two of six are usually left. A name
    of a single trigram is paired with itself.
    """
    rarest = sorted(set(numbers), key=lambda number: (shares.get(number, 0.0), number))[:CHOSEN]
    return list(combinations(rarest, 2)) or [(number, number) for number in rarest]
