"""Which sources stand behind what a line of the feed of changes changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson

from kb.documents.difference import Change, difference
from kb.documents.sourced import SUMMARY, sourced
from kb.kinds import JSON, Kind, kind_named
from kb.publication.names import Names
from kb.publication.recent_changes import RecentChange

MOST = 4  # sources that are named for one change
Cited = Mapping[str, Sequence[str]]  # name of a statement → keys of its sources


@dataclass(frozen=True, slots=True)
class ToldSource:
    name: str
    path: str


def sources_of(rows: Sequence[RecentChange]) -> list[list[ToldSource]]:
    """For each line the sources of the statements that it changed, or of a new entry as a whole.

    Those that stand there now; of a statement that was taken away those that it had. Names are read
    once.
    """
    keys = [list(dict.fromkeys(_cited(row)))[:MOST] for row in rows]
    names = Names(key for each in keys for key in each)
    return [[_told(key, names) for key in each if key in names] for each in keys]


def _told(key: str, names: Names) -> ToldSource:
    shown = names.shown(key) or {}
    plural = kind_named(shown["kind"]).plural
    return ToldSource(str(shown["name"]), f"/{plural}/{shown['key']}/")


def _cited(row: RecentChange) -> Iterator[str]:
    """Keys of the sources, in the order of the changes."""
    if row.act not in ("revise", "restore") or row.document is None:
        return
    kind = kind_named(row.kind)
    after: JSON = orjson.loads(row.document)
    now = _sources_in(kind, after)
    if row.before is None or row.act == "restore":
        yield from now.get(SUMMARY, ())
        return
    before: JSON = orjson.loads(row.before)
    former = _sources_in(kind, before)
    for change in difference(before, after, kind.schema):
        for name in _statements(change):
            yield from now.get(name) or former.get(name, ())


def _sources_in(kind: Kind, document: JSON) -> Cited:
    return {
        each.name: [cite["source"] for cite in each.cites if "source" in cite]
        for each in sourced(kind.schema, document)
    }


def _statements(change: Change) -> Iterator[str]:
    """What the statement may be called that a change is in: see `kb.documents.sourced`."""
    if change.statement:
        yield change.statement
    fields = [step for step in change.path[:2] if isinstance(step, str)]
    yield ".".join(fields)
    yield fields[0]
