"""Ids of statements: given once, kept for ever, the same wherever they are computed."""

from base64 import b32encode
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

from kb.documents.canonical import canonical_json
from kb.documents.plans import JSON, Fields, Rows, plan
from kb.documents.schema import Document, Part

SHORTEST, LONGEST = 4, 8  # characters of an id after its letter and hyphen


@dataclass(frozen=True, slots=True)
class _Unnamed:
    """A row without an id. `seed` says the same wherever the row stands in its list."""

    list_name: str
    number: int
    seed: bytes

    @property
    def candidates(self) -> Iterator[str]:
        """Ids for the row, best first, without end."""
        for attempt in range(1_000_000):
            digest = sha256(self.seed + (b"" if not attempt else f"#{attempt}".encode())).digest()
            letters = b32encode(digest).decode().lower()
            for length in range(SHORTEST, LONGEST + 1):
                yield f"{self.list_name[0]}-{letters[:length]}"


def with_ids(schema: type[Document], document: JSON, previous: JSON | None = None) -> JSON:
    """The document with an `id` on every statement, unique in the document.

    A row keeps the id that it has; else it takes that of its like in `previous` (same list, same
    list key); else it gets one computed from the entry's key, the list and the list key (and from
    the whole row where rows share a list key). `document` itself is not changed.
    """
    lists = {name: document[name] for name in statement_lists(schema) if document.get(name)}
    if all("id" in row for rows in lists.values() for row in rows):
        return document
    taken = {row["id"] for rows in lists.values() for row in rows if "id" in row}
    named = _kept(schema, lists, previous or {}, taken)
    named |= _computed(schema, document["key"], lists, named, taken | set(named.values()))
    return {
        **document,
        **{
            name: [
                row if "id" in row else {"id": named[name, number], **row}
                for number, row in enumerate(rows)
            ]
            for name, rows in lists.items()
        },
    }


@cache
def statement_lists(schema: type[Document]) -> dict[str, type[Part]]:
    """Name of each list of statements in a schema → schema of its rows."""
    return {
        name: shape.item.schema
        for name, shape in plan(schema).shapes.items()
        if isinstance(shape, Rows)
        and isinstance(shape.item, Fields)
        and shape.item.schema.is_statement
    }


def list_key_of(schema: type[Part], row: JSON) -> tuple[Any, ...]:
    """What tells a row from the others in its list, None for each field that it leaves out."""
    return tuple(row.get(name) for name in schema.list_key)


Named = dict[tuple[str, int], str]  # list and row number → id


def _kept(schema: type[Document], lists: JSON, previous: JSON, taken: set[str]) -> Named:
    """Ids that rows had in `previous`; of several candidates the one with the same content."""
    named: Named = {}
    for name, rows in lists.items():
        row_schema = statement_lists(schema)[name]
        before = _by_list_key(row_schema, previous.get(name) or [], taken)
        unnamed = [(number, row) for number, row in enumerate(rows) if "id" not in row]
        for is_sure in (True, False):
            for number, row in unnamed:
                alike = before.get(_hashable(list_key_of(row_schema, row)), [])
                same = [old for old in alike if not is_sure or _without_id(old) == row]
                if same and (name, number) not in named:
                    named[name, number] = same[0]["id"]
                    alike.remove(same[0])
    return named


def _by_list_key(schema: type[Part], rows: list[JSON], taken: set[str]) -> dict[bytes, list[JSON]]:
    """Rows whose id is still free, by their list key."""
    by_key: dict[bytes, list[JSON]] = defaultdict(list)
    for row in rows:
        if "id" in row and row["id"] not in taken:
            by_key[_hashable(list_key_of(schema, row))].append(row)
    return by_key


def _computed(
    schema: type[Document], key: str, lists: JSON, named: Named, taken: set[str]
) -> Named:
    """New ids. Given in the order of their seeds, so that the order of rows does not matter."""
    unnamed = [
        row
        for name, rows in lists.items()
        for row in _unnamed(statement_lists(schema)[name], key, name, rows)
        if (name, row.number) not in named
    ]
    computed: Named = {}
    for row in sorted(unnamed, key=lambda row: row.seed):
        new = next(candidate for candidate in row.candidates if candidate not in taken)
        taken.add(new)
        computed[row.list_name, row.number] = new
    return computed


def _unnamed(schema: type[Part], key: str, name: str, rows: list[JSON]) -> Iterator[_Unnamed]:
    """The rows of a list without an id. Rows that share a list key are told apart by content."""
    seeds = [_hashable([key, name, *list_key_of(schema, row)]) for row in rows]
    times = Counter(seeds)
    for number, (row, seed) in enumerate(zip(rows, seeds, strict=True)):
        if "id" not in row:
            is_enough = schema.list_key and times[seed] == 1
            yield _Unnamed(name, number, seed if is_enough else _hashable([key, name, row]))


def _without_id(row: JSON) -> JSON:
    return {name: value for name, value in row.items() if name != "id"}


def _hashable(value: Any) -> bytes:
    return canonical_json(list(value) if isinstance(value, tuple) else value)
