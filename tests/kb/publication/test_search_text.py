"""Folding, and the texts by which a document is found."""

from typing import Annotated, Any, ClassVar, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.fields import Pattern
from kb.documents.inexact_dates import InexactDate
from kb.documents.schema import (
    Document,
    Line,
    Markdown,
    Part,
    Quote,
    Statement,
    Url,
    reference,
    term,
)
from kb.kinds import Kind
from kb.models import NameEntry, SearchEntry
from kb.publication.search_text import fold, plain, search_rows, texts_of
from kb.publication.spelling import nearest_words, spelling_keys
from tests.library.kinds import GENRES


class Isbn:
    """A type of the subject's own."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        return handler(source)


class Cite(Part):
    source: Annotated[str, reference("map")]
    quote: Quote | None = None


class Sheet(Statement):
    list_key: ClassVar[tuple[str, ...]] = ("title",)

    title: Annotated[str, Line(200)]
    cites: list[Cite] | None = None


class Atlas(Document):
    kind: Literal["map"]
    name: Annotated[str, Line(200)]
    aliases: list[Annotated[str, Line(200)]] | None = None
    summary: Annotated[str, Line(500)] | None = None
    description: Annotated[str, Markdown(2000)] | None = None
    genre: Annotated[str, term(GENRES)] | None = None
    printed: InexactDate | None = None
    website: Url | None = None
    isbn: Annotated[str, Isbn()] | None = None
    language: Annotated[str, Isbn()] | None = None
    code: Annotated[str, Pattern("^[a-z]+$")] | None = None
    notes: dict[str, Annotated[str, Line(100)]] | None = None
    remark: Annotated[str, Line(100)] | float | None = None
    sheets: list[Sheet] | None = None


MAP = Kind("map", "maps", "Map", "Maps", Atlas)

DOCUMENT = {
    "kind": "map",
    "key": "old-world",
    "name": "Atlas of the Old World",
    "aliases": ["Altweltatlas", "ÄWA"],
    "summary": "Maps of all seas.",
    "description": "Drawn by **hand**; see [the map](https://example.org/secret).",
    "genre": "novel",
    "printed": "1954-09",
    "website": "https://example.org/elsewhere",
    "isbn": "978-3-16-148410-0",
    "language": "en",
    "code": "hidden",
    "notes": {"north": "Ice everywhere."},
    "remark": "Torn at the edges.",
    "sheets": [
        {"id": "s-1", "title": "Greenland", "cites": [{"source": "x", "quote": "All ice."}]}
    ],
}


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        (
            "Conseil européen pour la Recherche nucléaire",
            "conseil europeen pour la recherche nucleaire",
        ),
        ("Straße, Łódź & Ørsted", "strasse lodz orsted"),
        ("U.S.–China A.I. dialogue", "us china ai dialogue"),
        ("the U.S. And then", "the us and then"),
        ("End of it. A beginning", "end of it a beginning"),
        ("10.1038/nature12373", "10 1038 nature12373"),
        ("e\u0301te\u0301", "ete"),
        ("中国 AI", "中 国 ai"),
        ("ﬁnal ½", "final 1 2"),
        ("Ελλάς ΕΛΛΑΣ", "ελλας ελλας"),
        ("«“’—…!?”»\0\n\t🙂", ""),
        ("", ""),
    ],
)
def test_folding_leaves_words_without_case_accents_or_punctuation(text, folded):
    assert fold(text) == folded


@given(st.text())
def test_folding_what_is_folded_changes_nothing(text):
    folded = fold(text)

    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("Plain as it is.", "Plain as it is."),
        ("**Why** it is _used_, in `code`", "Why it is used, in code"),
        ("See [the text](https://x.org/a_(b)).", "See the text."),
        ("# Title\n\n- one\n- two\n1. three", "Title one two three"),
        ("| a | b |\n|---|---|\n| c | d |", "a b c d"),
        ("snake_case and 2*3", "snake_case and 2*3"),
        (r"\*not emphasis\*", "*not emphasis*"),
    ],
)
def test_markdown_is_read_as_on_the_page(markdown, text):
    assert plain(markdown) == text


@given(st.text(alphabet="ab *_[]()`#>-|\\\n1.", max_size=200))
def test_no_markdown_is_too_odd_to_read(markdown):
    assert "\n" not in plain(markdown) or plain(markdown) == markdown


def test_texts_are_what_the_schema_calls_text_and_numbers_in_registers():
    texts = texts_of(Atlas, DOCUMENT, "name")

    assert texts.names == ("Atlas of the Old World", "Altweltatlas", "ÄWA")
    assert texts.summary == "Maps of all seas."
    assert texts.rest == (
        "Drawn by **hand**; see [the map](https://example.org/secret).",
        "978-3-16-148410-0",
        "Ice everywhere.",
        "Torn at the edges.",
        "Greenland",
        "All ice.",
    )


def test_rows_hold_folded_texts_and_terms_but_no_addresses():
    entry, *names = search_rows(MAP, DOCUMENT, 7, ["kind:map", "genre:novel"])

    assert isinstance(entry, SearchEntry)
    assert entry.names == "atlas of the old world altweltatlas awa"
    assert entry.summary == "maps of all seas"
    assert "drawn by hand see the map" in entry.body
    assert "978 3 16 148410 0" in entry.body
    assert "secret" not in entry.body
    assert "elsewhere" not in entry.body
    assert entry.terms.split("\n") == ["kind:map", "genre:novel"]
    found = [
        (name.folded, name.is_name, name.is_key) for name in names if isinstance(name, NameEntry)
    ]
    assert found == [
        ("atlas of the old world", True, False),
        ("altweltatlas", False, False),
        ("awa", False, False),
    ]


def test_a_key_is_a_name_where_it_says_more_than_the_names():
    document = {**DOCUMENT, "key": "old-world-1954", "aliases": ["Old World"]}

    *_others, last = search_rows(MAP, document, 7, [])

    assert isinstance(last, NameEntry)
    assert (last.folded, last.is_key) == ("old world 1954", True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("saftey", "safety"),
        ("safty", "safety"),
        ("saefety", "safety"),
        ("comittee", "committee"),
        ("comitee", "committee"),
        ("goverment", "government"),
        ("intelig", "intelligence"),  # still being typed
        ("artfic", "artificial"),
    ],
)
def test_a_misspelling_shares_a_key_with_the_word_and_is_mended(typed, meant):
    words = [meant, "commuted", "safes", "table", "artisan", "internal"]
    sharing = [word for word in words if set(spelling_keys(word)) & set(spelling_keys(typed))]

    assert nearest_words(typed, sharing)[0] == meant


@given(st.text(max_size=100))
def test_spelling_keys_are_few_and_fit_into_an_integer(word):
    keys = spelling_keys(word)

    assert 1 <= len(keys) <= 40
    assert all(-(2**31) <= key < 2**31 for key in keys)
