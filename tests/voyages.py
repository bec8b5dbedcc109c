"""A toy subject in one file: voyages. For tests of documents, which need no database."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar, Literal

from kb.documents.inexact_dates import InexactDate
from kb.documents.schema import (
    Document,
    Field,
    Line,
    Markdown,
    Part,
    Problem,
    Quote,
    Statement,
    Url,
    reference,
    term,
)
from kb.documents.vocabulary import Term, Vocabulary

RANKS = Vocabulary(
    "ranks",
    "Ranks",
    "What a landing is called.",
    (
        Term("port-of-call", "Port of call", "Goods are loaded."),
        Term("shelter", "Shelter", "A place to wait for better weather."),
    ),
)


class Cite(Part):
    list_key: ClassVar[tuple[str, ...]] = ("source", "locator")

    source: Annotated[str, reference("source")]
    locator: Annotated[str, Line(20)] | None = None
    quote: Quote | None = None


class Landing(Statement):
    list_key: ClassVar[tuple[str, ...]] = ("port", "rank", "from")
    label_key: ClassVar[tuple[str, ...]] = ("port", "rank")

    port: Annotated[str, reference("port", "island")]
    rank: Annotated[str, term(RANKS)]
    from_: InexactDate | None = None
    to: InexactDate | None = None
    note: Annotated[str, Markdown(500)] | None = None
    cites: list[Cite] = Field(default_factory=list)

    def rules(self) -> Iterator[Problem]:
        if self.from_ and self.to and self.to.latest < self.from_.earliest:
            found = f"{self.to} is before {self.from_}"
            yield Problem("to", "end-before-beginning", found, "Swap them.")


class Remark(Statement):
    text: Annotated[str, Markdown(500)]
    about: Annotated[str, reference()] | None = None


class Berth(Part):
    city: Annotated[str, Line(50)]
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None


class Voyage(Document):
    kind: Literal["voyage"]
    name: Annotated[str, Line(200)]
    aliases: list[Annotated[str, Line(100)]] = Field(default_factory=list)
    left: InexactDate | None = None
    returned: InexactDate | None = None
    crew: Annotated[int, Field(ge=1, lt=5000)] | None = None
    was_lost: bool | None = None
    value: str | int | float | None = None
    berth: Berth | None = None
    website: Url | None = None
    log: Annotated[str, Markdown(20_000)] | None = None
    numbers: dict[str, Annotated[str, Line(50)]] = Field(default_factory=dict)
    ships: Annotated[list[Annotated[str, reference("ship")]], Field(max_length=3)] = Field(
        default_factory=list
    )
    landings: list[Landing] = Field(default_factory=list)
    remarks: list[Remark] = Field(default_factory=list)
    field_cites: dict[str, list[Cite]] = Field(default_factory=dict)

    def rules(self) -> Iterator[Problem]:
        if self.was_lost and self.returned:
            yield Problem("returned", "lost-ship-returned", "a lost ship", "Leave one of them out.")


def voyage(**fields: Any) -> dict[str, Any]:
    return {"kind": "voyage", "key": "kon-tiki", "name": "Kon-Tiki", **fields}


def landing(port: str = "callao", rank: str = "shelter", **fields: Any) -> dict[str, Any]:
    begin = {"from": fields.pop("begin")} if "begin" in fields else {}
    return {"port": port, "rank": rank, **begin, **fields}


def cite(source: str, **fields: Any) -> dict[str, Any]:
    return {"source": source, **fields}
