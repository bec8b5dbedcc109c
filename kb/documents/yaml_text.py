"""YAML as documents are written in it: mappings, lists and values, and nothing that surprises.

Plain texts stay texts: only what is null, true, false or a number in JSON is read as such, so
`1954-09`, `NO` and `12:30` are what they look like. Source: YAML 1.2.2, section 10.2, JSON schema
(but with unquoted texts).
"""

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from kb.documents.problems import Path, shortened
from kb.documents.tidying import MOST_LEVELS
from kb.documents.unreadable import UnreadableText

_NULLS = frozenset(("", "null", "~"))
_CONSTANTS = {"true": True, "false": False}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")


def parse_yaml(text: str) -> Any:
    """The value written in `text`. Raises UnreadableText."""
    return _Reader(text).document()


def line_of(text: str, path: Path) -> int:
    """Line of a place in YAML that `parse_yaml` reads; of its nearest ancestor that is there."""
    lines: dict[Path, int] = {}
    _Reader(text, note=lines.__setitem__).document()
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)


def reads_as_text(plain: str) -> bool:
    """Whether `parse_yaml` takes an unquoted scalar for text."""
    return plain not in _NULLS and plain not in _CONSTANTS and not _NUMBER.fullmatch(plain)


class _Reader:
    """Builds values from libyaml's events, one after the other, so that nothing is expanded."""

    def __init__(self, text: str, note: Callable[[Path, int], None] | None = None):
        self.parser = yaml.CSafeLoader(text)
        self.note = note

    def document(self) -> Any:
        try:
            self._next()  # the beginning of the stream
            start = self._next()
            if not isinstance(start, DocumentStartEvent):
                raise UnreadableText(1, "there is nothing in it")
            if start.tags:
                raise UnreadableText(_line(start), "%TAG is not read. Delete it")
            value = self._value(self._next(), ())
            self._next()  # the end of the document
            end = self._next()
        except yaml.MarkedYAMLError as error:
            raise UnreadableText(*_said(error)) from None
        except yaml.YAMLError as error:
            raise UnreadableText(1, f"this is no YAML: {error}") from None
        if not isinstance(end, StreamEndEvent):
            raise UnreadableText(_line(end), "a second document begins. Write one a file")
        return value

    def _next(self) -> Event:
        event: Event | None = self.parser.get_event()
        if event is None:
            raise AssertionError("read on after the end")
        return event

    def _value(self, event: Event, path: Path) -> Any:
        _refuse_surprises(event)
        if self.note:
            self.note(path, _line(event))
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        if len(path) >= MOST_LEVELS:
            raise UnreadableText(_line(event), f"more than {MOST_LEVELS} levels of nesting")
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        return self._list(path)

    def _list(self, path: Path) -> list[Any]:
        rows: list[Any] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            rows.append(self._value(event, (*path, len(rows))))
        return rows

    def _mapping(self, path: Path) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            name = _name(event)
            if name in fields:
                message = f"“{shortened(name)}” stands twice. Delete one of the two"
                raise UnreadableText(_line(event), message)
            line = _line(event)
            fields[name] = self._value(self._next(), (*path, name))
            if self.note:
                self.note((*path, name), line)
        return fields


def _refuse_surprises(event: Event) -> None:
    """Raises UnreadableText for anchors, aliases and tags."""
    if isinstance(event, AliasEvent):
        raise UnreadableText(_line(event), f"*{event.anchor} is not read. Write out what it means")
    anchor, tag = getattr(event, "anchor", None), getattr(event, "tag", None)
    if anchor is not None:
        raise UnreadableText(_line(event), f"&{shortened(anchor)} is not read. Delete it")
    if tag is not None:
        raise UnreadableText(_line(event), f"the tag {shortened(tag)} is not read. Delete it")


def _name(event: Event) -> str:
    """The text of a mapping's key, never taken for anything but text. Raises UnreadableText."""
    _refuse_surprises(event)
    if not isinstance(event, ScalarEvent):
        raise UnreadableText(_line(event), "a name must be text, not a list or a mapping")
    name: str = event.value
    if name == "<<" and event.implicit[0]:
        raise UnreadableText(_line(event), "<< is not read. Write the fields out")
    return name


def _scalar(event: ScalarEvent) -> Any:
    text: str = event.value
    if not event.implicit[0]:  # quoted, or a block: text whatever it looks like
        return text
    if text in _NULLS:
        return None
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    if len(text) > 40:
        raise UnreadableText(_line(event), f"{shortened(text)} is no number that can be kept")
    if number[1] is None and number[2] is None:
        return int(text)
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise UnreadableText(_line(event), f"{shortened(text)} is too large a number")
    return value


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _said(error: yaml.MarkedYAMLError) -> tuple[int, str]:
    """Line and message of a syntax error."""
    mark = error.problem_mark or error.context_mark
    what = error.problem or error.context or "it cannot be read"
    return (mark.line + 1 if mark else 1), f"this is no YAML: {what}"
