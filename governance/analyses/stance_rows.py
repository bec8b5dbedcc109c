"""Positions read for their changes through time: two queries, however many there are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from governance.analyses.stances import Lane, StanceChange, Taken, lanes_of
from governance.analyses.timeline import date_between
from kb.documents.inexact_dates import InexactDate
from kb.publication.reading import Source, fetch_all

JSON = dict[str, Any]
Of = Literal["actor", "proposal"]

MOST_READ = 5_000  # positions of one entry, the newest of them
MOST_SHOWN = 150  # whose quotes and sources are read

_OWN: Mapping[Of, tuple[str, str]] = {
    "actor": ("actor_id", "entry_id"),
    "proposal": ("entry_id", "actor_id"),
}
"""(column of the entry that is asked about, column of what its lanes are of)."""


@dataclass(frozen=True, slots=True)
class Through:
    """The positions of an actor, or on a proposal, in lanes by the other entry's id.

    `rows`: position → its public JSON, of those that are shown. `total`: of all that were read;
    `is_whole`: whether these are all there are.
    """

    lanes: Sequence[Lane]
    rows: Mapping[tuple[int, str], JSON]
    total: int
    is_whole: bool

    def row(self, taken: Taken) -> JSON:
        return self.rows[taken.lane[1], taken.id]  # type: ignore[index]  # see _lane

    def changes(self) -> list[StanceChange]:
        """All of them, the newest first."""
        found = [change for lane in self.lanes for change in lane.changes]
        return sorted(found, key=lambda each: (each.after.date, each.after.id), reverse=True)


POSITIONS = Source("governance_position")


def positions_through(
    of: Of, entry_id: int, *, most: int = MOST_SHOWN, source: Source = POSITIONS
) -> Through:
    """The positions of an actor, or on a proposal, through time.

    Shown are those of lanes with a change, then the newest lanes, up to `most` positions.
    `source`: of positions, today's without it.
    """
    own, other = _OWN[of]
    rows = fetch_all(
        f"SELECT r.statement, r.{other}, r.entry_id, r.stance, r.dated_earliest, r.dated_latest,"
        f" r.ordinal FROM {source.sql} r WHERE r.{own} = %s"
        " ORDER BY r.dated_earliest DESC NULLS LAST, r.entry_id, r.ordinal LIMIT %s",
        (*source.params, entry_id, MOST_READ + 1),
        prepare=source is POSITIONS,
    )
    lanes = lanes_of(map(_taken, rows[:MOST_READ]))
    kept = _shown(lanes, most)
    return Through(kept, _public(kept, source), len(rows[:MOST_READ]), len(rows) <= MOST_READ)


def _taken(row: Sequence[Any]) -> Taken:
    statement, other, entry_id, stance, earliest, latest, ordinal = row
    date = InexactDate(earliest, latest, date_between(earliest, latest)) if earliest else None
    return Taken(statement, (other, entry_id), stance, date, ordinal)


def _shown(lanes: Iterable[Lane], most: int) -> list[Lane]:
    """Lanes with a change first, each group in its order, as many as `most` positions allow."""
    ranked = sorted(lanes, key=lambda lane: not lane.changes)
    kept: list[Lane] = []
    number = 0
    for lane in ranked:
        number += len(lane.dated) + len(lane.undated)
        if kept and number > most:
            break
        kept.append(lane)
    return kept


def _public(lanes: Iterable[Lane], source: Source) -> dict[tuple[int, str], JSON]:
    wanted = [
        (taken.lane[1], taken.id)  # type: ignore[index]  # see _taken
        for lane in lanes
        for taken in (*lane.dated, *lane.undated)
    ]
    if not wanted:
        return {}
    rows = fetch_all(
        f"SELECT r.entry_id, r.statement, r.json FROM {source.sql} r"
        " JOIN unnest(%s::bigint[], %s::varchar[]) AS w(entry_id, statement)"
        " ON r.entry_id = w.entry_id AND r.statement = w.statement",
        (*source.params, [entry for entry, _ in wanted], [statement for _, statement in wanted]),
        prepare=source is POSITIONS,
    )
    return {(entry_id, statement): orjson.loads(json) for entry_id, statement, json in rows}
