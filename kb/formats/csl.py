"""Entries as items of CSL-JSON, from which the other formats of citations are written.

Source: Citation Style Language 1.0.2, schema of input data
"""

from collections.abc import Mapping
from typing import Any

from kb.kinds import Kind
from kb.told import Line

JSON = dict[str, Any]


def item(kind: Kind, entry: JSON, *, site: str, address: str) -> JSON:
    """The entry, its public JSON or its row in a list, as something to cite.

    What its kind says it is (a book), else a page of this knowledge base (`site`) at `address`, in
    the revision that is shown.
    """
    # A row of a list has the name of its entry as “name”, whatever its schema calls it.
    named = {"id": entry["key"], "title": kind.name_of(entry) or entry["name"]}
    if own := kind.cited(entry):
        return {**named, **own}
    meta = entry["meta"]
    return {
        **named,
        "type": "webpage",
        "container-title": site,
        "publisher": site,
        "issued": dated(meta["published_at"][:10]),
        "version": str(meta["revision"]),
        "URL": address,
    }


def statement_item(kind: Kind, entry: JSON, line: Line, *, site: str, address: str) -> JSON:
    """One statement of an entry, its public JSON, as something to cite: a place in its page.

    `line`: the statement in words. `address`: of the page of the entry.
    """
    meta = entry["meta"]
    return {
        "id": f"{entry['key']}-{line.id}",
        "title": line.text,
        "type": "webpage",
        "container-title": kind.name_of(entry),
        "publisher": site,
        "issued": dated(meta["published_at"][:10]),
        "version": str(meta["revision"]),
        "URL": f"{address}#{line.id}",
    }


def dated(text: str) -> JSON:
    """A date, as exact as it is written: "1954-09" → {"date-parts": [[1954, 9]]}."""
    return {"date-parts": [[int(part) for part in text.split("-")]]}


def text_of(date: Mapping[str, Any]) -> str:
    """The date of an item as it was written: the inverse of `dated`."""
    year, *rest = date["date-parts"][0]
    return "-".join([f"{year:04}", *(f"{part:02}" for part in rest)])
