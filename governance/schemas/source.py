"""The document of a source: what statements cite."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from governance.schemas.codes import Doi, Language
from governance.schemas.parts import Name
from governance.schemas.rules import in_time_order
from governance.vocabularies import SOURCE_TYPES
from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import Problem
from kb.documents.schema import Document, Field, Line, Url, term


class Source(Document):
    """A publication. `seen_at`: the copy that was read, where it is not the original."""

    name_field: ClassVar[str] = "title"

    kind: Literal["source"]
    type: Annotated[str, term(SOURCE_TYPES)]
    title: Annotated[str, Line(500)]
    authors: list[Name] = Field(default_factory=list)
    publisher: Name | None = None
    container: Name | None = None
    issued: InexactDate | None = None
    url: Url | None = None
    seen_at: Url | None = None
    doi: Doi | None = None
    language: Language | None = None
    accessed: InexactDate | None = None

    def rules(self) -> Iterator[Problem]:
        yield from in_time_order(self, "issued", "accessed")
        if not (self.url or self.doi or self.container or self.publisher):
            remedy = "Add a url, a doi, a container or a publisher."
            yield Problem("url", "missing-field", "nothing by which a reader finds it", remedy)
