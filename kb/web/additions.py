"""What a subject adds to the engine's pages of entries. It hands these down: see its `web.urls`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.plans import LabelOf
from kb.kinds import JSON
from kb.publication.body import Notes, label_of

MOST_ROWS = 50  # of a section that other entries fill; a page of its own has all of them


@dataclass(frozen=True, slots=True)
class Entry:
    """The entry whose page is drawn. `on`: the day as of which it is asked for, if any."""

    entry_id: int
    key: str
    kind: str
    name: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page that other entries fill. `total`: of all rows, shown or not.

    `more`: the address that has all of them, where this section does not.
    """

    id: str
    title: str
    html: SafeString
    total: int | None = None
    more: str = ""


def nothing(_entry: Entry, _notes: Notes) -> Sequence[Section]:
    return ()


def readable(relation: str) -> str:
    """A relation in words: "memberships.actor" as "Memberships, actor"."""
    return label_of(relation.replace(".", ", ").replace("-", " "))


def same_place(_kind: str, place: str, _document: Mapping[str, Any]) -> str:
    return place


def no_fact(_kind: str, _document: Mapping[str, Any]) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Additions:
    """Functions of a subject that the engine's pages call.

    `sections`: what other entries say of one. `narrowed`: a document as of a day; offered for
    `dated_kinds`. `relation`: what it is called that an entry is referred to by this relation.
    `statement`: (kind, place, public JSON of the referring entry) → what is said at that place.
    `fact`: (kind, public JSON) → one line about an entry, for the picture beside links to it.
    """

    sections: Callable[[Entry, Notes], Sequence[Section]] = nothing
    narrowed: Callable[[JSON, date, LabelOf], JSON] | None = None
    dated_kinds: frozenset[str] = frozenset()
    relation: Callable[[str], str] = readable
    statement: Callable[[str, str, Mapping[str, Any]], str] = same_place
    fact: Callable[[str, Mapping[str, Any]], str] = no_fact


NO_ADDITIONS = Additions()
