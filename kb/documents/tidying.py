"""What is done to any document before its schema looks at it, whatever the schema.

Texts become NFC, without blanks around them and with line feeds alone; numbers lose a fraction of
nothing (JSON does not tell 1.0 from 1); fields that hold nothing go. What no document may hold is
reported.
"""

import math
import re
from collections.abc import Iterator
from typing import Any
from unicodedata import name as unicode_name
from unicodedata import normalize

from kb.documents.problems import Path, Problem, shown

MOST_LEVELS = 40  # of nesting
LARGEST_NUMBER = 2**53 - 1  # beyond it, readers of JSON disagree. Source: RFC 8785, appendix D

# Controls, separators that act as line breaks, marks that reorder what a reader sees
# (Unicode TR 36, "bidirectional text spoofing"), halves of characters, and non-characters.
FORBIDDEN = re.compile(
    "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069"
    "\\ud800-\\udfff\\ufeff\\ufff9-\\ufffb\\ufffe\\uffff]"
)


def tidied(data: Any) -> tuple[Any, Iterator[Problem]]:
    """The tidy document, and what is in it that no document may hold.

    Odd values are left as they came, fields with an odd name are left out.
    """
    odd: list[Any] = []
    tidy = _tidy(data, MOST_LEVELS, odd)
    return tidy, _oddities(data, ()) if odd else iter(())


def _tidy(value: Any, levels: int, odd: list[Any]) -> Any:
    """A tidy copy. Runs for every value of every document, so what is usual is asked first."""
    kind = type(value)
    if kind is str:
        text: str = value.strip()
        return text if text.isascii() and text.isprintable() else _tidy_text(value, odd)
    if kind is dict and levels:
        fields = {}
        for name, inner in value.items():
            if type(name) is not str or not name.isprintable():
                odd.append(name)
                continue
            tidy = _tidy(inner, levels - 1, odd)
            if tidy or tidy == 0:  # False is 0 too; None and what is empty are not
                fields[name] = tidy
        return fields
    if kind is list and levels:
        return [_tidy(inner, levels - 1, odd) for inner in value]
    if value is None or kind is bool or (kind is int and abs(value) <= LARGEST_NUMBER):
        return value
    if kind is float and abs(value) <= LARGEST_NUMBER:
        return int(value) if value.is_integer() else value
    odd.append(value)
    return value


def _tidy_text(text: str, odd: list[Any]) -> str:
    if FORBIDDEN.search(text):
        odd.append(text)
    return normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _oddities(value: Any, path: Path) -> Iterator[Problem]:
    """Everything that no document may hold. Slow: only for documents that hold such a thing."""
    if len(path) >= MOST_LEVELS and isinstance(value, (dict, list)):
        remedy = f"Nest at most {MOST_LEVELS} levels."
        yield Problem.at(path[:3], "too-deep", "nested too deeply", remedy)
    elif isinstance(value, str):
        yield from _odd_characters(value, path)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _odd_name(name, path)
            if isinstance(name, str):
                yield from _oddities(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _oddities(inner, (*path, number))
    else:
        yield from _odd_value(value, path)


def _odd_characters(text: str, path: Path) -> Iterator[Problem]:
    match = FORBIDDEN.search(text)
    if match:
        what = f"{_named(match[0])} at character {match.start() + 1}"
        remedy = "Delete it: control characters and invisible marks are not allowed."
        yield Problem.at(path, "control-character", what, remedy)


def _named(character: str) -> str:
    code = f"U+{ord(character):04X}"
    name = unicode_name(character, "")
    return f"{code} ({name.lower()})" if name else f"the control character {code}"


def _odd_name(name: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(name, str):
        remedy = f"Put quotes around it: '{name}'."
        yield Problem.at(path, "wrong-type", f"{shown(name)} is not a field's name", remedy)
    elif not name.isprintable():
        found = f"the field's name {shown(name)} holds a control character"
        yield Problem.at(path, "control-character", found, "Write the name without it.")


def _odd_value(value: Any, path: Path) -> Iterator[Problem]:
    if value is None or isinstance(value, bool):
        return
    if hasattr(value, "isoformat"):
        remedy = f"Put quotes around it: '{value.isoformat()}'."
        yield Problem.at(path, "wrong-type", f"{value.isoformat()} is not text", remedy)
    elif isinstance(value, float) and not math.isfinite(value):
        yield Problem.at(path, "not-a-number", f"{value} is not a number", "Write a number.")
    elif not isinstance(value, (int, float)):
        found = f"{shown(value)} is no JSON value"
        yield Problem.at(path, "wrong-type", found, "Write text, a number, true, false or a list.")
    elif abs(value) > LARGEST_NUMBER:
        remedy = f"Write a number between -{LARGEST_NUMBER} and {LARGEST_NUMBER}."
        yield Problem.at(path, "out-of-range", f"{shown(value)} is too large", remedy)
