"""What somebody follows, in words, and what changed of it: for the desk and for mail."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson

from kb.editing.watching import NotWatchable, lines_of, narrowed, taken_apart, term_of
from kb.kinds import kind_at, kind_named, kinds
from kb.models import Watch
from kb.parameters import UnreadableAddress, read
from kb.publication import lists, reading
from kb.publication.followed import MOST
from kb.publication.recent_changes import changes_numbered
from kb.publication.search_text import plain
from kb.web.lists import in_words, keys_in
from kb.web.told_changes import ToldChange, told
from kb.web.told_sources import ToldSource, sources_of

SUMMARY, SHORT = "summary", 300  # characters that are told of what is new
What = Watch.What


@dataclass(frozen=True, slots=True)
class Named:
    """What is followed. `title`: as it is called; `path`: of its page; `wrong`: why it is none."""

    watch: Watch
    kind: str
    title: str
    path: str = ""
    wrong: str = ""


# --- in words ---------------------------------------------------------------------------------


def named(watches: Sequence[Watch]) -> list[Named]:
    """What each of them is called. Reads names of entries once."""
    asked = [each for each in watches if each.what in (What.LIST, What.SEARCH)]
    queries = {each.address: _query(each) for each in asked}
    keys = {each.value for each in watches if each.what == What.ENTRY}
    for asking, given in queries.values():
        keys |= set(keys_in(asking, given))
    known = reading.known(keys)
    return [_named(each, queries.get(each.address), known) for each in watches]


Query = tuple[lists.Asking, Mapping[str, Sequence[str]]]


def _query(watch: Watch) -> Query:
    plural, query = taken_apart(watch.what, watch.value)
    kind = kind_at(plural) if plural else None
    try:
        given = read(query)
    except UnreadableAddress:
        given = {}
    return lists.asking_for(kind.name if kind else None), given


def _named(watch: Watch, query: Query | None, known: Mapping[str, reading.Known]) -> Named:
    match watch.what:
        case What.ENTRY:
            return _named_entry(watch, known.get(watch.value))
        case What.TERM:
            return _named_term(watch)
        case _:
            assert query is not None  # lists and searches have one
            return _named_query(watch, *query, known)


def _named_entry(watch: Watch, entry: reading.Known | None) -> Named:
    if entry is None:
        return Named(watch, "Entry", watch.value, wrong="There is no such entry.")
    kind = kind_named(entry.kind)
    path = f"/{kind.plural}/{entry.survivor}/"
    return Named(watch, kind.label, str(entry.shown.get("name", watch.value)), path)


def _named_term(watch: Watch) -> Named:
    try:
        term, value = term_of(watch.value)
    except NotWatchable as problem:
        return Named(watch, "Term", watch.value, wrong=str(problem))
    having = (kind for kind in kinds() if term.name in {each.name for each in kind.filters})
    path = f"/{next(having).plural}/?{term.name}={value}"
    return Named(watch, f"{term.label}, all kinds", term.value_label(value), path)


def _named_query(
    watch: Watch,
    asking: lists.Asking,
    given: Mapping[str, Sequence[str]],
    known: Mapping[str, reading.Known],
) -> Named:
    names = {key: str(entry.shown.get("name", key)) for key, entry in known.items()}
    words = [f"{label.lower()} {shown}" for _n, _v, label, shown in in_words(asking, given, names)]
    if watch.what == What.SEARCH:
        title = ", ".join([f"“{''.join(given.get('q', [])[:1])}”", *words])
        return Named(watch, "Search", title, f"/search/?{watch.value}")
    plural, query = taken_apart(watch.what, watch.value)
    label = asking.kind.label_plural if asking.kind else plural
    path = f"/{plural}/?{query}" if query else f"/{plural}/"
    return Named(watch, "List", ", ".join([label, *words]), path)


def wrong_with(watch: Watch) -> str:
    """Why it cannot be asked any more, "" when it can."""
    try:
        if watch.what in (What.LIST, What.SEARCH):
            narrowed(watch.what, watch.value)
    except NotWatchable as problem:
        return str(problem)
    return ""


# --- what changed -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TellingOf:
    """One change. `about`: what an entry that came into view says of itself, in short."""

    change: ToldChange
    sources: Sequence[ToldSource]
    about: str

    @property
    def at(self) -> datetime:
        return self.change.row.made_at


@dataclass(slots=True)
class Part:
    """An entry with what changed of it, oldest first. `because`: of what it belongs to."""

    name: str
    kind: str
    path: str
    changes: list[TellingOf] = field(default_factory=list)
    because: list[Named] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Digest:
    """All that changed. `left_out`: how many changes are not told; `is_exact`: or more."""

    parts: list[Part]
    watched: list[Named]
    left_out: int = 0
    is_exact: bool = True


def digest_of(watches: Sequence[Watch], until: int, most: int) -> Digest:
    """What changed since each was told, up to `until`; up to `most` changes, each once.

    What has the fewest changes is told first, so that one thing with many hides no other. What
    cannot be asked any more has none.
    """
    lines = {watch: found for watch in watches if (found := _lines(watch, until))}
    ordered = sorted(lines, key=lambda watch: (len(lines[watch]), watch.pk))
    every = list(dict.fromkeys(line for watch in ordered for line in lines[watch]))
    chosen = set(every[:most])
    telling = [watch for watch in ordered if chosen & set(lines[watch])]
    titles = named(telling)
    because = {line: [t for t in titles if line in lines[t.watch]] for line in sorted(chosen)}
    is_exact = all(len(found) < MOST for found in lines.values())
    return Digest(_parts(because), titles, len(every) - len(chosen), is_exact)


def _lines(watch: Watch, until: int) -> list[int]:
    try:
        return lines_of(watch, until)
    except NotWatchable:
        return []


def _parts(because: Mapping[int, Sequence[Named]]) -> list[Part]:
    """Entry by entry, in the order in which the first thing happened to each."""
    rows = changes_numbered(list(because))
    parts: dict[str, Part] = {}
    for change, sources in zip(told(rows), sources_of(rows), strict=True):
        row = change.row
        label = kind_named(row.kind).label
        part = parts.setdefault(row.key, Part(change.name, label, change.path))
        part.name = change.name
        part.changes.append(TellingOf(change, sources, _about(change)))
        part.because += _further(because[row.sequence], part.because)
    return list(parts.values())


def _further(named: Iterable[Named], known: Sequence[Named]) -> list[Named]:
    return [each for each in named if each not in known]


def _about(change: ToldChange) -> str:
    if change.did not in ("new", "restored") or not change.row.document:
        return ""
    text = plain(str(orjson.loads(change.row.document).get(SUMMARY, "")))
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"
