"""Real documents as models for synthetic ones: which of their values may be replaced, and by what.

What a value is comes from the schema, so a new field needs no change here.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from bench.vocabulary import FUNCTION_WORDS
from kb.documents.fields import KEY, URL, Line, Markdown, Pattern, Quote, Reference
from kb.documents.inexact_dates import InexactDate
from kb.documents.schema import Document, Part

JSON = dict[str, Any]

# Texts that point into something: places in a source, fields and statements of the document.
# Publishers and journals are few, also where sources are many.
KEPT = frozenset({"locator", "field", "statement", "publisher", "container"})
NAMES = frozenset({"aliases", "authors"})
MOST_OF_A_QUOTE = 600

SLOT = re.compile(r"https?://\S+|[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Text:
    """One line, Markdown or a quote of at most `most` characters; `is_name`: what is known by."""

    most: int
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A term, number, code or identifier: stays as it is."""


@dataclass(frozen=True, slots=True)
class OwnKey:
    """The key of the document itself."""


@dataclass(frozen=True, slots=True)
class OtherKey:
    """The key of another entry."""


@dataclass(frozen=True, slots=True)
class Day:
    """An inexact date."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address on the web."""


@dataclass(frozen=True, slots=True)
class Several:
    """A list, or a mapping whose keys are data."""

    item: "Role"


@dataclass(frozen=True, slots=True)
class Parts:
    """A mapping of fields."""

    fields: Mapping[str, "Role"]


Role = Text | Kept | OwnKey | OtherKey | Day | Address | Several | Parts


@cache
def roles(schema: type[Part]) -> Parts:
    """What each field of a schema holds."""
    name_field = schema.name_field if issubclass(schema, Document) else ""
    found: dict[str, Role] = {}
    for attribute, info in schema.model_fields.items():
        name = info.alias or attribute
        role = _role(info.annotation, tuple(info.metadata))
        is_name = name in NAMES or (name == name_field and name != "title")
        found[name] = Kept() if name in KEPT else _as_name(role) if is_name else role
    if issubclass(schema, Document):
        found |= {"kind": Kept(), "key": OwnKey()}
    return Parts(found)


def _as_name(role: Role) -> Role:
    match role:
        case Text(most=most):
            return Text(most, is_name=True)
        case Several(item=item):
            return Several(_as_name(item))
        case _:
            return role


def _role(annotation: Any, metadata: tuple[Any, ...]) -> Role:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _role(arguments[0], (*arguments[1:], *metadata))
    if origin in (Union, UnionType):
        return _first([_role(each, metadata) for each in arguments])
    if origin in (list, dict):
        return Several(_role(arguments[-1], ()))
    if annotation is InexactDate:
        return Day()
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return roles(annotation)
    return _role_of_text(metadata) if annotation is str else Kept()


def _first(choices: list[Role]) -> Role:
    return next((choice for choice in choices if not isinstance(choice, Kept)), Kept())


QUOTE = get_args(Quote)[1]


def _role_of_text(metadata: tuple[Any, ...]) -> Role:
    for mark in metadata:
        match mark:
            case Reference():
                return OtherKey()
            case Line(most=most) | Markdown(most=most):
                return Text(most)
            case Pattern(pattern=pattern) if pattern == URL:
                return Address()
            case Pattern(pattern=pattern) if pattern == KEY:
                return OwnKey()
            case _ if mark == QUOTE:
                return Text(MOST_OF_A_QUOTE)
    return Kept()


# --- making a document like another one ------------------------------------------------------


@dataclass(slots=True)
class Making:
    """What one synthetic document is made with: where its words, keys and dates come from.

    Equal texts and keys of the model become equal ones again, different ones different, so that
    what holds between the rows of the model (no row twice) holds for its likeness.
    """

    key: str
    word: Callable[[], str]
    name_word: Callable[[], str]
    other_key: Callable[[str], str]
    years: int
    texts: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    addresses: int = 0


Make = Callable[[Making], Any]


def maker(role: Role, value: Any) -> Make:
    """What makes values like `value`."""
    match role:
        case Parts(fields=fields):
            makers = [(name, maker(fields.get(name, Kept()), each)) for name, each in value.items()]
            return lambda making: {name: make(making) for name, make in makers}
        case Several(item=item) if isinstance(value, dict):
            makers = [(name, maker(item, each)) for name, each in value.items()]
            return lambda making: {name: make(making) for name, make in makers}
        case Several(item=item):
            rows = [maker(item, each) for each in value]
            return lambda making: [make(making) for make in rows]
        case Text() if isinstance(value, str):
            return _text_maker(value, role)
        case OwnKey():
            return lambda making: making.key
        case OtherKey():
            return lambda making: making.other_key(value)
        case Day():
            return lambda making: earlier(value, making.years)
        case Address():
            return _address_maker(value)
        case _:
            return lambda _making: value


def _text_maker(model: str, role: Text) -> Make:
    pieces, slots = _slots_of(model)
    if not slots:
        return lambda _making: model
    most, is_name = role.most, role.is_name

    def make(making: Making) -> str:
        text = making.texts.get(model)
        while text is None:
            made = _filled(pieces, slots, making, most, is_name=is_name)
            if made not in making.taken:
                making.taken.add(made)
                text = making.texts[model] = made
        return text

    return make


def _slots_of(model: str) -> tuple[list[str], list[tuple[int, Callable[[str], str]]]]:
    """The pieces of a text, and (position, how it is written) of those that are replaced."""
    pieces: list[str] = []
    slots: list[tuple[int, Callable[[str], str]]] = []
    end = 0
    for match in SLOT.finditer(model):
        word = match[0]
        pieces += [model[end : match.start()], word]
        end = match.end()
        if "://" not in word and word.lower() not in FUNCTION_WORDS:
            slots.append((len(pieces) - 1, _case_of(word)))
    return [*pieces, model[end:]], slots


def _case_of(word: str) -> Callable[[str], str]:
    return str if word.islower() else str.capitalize


def _filled(
    pieces: list[str],
    slots: list[tuple[int, Callable[[str], str]]],
    making: Making,
    most: int,
    *,
    is_name: bool,
) -> str:
    filled = pieces.copy()
    next_word = making.name_word if is_name else making.word
    for position, written in slots:
        word = next_word()
        making.words.add(word)
        filled[position] = written(word)
    text = "".join(filled)
    return text if len(text) <= most else text[:most].rpartition(" ")[0].strip() or text[:most]


def _address_maker(model: str) -> Make:
    site = "/".join(model.split("/", 3)[:3])

    def make(making: Making) -> str:
        making.addresses += 1
        return f"{site}/{making.word()}/{making.key}-{making.addresses}"

    return make


def earlier(text: str, years: int) -> str:
    """The same inexact date some years before; 29 February becomes the 28th where it must."""
    moved = f"{int(text[:4]) - years:04}{text[4:]}"
    if moved.endswith("-02-29"):
        try:
            date.fromisoformat(moved)
        except ValueError:
            return moved[:-2] + "28"
    return moved


def texts_in(role: Role, value: Any, *, names: bool) -> Iterator[str]:
    """The texts in a document that would be replaced: its names, or all others."""
    match role:
        case Parts(fields=fields):
            for name, each in value.items():
                yield from texts_in(fields.get(name, Kept()), each, names=names)
        case Several(item=item):
            for each in value.values() if isinstance(value, dict) else value:
                yield from texts_in(item, each, names=names)
        case Text(is_name=is_name) if is_name == names and isinstance(value, str):
            yield value
