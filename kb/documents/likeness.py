"""How alike two names are, word by word. Pure.

Names are folded: lower case, no accents, no punctuation, one blank between words. Letters alone
mislead: “republic of mali” and “republic of malawi” share nine tenths of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

# Words that say little: articles, prepositions, “and”.
LIGHT = frozenset(
    {"a", "an", "and", "at", "by", "de", "des", "du", "for", "in", "la", "le", "of", "on", "the"}
    | {"to", "und", "with"}
)
LONGEST_ACRONYM = 6
HOPELESS = 65.0  # of a hundred that letters alone give, below which words need no comparing
ACRONYM = 0.95  # how sure it is that letters stand for the words that begin with them


def likeness(one: str, other: str) -> float:
    """0.0 to 100.0, the same both ways.

    Words count by their length, whatever their order; a word and its misspelling count nearly in
    full, an acronym as the words that it stands for. Names with different numbers are not alike.
    """
    first, second = _read(one), _read(other)
    if first.numbers != second.numbers or not first.words or not second.words:
        return 0.0
    if first.joined == second.joined:
        return 100.0
    if fuzz.token_set_ratio(one, other, score_cutoff=HOPELESS) == 0.0:
        return 0.0
    return 100.0 * _matched(first.words, second.words) / (first.weight + second.weight)


@dataclass(frozen=True, slots=True)
class _Read:
    """A name, read: its words, those with a digit sorted, all in one, and what they weigh."""

    words: list[str]
    numbers: list[str]
    joined: str
    weight: int


@lru_cache(maxsize=16_384)
def _read(name: str) -> _Read:
    words = name.split()
    numbers = sorted(word for word in words if any(map(str.isdigit, word)))
    return _Read(words, numbers, "".join(words), sum(map(_weight, words)))


def _weight(word: str) -> int:
    return 1 if word in LIGHT else len(word)


def _matched(words: Sequence[str], others: Sequence[str]) -> float:
    """The weight of words on both sides that have a partner on the other one."""
    left, right = Counter(words), Counter(others)
    same = left & right
    total = sum(2.0 * _weight(word) * times for word, times in same.items())
    alone = _in_order(words, left - right)
    alone_there = _in_order(others, right - left)
    total += _spelt_out(alone, alone_there) + _spelt_out(alone_there, alone)
    return total + _misspelt(alone, alone_there)


def _in_order(words: Sequence[str], kept: Counter[str]) -> list[str]:
    """The words of `kept` in the order in which they stand in a name."""
    remaining, ordered = Counter(kept), []
    for word in words:
        if remaining[word]:
            remaining[word] -= 1
            ordered.append(word)
    return ordered


def _spelt_out(short: list[str], long: list[str]) -> float:
    """The weight of acronyms in `short` and of the words in `long` that they stand for.

    Takes both out of the lists.
    """
    total = 0.0
    for acronym in [word for word in short if 2 <= len(word) <= LONGEST_ACRONYM]:
        initials = "".join(word[0] for word in long)
        place = initials.find(acronym)
        if place >= 0:
            meant = long[place : place + len(acronym)]
            total += ACRONYM * (_weight(acronym) + sum(map(_weight, meant)))
            short.remove(acronym)
            del long[place : place + len(acronym)]
    return total


def _misspelt(words: list[str], others: list[str]) -> float:
    """The weight of words that are one another but for a few letters, less for what is wrong."""
    total, free = 0.0, list(others)
    for word in sorted(words, key=len, reverse=True):
        nearest = min(free, key=lambda each: OSA.distance(word, each), default=None)
        if nearest is not None and (sureness := _sureness(word, nearest)):
            total += sureness * (_weight(word) + _weight(nearest))
            free.remove(nearest)
    return total


def _sureness(word: str, other: str) -> float:
    """0.0 when too many letters differ, or a digit."""
    length = min(len(word), len(other))
    most = 1 if length <= 5 else 2
    errors = OSA.distance(word, other, score_cutoff=most)
    is_beyond = errors > most or length < 3 or any(map(str.isdigit, word + other))
    return 0.0 if is_beyond else 1.0 - errors / (len(word) + len(other))
