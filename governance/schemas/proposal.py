"""The document of a proposal: something that someone proposes be done about AI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from governance.schemas.parts import (
    ActorKey,
    Cites,
    Design,
    Note,
    Sentence,
    SourcedDocument,
)
from governance.vocabularies import (
    ARGUMENT_SIDES,
    FUNCTIONS,
    PROPOSAL_FORMS,
    PROPOSAL_STAGES,
    PROPOSED_BINDING,
    SCOPES,
    STANCES,
)
from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem, shown
from kb.documents.schema import Field, Quote, Statement, StatementId, term
from kb.documents.vocabulary import nearest


class Position(Statement):
    """Where an actor stands on the proposal."""

    list_key: ClassVar[tuple[str, ...]] = ("actor", "date")
    label_key: ClassVar[tuple[str, ...]] = ("actor", "stance", "date")

    actor: ActorKey
    stance: Annotated[str, term(STANCES)]
    date: InexactDate | None = None
    quote: Quote | None = None
    note: Note | None = None
    reported_by: ActorKey | None = None
    cites: Cites


class Argument(Statement):
    """A reason for or against the proposal, in one sentence."""

    list_key: ClassVar[tuple[str, ...]] = ("id",)
    label_key: ClassVar[tuple[str, ...]] = ("side", "claim")

    id: StatementId  # named by its author: other arguments answer it
    side: Annotated[str, term(ARGUMENT_SIDES)]
    claim: Sentence
    made_by: list[ActorKey] = Field(default_factory=list)
    answers: StatementId | None = None
    cites: Cites


class Proposal(SourcedDocument):
    """A proposal, with its design, who stands where on it, and the arguments."""

    below_summary: ClassVar[str] = "functions"

    kind: Literal["proposal"]
    form: Annotated[str, term(PROPOSAL_FORMS)]
    stage: Annotated[str, term(PROPOSAL_STAGES)]
    scope: Annotated[str, term(SCOPES)] | None = None
    binding: Annotated[str, term(PROPOSED_BINDING)] | None = None
    proposed: InexactDate | None = None
    functions: list[Annotated[str, term(FUNCTIONS)]] = Field(default_factory=list)
    design: Design | None = None
    positions: list[Position] = Field(default_factory=list)
    arguments: list[Argument] = Field(default_factory=list)

    def rules(self) -> Iterator[Problem]:
        yield from super().rules()
        yield from self._rules_for_answers()

    def _rules_for_answers(self) -> Iterator[Problem]:
        answered = {argument.id: argument.answers for argument in self.arguments}
        for number, argument in enumerate(self.arguments):
            place = f"arguments[{number}].answers"
            if argument.answers is None:
                continue
            if argument.answers not in answered:
                yield _unknown_argument(place, argument.answers, answered)
            elif _leads_back(argument.id, answered):
                found = f"{shown(argument.answers)} leads back to this argument"
                remedy = "An argument cannot answer itself: take out one of the answers."
                yield Problem(place, "circular-answers", found, remedy)


def _unknown_argument(place: str, written: str, answered: Mapping[str, str | None]) -> Problem:
    near = nearest(written, answered)
    remedy = f"Did you mean “{near}”?" if near else f"The ids here are {', '.join(answered)}."
    found = f"{shown(written)} is no id of an argument here"
    return Problem(place, "unknown-argument", found, remedy)


def _leads_back(start: str, answered: Mapping[str, str | None]) -> bool:
    """Whether the chain of answers from `start` comes back to it."""
    seen: set[str] = set()
    current = answered[start]
    while current is not None and current not in seen:
        if current == start:
            return True
        seen.add(current)
        current = answered.get(current)
    return False
