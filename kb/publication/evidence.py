"""What speaks for an entry being the one that is meant: features, their score, and when it is sure.

Pure. The score is the weighted mean of those features that can be compared, 0 to 100, so whoever
disagrees with our weights can work it out with their own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kb.documents.likeness import Difference, difference, likeness

NAME, IDENTIFIER, VALUE = 6, 12, 1  # weights
SHORT, WEAK = 5, 10.0  # letters of a name that says little alone, and what it is worth less
PLAUSIBLE = 40.0  # likeness of names below which not even a right identifier makes it sure
LEAD = 5.0  # points by which a misspelt name must be ahead of the next one
LEAST = 50.0  # score below which an entry is no candidate


class Found(StrEnum):
    """By what an entry was found."""

    NAME = "name"
    ALIAS = "alias"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is to be recognised. All of it may be left out.

    `folded`: the name as `search_text.fold` makes it. `kinds`: of which it must be one (none: any).
    `identifiers`: register → ways to write its number there. `values`: filter by term → values of
    which it should have one ("country" → "DE").
    """

    name: str = ""
    folded: str = ""
    kinds: tuple[str, ...] = ()
    identifiers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    values: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NameOf:
    """A name by which an entry was found."""

    text: str
    folded: str
    found: Found = Found.NAME


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an active entry. `terms`: "filter:value", as in `Published.terms`."""

    entry_id: int
    key: str
    kind: str
    name: str
    prominence: float
    description: str
    terms: Sequence[str]
    identifiers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Feature:
    """Something that was compared. `score`: 0 to 100; `detail`: a sentence for readers."""

    id: str
    score: float
    weight: int
    detail: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that may be meant, and why. `differs`: its name from the one asked for."""

    facts: Facts
    features: tuple[Feature, ...]
    score: float
    differs: Difference = Difference.MORE
    is_identified: bool = False
    match: bool = False
    named: NameOf | None = None

    @property
    def is_contradicted(self) -> bool:
        """Whether something else than the name speaks against it."""
        return any(each.score == 0.0 for each in self.features if each.id != "name")


def name_score(asked: str, folded: str) -> float:
    """How alike two folded names are, 0 to 100; less where one is so short that it says little."""
    found = likeness(asked, folded)
    is_weak = found < 100.0 and min(len(asked), len(folded)) <= SHORT
    return max(0.0, found - WEAK) if is_weak else found


def candidate_of(question: Question, named: NameOf | None, facts: Facts) -> Candidate | None:
    """The entry with what speaks for and against it; None where too little speaks for it."""
    by_number = list(_identifiers(question, facts))
    features = (*_name(question, named), *by_number, *_values(question, facts))
    if not features:
        return None
    score = sum(f.score * f.weight for f in features) / sum(f.weight for f in features)
    if score < LEAST:
        return None
    is_identified = bool(by_number) and all(each.score for each in by_number)
    return Candidate(facts, features, score, _differs(question, named), is_identified, named=named)


def _differs(question: Question, named: NameOf | None) -> Difference:
    if named is None or not question.folded:
        return Difference.MORE
    return (
        Difference.NONE if named.found is Found.KEY else difference(question.folded, named.folded)
    )


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The likeliest first; of equally likely ones the more prominent."""
    ordered = sorted(
        candidates, key=lambda each: (-each.score, -each.facts.prominence, each.facts.key)
    )
    sure = sure_one(ordered)
    return [replace(each, match=True) if each is sure else each for each in ordered]


def sure_one(ordered: Sequence[Candidate]) -> Candidate | None:
    """The candidate that is certainly meant, None where a person had better look.

    It has the number that was asked for, alone, and a name that does not belie it. Without numbers:
    nothing else speaks against it, and it has the very name, which no other one has that is as
    likely; or a name with one slip of the finger, and no other comes near.

    `ordered`: all candidates, the likeliest first.
    """
    if not ordered:
        return None
    identified = [each for each in ordered if each.is_identified]
    if identified:
        alone = identified[0] if len(identified) == 1 else None
        return alone if alone and _is_plausible(alone) else None
    best, others = ordered[0], ordered[1:]
    if best.is_contradicted or best.differs is Difference.MORE:
        return None
    if best.differs is Difference.NONE:
        rivals = [o for o in others if o.differs is Difference.NONE and o.score >= best.score]
    else:
        rivals = [other for other in others if other.score > best.score - LEAD]
    return None if rivals else best


def _is_plausible(candidate: Candidate) -> bool:
    return all(each.score >= PLAUSIBLE for each in candidate.features if each.id == "name")


# --- features --------------------------------------------------------------------------------


def _name(question: Question, named: NameOf | None) -> Iterator[Feature]:
    if not question.folded:
        return
    if named is None:
        yield Feature("name", 0.0, NAME, f"“{_short(question.name)}” is none of its names.")
    elif named.found is Found.KEY:
        yield Feature("name", 100.0, NAME, f"“{_short(question.name)}” is its key.")
    else:
        score = name_score(question.folded, named.folded)
        which = f"the {named.found} “{named.text}”"
        how = "is" if score == 100.0 else "is like"
        yield Feature("name", score, NAME, f"“{_short(question.name)}” {how} {which}.")


def _identifiers(question: Question, facts: Facts) -> Iterator[Feature]:
    for register, written in question.identifiers.items():
        number = facts.identifiers.get(register)
        if number is None:
            continue
        if number in written:
            yield Feature(register, 100.0, IDENTIFIER, f"Its number in {register} is {number}.")
        else:
            detail = f"Its number in {register} is {number}, not {_short(written[0])}."
            yield Feature(register, 0.0, IDENTIFIER, detail)


def _values(question: Question, facts: Facts) -> Iterator[Feature]:
    for name, wanted in question.values.items():
        start = f"{name}:"
        its = [term.removeprefix(start) for term in facts.terms if term.startswith(start)]
        same = next((value for value in wanted if value in its), None)
        if same is not None:
            yield Feature(name, 100.0, VALUE, f"Its {name} is {same}.")
        elif its:
            found = ", ".join(its[:3])
            yield Feature(name, 0.0, VALUE, f"Its {name} is {found}, not {', '.join(wanted)}.")


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:80] + "…"
