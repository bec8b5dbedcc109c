"""Query parameters: read from an address and checked against what is declared.

Lists, pages and the OpenAPI file read the same declaration, `kb.filters.Parameter`. Its `schema` is
JSON Schema; understood are strings (enum, pattern, lengths), integers (bounds), and an array of an
enum, which is written with commas (`fields=name,topics`). `x-entry` marks the key of an entry and
lists the kinds it may be of (none: any).
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import unquote_to_bytes

from kb.documents.vocabulary import nearest
from kb.filters import Filter, Parameter, Values, WrongValue

MOST_LISTED = 12  # values of an enum that an error names
MOST_SHOWN = 100  # characters of a wrong value that an error repeats

PAGE_SIZE, MOST_ROWS = 50, 200


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with a parameter: unknown, missing, repeated, empty or invalid."""

    parameter: str
    code: str
    detail: str


class WrongParameters(ValueError):
    """All that is wrong with the parameters of one address."""

    def __init__(self, errors: Iterable[Wrong]):
        self.errors = tuple(errors)
        super().__init__(" ".join(f"{error.parameter}: {error.detail}" for error in self.errors))


class UnreadableAddress(ValueError):
    """The address holds bytes that are not UTF-8, or a NUL."""


def read(query: str) -> dict[str, list[str]]:
    """Names and values of a query string, in its order. Raises UnreadableAddress."""
    found: dict[str, list[str]] = {}
    for piece in query.split("&") if query else ():
        if piece:
            name, _equals, value = piece.partition("=")
            found.setdefault(_text(name), []).append(_text(value))
    return found


def _text(quoted: str) -> str:
    try:
        text = unquote_to_bytes(quoted.replace("+", " ").encode("latin-1")).decode()
    except UnicodeError:
        raise UnreadableAddress("The address holds bytes that are not UTF-8.") from None
    if "\0" in text:
        raise UnreadableAddress("The address holds a NUL character (%00).")
    return text


def wrong_in(
    given: Values, declared: Mapping[str, Parameter], required: Sequence[str] = ()
) -> list[Wrong]:
    """Everything that is wrong with the parameters as given, in their order."""
    missing = "This parameter is needed here."
    errors = [Wrong(name, "missing", missing) for name in required if name not in given]
    for name, values in given.items():
        parameter = declared.get(name)
        if parameter is None:
            errors.append(Wrong(name[:MOST_SHOWN], "unknown", _unknown(name, declared)))
        else:
            errors += _wrong_with(parameter, values)
    return errors


def _unknown(name: str, declared: Mapping[str, Parameter]) -> str:
    close = nearest(name, declared)
    if close:
        return f"There is no such parameter here. Did you mean “{close}”?"
    known = ", ".join(declared) if len(declared) <= MOST_LISTED else "those in the documentation"
    return f"There is no such parameter here. Known are {known or 'none'}."


def _wrong_with(parameter: Parameter, values: Sequence[str]) -> Iterable[Wrong]:
    if len(values) > 1 and not parameter.repeat:
        yield Wrong(parameter.name, "repeated", "This parameter may be given only once.")
    for value in values:
        if value == "":
            detail = "The value is empty. Leave the parameter out, or give it a value."
            yield Wrong(parameter.name, "empty", detail)
        elif found := fault(value, parameter.schema):
            yield Wrong(parameter.name, "invalid", found)


def fault(value: str, schema: Mapping[str, Any]) -> str | None:
    """What is wrong with one value, and how to put it right; None when nothing is."""
    if schema.get("type") == "array":
        pieces = (fault(piece, schema["items"]) for piece in value.split(","))
        return next((detail for detail in pieces if detail), None)
    if schema.get("type") == "integer":
        return _fault_of_number(value, schema)
    if "enum" in schema:
        return _fault_of_choice(value, schema["enum"])
    return _fault_of_text(value, schema)


def _fault_of_number(value: str, schema: Mapping[str, Any]) -> str | None:
    least, most = schema["minimum"], schema["maximum"]
    wanted = f"Write a whole number from {least} to {most}."
    if not re.fullmatch(r"-?[0-9]{1,19}", value):
        return f"“{_short(value)}” is not a whole number. {wanted}"
    if not least <= int(value) <= most:
        return f"{value} is outside the bounds. {wanted}"
    return None


def _fault_of_choice(value: str, choices: Sequence[str]) -> str | None:
    if value in choices:
        return None
    close = nearest(value, choices)
    hint = f" Did you mean “{close}”?" if close else ""
    listed = f" Possible are {', '.join(choices)}." if len(choices) <= MOST_LISTED else ""
    return f"“{_short(value)}” is not one of the values.{hint}{listed}"


def _fault_of_text(value: str, schema: Mapping[str, Any]) -> str | None:
    if len(value) > (most := schema.get("maxLength", 8000)):
        return f"The value has {len(value)} characters; {most} are the most."
    if schema.get("format") == "date":
        return _fault_of_day(value)
    pattern = schema.get("pattern")
    if pattern is not None and not _compiled(pattern).search(value):
        wanted = schema.get("x-wanted", f"The pattern is {pattern}.")
        return f"“{_short(value)}” does not have the right form. {wanted}"
    return None


def _fault_of_day(value: str) -> str | None:
    wanted = "Write one day as YYYY-MM-DD."
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return f"“{_short(value)}” is not a day. {wanted}"
    try:
        date.fromisoformat(value)
    except ValueError as problem:
        return f"“{value}” is not a day ({problem}). {wanted}"
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # `$` of Python would let a line feed pass at the end; that of JSON Schema does not.
    return re.compile(re.sub(r"\$$", r"\\Z", pattern))


def _short(value: str) -> str:
    return value if len(value) <= MOST_SHOWN else value[:MOST_SHOWN] + "…"


def wrong_in_filters(
    given: Values, filters: Sequence[Filter], known_wrong: Iterable[str] = ()
) -> list[Wrong]:
    """What the filters themselves find wrong (a month 13), beyond parameters known to be wrong."""
    usable = {name: values for name, values in given.items() if name not in set(known_wrong)}
    return [error for each in filters for error in _refused_by(each, usable)]


def _refused_by(each: Filter, usable: Values) -> Iterable[Wrong]:
    its = {parameter.name for parameter in each.parameters()}
    remaining = {name: values for name, values in usable.items() if name in its}
    # A filter stops at the first value that is wrong: without it, it tells of the next.
    while remaining:
        try:
            each.conditions(remaining)
        except WrongValue as problem:
            yield Wrong(problem.parameter, "invalid", problem.detail)
            if remaining.pop(problem.parameter, None) is not None:
                continue
        return


def declared_by(parameters: Iterable[Parameter]) -> dict[str, Parameter]:
    """Parameters by name. Two filters may share one (`on`) if it takes the same values in both.

    Raises ValueError when it does not.
    """
    named: dict[str, Parameter] = {}
    for parameter in parameters:
        known = named.setdefault(parameter.name, parameter)
        if (known.schema, known.repeat) != (parameter.schema, parameter.repeat):
            raise ValueError(f"two different parameters are called “{parameter.name}”")
        if parameter.description not in known.description:
            both = f"{known.description} {parameter.description}"
            named[parameter.name] = replace(known, description=both)
    return named


def pieces(values: Values, name: str) -> list[str]:
    """The values of a parameter written with commas, each once, in their order."""
    return list(dict.fromkeys(piece for v in values.get(name, ()) for piece in v.split(",")))


def one_of(values: Values, name: str) -> str | None:
    """The value of a parameter that may be given once; None without it."""
    given = values.get(name)
    return given[0] if given else None


DAY: Mapping[str, Any] = {"type": "string", "format": "date"}
