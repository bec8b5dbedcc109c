"""Two kinds: books, with their loans, and readers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Literal

import orjson
from django.db.backends.postgresql.psycopg_any import DateRange

from kb.documents.findings import Finding
from kb.documents.inexact_dates import InexactDate, Span
from kb.documents.problems import Problem
from kb.documents.schema import Document, Line, Markdown, Part, Statement, Url, reference, term
from kb.documents.vocabulary import Term, Vocabulary
from kb.filters import ExistsFilter, TermFilter
from kb.kinds import Checked, Kind, Published
from kb.linked import Linked, Rows
from tests.library.models import Loan

GENRES = Vocabulary(
    "genres",
    "Genres",
    "What a book is.",
    (Term("novel", "Novel", "A long story."), Term("atlas", "Atlas", "A book of maps.")),
)


class CiteRow(Part):
    list_key: ClassVar[tuple[str, ...]] = ("source", "locator")

    source: Annotated[str, reference("book")]
    locator: Annotated[str, Line(100)] | None = None


class LoanRow(Statement):
    list_key: ClassVar[tuple[str, ...]] = ("reader", "from")

    reader: Annotated[str, reference("reader")]
    from_: InexactDate | None = None
    to: InexactDate | None = None
    cites: list[CiteRow] | None = None


class Book(Document):
    name_field: ClassVar[str] = "title"

    kind: Literal["book"]
    title: Annotated[str, Line(200)]
    genres: list[Annotated[str, term(GENRES)]] | None = None
    printed: InexactDate | None = None
    website: Url | None = None
    isbn: Annotated[str, Line(20)] | None = None
    loans: list[LoanRow] | None = None
    sequel_of: Annotated[str, reference("book")] | None = None

    def rules(self) -> Iterator[Problem]:
        if self.sequel_of and "atlas" in (self.genres or ()):
            yield Problem("sequel_of", "no-sequel", "an atlas with a sequel", "Leave one out.")


class Reader(Document):
    kind: Literal["reader"]
    name: Annotated[str, Line(200)]
    summary: Annotated[str, Markdown(500)] | None = None


def loans_of(published: Published) -> Iterator[Loan]:
    for place, row in enumerate(published.document.get("loans", [])):
        begin, end = (InexactDate.parse(row[at]) if at in row else None for at in ("from", "to"))
        span = Span(begin, end)
        yield Loan(
            entry_id=published.entry_id,
            statement=row["id"],
            ordinal=place,
            json=orjson.dumps(published.expanded["loans"][place]),
            certain=day_range(span.certain),
            possible=day_range(span.possible),
            reader_id=published.entry_id_of(row["reader"]),
        )


def day_range(days: tuple[date | None, date | None] | None) -> DateRange:
    """A closed interval of days as the database keeps it, half-open; None is no day at all."""
    if days is None:
        return DateRange(empty=True)
    first, last = days
    return DateRange(first, last + timedelta(days=1) if last else None)


def shown_of_book(document: dict[str, Any]) -> dict[str, Any]:
    shown = {name: document[name] for name in ("printed",) if name in document}
    return shown | ({"url": document["website"]} if "website" in document else {})


def lent_before_printed(checked: Checked) -> Iterator[Finding]:
    """Loans that certainly began before the book was printed."""
    document = checked.document
    if "printed" in document:
        printed = InexactDate.parse(document["printed"])
        for number, row in enumerate(document.get("loans", ())):
            if "from" in row and InexactDate.parse(row["from"]).latest < printed.earliest:
                label = checked.label_of(row["reader"])
                detail = f"{label and label['name']} had it before it was printed."
                yield Finding.warning(document, ("loans", number, "from"), "lent-early", detail)


def isbn_of(document: dict[str, Any]) -> dict[str, Any]:
    return {"isbn": document["isbn"]} if "isbn" in document else {}


BOOKS = Linked(
    classes=lambda _document: ("schema:Book",),
    terms={
        "title": "schema:name",
        "printed": "schema:datePublished",
        "website": "schema:url",
        "loans.reader": "schema:borrower",
        "loans.from": "schema:startTime",
    },
    rows={"loans": Rows("schema:LendAction", of="schema:object")},
    registers={"isbn": "urn:isbn:{}"},
)

KINDS = (
    Kind(
        name="book",
        plural="books",
        label="Book",
        label_plural="Books",
        schema=Book,
        project=loans_of,
        tables=(Loan,),
        shown=shown_of_book,
        summary_fields=("title", "genres", "printed"),
        date_field="printed",
        check=lent_before_printed,
        identifiers=isbn_of,
        registers=("isbn",),
        addresses=("website",),
        told_apart_by=("printed",),
        linked=BOOKS,
        filters=(
            TermFilter("genre", "genres", "Genre", vocabulary=GENRES, has_feed=True),
            ExistsFilter("website", "website"),
        ),
    ),
    Kind(
        name="reader",
        plural="readers",
        label="Reader",
        label_plural="Readers",
        schema=Reader,
        summary_fields=("name", "summary"),
    ),
)
