"""When actors stood where on a proposal, and where they stand now."""

from collections import defaultdict
from typing import Any

from governance.projections.holding import (
    NEVER_HELD,
    Ending,
    Holding,
    Row,
    begun,
    holding,
    soonest,
    survivor,
)
from kb.documents.inexact_dates import InexactDate
from kb.documents.plans import LabelOf

Place = int  # of a row in its list


def held(proposal: dict[str, Any], label_of: LabelOf) -> list[Holding]:
    """When each position of a proposal's document held, in the order of the rows.

    A position holds until the same actor takes a newer one. An undated one counts only where the
    actor has no dated one, and of several undated ones the last.
    """
    rows = proposal.get("positions", ())
    found = [NEVER_HELD] * len(rows)
    for places in _by_actor(rows, label_of).values():
        counted = _in_time(rows, places)
        for rank, place in enumerate(counted):
            newer = [rows[later]["date"] for later in counted[rank + 1 :]]
            ending = soonest(Ending.at(InexactDate.parse(date)) for date in newer)
            row = rows[place]
            beginning = begun(row.get("date"), row, label_of, proposal.get("proposed"))
            found[place] = holding(*beginning, ending)
    return found


def current(proposal: dict[str, Any], label_of: LabelOf) -> set[Place]:
    """Which rows are where an actor stands now: the newest of each actor."""
    rows = proposal.get("positions", ())
    return {_in_time(rows, places)[-1] for places in _by_actor(rows, label_of).values()}


def _by_actor(rows: list[Row], label_of: LabelOf) -> dict[str, list[Place]]:
    places: dict[str, list[Place]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[survivor(row["actor"], label_of)].append(place)
    return places


def _in_time(rows: list[Row], places: list[Place]) -> list[Place]:
    """The positions of one actor that count, oldest first; of equal dates the last is newest."""
    dated = [place for place in places if "date" in rows[place]]
    if not dated:
        return places[-1:]
    return sorted(dated, key=lambda place: (InexactDate.parse(rows[place]["date"]), place))
