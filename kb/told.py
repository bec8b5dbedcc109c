"""What a document says, in words: plain values for formats that are read as text.

A kind declares how its documents are told; without that, field by field. Names of other entries
carry their keys already when a document gets here: see `kb.formats.markdown_text`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

JSON = dict[str, Any]
Cites = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is said. `id`: of the statement that says it; `cites`: its sources."""

    text: str
    label: str = ""
    id: str = ""
    cites: Cites = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it: lines, or Markdown."""

    title: str
    lines: Sequence[Line] = ()
    text: str = ""
    cites: Cites = ()


@dataclass(frozen=True, slots=True)
class Told:
    """All that a document says. `lead`: what it is about, in a few sentences."""

    lead: Line | None = None
    sections: Sequence[Section] = ()


UNSAID = ("kind", "key", "cites", "id")


def field_by_field(document: JSON) -> Told:
    """A document of any shape: its values, and each of its lists of rows as a section."""
    told = {name: value for name, value in document.items() if name not in UNSAID}
    rows = {name: value for name, value in told.items() if _is_rows(value)}
    facts = [Line(text_of(value), label_of(n)) for n, value in told.items() if n not in rows]
    lists = [Section(label_of(name), list(_lines(value))) for name, value in rows.items()]
    return Told(sections=[Section("Facts", facts), *lists])


def label_of(name: str) -> str:
    """`text_url` as "Text url"."""
    return name.replace("_", " ").strip().capitalize()


def text_of(value: Any) -> str:
    """A value of any shape in one line: the name of an entry, the fields of a part."""
    match value:
        case {"key": _, "name": name}:
            return str(name)
        case dict():
            said = {name: each for name, each in value.items() if name not in UNSAID}
            return "; ".join(f"{label_of(name)}: {text_of(each)}" for name, each in said.items())
        case list():
            return ", ".join(map(text_of, value))
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and _is_row(value[0])


def _is_row(value: Any) -> bool:
    return isinstance(value, dict) and not value.keys() >= {"key", "name"}


def _lines(rows: Sequence[JSON]) -> Iterator[Line]:
    for row in rows:
        yield Line(text_of(row), id=row.get("id", ""), cites=row.get("cites") or ())
