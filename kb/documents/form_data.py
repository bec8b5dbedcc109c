"""What was typed into a form, as a document. The names are those of `form_fields.py`."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kb.documents.form_fields import ENTRY_NAME, MORE, NUMERIC, RAW, is_number, one_line
from kb.documents.form_specs import Spec, Widget, spec_of
from kb.documents.json_text import parse_json
from kb.documents.problems import Path
from kb.documents.schema import Part
from kb.documents.unreadable import UnreadableText

JSON = dict[str, Any]
FormData = Mapping[str, str | Sequence[str]]

NOTHING: Any = None  # JSON's null is nothing too: no document holds it


def document_from(schema: type[Part], data: FormData, *, keep_blank_rows: bool = False) -> JSON:
    """The document that a posted form holds, checked by nobody.

    Empty boxes are left out, and rows in which nothing was typed, unless `keep_blank_rows`. What
    is not a number stays the text that it is, so that the schema can say what is wrong with it.
    """
    return _Reader(data, keep_blank_rows=keep_blank_rows).fields(spec_of(schema), "")


def closed_rows(data: FormData) -> frozenset[str]:
    """What came as the JSON of whole rows, each as `one_line` writes it."""
    texts = (texts for name, texts in data.items() if name.endswith(RAW))
    found = (raw_value(text if isinstance(text, str) else "".join(text[-1:])) for text in texts)
    return rows_as_closed(list(found))


def rows_as_closed(rows: Any) -> frozenset[str]:
    """Rows as `closed_rows` has them; of anything else nothing."""
    found = rows if isinstance(rows, list) else ()
    return frozenset(one_line(row) for row in found if isinstance(row, dict))


def names_in(schema: type[Part], data: FormData) -> Callable[[Path], str]:
    """What finds the name that was posted for a place in the document, or for the nearest above.

    A row's number in the form is not its place in the document: rows were left out, or moved.
    """
    reader = _Reader(data, keep_blank_rows=False)
    reader.fields(spec_of(schema), "")
    return lambda path: _name_of(path, reader.rows)


def _name_of(path: Path, rows: Mapping[str, Mapping[str | int, str]]) -> str:
    name = ""
    for step in path:
        if name in rows:
            found = rows[name].get(step)
            if found is None:
                return name
            name = found
        else:
            name = f"{name}.{step}" if name else str(step)
    return name


class _Reader:
    """Walks the fields of a schema and picks what was posted for each.

    `rows`: name of each list or map → place of each row in the document → its name in the form.
    """

    def __init__(self, data: FormData, *, keep_blank_rows: bool):
        self._data = data
        self._keep_blank_rows = keep_blank_rows
        self.rows: dict[str, dict[str | int, str]] = {}

    def _texts(self, name: str) -> list[str]:
        found = self._data.get(name, ())
        texts = [found] if isinstance(found, str) else found
        return [with_line_feeds(text) for text in texts]

    def _text(self, name: str) -> str:
        texts = self._texts(name)
        return texts[-1] if texts else ""

    def fields(self, spec: Spec, name: str) -> JSON:
        fields = {}
        for field in spec.fields:
            value = self._value(field, f"{name}.{field.field}" if name else field.field)
            if value is not NOTHING:
                fields[field.field] = value
        return fields | self._more(name)

    def _more(self, name: str) -> JSON:
        """Fields that the schema does not know."""
        found = {}
        for number, written in enumerate(self._texts(f"{name}{MORE}")):
            value = raw_value(self._text(f"{name}{MORE}.{number}"))
            if value is not NOTHING:
                found[unquoted(written)] = value
        return found

    def _value(self, spec: Spec, name: str) -> Any:
        raw = raw_value(self._text(name + RAW))
        if raw is not NOTHING:
            return raw
        match spec.widget:
            case "group":
                return self.fields(spec, name) or NOTHING
            case "rows":
                return self._rows(spec, name) or NOTHING
            case "map":
                return self._map(spec, name) or NOTHING
            case "terms":
                return [text for text in self._texts(name) if text] or NOTHING
            case "values":
                return self._values(spec, name) or NOTHING
            case _:
                return typed(spec.widget, self._text(name))

    def _rows(self, spec: Spec, name: str) -> list[Any]:
        assert spec.item is not None
        found = {row: self._value(spec.item, row) for row in self._row_names(name)}
        if not self._keep_blank_rows:
            found = {row: value for row, value in found.items() if value is not NOTHING}
        self.rows[name] = dict(enumerate(found))
        return [blank_of(spec.item) if row is NOTHING else row for row in found.values()]

    def _row_names(self, name: str) -> Iterable[str]:
        numbers = dict.fromkeys(text for text in self._texts(name) if text.isdecimal())
        return (f"{name}.{number}" for number in numbers)

    def _map(self, spec: Spec, name: str) -> JSON:
        assert spec.item is not None
        entries: JSON = {}
        self.rows[name] = {}
        for row in self._row_names(name):
            value = self._value(spec.item, row)
            key = unquoted(self._text(row + ENTRY_NAME))
            is_begun = key and spec.item.widget != "rows"  # a list without rows is left out
            if value is not NOTHING or is_begun or self._keep_blank_rows:
                add_entry(entries, key, blank_of(spec.item) if value is NOTHING else value)
                self.rows[name].setdefault(key, row)
        return entries

    def _values(self, spec: Spec, name: str) -> list[Any]:
        assert spec.item is not None
        values = [typed(spec.item.widget, text) for text in self._texts(name)]
        self.rows[name] = {}  # boxes of one name
        if self._keep_blank_rows:
            return ["" if value is NOTHING else value for value in values]
        return [value for value in values if value is not NOTHING]


def blank_of(spec: Spec) -> Any:
    """An empty row, or entry of a map."""
    blanks: dict[str, Any] = {"group": {}, "map": {}, "rows": [], "values": [], "terms": []}
    return blanks.get(spec.widget, "")


def add_entry(entries: JSON, key: str, value: Any) -> None:
    """Put an entry into a map; one whose key is taken joins the other, or gets a number."""
    if isinstance(entries.get(key), list) and isinstance(value, list):
        entries[key] = [*entries[key], *value]
        return
    free, number = key, 1
    while free in entries:
        number += 1
        free = f"{key} ({number})"
    entries[free] = value


# --- texts as values -------------------------------------------------------------------------


def with_line_feeds(text: str) -> str:
    """Forms send line breaks as CR LF. Source: HTML, "constructing the entry list"."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def typed(widget: Widget, text: str) -> Any:
    """The value that a box holds; NOTHING when it is empty."""
    if not text.strip():
        return NOTHING
    if widget == "boolean":
        return {"true": True, "false": False}.get(text, text)
    if widget in NUMERIC and is_number(text):
        return _number(text)
    return unquoted(text) if widget == "text-or-number" else text


def _number(text: str) -> Any:
    """The number in a text; one that is larger than any stays text."""
    number = json.loads(text.strip())
    return text if number in (float("inf"), float("-inf")) else number


def unquoted(text: str) -> str:
    """The text in a JSON string; any other text as it stands."""
    if not text.startswith('"'):
        return text
    try:
        found = parse_json(text)
    except UnreadableText:
        return text
    return found if isinstance(found, str) else text


def raw_value(text: str) -> Any:
    """The value written as JSON; what is no JSON stays text, so that it is there to be mended."""
    if not text.strip():
        return NOTHING
    try:
        return parse_json(text)
    except UnreadableText:
        return text
