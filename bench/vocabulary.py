"""Words for synthetic texts: those of the dataset, as often as Zipf has it, and a long rare tail.

Function words ("the", "of") are not drawn: they stay where the text that serves as a model has
them, so that a text keeps its share of words that search leaves out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from random import Random

WORD = re.compile(r"[A-Za-z]{2,}")
LONGEST = 16  # letters of a made word

# Those that PostgreSQL's English search leaves out, and a few more.
_FUNCTION_WORDS = (
    "a about above after again against all am among an and any are as at be because been before"
    " being below between both but by can could did do does doing down during each few for from"
    " further had has have having he her here hers herself him himself his how i if in into is it"
    " its itself just may me more most must my myself no nor not now of off on once only or other"
    " our ours ourselves out over own per same shall she should so some such than that the their"
    " theirs them themselves then there these they this those through to too under until up us"
    " very was we were what when where which while who whom why will with within without would"
    " you your yours yourself yourselves"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())


@dataclass(frozen=True)
class Pool:
    """Words in falling order of frequency, with their weights summed up, for `Random.choices`."""

    words: Sequence[str]
    cumulated: Sequence[float]

    def draw(self, random: Random, count: int) -> list[str]:
        return random.choices(self.words, cum_weights=self.cumulated, k=count)


def content_words(texts: Iterable[str]) -> Counter[str]:
    """How often each word that is no function word stands in `texts`, in lower case."""
    counted: Counter[str] = Counter()
    for text in texts:
        counted.update(word.lower() for word in WORD.findall(text))
    for word in FUNCTION_WORDS:
        counted.pop(word, None)
    return counted


def pool(counted: Counter[str], rare: Sequence[str], *, share_of_rare: float) -> Pool:
    """The words of `counted`, the one of rank r with weight 1/r, then the `rare` ones.

    `share_of_rare`: which part of all draws falls on those (0.0 to under 1.0).
    """
    ranked = sorted(counted, key=lambda word: (-counted[word], word))
    more = [word for word in rare if word not in counted]
    weights = [1 / rank for rank in range(1, len(ranked) + 1)]
    rare_weights = [1 / (len(ranked) + rank) for rank in range(1, len(more) + 1)]
    if more:
        scale = sum(weights) * share_of_rare / (1 - share_of_rare) / sum(rare_weights)
        rare_weights = [weight * scale for weight in rare_weights]
    return Pool([*ranked, *more], list(accumulate([*weights, *rare_weights])))


@lru_cache(maxsize=4)
def made_words(words: tuple[str, ...], count: int) -> list[str]:
    """Up to `count` words that do not exist: the beginning of one word and the end of another."""
    heads = list(dict.fromkeys(word[: (len(word) + 1) // 2] for word in words if len(word) > 4))
    ends = list(dict.fromkeys(word[len(word) // 2 :] for word in words if len(word) > 4))
    if not heads:
        return []
    random = Random("made words")
    pairs = zip(random.choices(heads, k=count), random.choices(ends, k=count), strict=True)
    made = dict.fromkeys(head + end for head, end in pairs)
    known = set(words)
    return [word for word in made if len(word) < LONGEST and word not in known]
