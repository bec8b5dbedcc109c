"""Misspelt words of names, mended. Pure.

A word and its misspelling usually share something if one letter of each, or of their beginnings,
is left out: "saftey" without its t and "safety" without its t are both "safey". So each word is
kept under such remains, as numbers in an integer array, and those of a misspelt word lead to a few
candidates, which are then compared letter by letter. Trigrams would lead to thousands.
"""

from collections.abc import Iterable
from zlib import crc32

from rapidfuzz.distance import OSA

SHORTEST, LONGEST = 4, 8  # letters of the beginnings that are kept
SHORTEST_MENDED = 3  # a shorter word is anything


def spelling_keys(word: str) -> list[int]:
    """The keys (signed 32-bit numbers, sorted) under which `word` and its misspellings meet."""
    remains = {word[:LONGEST]}
    for length in range(SHORTEST, min(len(word), LONGEST) + 1):
        start = word[:length]
        remains.add(start)
        remains.update(start[:place] + start[place + 1 :] for place in range(length))
    return sorted(_number(text) for text in remains)


def _number(text: str) -> int:
    unsigned = crc32(text.encode())
    return unsigned - (1 << 32) if unsigned >= 1 << 31 else unsigned


def most_errors(word: str) -> int:
    """How many letters may be wrong, missing, superfluous or swapped in a word of this length."""
    return 1 if len(word) <= 5 else 2 if len(word) <= 9 else 3


def nearest_words(word: str, candidates: Iterable[str], limit: int = 6) -> list[str]:
    """Those of `candidates` that `word` may be meant to be, or to begin, nearest first."""
    if len(word) < SHORTEST_MENDED:
        return []
    bound = most_errors(word)
    scored = (
        (errors, OSA.distance(word, each), each)
        for each in candidates
        if (errors := _errors(word, each, bound)) <= bound
    )
    return [each for _errors, _distance, each in sorted(scored)[:limit]]


def _errors(word: str, meant: str, bound: int) -> int:
    """Errors in `word` if it is meant to be `meant` or its beginning; above `bound` when more."""
    ends = {len(meant), *(len(word) + more for more in (-1, 0, 1))}
    return min(
        OSA.distance(word, meant[:end], score_cutoff=bound) for end in ends if end <= len(meant)
    )
