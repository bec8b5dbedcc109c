"""The body of an entry's page, rendered once when it is published and stored as a fragment.

A fragment has four parts: what stands before the sections that depend on other entries, what
stands after them, what stands beside, and the items of the list of notes. Numbers of notes go on
where the fragment ends, so that a page can add statements with notes of their own.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import urlsplit

from django.template import Context, Template, engines
from django.template.backends.django import DjangoTemplates
from django.utils.safestring import SafeString

from kb.documents.inexact_dates import MONTHS, BadDate, InexactDate
from kb.kinds import JSON, Kind, kind_named
from kb.publication.markdown import inline_html, markdown_html

SECTIONS = "<!--sections-->"  # where sections that depend on other entries go
ASIDE = "<!--aside-->"  # what follows stands beside
NOTES = "<!--notes-->"  # what follows are items of the list of notes

_HEADING = re.compile(r'<h2 id="([^"]+)">([^<]+)')


@dataclass(frozen=True, slots=True)
class Parts:
    """A stored fragment taken apart."""

    before: SafeString
    after: SafeString
    aside: SafeString
    notes: SafeString

    @classmethod
    def of(cls, html: str) -> "Parts":
        main, _, notes = html.partition(NOTES)
        main, _, aside = main.partition(ASIDE)
        before, _, after = main.partition(SECTIONS)
        return cls(*map(SafeString, (before, after, aside, notes)))


def headings(html: str) -> list[tuple[str, str]]:
    """(id, text) of the sections in a piece of a page, for its table of contents."""
    return [(found, text.strip()) for found, text in _HEADING.findall(html)]


def body_html(kind: Kind, document: JSON, meta: Mapping[str, Any], on: date | None = None) -> str:
    """The fragment of one document, references expanded to all that is shown of their targets.

    `meta`: what the API says of the entry beside its document. `on`: the day that the document's
    statements have been narrowed to, if any; each then says its `certainty`.
    """
    notes = Notes()
    context = {
        "document": document,
        "kind": kind,
        "meta": meta,
        "notes": notes,
        "on": on,
        "day": InexactDate.of(on).readable if on else "",
        "fields": lambda: plain_fields(document, notes),
        "name": kind.name_of(document),
    }
    main = _template(kind.body_template).render(Context(context))
    return f"{main.strip()}{NOTES}{notes.html()}"


def _template(name: str) -> Template:
    backend = engines["django"]
    assert isinstance(backend, DjangoTemplates)
    return backend.engine.get_template(name)


# --- notes -----------------------------------------------------------------------------------


class Notes:
    """The numbered notes of one page: the same source, place and quote is one note.

    `marks` gives the numbers to put behind a statement, `html` the list they lead to. With `known`,
    the notes of a stored fragment, numbers go on from there and its notes are not repeated.
    """

    def __init__(self, known: str = ""):
        texts = _NOTE.findall(known)
        self._first = len(texts) + 1
        self._texts = {text: number for number, text in enumerate(texts, 1)}
        self._items: list[str] = []
        self._numbers: dict[tuple[str, str | None, str | None], int] = {}
        self._marks: dict[tuple[int, ...], SafeString] = {}

    def __len__(self) -> int:
        return len(self._items)

    def marks(self, cites: Sequence[Mapping[str, Any]] | None) -> SafeString:
        """The numbers of these citations as links; nothing where there are none."""
        if not cites:
            return NOTHING
        newest = self._first + len(self._items)
        numbers = tuple(dict.fromkeys([self._number(cite) for cite in cites]))
        if self._first + len(self._items) > newest:  # new notes lead back to this place
            return _marks(numbers, newest)
        found = self._marks.get(numbers)
        if found is None:
            found = self._marks[numbers] = _marks(numbers)
        return found

    def html(self) -> SafeString:
        """The notes as items of an ordered list."""
        return SafeString("".join(self._items))

    def _number(self, cite: Mapping[str, Any]) -> int:
        note = (cite["source"]["key"], cite.get("locator"), cite.get("quote"))
        number = self._numbers.get(note)
        if number is None:
            text = _note_text(cite)
            number = self._texts.get(text) or self._added(text)
            self._numbers[note] = number
        return number

    def _added(self, text: str) -> int:
        number = self._first + len(self._items)
        self._items.append(
            f'<li id="note_{number}"><a class="back" href="#cite_{number}"'
            f' aria-label="Back to the text from note {number}">{number}</a> {text}</li>'
        )
        return number


_NOTE = re.compile(r'<li id="note_\d+"><a class="back"[^>]*>\d+</a> (.*?)</li>')


def _marks(numbers: Iterable[int], newest: int | None = None) -> SafeString:
    """Numbers as links; those from `newest` on are the places that their notes lead back to."""
    links = [
        f'<a href="#note_{n}" id="cite_{n}">{n}</a>'
        if newest is not None and n >= newest
        else f'<a href="#note_{n}">{n}</a>'
        for n in numbers
    ]
    return SafeString(f'<sup class="c">{" ".join(links)}</sup>')


def _note_text(cite: Mapping[str, Any]) -> str:
    """A note without its number: title, publisher, date, place, quote, link to the original."""
    source = cite["source"]
    about = [
        escape(part)
        for part in (source.get("publisher"), readable_date(source.get("issued")))
        if part
    ]
    name = link(source)
    said = [name if source["name"].endswith((".", "?", "!", "…")) else f"{name}."]
    if about:
        said.append(f"{', '.join(about)}.")
    if locator := cite.get("locator"):
        said.append(f'<span class="loc">{escape(str(locator))}.</span>')
    if quote := cite.get("quote"):
        said.append(f"<q>{escape(str(quote))}</q>")
    if url := source.get("url"):
        said.append(outward(str(url)))
    if accessed := source.get("accessed"):
        said.append(f'<span class="seen">read {short_date(accessed)}</span>')
    return " ".join(said)


# --- values as HTML --------------------------------------------------------------------------

NOTHING = SafeString("")


def link(label: Mapping[str, Any] | None) -> SafeString:
    """The name of an entry as a link to its page; one that is out of view says so."""
    if label is None:
        return NOTHING
    return _link(label["kind"], label["key"], label["name"], label.get("status") or "")


@lru_cache(maxsize=8192)
def _link(kind: str, key: str, name: str, status: str) -> SafeString:
    anchor = f'<a href="/{kind_named(kind).plural}/{key}/">{escape(name)}</a>'
    return SafeString(f"{anchor} ({escape(status)})" if status else anchor)


def outward(url: str, text: str = "") -> SafeString:
    """A link to another site, which shows its host where there is no text."""
    host = urlsplit(url).hostname or url
    shown = text or host.removeprefix("www.")
    return SafeString(f'<a class="out" href="{escape(url)}" rel="noopener">{escape(shown)}</a>')


def text_of(value: object) -> SafeString:
    """Any value as text of a page."""
    return SafeString(escape(str(value)))


@lru_cache(maxsize=8192)
def readable_date(text: str | None) -> str:
    """A date in words: "1954-09" is "September 1954". Nothing for nothing; no date as it stands."""
    if not text:
        return ""
    try:
        return InexactDate.parse(text).readable
    except BadDate:
        return text


@lru_cache(maxsize=8192)
def short_date(text: str | None) -> str:
    """For tables: "1954-09-29" as "29 Sep 1954"."""
    words = readable_date(text).split(" ")
    return " ".join(word[:3] if word in MONTHS else word for word in words)


# --- documents of any shape ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as any page can show it: its label, and its value as HTML."""

    label: str
    value: SafeString
    is_long: bool = False


UNSHOWN = {"kind", "key", "cites"}


def plain_fields(document: JSON, notes: Notes) -> list[Shown]:
    """Every field of a document, for a kind that has no template of its own."""
    return [
        Shown(label_of(name), value_html(value, notes), is_long=_is_long(value))
        for name, value in document.items()
        if name not in UNSHOWN
    ]


def label_of(name: str) -> str:
    """`text_url` as "Text url"."""
    return name.replace("_", " ").strip().capitalize()


def value_html(value: object, notes: Notes) -> SafeString:
    """A value of any shape: a reference as a link, a list as a list, a mapping as pairs."""
    match value:
        case dict() if value.keys() >= {"key", "kind", "name"}:
            return link(value)
        case dict():
            return SafeString(f"{_pairs(value, notes)}{notes.marks(value.get('cites'))}")
        case list() if not value or isinstance(value[0], str):
            return SafeString(", ".join(text_of(item) for item in value))
        case list():
            return SafeString(f"<ul>{''.join(_row(row, notes) for row in value)}</ul>")
        case str() if value.startswith(("http://", "https://")):
            return outward(value, value)
        case str() if "\n" in value:
            return markdown_html(value)
        case str():
            return inline_html(value)
        case _:
            return text_of(value)


def _row(row: object, notes: Notes) -> str:
    known = row.get("id") if isinstance(row, dict) else None
    anchor = f' id="{escape(str(known))}"' if known else ""
    return f"<li{anchor}>{value_html(row, notes)}</li>"


def _pairs(fields: Mapping[str, Any], notes: Notes) -> str:
    shown = (
        f"{escape(label_of(name))}: {value_html(value, notes)}"
        for name, value in fields.items()
        if name not in ("id", "cites")
    )
    return "; ".join(shown)


def _is_long(value: object) -> bool:
    return isinstance(value, list | dict) or (isinstance(value, str) and len(value) > 200)
