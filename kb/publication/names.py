"""What keys mean today and what is shown of the entries they mean."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

import orjson
from django.db import connection

BRIEF = ("key", "kind", "name", "status")


class Names:
    """The labels of a set of keys, read at once. Keys of merged entries give their survivor.

    `instead`: entry → what is shown of it in place of its label.
    """

    def __init__(self, keys: Iterable[str], instead: Mapping[int, Any] = MappingProxyType({})):
        self._found = {
            key: (key, entry_id, survivor_id, instead.get(survivor_id, shown))
            for key, entry_id, survivor_id, shown in _labels(sorted(set(keys)))
        }
        self._brief = {key: _brief(row[3]) for key, row in self._found.items()}

    def __contains__(self, key: str) -> bool:
        return key in self._found

    def entry_id(self, key: str) -> int:
        """The entry that `key` means today. Raises KeyError for an unknown key."""
        survivor_id: int = self._found[key][2]
        return survivor_id

    def written_id(self, key: str) -> int:
        """The entry whose own key this is, merged or not. Raises KeyError for an unknown key."""
        entry_id: int = self._found[key][1]
        return entry_id

    def shown(self, key: str) -> Mapping[str, Any] | None:
        """All that is shown of the entry, None for an unknown key."""
        row = self._found.get(key)
        return row[3] if row else None

    def brief(self, key: str) -> Mapping[str, Any] | None:
        """Key, kind and name (and status, unless active), None for an unknown key."""
        return self._brief.get(key)


def _brief(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {name: shown[name] for name in BRIEF if name in shown}


def _labels(keys: list[str]) -> list[tuple[str, int, int, dict[str, Any]]]:
    """(key, its entry, the entry it means, what is shown of that one)."""
    with connection.cursor() as cursor:
        cursor.cursor.execute(
            "SELECT l.key, l.entry_id, s.entry_id, s.shown FROM kb_label l"
            " JOIN kb_label s ON s.entry_id = l.survivor_id WHERE l.key = ANY(%s)",
            [keys],
        )
        return [
            (key, entry_id, survivor_id, orjson.loads(shown))
            for key, entry_id, survivor_id, shown in cursor.cursor.fetchall()
        ]
