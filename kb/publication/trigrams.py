"""The trigrams of names, by which names that are spelt alike find each other. Pure.

Source: PostgreSQL's module pg_trgm, whose way of padding words this follows: each word begins
with two blanks and ends with one. Trigrams are kept as numbers, in an array under a GIN index.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations, product
from math import inf
from typing import NamedTuple
from zlib import crc32

LONGEST = 200  # characters of a name that count
WORDS = 3  # of a name, the rarest, lead to others
SPOILT = 3  # trigrams of a word that one wrong letter spoils, side by side

Pair = tuple[int, int]


def trigrams(folded: str) -> list[int]:
    """The trigrams of a folded name (see `search_text.fold`): signed 32-bit numbers, sorted."""
    return sorted(set().union(*map(_of_word, folded[:LONGEST].split())))


class Leading(NamedTuple):
    """By how much of a name others are looked for.

    `alone`: how many of its rarest words may lead to others by themselves, if no more than the
    `share` of all names has their rarest trigram. `of_word`: trigrams of a word that are paired
    with those of others, 1 or 2. `within`: trigrams of a word that are paired with each other.
    `most`: how many times over all names may be looked at for it, by the rarer trigrams of pairs.
    """

    alone: int = 1
    share: float = 0.0001
    of_word: int = 2
    within: int = 6
    most: float = inf


FEWEST = 3  # pairs that are asked for however common their trigrams

USUAL = Leading()


def leading_pairs(folded: str, shares: Mapping[int, float], how: Leading = USUAL) -> list[Pair]:
    """The pairs of trigrams by which to look for names like this one.

    `shares`: trigram → share of all names that have it, 0 to 1, for the common ones; any other is
    rarer. Pairs join two of the rarest words, since trigrams of one word mostly come together; of
    each word two that no single wrong letter spoils at once. A name of one word leads by itself,
    and so do words that are rare enough.
    """
    words = sorted(
        map(_of_word, dict.fromkeys(folded[:LONGEST].split())),
        key=lambda numbers: (min(_share(n, shares) for n in numbers), -len(numbers)),
    )[:WORDS]
    spread = [_spread(numbers, shares)[: how.of_word] for numbers in words]
    pairs = {
        _sorted(pair) for one, other in combinations(spread, 2) for pair in product(one, other)
    }
    for numbers, (rarest, *_others) in zip(words[: how.alone], spread, strict=False):
        if len(words) == 1 or _share(rarest, shares) <= how.share:
            pairs.update(_within(numbers, shares, how.within))
    return sorted(_affordable(pairs, shares, how.most))


@lru_cache(maxsize=8192)
def _of_word(word: str) -> tuple[int, ...]:
    padded = f"  {word} "
    return tuple(_number(padded[place : place + 3]) for place in range(len(word) + 1))


def _number(text: str) -> int:
    unsigned = crc32(text.encode())
    return unsigned - (1 << 32) if unsigned >= 1 << 31 else unsigned


def _affordable(pairs: Iterable[Pair], shares: Mapping[int, float], most: float) -> Iterator[Pair]:
    """The pairs, those of rarer trigrams first, as far as `most` goes."""
    looked_at = 0.0
    by_cost = sorted(
        (min(_share(one, shares), _share(other, shares)), (one, other)) for one, other in pairs
    )
    for place, (cost, pair) in enumerate(by_cost):
        looked_at += cost
        if place >= FEWEST and looked_at > most:
            return
        yield pair


def _share(number: int, shares: Mapping[int, float]) -> float:
    return shares.get(number, 0.0)


def _spread(numbers: Sequence[int], shares: Mapping[int, float]) -> list[int]:
    """The rarest trigram of a word, and the rarest of those too far off to be spoilt with it."""
    first = min(range(len(numbers)), key=lambda place: _share(numbers[place], shares))
    far = [place for place in range(len(numbers)) if abs(place - first) >= SPOILT]
    second = min(far, key=lambda place: _share(numbers[place], shares), default=first)
    return [numbers[place] for place in dict.fromkeys((first, second))]


def _within(numbers: Sequence[int], shares: Mapping[int, float], most: int) -> Iterator[Pair]:
    """Pairs of the rarest trigrams of one word; a single one is paired with itself."""
    rarest = sorted(set(numbers), key=lambda number: (_share(number, shares), number))[:most]
    return map(_sorted, combinations(rarest, 2) if len(rarest) > 1 else [(rarest[0], rarest[0])])


def _sorted(pair: Pair) -> Pair:
    return (min(pair), max(pair))
