"""Rows of lists: an entry's stored summary as a page shows it, whatever its kind."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import orjson

from kb.filters import TermFilter
from kb.kinds import kind_named
from kb.publication.body import label_of, readable_date

CODE = 4  # letters under which a value without a vocabulary is a code that says little in a list
UNSHOWN = {"key", "kind", "name", "title", "summary", "meta"}


class ListedEntry(NamedTuple):
    """A row of a list. `about`: its terms and dates in a few words."""

    path: str
    name: str
    kind: str
    about: str
    summary: str


def listed(stored: bytes) -> ListedEntry:
    """The row that a stored summary gives."""
    row: Mapping[str, Any] = orjson.loads(stored)
    kind = kind_named(row["kind"])
    return ListedEntry(
        path=f"/{kind.plural}/{row['key']}/",
        name=row["name"],
        kind=kind.name,
        about=" · ".join(_about(row)),
        summary=row.get("summary", ""),
    )


def _about(row: Mapping[str, Any]) -> list[str]:
    """Each scalar field in the order of the kind: the label of a term, a date with its name."""
    kind = kind_named(row["kind"])
    labels, dates = _vocabularies(kind.name), _dates(kind.name)
    found = []
    for field in kind.summary_fields:
        value = row.get(field)
        if field in UNSHOWN or not isinstance(value, str):
            continue
        if field in labels and labels[field].vocabulary is None and len(value) < CODE:
            continue
        if field in labels:
            found.append(labels[field].value_label(value))
        elif field in dates:
            found.append(f"{label_of(field).lower()} {readable_date(value)}")
        elif not value.startswith("http"):
            found.append(value)
    return found


@cache
def _vocabularies(kind: str) -> dict[str, TermFilter]:
    return {each.path: each for each in kind_named(kind).filters if isinstance(each, TermFilter)}


@cache
def _dates(kind: str) -> frozenset[str]:
    """Fields of the schema that hold a date."""
    fields = kind_named(kind).schema.model_fields
    return frozenset(
        name.rstrip("_") for name, info in fields.items() if "InexactDate" in str(info.annotation)
    )
