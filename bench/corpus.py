"""Synthetic entries like the real ones: the same mix of kinds, sizes, links, terms and dates.

Each is made after a real document, with other names, texts, keys and dates. Which document serves
as a model and what the key is follow from the seed and the number of the entry alone, so that
references can lead to entries that are not made yet.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random

from bench.skeletons import JSON, Make, Making, maker, roles, texts_in
from bench.vocabulary import Pool, content_words, made_words, pool
from kb.documents.schema import references
from kb.kinds import kind_named

SHARE_OF_REAL = 0.25  # of references lead to real entries, the more the more lead there already
SKEW = 2.5  # of the others: half of them lead to a quarter of the synthetic entries
LATEST_YEARS = 12  # dates are up to so many years before those of the real document
RARE_WORDS = 200_000
SHARE_OF_RARE_WORDS = 0.06
SHARE_OF_RARE_NAMES = 0.3
KEY_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST_NUMBER = 36**3  # so that every key ends in at least four digits
BUFFER = 4096  # words drawn at once


class Corpus:
    """`size` synthetic entries after `real` documents (valid ones, with ids).

    Iterating gives (document, words drawn for it, in lower case).
    """

    def __init__(self, real: Sequence[JSON], size: int, seed: int = 1):
        self.size, self.seed = size, seed
        self._models = [_Model(document) for document in real]
        self._kinds: dict[str, str] = {document["key"]: document["kind"] for document in real}
        self._real = _real_targets(real)
        self._numbers = self._numbers_of_kinds()
        self._words, self._names = _pools(real)
        self._key_words = [word for word in self._words.words[:2000] if len(word) > 3]

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[tuple[JSON, set[str]]]:
        random = Random(f"{self.seed} {self.size}")
        words = _endless(self._words, random)
        names = {kind: _endless(each, random) for kind, each in self._names.items()}
        for number in range(self.size):
            model = self._model_of(number)
            making = Making(
                key=self.key_of(number),
                word=words.__next__,
                name_word=names[model.kind].__next__,
                other_key=_Redirection(self, number, random).other_key,
                years=random.randrange(LATEST_YEARS + 1),
            )
            yield model.make(making), making.words

    def key_of(self, number: int) -> str:
        """The key of entry `number`: two words and the number."""
        mixed = _mixed(self.seed, number)
        count = len(self._key_words)
        first, second = self._key_words[mixed % count], self._key_words[mixed // count % count]
        key = f"{first}-{second}-{_in_base_36(number + FIRST_NUMBER)}"
        if key in self._kinds:
            raise ValueError(f"a real entry is called {key} too: choose another seed")
        return key

    def kind_of_key(self, key: str) -> str:
        """The kind of a real entry."""
        return self._kinds[key]

    def target(self, kind: str, random: Random) -> str:
        """The key of an entry of `kind` for a reference to lead to."""
        numbers = self._numbers[kind]
        if not numbers or random.random() < SHARE_OF_REAL:
            return self._real[kind].draw(random, 1)[0]
        return self.key_of(numbers[int(len(numbers) * random.random() ** SKEW)])

    def _model_of(self, number: int) -> "_Model":
        return self._models[_mixed(self.seed + 1, number) % len(self._models)]

    def _numbers_of_kinds(self) -> Mapping[str, "array[int]"]:
        numbers: dict[str, array[int]] = defaultdict(lambda: array("l"))
        for number in range(self.size):
            numbers[self._model_of(number).kind].append(number)
        return numbers


class _Model:
    """A real document, ready to make others like it."""

    def __init__(self, document: JSON):
        self.kind: str = document["kind"]
        self.make: Make = maker(roles(kind_named(self.kind).schema), document)


class _Redirection:
    """Where the references of one document lead: equal keys to equal ones, others to others."""

    def __init__(self, corpus: Corpus, number: int, random: Random):
        self._corpus, self._random = corpus, random
        self._chosen: dict[str, str] = {}
        self._taken = {corpus.key_of(number)}

    def other_key(self, key: str) -> str:
        chosen = self._chosen.get(key)
        while chosen is None:
            target = self._corpus.target(self._corpus.kind_of_key(key), self._random)
            if target not in self._taken:
                self._taken.add(target)
                chosen = self._chosen[key] = target
        return chosen


def _real_targets(real: Sequence[JSON]) -> Mapping[str, Pool]:
    """Kind → its real keys, weighted by how many places lead to each."""
    named: Counter[str] = Counter()
    for document in real:
        schema = kind_named(document["kind"]).schema
        named.update({mention.key for mention in references(schema, document)})
    keys: dict[str, list[str]] = defaultdict(list)
    for document in real:
        keys[document["kind"]].append(document["key"])
    return {
        kind: Pool(each, list(accumulate(named[key] + 0.5 for key in each)))
        for kind, each in keys.items()
    }


def _pools(real: Sequence[JSON]) -> tuple[Pool, Mapping[str, Pool]]:
    """Words for texts, and for each kind words for names."""
    texts: list[str] = []
    names: dict[str, list[str]] = defaultdict(list)
    for document in real:
        role = roles(kind_named(document["kind"]).schema)
        texts += texts_in(role, document, names=False)
        names[document["kind"]] += texts_in(role, document, names=True)
    counted = content_words(texts)
    rare = made_words(tuple(sorted(counted)), RARE_WORDS)
    return pool(counted, rare, share_of_rare=SHARE_OF_RARE_WORDS), {
        kind: pool(content_words(each), rare, share_of_rare=SHARE_OF_RARE_NAMES)
        for kind, each in names.items()
    }


def _endless(drawn_from: Pool, random: Random) -> Iterator[str]:
    while True:
        yield from drawn_from.draw(random, BUFFER)


def _mixed(seed: int, number: int) -> int:
    """A number in which every bit depends on all bits of both. Source: Vigna's SplitMix64."""
    mask = 2**64 - 1
    z = (seed * 0x9E3779B97F4A7C15 + (number + 1) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
    return z ^ (z >> 31)


def _in_base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = KEY_DIGITS[digit] + digits
    return digits
