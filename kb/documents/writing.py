"""Documents as YAML that people edit: block style, texts folded, the same bytes each time.

What is written reads back as the same value by `parse_yaml`, and by any other reader of YAML 1.1
or 1.2: texts that one of them takes for a date, a number or a truth value stand in quotes.
"""

import json
from collections.abc import Iterator
from typing import Any

import yaml

from kb.documents.yaml_text import reads_as_text

WIDTH = 100  # characters after which a text goes on in the next line
STEP = "  "  # of indentation

_NOT_FIRST = frozenset("#,[]{}&*!|>'\"%@`")
_NOT_FIRST_BEFORE_A_BLANK = ("-", "?", ":")
_TAKEN_FOR_VALUES = yaml.SafeLoader.yaml_implicit_resolvers  # first character → (tag, pattern)s


def write_yaml(document: dict[str, Any]) -> str:
    """The document as YAML, fields in the order in which they come."""
    return "\n".join(_fields(document, "")) + "\n" if document else "{}\n"


def _fields(fields: dict[str, Any], indent: str) -> Iterator[str]:
    for name, value in fields.items():
        head = f"{indent}{_name(name)}:"
        if value and isinstance(value, dict):
            yield head
            yield from _fields(value, indent + STEP)
        elif value and isinstance(value, list):
            yield head
            yield from _rows(value, indent + STEP)
        else:
            yield f"{head} {_scalar(value, indent + STEP, len(head) + 1)}"


def _rows(rows: list[Any], indent: str) -> Iterator[str]:
    inner = indent + STEP
    for row in rows:
        if row and isinstance(row, dict):
            lines = _fields(row, inner)
        elif row and isinstance(row, list):
            lines = _rows(row, inner)
        else:
            lines = iter([inner + _scalar(row, inner, len(inner))])
        yield f"{indent}- {next(lines).removeprefix(inner)}"
        yield from lines


def _name(name: str) -> str:
    return name if _is_plain(name) else json.dumps(name, ensure_ascii=False)


def _scalar(value: Any, indent: str, column: int) -> str:
    """A value; its further lines begin with `indent`, its first one stands at `column`."""
    if not isinstance(value, str):
        return json.dumps(value)
    if value != value.strip() or not value or "\t" in value or "\r" in value:
        return json.dumps(value, ensure_ascii=False)
    if "\n" in value:
        lines = (indent + line if line else "" for line in value.split("\n"))
        return "\n".join(("|-", *lines))
    if _is_plain(value):
        return _folded(value, indent, column)
    return _folded("'" + value.replace("'", "''") + "'", indent, column)


def _is_plain(text: str) -> bool:
    """Whether a text of one line can do without quotes."""
    if text[:1] in _NOT_FIRST or text in _NOT_FIRST_BEFORE_A_BLANK or text != text.strip():
        return False
    if not text.isprintable() or text.startswith(("---", "...")):
        return False
    if text[1:2] == " " and text[0] in _NOT_FIRST_BEFORE_A_BLANK:
        return False
    if ": " in text or " #" in text or text.endswith(":"):
        return False
    taken = _TAKEN_FOR_VALUES.get(text[:1], ())
    return reads_as_text(text) and not any(pattern.match(text) for _tag, pattern in taken)


def _folded(text: str, indent: str, column: int) -> str:
    """The text with line breaks for single blanks, which readers turn into blanks again."""
    if column + len(text) <= WIDTH:
        return text
    lines, start = [], 0
    while (end := _next_break(text, start, WIDTH - column)) > 0:
        lines.append(text[start:end])
        start, column = end + 1, len(indent)
    return f"\n{indent}".join([*lines, text[start:]])


def _next_break(text: str, start: int, room: int) -> int:
    """Where the first single blank is that has more than `room` characters before it; else -1."""
    end = text.find(" ", start + max(room + 1, 1))
    while end > 0 and not _is_single_blank(text, end):
        end = text.find(" ", end + 1)
    return end


def _is_single_blank(text: str, at: int) -> bool:
    """Whether a blank stands alone between two words, not beside a quote that ends the text."""
    before, after = text[at - 1], text[at + 1 : at + 2]
    return before != " " and after not in ("", " ") and at + 2 < len(text)
