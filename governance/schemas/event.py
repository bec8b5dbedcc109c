"""The document of an event: a summit, meeting, vote, announcement …"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from governance.schemas.parts import ActorKey, Place, SourcedDocument
from governance.schemas.rules import in_time_order
from governance.vocabularies import EVENT_TYPES
from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem
from kb.documents.schema import Field, reference, term

Outcome = Annotated[str, reference("proposal", "body", "instrument", "event")]


class Event(SourcedDocument):
    """Something that happened or is planned, on a day or over a few."""

    below_summary: ClassVar[str] = "organisers"

    kind: Literal["event"]
    type: Annotated[str, term(EVENT_TYPES)]
    start: InexactDate
    end: InexactDate | None = None
    place: Place | None = None
    organisers: list[ActorKey] = Field(default_factory=list)
    participants: list[ActorKey] = Field(default_factory=list)
    outcomes: list[Outcome] = Field(default_factory=list)

    def rules(self) -> Iterator[Problem]:
        yield from super().rules()
        yield from in_time_order(self, "start", "end")
