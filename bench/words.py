"""Which words are rare, and which stand in every third entry: what searches are classed by."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from random import Random

from snowballstemmer import stemmer

from bench.skeletons import JSON, roles, texts_in
from bench.vocabulary import FUNCTION_WORDS, WORD
from kb.kinds import kind_named

# Class of words → the share of entries that they stand in.
CLASSES: Mapping[str, tuple[float, float]] = {
    "rare": (0.00001, 0.0004),
    "medium": (0.004, 0.02),
    "common": (0.08, 0.25),
    "very common": (0.30, 1.0),
}
READ_FOR_PHRASES = 3_000  # documents

_stem = lru_cache(maxsize=None)(stemmer("english").stemWord)


@dataclass
class WordCount:
    """In how many entries each word stands, its inflected forms as one; tell it of each entry."""

    entries: int = 0
    _by_stem: Counter[str] = field(default_factory=Counter)
    _forms: dict[str, str] = field(default_factory=dict)
    _neighbours: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, document: JSON, words: Iterable[str]) -> None:
        """`words`: the different words of the entry, in lower case."""
        self.entries += 1
        stems = {_stem(word): word for word in words}
        self._by_stem.update(stems.keys())
        self._forms.update(stems)
        if self.entries <= READ_FOR_PHRASES:
            self._neighbours.update(_neighbours(document))

    def share(self, word: str) -> float:
        """The share of entries that `word` stands in."""
        return self._by_stem[_stem(word)] / self.entries

    def words_in(self, name: str, most: int = 40) -> list[str]:
        """Up to `most` words of a class, chosen at random but the same each time."""
        least_share, most_share = CLASSES[name]
        found = [
            self._forms[stem]
            for stem, count in sorted(self._by_stem.items())
            if least_share <= count / self.entries <= most_share and len(stem) > 1
        ]
        return Random(name).sample(found, min(most, len(found)))

    def pairs(self, most: int = 40) -> list[str]:
        """Two different common words that need not stand beside each other."""
        words, random = self.words_in("common", 1000), Random("pairs")
        possible = [f"{one} {other}" for one in words for other in words if one < other]
        return random.sample(possible, min(most, len(possible)))

    def phrases(self, most: int = 40) -> list[str]:
        """Two common words, in quotes, that often stand beside each other."""
        common = {_stem(word) for word in self.words_in("common", 1000)}
        found = [
            f'"{one} {other}"'
            for (one, other), _count in self._neighbours.most_common()
            if one != other and _stem(one) in common and _stem(other) in common
        ]
        return found[:most]

    def searches(self) -> dict[str, Sequence[str]]:
        """Class of searches → what to search for."""
        by_word = {name: self.words_in(name) for name in CLASSES}
        return {
            **by_word,
            "two common words": self.pairs(),
            "phrase of common words": self.phrases(),
        }


def _neighbours(document: JSON) -> Iterable[tuple[str, str]]:
    role = roles(kind_named(document["kind"]).schema)
    for names in (True, False):
        for text in texts_in(role, document, names=names):
            matches = list(WORD.finditer(text.lower()))
            for one, other in pairwise(matches):
                is_beside = text[one.end() : other.start()] == " "
                if is_beside and not FUNCTION_WORDS & {one[0], other[0]}:
                    yield one[0], other[0]
