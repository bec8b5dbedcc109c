"""Common ground as pages and the API show it: who was asked for, what was found, what was said."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import orjson

from governance.analyses.common_ground import (
    VERDICTS,
    Compared,
    Count,
    Judged,
    Side,
    Stance,
    Verdict,
    Voice,
    compared,
)
from governance.analyses.judging import Flags, Heard, Judgements, judged, over_time
from governance.analyses.sayings import (
    Everything,
    Subject,
    affiliations_of,
    everything,
    sayings_of,
)
from governance.analyses.sides import ON, SIDE, NamedSide, actors_of, named_sides
from governance.directions import Direction, Saying
from governance.vocabularies import FUNCTIONS, TOPICS
from kb.documents.vocabulary import Vocabulary
from kb.filters import Parameter, Values
from kb.parameters import one_of

JSON = dict[str, Any]


def _terms(name: str, about: str, vocabulary: Vocabulary) -> Parameter:
    schema = {"type": "string", "enum": list(vocabulary.values)}
    return Parameter(name, about, schema, repeat=True)


VERDICT = Parameter(
    "verdict",
    "Only what the sides agree on, what is contested, or where one of them is silent.",
    {"type": "string", "enum": list(VERDICTS)},
)
KIND = Parameter(
    "kind", "Only these.", {"type": "string", "enum": ["proposal", "instrument"]}, repeat=True
)
SUBJECT = Parameter(
    "subject",
    "Only these proposals and instruments.",
    {"type": "string", "pattern": "^[a-z0-9-]{2,80}$", "x-entry": ["proposal", "instrument"]},
    repeat=True,
)
PARAMETERS = (
    SIDE,
    SUBJECT,
    _terms("topic", "Only proposals and instruments on any of these topics.", TOPICS),
    _terms("function", "Only proposals of bodies with any of these functions.", FUNCTIONS),
    KIND,
    VERDICT,
    ON,
)


class Asked(NamedTuple):
    """What is compared. Empty `topics`, `functions`, `kinds` and `keys` (of subjects): any."""

    sides: tuple[NamedSide, ...]
    topics: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    verdict: Verdict | None = None
    on: date | None = None
    keys: tuple[str, ...] = ()

    @classmethod
    def of(cls, values: Values) -> "Asked":
        """As the parameters say, each of which is of the right form. Raises WrongParameters."""
        day = one_of(values, "on")
        verdict = one_of(values, "verdict")
        return cls(
            tuple(named_sides(values["side"])),
            tuple(values.get("topic", ())),
            tuple(values.get("function", ())),
            tuple(values.get("kind", ())),
            next((each for each in VERDICTS if each == verdict), None),
            date.fromisoformat(day) if day else None,
            tuple(values.get("subject", ())),
        )


Fits = Callable[[Subject], bool]


@dataclass(frozen=True)
class CommonGround:
    """What was found. `everything`: on any subject; the rest is narrowed to what was asked for."""

    asked: Asked
    sides: Sequence[Side]
    everything: Judgements
    known: Everything
    heard: Heard

    @cached_property
    def found(self) -> Judgements:
        """Agreed first, then contested, then silent; the newest first in each."""
        return self._kept(self._of_topics, self._of_functions)

    @cached_property
    def listed(self) -> Judgements:
        """Those with the verdict that was asked for."""
        verdict = self.asked.verdict
        return self.found.of(verdict) if verdict else self.found

    @cached_property
    def count(self) -> Count:
        return self.found.counted()

    @cached_property
    def agreed_on(self) -> dict[Direction, int]:
        return self.found.agreed_on()

    @cached_property
    def by_topic(self) -> dict[str, Count]:
        """What choosing another topic would give."""
        return self._kept(self._of_functions).grouped(self.known.topics)

    @cached_property
    def by_function(self) -> dict[str, Count]:
        """What choosing another function would give. Functions are said of proposals alone."""
        kept = self._kept(self._of_topics).about(self.known.is_proposal)
        return kept.grouped(self.known.functions)

    @cached_property
    def by_year(self) -> dict[int, Count]:
        heard = self.heard
        if not self._is_whole:
            heard = heard.about(self._that_fit(self._of_topics, self._of_functions))
        return over_time(heard, self.asked.on)

    def place(self, each: Judged) -> tuple[int, int, str]:
        """Where it stands in the order."""
        newest = each.newest.toordinal()
        return VERDICTS.index(each.verdict), -newest, self.subjects[each.subject].key

    @property
    def subjects(self) -> Mapping[int, Subject]:
        return self.known.subjects

    def _kept(self, *fits: Fits) -> Judgements:
        if self._is_whole:
            return self.everything
        return self.everything.about(self._that_fit(*fits))

    def _that_fit(self, *fits: Fits) -> Flags:
        """For each place of a subject whether it was chosen and fits."""
        its = (self._chosen, *fits)
        kept = [all(fit(subject) for fit in its) for subject in self.subjects.values()]
        return np.array(kept, np.bool_)

    @property
    def _is_whole(self) -> bool:
        """Whether nothing narrows the subjects."""
        asked = self.asked
        return not (asked.kinds or asked.keys or asked.topics or asked.functions)

    def _of_topics(self, subject: Subject) -> bool:
        return _meet(self.asked.topics, subject.topics)

    def _of_functions(self, subject: Subject) -> bool:
        return _meet(self.asked.functions, subject.functions)

    def _chosen(self, subject: Subject) -> bool:
        return _meet(self.asked.kinds, (subject.kind,)) and _meet(self.asked.keys, (subject.key,))


def _meet(wanted: Collection[str], its: Sequence[str]) -> bool:
    return not wanted or any(value in wanted for value in its)


def common_ground(asked: Asked) -> CommonGround:
    """Compare the sides: three queries, however much they said."""
    sides = actors_of(asked.sides, asked.on)
    known = everything()
    heard = Heard.by(sides, known.spoken)
    return CommonGround(asked, sides, judged(heard, asked.on), known, heard)


# --- what was said ---------------------------------------------------------------------------


def rows_of(ground: CommonGround, found: Iterable[Judged]) -> list[JSON]:
    """Subjects with what each side said of them, every statement with its sources: two queries."""
    wanted = [each.subject for each in found]
    said = _sayings_on(ground, set(wanted))
    ties = affiliations_of({saying.actor for saying in said})
    whole = {each.subject: each for each in compared(ground.sides, said, ties, ground.asked.on)}
    # What was retracted since it was judged is in no row any more.
    return [_row(ground, whole[subject], said) for subject in wanted if subject in whole]


def _sayings_on(ground: CommonGround, subjects: Collection[int]) -> dict[Saying, bytes]:
    """What everybody on the sides says of these, with its public JSON."""
    heard = ground.heard.of(subjects)
    pairs = heard.only(heard.standing(ground.asked.on)).pairs()
    kinds = [ground.subjects[subject].kind for subject, _actor in pairs]
    proposals, instruments = (
        [pair for pair, its in zip(pairs, kinds, strict=True) if its == kind]
        for kind in ("proposal", "instrument")
    )
    return sayings_of(proposals, instruments)


def _row(ground: CommonGround, each: Compared, said: Mapping[Saying, bytes]) -> JSON:
    subject = ground.subjects[each.subject]
    agreed = {"direction": each.stances[0].direction} if each.verdict == "agreed" else {}
    return {
        "subject": subject.label,
        "topics": list(subject.topics),
        "functions": list(subject.functions),
        "verdict": each.verdict,
        **agreed,
        "sides": [
            _stance(side, stance, said)
            for side, stance in zip(ground.asked.sides, each.stances, strict=True)
        ],
    }


def _stance(side: NamedSide, stance: Stance, said: Mapping[Saying, bytes]) -> JSON:
    return {
        "side": side.written,
        "direction": stance.direction,
        "own": stance.own,
        "voices": [_voice(voice, said) for voice in stance.voices],
    }


def _voice(voice: Voice, said: Mapping[Saying, bytes]) -> JSON:
    statement = orjson.loads(said[voice.saying])
    return {
        "actor": statement["actor"],
        "direction": voice.direction,
        "is_own": voice.is_own,
        "statement": statement,
        "also_said_by": [orjson.loads(said[saying]) for saying in voice.folded],
    }
