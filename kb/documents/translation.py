"""pydantic's errors in our words: one table from its error types to our problems."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from kb.documents import fields
from kb.documents.problems import Path, Problem, shortened, shown
from kb.documents.vocabulary import nearest

Context = Mapping[str, Any]
Said = tuple[str, str, str]  # code, found, remedy
FieldsAt = Callable[[Path], tuple[str, ...]]

MOST_ERRORS = 20_000  # of pydantic's that are looked at: more take seconds

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of fields",
}

_PATTERNS: dict[str, tuple[str, str, str]] = {
    fields.KEY: (
        "bad-key",
        "is not a key",
        "Write 2 to 80 of the letters a-z, the digits 0-9 and hyphens.",
    ),
    fields.STATEMENT_ID: (
        "bad-id",
        "is not an id",
        "Write 1 to 40 of the letters a-z, the digits 0-9 and hyphens, no hyphen first.",
    ),
    fields.ONE_LINE: (
        "line-break",
        "has a line break or a tab in it",
        "Write it on one line.",
    ),
    fields.URL: (
        "bad-url",
        "is not a web address",
        "Write the whole address, beginning with https:// or http://, without spaces.",
    ),
}


def problems_of(
    error: ValidationError, data: Any, fields_at: FieldsAt, most: int
) -> dict[Path, Problem]:
    """One problem a place, the first `most`, in pydantic's order (the schema's, unknown last).

    `data`: what was validated. `fields_at`: path of a part → the names of its fields.
    """
    if error.error_count() > MOST_ERRORS:
        found = f"{error.error_count():,} problems, too many to be listed"
        return {(): Problem("", "too-many-problems", found, "Check that this is the right file.")}
    problems: dict[Path, Problem] = {}
    for item in error.errors(include_url=False):
        if len(problems) == most:
            break
        path = _path_in(data, item["loc"], is_missing=item["type"] == "missing")
        said = _said(item["type"], path, item["input"], item.get("ctx", {}), fields_at)
        problems.setdefault(path, Problem.at(path, *said))
    return problems


def _path_in(data: Any, location: tuple[str | int, ...], *, is_missing: bool) -> Path:
    """pydantic's location without what is no place in the document, such as branches of a union."""
    path: list[str | int] = []
    for step in location:
        is_row = isinstance(data, list) and isinstance(step, int) and step < len(data)
        if is_row or (isinstance(data, dict) and step in data):
            data = data[step]
            path.append(step)
    return (*path, location[-1]) if is_missing else tuple(path)


def _said(kind: str, path: Path, found: Any, context: Context, fields_at: FieldsAt) -> Said:
    """Code, what was found, and remedy for one of pydantic's errors."""
    if "remedy" in context:  # raised by one of our own types
        return kind, context["found"], context["remedy"]
    if kind in _EXPECTED:
        return _wrong_type(_EXPECTED[kind], found, fields_at(path))
    if kind == "missing":
        return "missing-field", "missing", f"Add the field “{path[-1]}”: it is required."
    if kind == "extra_forbidden":
        return _unknown_field(str(path[-1]), fields_at(path[:-1]))
    if kind in _SAYINGS:
        return _SAYINGS[kind](found, context)
    return kind.replace("_", "-"), f"{shown(found)} does not fit", "See the field's schema."


def _wrong_type(expected: str, found: Any, names: tuple[str, ...]) -> Said:
    said = f"{shown(found)} is not {expected}"
    remedy = f"Write {expected}."
    if expected == "text" and isinstance(found, (int, float)):
        remedy = f"Put quotes around it: '{shown(found).removeprefix('the number ')}'."
    elif expected == "text" and hasattr(found, "isoformat"):
        remedy = f"Put quotes around it: '{found.isoformat()}'."
    elif expected == "a list" and isinstance(found, (str, dict)):
        remedy = "Write a list, even of one: begin the row with a hyphen."
    elif expected == "a mapping of fields" and names:
        remedy = f"Write its fields: {', '.join(names)}."
    return "wrong-type", said, remedy


def _unknown_field(name: str, names: tuple[str, ...]) -> Said:
    near = nearest(name, names)
    remedy = f"Did you mean “{near}”?" if near else f"The fields here are {', '.join(names)}."
    return "unknown-field", f"“{shortened(name)}” is not a field here", remedy


def _unknown_term(found: Any, context: Context) -> Said:
    if not isinstance(found, str):
        return _wrong_type("text", found, ())
    terms = context["terms"]
    near = nearest(found, terms)
    listed = ", ".join(terms) if len(terms) <= 12 else ", ".join(terms[:12]) + " …"
    remedy = f"Did you mean “{near}”?" if near else f"Write one of: {listed}."
    return "unknown-term", f"{shown(found)} is not a term of {context['vocabulary']}", remedy


def _wrong_value(found: Any, context: Context) -> Said:
    expected = context["expected"].replace("'", "")
    return "wrong-value", f"{shown(found)} is not right here", f"Write {expected}."


def _too_long(found: str, context: Context) -> Said:
    said = f"{shown(found)} has {len(found):,} characters"
    return "too-long", said, f"Shorten it to {context['max_length']:,} characters or fewer."


def _empty(_found: Any, _context: Context) -> Said:
    return "empty", "an empty text", "Write something or leave it out."


def _mismatch(found: Any, context: Context) -> Said:
    pattern = context["pattern"]
    unnamed = ("wrong-form", "does not have the right form", f"Write it as {pattern} asks.")
    code, what, remedy = _PATTERNS.get(pattern, unnamed)
    return code, f"{shown(found)} {what}", remedy


def _too_few(_found: Any, context: Context) -> Said:
    return "too-few", f"{context['actual_length']} are too few", f"Give {context['min_length']}."


def _too_many(found: Any, context: Context) -> Said:
    return "too-many", f"{len(found)} are too many", f"Give at most {context['max_length']}."


def _bound(name: str, words: str) -> Callable[[Any, Context], Said]:
    def out_of_range(found: Any, context: Context) -> Said:
        remedy = f"Write a number {words} {context[name]:g}."
        return "out-of-range", f"{shown(found)} is out of range", remedy

    return out_of_range


_SAYINGS: Mapping[str, Callable[[Any, Context], Said]] = {
    "unknown-term": _unknown_term,
    "literal_error": _wrong_value,
    "string_too_long": _too_long,
    "string_too_short": _empty,
    "string_pattern_mismatch": _mismatch,
    "too_short": _too_few,
    "too_long": _too_many,
    "greater_than": _bound("gt", "above"),
    "greater_than_equal": _bound("ge", "of at least"),
    "less_than": _bound("lt", "below"),
    "less_than_equal": _bound("le", "of at most"),
}
