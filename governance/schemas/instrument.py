"""The document of an instrument: an adopted text, or one on its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from governance.schemas.codes import Jurisdiction
from governance.schemas.parts import ActorKey, Cites, Name, Note, Paragraph, SourcedDocument
from governance.schemas.rules import in_time_order, is_certainly_before
from governance.vocabularies import (
    INSTRUMENT_BINDING,
    INSTRUMENT_STATUSES,
    INSTRUMENT_TYPES,
    PARTICIPATION_ACTIONS,
)
from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem
from kb.documents.schema import Field, Part, Statement, Url, term

Count = Annotated[int, Field(ge=0, le=10_000)]

# What can only be done about a text that is adopted. Drafts are endorsed and voted on before.
_NEEDS_AN_ADOPTED_TEXT = frozenset(
    {"signed", "ratified", "acceded", "accepted", "approved", "succeeded", "withdrew", "unsigned"}
)
_DATES_AGAINST_STATUS = {
    "draft": ("adopted", "in_force", "ended"),
    "vetoed": ("in_force",),
    "adopted": ("ended",),
    "in-force": ("ended",),
}


class Vote(Part):
    """How a text was adopted: the votes, or `without_vote`."""

    for_: Count | None = None
    against: Count | None = None
    abstained: Count | None = None
    without_vote: bool | None = None
    cites: Cites

    def rules(self) -> Iterator[Problem]:
        counts = [name for name in ("for", "against", "abstained") if self._count(name) is not None]
        if self.without_vote and counts:
            found = f"without a vote, yet votes are counted ({', '.join(counts)})"
            yield Problem("without_vote", "either-or", found, "Write one of the two.")
        elif not self.without_vote and self.for_ is None:
            remedy = "Add the number, or “without_vote: true”."
            yield Problem("for", "missing-field", "missing", remedy)

    def _count(self, name: str) -> int | None:
        count: int | None = getattr(self, "for_" if name == "for" else name)
        return count


class Participation(Statement):
    """What an actor did about the instrument, or about the `part` of it that is named."""

    list_key: ClassVar[tuple[str, ...]] = ("actor", "action", "date", "part")
    label_key: ClassVar[tuple[str, ...]] = ("actor", "action", "date")

    actor: ActorKey
    action: Annotated[str, term(PARTICIPATION_ACTIONS)]
    date: InexactDate | None = None
    part: Name | None = None
    note: Note | None = None
    cites: Cites


class Provision(Statement):
    """What a part of the text lays down."""

    list_key: ClassVar[tuple[str, ...]] = ("title",)

    title: Name
    summary: Paragraph
    cites: Cites


class Instrument(SourcedDocument):
    """A text, with who signed, ratified, endorsed or voted, and what it lays down."""

    below_summary: ClassVar[str] = "text_url"

    kind: Literal["instrument"]
    type: Annotated[str, term(INSTRUMENT_TYPES)]
    status: Annotated[str, term(INSTRUMENT_STATUSES)]
    binding: Annotated[str, term(INSTRUMENT_BINDING)] | None = None
    jurisdiction: Jurisdiction | None = None
    issued_by: list[ActorKey] = Field(default_factory=list)
    adopted: InexactDate | None = None
    in_force: InexactDate | None = None
    ended: InexactDate | None = None
    text_url: Url | None = None
    vote: Vote | None = None
    participation: list[Participation] = Field(default_factory=list)
    provisions: list[Provision] = Field(default_factory=list)

    def rules(self) -> Iterator[Problem]:
        yield from super().rules()
        yield from in_time_order(self, "adopted", "in_force", "ended")
        yield from self._rules_for_status()
        yield from self._rules_for_participation()

    def _rules_for_status(self) -> Iterator[Problem]:
        for name in _DATES_AGAINST_STATUS.get(self.status, ()):
            if getattr(self, name) is not None:
                found = f"“{self.status}”, yet “{name}” has a date"
                remedy = f"Correct the status, or leave “{name}” out."
                yield Problem("status", "status-against-date", found, remedy)
        if self.type == "statute" and self.status in ("draft", "vetoed"):
            remedy = "Write “bill”: a statute is a law that was passed and not stopped."
            yield Problem(
                "type", "status-against-type", f"a statute that is “{self.status}”", remedy
            )

    def _rules_for_participation(self) -> Iterator[Problem]:
        if self.adopted is None:
            return
        for number, row in enumerate(self.participation):
            if row.action in _NEEDS_AN_ADOPTED_TEXT and is_certainly_before(row.date, self.adopted):
                yield Problem(
                    f"participation[{number}].date",
                    "before-adoption",
                    f"“{row.action}” before the text was adopted ({self.adopted.readable})",
                    "Correct the date, the action, or “adopted”.",
                )
