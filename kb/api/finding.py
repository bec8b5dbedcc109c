"""The entry that an address names, or the answer that says why there is none."""

import re

import orjson

from kb.api.endpoints import Moved
from kb.api.errors import Problem
from kb.documents.fields import KEY
from kb.publication import reading
from kb.publication.lists import near_keys_of


def active(key: str, *kinds: str) -> reading.Known:
    """The active entry called `key`, of one of `kinds` (of any without). Raises Problem, Moved."""
    entry = ever(key)
    if entry.survivor_id != entry.entry_id or entry.shown.get("status"):
        raise gone(key)
    require_kind(entry, *kinds)
    return entry


def require_kind(entry: reading.Known, *kinds: str) -> None:
    """Raises Problem where the entry is of none of `kinds`; without any, never."""
    if kinds and entry.kind not in kinds:
        asked = " or ".join(kinds)
        detail = f"“{entry.key}” is of kind {entry.kind}; this address is for kind {asked}."
        raise Problem("not-found", detail, suggestions=[entry.key])


def ever(key: str) -> reading.Known:
    """The entry called `key`, in view or not: its history stays readable. Raises Problem."""
    found = reading.known([key]) if re.match(KEY, key) else {}
    if key not in found:
        raise unknown(key)
    return found[key]


def gone(key: str) -> Exception:
    """Why there is no active entry called `key`: merged, retracted, or never there."""
    departed = reading.departed(key) if re.match(KEY, key) else None
    if departed is None:
        return unknown(key)
    if departed.is_merged:
        return Moved(departed.survivor, departed.json)
    tombstone = orjson.loads(departed.json)
    return Problem("retracted", f"“{departed.name}” was retracted.", tombstone=tombstone)


def unknown(key: str) -> Problem:
    """There never was an entry called `key`."""
    near = near_keys_of(key)
    hint = f" Did you mean “{near[0]}”?" if near else ""
    return Problem("not-found", f"No entry is called “{key[:100]}”.{hint}", suggestions=near)
