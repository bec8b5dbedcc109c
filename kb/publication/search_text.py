"""The searchable texts of a document, and the form in which texts and questions are compared.

Pure. PostgreSQL's own way of telling words apart never sees punctuation or accents: both sides are
folded here first, so that "U.S.-China", "us china" and "U.S.–China" are the same words.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.db import models

from kb.documents.plans import Fields, Map, Rows, Shape, Value, plan
from kb.documents.schema import Part
from kb.kinds import Kind
from kb.models import NameEntry, SearchEntry
from kb.models.projected import unsaved
from kb.models.search import NameTrigrams
from kb.publication.trigrams import trigrams

# What the engine takes these fields for, in a kind that has them.
ALIASES, SUMMARY = "aliases", "summary"

MOST_CHARACTERS = 20_000  # of a body that are searched; what comes later is found by its start
LONGEST_NAME = 500

_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}
_UNDECOMPOSED = str.maketrans(
    {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i",
     "ħ": "h", "ŋ": "n", "ə": "e"}
)  # fmt: skip
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_MARKS = re.compile(r"[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u064b-\u065f\u0670\u20d0-\u20ff]+")
# Written without spaces: each character counts as a word.
_IDEOGRAPHS = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])")
_NOT_WORDS = re.compile(r"[\W_]+")
# The dot of "U.S": begins with the dot itself, so that the search can leap from dot to dot.
_INNER_DOT = re.compile(r"\.(?<=(?<![a-z0-9])[a-z]\.)(?=[a-z](?![a-z0-9]))")


def fold(text: str) -> str:
    """`text` as words: lower case, no accents, no punctuation, one space between; "U.S." is "us".

    The same of what is folded already. May be empty.
    """
    text = text.lower()
    if not text.isascii():
        text = _FOREIGN.sub(lambda found: _without_accents(found[0]), text).lower()
    text = _INNER_DOT.sub("", text)
    if text.isascii():
        return " ".join(text.translate(_SPACES).split())
    return " ".join(_NOT_WORDS.sub(" ", text).split())


# An entry's names are folded for each of the tables by which it is found.
fold_name = lru_cache(maxsize=1024)(fold)


@lru_cache(maxsize=4096)
def _without_accents(foreign: str) -> str:
    """A run of characters beyond ASCII, without accents, in letters of ASCII where it has them."""
    decomposed = unicodedata.normalize("NFKD", foreign).lower().translate(_UNDECOMPOSED)
    bare = unicodedata.normalize("NFC", _MARKS.sub("", decomposed))
    return _IDEOGRAPHS.sub(r" \1 ", _NOT_WORDS.sub(" ", bare))


# --- Markdown --------------------------------------------------------------------------------

_LINK_TARGET = re.compile(r"\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+\"[^\"]*\")?\)")
_LINE_MARK = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-+*][ \t]+|\d{1,3}[.)][ \t]+)+", re.MULTILINE
)
_TABLE_RULE = re.compile(r"^[ \t|:+-]{3,}$", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<![\w\\])(?:[*_~]{1,3}|`+)(?=\S)|(?<=[^\s\\])(?:[*_~]{1,3}|`+)(?!\w)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_MARKED = re.compile(r"[*_`~#>|\\\[\n+]|^[ \t]*[-\d]")


def plain(markdown: str) -> str:
    """The words of a Markdown text in one line, as a reader of the page sees them (roughly)."""
    if not _MARKED.search(markdown):
        return markdown
    text = _TABLE_RULE.sub("", _LINE_MARK.sub("", _LINK_TARGET.sub("]", markdown)))
    text = _ESCAPED.sub(r"\1", _EMPHASIS.sub("", text))
    return " ".join(text.replace("![", "").translate(_BRACKETS).split())


_BRACKETS = str.maketrans({"[": "", "]": "", "|": " "})


# --- texts of a document ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a document as written, Markdown and all. `names`: its name first, then aliases.

    `rest`: every other text and identifier, in the order of the schema.
    """

    names: tuple[str, ...]
    summary: str
    rest: tuple[str, ...]


def texts_of(schema: type[Part], document: Mapping[str, Any], name_field: str) -> Texts:
    """The texts of a document, told by its schema: no terms, keys, dates or addresses."""
    rest: list[str] = []
    for name, collect in _collectors(schema):
        value = document.get(name)
        if value is not None and name not in (name_field, ALIASES, SUMMARY):
            collect(value, rest)
    names = [str(document.get(name_field, "")), *_lines(document.get(ALIASES))]
    summary = document.get(SUMMARY)
    return Texts(tuple(names), summary if isinstance(summary, str) else "", tuple(rest))


def _lines(value: Any) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


Collect = Callable[[Any, list[str]], None]


@cache
def _collectors(schema: type[Part]) -> tuple[tuple[str, Collect], ...]:
    """For each field of a schema that can hold text, what collects it."""
    found = ((name, _collect_of(shape)) for name, shape in plan(schema).shapes.items())
    return tuple((name, collect) for name, collect in found if collect is not None)


def _collect_of(shape: Shape) -> Collect | None:
    match shape:
        case Value(is_text=True):
            return _collect_text
        case Value(is_code=True):
            return _collect_code
        case Fields(schema=schema):
            return _collect_fields(_collectors(schema))
        case Rows(item=inner):
            return _collect_each(_collect_of(inner), list)
        case Map(value=inner):
            return _collect_each(_collect_of(inner), dict.values)
        case _:
            return None


def _collect_text(value: Any, texts: list[str]) -> None:
    if isinstance(value, str):
        texts.append(value)


def _collect_code(value: Any, texts: list[str]) -> None:
    """A number in some register; codes without a digit (of languages, countries) are no words."""
    if isinstance(value, str) and any(character.isdigit() for character in value):
        texts.append(value)


def _collect_fields(collectors: tuple[tuple[str, Collect], ...]) -> Collect | None:
    if not collectors:
        return None

    def collect_fields(fields: Any, texts: list[str]) -> None:
        for name, collect in collectors:
            value = fields.get(name)
            if value is not None:
                collect(value, texts)

    return collect_fields


def _collect_each(collect: Collect | None, items: Callable[[Any], Any]) -> Collect | None:
    if collect is None:
        return None

    def collect_each(values: Any, texts: list[str]) -> None:
        for value in items(values):
            collect(value, texts)

    return collect_each


# --- rows ------------------------------------------------------------------------------------


def search_rows(
    kind: Kind,
    document: Mapping[str, Any],
    entry_id: int,
    terms: Sequence[str],
    prominence: float = 0.0,
) -> Iterator[models.Model]:
    """The rows by which an active entry is found, unsaved, in the tier of what is fresh.

    `terms`: "filter:value" and "kind:…", as in `Published.terms`. `prominence`: what it had, where
    that is known; the next `reorder_search` works it out.
    """
    texts = texts_of(kind.schema, document, kind.schema.name_field)
    names = list(dict.fromkeys(filter(None, map(fold_name, texts.names))))
    yield unsaved(
        SearchEntry,
        entry_id=entry_id,
        prominence=prominence,
        terms="\n".join(terms),
        names=" ".join(names),
        summary=fold(_without_targets(texts.summary)),
        body=_body(texts.rest),
    )
    key = str(document.get("key", ""))
    yield from _name_rows(kind.name, key, texts.names, entry_id, prominence)


def _body(rest: Sequence[str]) -> str:
    return fold(_without_targets("\n".join(rest))[:MOST_CHARACTERS])


def _without_targets(markdown: str) -> str:
    """Links without their addresses, whose parts would be found as words."""
    return _LINK_TARGET.sub("] ", markdown) if "](" in markdown else markdown


def _name_rows(
    kind: str, key: str, names: Sequence[str], entry_id: int, prominence: float
) -> Iterator[NameEntry]:
    """A row a name, each once; the key too, where it has a word that no name has."""
    seen: set[str] = set()
    words: set[str] = set()
    for place, text in enumerate([*names, key]):
        folded = fold_name(text)[:LONGEST_NAME].strip()
        its_words = set(folded.split())
        is_key = place == len(names)
        if not folded or folded in seen or (is_key and its_words <= words):
            continue
        seen.add(folded)
        words |= its_words
        yield unsaved(
            NameEntry,
            entry_id=entry_id,
            kind=kind,
            text=text[:LONGEST_NAME],
            folded=folded,
            is_name=place == 0,
            is_key=is_key,
            prominence=prominence,
        )


def name_trigrams(kind: Kind, document: Mapping[str, Any], entry_id: int) -> Iterator[NameTrigrams]:
    """A row for each name of an entry, each once, by which duplicates find each other; unsaved."""
    seen: set[str] = set()
    for place, text in enumerate(texts_of(kind.schema, document, kind.schema.name_field).names):
        folded = fold_name(text)[:LONGEST_NAME].strip()
        if folded and folded not in seen:
            seen.add(folded)
            yield unsaved(
                NameTrigrams,
                entry_id=entry_id,
                kind=kind.name,
                text=text[:LONGEST_NAME],
                folded=folded,
                is_name=place == 0,
                trigrams=trigrams(folded),
            )
