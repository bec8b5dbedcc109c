"""JSON as documents come in it: strict, without doubled names, with the line of every error."""

import json
import re
from typing import Any

from kb.documents.problems import shortened
from kb.documents.tidying import MOST_LEVELS
from kb.documents.unreadable import UnreadableText

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,\n]|[^\s{}\[\]:,"]+', re.DOTALL)


class _RepeatedName(Exception):
    """An object has a name twice; where, `_first_repeat` finds out."""


def parse_json(text: str) -> Any:
    """The value written in `text`. Raises UnreadableText."""
    _refuse_deep_nesting(text)
    try:
        return _decoder.decode(text)
    except json.JSONDecodeError as error:
        what = error.msg[0].lower() + error.msg[1:]
        raise UnreadableText(error.lineno, f"this is no JSON: {what}") from None
    except _RepeatedName:
        line, name = _first_repeat(text)
        raise UnreadableText(line, f"“{name}” stands twice. Delete one of the two") from None
    except _NoNumber as error:
        found = shortened(str(error))
        raise UnreadableText(_line_of(text, str(error)), f"{found} is not a number") from None


class _NoNumber(Exception):
    """NaN, an infinity, or a number too large to be read."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise _RepeatedName
    return fields


def _refuse(constant: str) -> Any:
    raise _NoNumber(constant)


def _integer(digits: str) -> int:
    if len(digits) > 40:
        raise _NoNumber(digits)
    return int(digits)


def _number(digits: str) -> float:
    number = float(digits)
    if number in (float("inf"), float("-inf")):
        raise _NoNumber(digits)
    return number


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_refuse, parse_int=_integer, parse_float=_number
)


def _refuse_deep_nesting(text: str) -> None:
    """Raises UnreadableText. Counts only where there are enough brackets to nest too deeply."""
    if text.count("{") + text.count("[") <= MOST_LEVELS:
        return
    levels, line = 0, 1
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark in "{[":
            levels += 1
        elif mark in "}]":
            levels -= 1
        if levels > MOST_LEVELS:
            line = text.count("\n", 0, match.start()) + 1
            raise UnreadableText(line, f"more than {MOST_LEVELS} levels of nesting")


def _first_repeat(text: str) -> tuple[int, str]:
    """Line and name of the first name that an object of valid JSON has twice."""
    names: list[set[str]] = []
    last = (0, "")
    for match in _TOKEN.finditer(text):
        mark = match[0]
        if mark == "{":
            names.append(set())
        elif mark == "}":
            names.pop()
        elif mark == ":":
            line, name = last
            if name in names[-1]:
                return line, name
            names[-1].add(name)
        elif mark.startswith('"'):
            last = (text.count("\n", 0, match.start()) + 1, json.loads(mark, strict=False))
    raise AssertionError("no name stands twice")


def _line_of(text: str, number: str) -> int:
    return text.count("\n", 0, text.index(number)) + 1
