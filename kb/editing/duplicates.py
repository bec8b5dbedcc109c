"""Entries that may be one and the same: of like names, found by the trigrams that names share.

Whoever asks gives all its questions at once: candidates come in one query for many names, the
documents of those that are close enough in another.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db import connection

from kb.documents.findings import Finding
from kb.documents.inexact_dates import BadDate, InexactDate
from kb.documents.likeness import likeness
from kb.filters import standing_at
from kb.kinds import Kind
from kb.publication.like_names import AskedName, LikeName, names_like
from kb.publication.search_text import fold
from kb.publication.trigrams import leading_pairs, trigrams

CODE = "possible-duplicate"
CLOSE = 86.0  # from here on two names are close
APART = 8.0  # less for each value that tells two entries apart
SHORT, WEAK = 5, 10.0  # letters of a name that says little alone, and what it is worth less
MOST_TWINS = 3  # that are told of one entry

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Suspect:
    """An entry, published or not, whose twins are asked for. `names`: those that are compared."""

    key: str
    kind: Kind
    document: JSON
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """An entry that may be the same as a suspect. `score`: 0 to 100."""

    key: str
    mine: str
    theirs: str
    is_alias: bool
    score: float
    shared: tuple[str, ...]

    def sentence(self) -> str:
        """Why: “World Atlass” is close to the name “World Atlas” of atlas: 95 %; same genre."""
        which = "the alias" if self.is_alias else "the name"
        same = f"; same {' and '.join(self.shared)}" if self.shared else ""
        how = "is also" if self.mine == self.theirs else "is close to"
        named = which if self.mine == self.theirs else f"{which} “{self.theirs}”"
        return f"“{self.mine}” {how} {named} of {self.key}: {int(self.score)} %{same}"


def twins(suspects: Sequence[Suspect]) -> dict[str, list[Twin]]:
    """Key → published entries, and other suspects, that may be the same, the likeliest first."""
    questions = [(suspect, name, fold(name)) for suspect in suspects for name in suspect.names]
    close = list(_close(questions, _published_names(questions)))
    published = _documents({named.entry_id for _, named, _ in close})
    found: dict[str, dict[str, Twin]] = defaultdict(dict)
    for number, named, score in close:
        suspect, name, _folded = questions[number]
        key, document = published.get(named.entry_id, ("", {}))
        if key and key != suspect.key:
            _keep(found[suspect.key], _twin(suspect, name, key, document, named, score))
    for suspect, twin in _among(questions):
        _keep(found[suspect.key], twin)
    return {
        key: sorted(its.values(), key=lambda twin: (-twin.score, twin.key))[:MOST_TWINS]
        for key, its in found.items()
        if its
    }


def finding_of(document: JSON, twin: Twin) -> Finding:
    """The warning that names a twin."""
    remedy = "If it is the same, edit that entry instead, or merge the two; if not, say so here."
    return Finding.warning(document, (), CODE, f"{twin.sentence()}. {remedy}", other=twin.key)


def identity_of_pair(one: str, other: str) -> str:
    """By which it is dismissed that two entries are the same, whichever is asked first."""
    first, second = sorted((one, other))
    return Finding.warning({}, (), CODE, "", other=second).identity_in(first)


def _keep(its: dict[str, Twin], twin: Twin | None) -> None:
    """Of several likenesses with one entry the greatest."""
    if twin is not None and (twin.key not in its or its[twin.key].score < twin.score):
        its[twin.key] = twin


def _twin(
    suspect: Suspect, name: str, key: str, document: JSON, named: LikeName, score: float
) -> Twin | None:
    """None where what is known of the two tells them apart."""
    if _contradict(suspect.kind.identifiers(dict(suspect.document)), document, suspect.kind):
        return None
    score -= APART * _differences(suspect.kind, suspect.document, document)
    if score < CLOSE:
        return None
    shared = _shared(suspect.kind, suspect.document, document)
    return Twin(key, name, named.text, not named.is_name, score, shared)


def _contradict(numbers: Mapping[str, str], document: JSON, kind: Kind) -> bool:
    """Whether a register knows the two under different numbers."""
    others = kind.identifiers(dict(document))
    return any(others.get(register, number) != number for register, number in numbers.items())


def _differences(kind: Kind, one: JSON, other: JSON) -> int:
    """How many of the values that tell entries apart are there twice and differ."""
    pairs = ((standing_at(one, at), standing_at(other, at)) for at in kind.told_apart_by)
    return sum(a is not None and b is not None and _differ(a, b) for a, b in pairs)


def _differ(one: Any, other: Any) -> bool:
    """Two dates differ where no day can be meant by both."""
    try:
        first, second = InexactDate.parse(one), InexactDate.parse(other)
    except (BadDate, TypeError):
        return bool(one != other)
    return first.latest < second.earliest or second.latest < first.earliest


def _shared(kind: Kind, one: JSON, other: JSON) -> tuple[str, ...]:
    """What both have in common, as filters call it ("country"), where it is one value."""
    return tuple(
        each.label.lower()
        for each in kind.facets
        if isinstance(value := standing_at(one, each.path), str)
        and value == standing_at(other, each.path)
    )


# --- comparing names --------------------------------------------------------------------------

Question = tuple[Suspect, str, str]  # who asks, the name as written, and folded


def _close(
    questions: Sequence[Question], candidates: Iterable[LikeName]
) -> Iterator[tuple[int, LikeName, float]]:
    """(number of the question, name, score) for the names that are close."""
    for named in candidates:
        score = _score(questions[named.asked][2], named.folded)
        if score >= CLOSE:
            yield named.asked, named, score


def _score(one: str, other: str) -> float:
    return likeness(one, other) - (WEAK if min(len(one), len(other)) <= SHORT else 0.0)


def _among(questions: Sequence[Question]) -> Iterator[tuple[Suspect, Twin]]:
    """The twins that suspects have among themselves: new entries of one changeset."""
    by_trigram: dict[tuple[str, int], set[int]] = defaultdict(set)
    sets = [trigrams(folded) for _suspect, _name, folded in questions]
    for number, (suspect, _name, _folded) in enumerate(questions):
        for trigram in sets[number]:
            by_trigram[suspect.kind.name, trigram].add(number)
    for number, (suspect, name, folded) in enumerate(questions):
        kind = suspect.kind.name
        pairs = leading_pairs(folded, _shares(by_trigram, kind, sets[number]))
        alike = set().union(*(by_trigram[kind, a] & by_trigram[kind, b] for a, b in pairs))
        for other_number in alike:
            other, text, other_folded = questions[other_number]
            score = _score(folded, other_folded)
            if other.key != suspect.key and score >= CLOSE:
                is_name = text == other.kind.name_of(other.document)
                named = LikeName(number, 0, text, other_folded, is_name)
                twin = _twin(suspect, name, other.key, other.document, named, score)
                if twin is not None:
                    yield suspect, twin


def _shares(
    by_trigram: Mapping[tuple[str, int], set[int]], kind: str, numbers: Sequence[int]
) -> dict[int, float]:
    return {number: float(len(by_trigram[kind, number])) for number in numbers}


# --- asking the database ----------------------------------------------------------------------


def _published_names(questions: Sequence[Question]) -> Iterator[LikeName]:
    return names_like([AskedName(folded, who.kind.name) for who, _name, folded in questions])


def _documents(entry_ids: Iterable[int]) -> dict[int, tuple[str, JSON]]:
    """Entry id → (key, document) of active entries."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(
            "SELECT p.entry_id, p.key, r.document FROM kb_published p"
            " JOIN kb_revision r ON r.id = p.revision_id WHERE p.entry_id = ANY(%s)",
            [list(entry_ids)],
        )
        return {pk: (key, orjson.loads(text)) for pk, key, text in cursor.cursor.fetchall()}
