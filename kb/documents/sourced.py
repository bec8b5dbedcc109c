"""The statements of a document, each with what it says and the sources that it names. Pure.

A statement is a row with an id, a field that holds citations of its own (“design.funding”), a field
to which the document names citations apart (`field_cites`), or its summary, which rests on the
citations of the document as a whole.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from kb.documents.canonical import canonical_json
from kb.documents.plans import Fields, plan
from kb.documents.schema import Document
from kb.documents.statements import statement_lists

JSON = Mapping[str, Any]
CITES, FIELD_CITES, SUMMARY = "cites", "field_cites", "summary"


@dataclass(frozen=True, slots=True)
class Sourced:
    """One statement. `name`: the id of its row, or the name of its field ("design.funding").

    `field`: the list that the row is in, or the field. `says`: the row or value without its
    citations. `cites`: as documents have them.
    """

    name: str
    field: str
    says: Any
    cites: Sequence[JSON]

    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of exactly what it says and cites."""
        content = [self.name, self.field, self.says, list(self.cites)]
        return sha256(canonical_json(content)).hexdigest()


def sourced(schema: type[Document], document: JSON) -> list[Sourced]:
    """Every statement of a valid document that names a source, in the order of its schema."""
    found: list[Sourced] = []
    for name, shape in plan(schema).shapes.items():
        value = document.get(name)
        if value is None or name in (CITES, FIELD_CITES):
            continue
        if name in statement_lists(schema):
            found += _rows(name, value)
        elif isinstance(shape, Fields):
            found += _parts(name, value)
        found += _field(name, value, document)
    return found


def _rows(name: str, rows: Sequence[JSON]) -> Iterator[Sourced]:
    for row in rows:
        if row.get("id") and row.get(CITES):
            yield Sourced(row["id"], name, _without_cites(row), row[CITES])


def _parts(name: str, value: JSON) -> Iterator[Sourced]:
    """A field with citations, or its own fields that have some."""
    if value.get(CITES):
        yield Sourced(name, name, _without_cites(value), value[CITES])
    for inner, part in value.items():
        if isinstance(part, Mapping) and part.get(CITES):
            where = f"{name}.{inner}"
            yield Sourced(where, where, _without_cites(part), part[CITES])


def _field(name: str, value: Any, document: JSON) -> Iterator[Sourced]:
    """A field with citations apart from it; the summary rests on those of the whole."""
    cites = document.get(FIELD_CITES, {}).get(name)
    if cites is None and name == SUMMARY:
        cites = document.get(CITES)
    if cites:
        yield Sourced(name, name, value, cites)


def _without_cites(part: JSON) -> dict[str, Any]:
    return {name: value for name, value in part.items() if name != CITES}
