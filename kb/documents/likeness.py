"""How alike two names are, word by word. Pure.

Names are folded: lower case, no accents, no punctuation, one blank between words. Letters alone
mislead: “republic of mali” and “republic of malawi” share nine tenths of them.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

# Words that say little: articles, prepositions, “and”, legal forms.
LIGHT = frozenset(
    {"a", "an", "and", "at", "by", "de", "des", "du", "for", "in", "la", "le", "of", "on", "the"}
    | {"to", "und", "with", "corp", "corporation", "gmbh", "inc", "incorporated", "limited", "llc"}
    | {"ltd", "pbc", "plc"}
)
LONGEST_ACRONYM = 6
LONG = 6  # letters of a word in which one wrong letter is a slip
VERY_LONG = 10  # letters of words of which two may have one
HOPELESS = 65.0  # of a hundred that letters alone give, below which words need no comparing
ACRONYM = 0.95  # how sure it is that letters stand for the words that begin with them


def likeness(one: str, other: str) -> float:
    """0.0 to 100.0, the same both ways.

    Words count by their length, whatever their order; a word and its misspelling count nearly in
    full, an acronym as the words that it stands for. Names with different numbers are not alike.
    """
    first, second = _read(one), _read(other)
    if not first.words or not second.words:
        return 0.0
    if first.joined == second.joined:
        return 100.0
    if first.numbers != second.numbers:
        return 0.0
    if fuzz.token_set_ratio(one, other, score_cutoff=HOPELESS) == 0.0:
        return 0.0
    return 100.0 * _matched(first.words, second.words) / (first.weight + second.weight)


class Difference(StrEnum):
    """How two names differ, from not at all to in more than a slip of the finger."""

    NONE = "none"  # the same words, whatever their order, and light ones apart
    SLIP = "slip"  # a letter of a long word
    MORE = "more"


def difference(one: str, other: str) -> Difference:
    """What tells two names apart.

    A letter of a short word may make another name of it (Mali, Bali); one of a long word rarely
    does. A name beside its own acronym is the same without it.
    """
    first, second = _read(one), _read(other)
    if first.joined and first.joined == second.joined:
        return Difference.NONE
    left, right = Counter(_without_acronym(first)), Counter(_without_acronym(second))
    alone, alone_there = sorted((left - right).elements()), sorted((right - left).elements())
    if not left or not right or len(alone) != len(alone_there):
        return Difference.MORE
    if not alone:
        return Difference.NONE
    pairs = list(zip(alone, alone_there, strict=True))
    shortest = LONG if len(pairs) == 1 else VERY_LONG
    is_slip = len(pairs) <= 2 and all(_is_slip(*pair, shortest) for pair in pairs)
    return Difference.SLIP if is_slip else Difference.MORE


def _without_acronym(name: "_Read") -> list[str]:
    """The telling words, without a first or last one that the others’ first letters make."""
    words = name.telling
    for acronym, others in ((words[-1:], words[:-1]), (words[:1], words[1:])):
        if len(others) > 1 and acronym == ["".join(word[0] for word in others)]:
            return others
    return words


def _is_slip(word: str, other: str, shortest: int) -> bool:
    is_word = not any(map(str.isdigit, word + other))
    is_long = max(len(word), len(other)) >= shortest
    return is_word and is_long and OSA.distance(word, other, score_cutoff=1) == 1


@dataclass(frozen=True, slots=True)
class _Read:
    """A name, read: its words, those that tell, with a digit, all in one, and what they weigh."""

    words: list[str]
    telling: list[str]
    numbers: list[str]
    joined: str
    weight: int


@lru_cache(maxsize=16_384)
def _read(name: str) -> _Read:
    words = name.split()
    numbers = sorted(word for word in words if any(map(str.isdigit, word)))
    telling = [word for word in words if word not in LIGHT]
    return _Read(words, telling, numbers, "".join(words), sum(map(_weight, words)))


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
