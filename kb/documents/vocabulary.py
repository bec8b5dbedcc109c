"""Controlled vocabularies: the terms that a field may take, with what each of them means."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

NEAR = 0.6  # share of letters in common from which a slip of the pen is likely


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a vocabulary. `source` says where its definition comes from."""

    value: str
    label: str
    definition: str
    source: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of terms, in the order in which pages show them.

    `name` is its address ("link-relations"); `source` a work that the whole list follows.
    Raises ValueError when two terms have the same value.
    """

    name: str
    label: str
    definition: str
    terms: tuple[Term, ...]
    source: str | None = None
    values: tuple[str, ...] = field(init=False, repr=False)
    _by_value: dict[str, Term] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_value = {term.value: term for term in self.terms}
        if len(by_value) != len(self.terms):
            raise ValueError(f"vocabulary {self.name}: two terms have the same value")
        object.__setattr__(self, "values", tuple(by_value))
        object.__setattr__(self, "_by_value", by_value)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __len__(self) -> int:
        return len(self.terms)

    def __contains__(self, value: object) -> bool:
        return value in self._by_value

    def __getitem__(self, value: str) -> Term:
        """The term with this value. Raises KeyError."""
        return self._by_value[value]

    def label_of(self, value: str) -> str:
        """The label of a term; a value that is no term (any more) is its own label."""
        term = self._by_value.get(value)
        return term.label if term else value


def nearest(value: str, choices: Iterable[str]) -> str | None:
    """The choice that `value` was most likely meant to be, None when none is close.

    Case, underscores, spaces and hyphens do not count. Of equally near ones the first.
    """
    written = _plain(value)[:100]
    best, best_score = None, NEAR
    for choice in choices:
        score = _likeness(written, _plain(choice))
        if score > best_score or (score == best_score and best is None):
            best, best_score = choice, score
    return best


def _plain(text: str) -> str:
    return text.strip().casefold().replace("_", "-").replace(" ", "-")


def _likeness(written: str, choice: str) -> float:
    """0.0 to 1.0. A beginning or an ending of at least four letters counts as near."""
    if len(written) >= 4 and (choice.startswith(written) or choice.endswith(written)):
        return 0.9 + 0.1 * len(written) / len(choice)
    return SequenceMatcher(None, written, choice, autojunk=False).ratio()
