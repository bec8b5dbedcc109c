"""When actors were bound by an instrument, had signed it, voted on it or left it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.acts import CONSENT, JOINING, LEAVING, NAMED
from governance.projections.holding import (
    Ending,
    Holding,
    begun,
    holding,
    last_seen,
    lifetime,
    soonest,
    survivor,
    with_any_of,
)
from kb.documents.inexact_dates import InexactDate
from kb.documents.plans import LabelOf


@dataclass(frozen=True, slots=True)
class Act:
    """One row of an instrument's participation, at `place` in its list."""

    place: int
    action: str
    dated: InexactDate | None
    part: str | None
    last_seen: date | None

    def comes_after(self, other: "Act") -> bool:
        """Whether it is the later one; the order of the rows decides where the dates cannot."""
        if self.dated is not None and other.dated is not None:
            if self.dated.earliest > other.dated.latest:
                return True
            if self.dated.latest < other.dated.earliest:
                return False
        return self.place > other.place

    def is_about(self, other: "Act") -> bool:
        """Whether it concerns all that the other one does: the whole text, or the same part."""
        return self.part is None or self.part == other.part

    def ending(self) -> Ending:
        """How it ends another act. Undated, it may have at once, and had when it was seen."""
        return Ending.at(self.dated) if self.dated else Ending(date.min, self.last_seen)


def held(instrument: dict[str, Any], label_of: LabelOf) -> list[Holding]:
    """When each act of an instrument's document held, in the order of the rows.

    To have joined holds until the actor leaves, and no longer than actor and instrument exist; to
    have left or declined, until it joins; to have voted, for ever.
    """
    rows = instrument.get("participation", ())
    by_actor: dict[str, list[Act]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_actor[survivor(row["actor"], label_of)].append(_act(place, row, label_of))
    found = {}
    for actor, acts in by_actor.items():
        last_days = (instrument.get("ended"), lifetime(actor, label_of)[1])
        for act in acts:
            endings = [other.ending() for other in acts if _ends(other, act, acts)]
            if act.action in (*JOINING, "reserved"):
                endings.append(with_any_of(*last_days))
            row = rows[act.place]
            beginning = begun(row.get("date"), row, label_of, instrument.get("adopted"))
            found[act.place] = holding(*beginning, soonest(endings))
    return [found[place] for place in range(len(rows))]


def _act(place: int, row: dict[str, Any], label_of: LabelOf) -> Act:
    written = InexactDate.parse(row["date"]) if "date" in row else None
    seen = None if written else last_seen(row, label_of)
    return Act(place, row["action"], written, row.get("part"), seen)


def _ends(other: Act, act: Act, acts: list[Act]) -> bool:
    """Whether `other` ended `act`, or would have, had nothing else before. `acts`: of one actor."""
    return other.comes_after(act) and other.is_about(act) and _undoes(other, act, acts)


def _undoes(other: Act, act: Act, acts: list[Act]) -> bool:
    """Whether an act like `other` ends one like `act`.

    Who withdraws takes back its consent and stays a signatory, as Russia did of the test-ban
    treaty; only where it never consented is the signature or endorsement what it takes back.
    """
    if act.action in (*CONSENT, "reserved"):
        return other.action == "withdrew"
    if act.action in NAMED:
        had_consented = any(one.action in CONSENT and other.comes_after(one) for one in acts)
        return other.action == "unsigned" or (other.action == "withdrew" and not had_consented)
    return act.action in (*LEAVING, "declined") and other.action in JOINING
