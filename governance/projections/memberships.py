"""When members belonged to a body."""

from typing import Any

from governance.projections.holding import Ending, Holding, begun, holding, lifetime, with_any_of
from kb.documents.inexact_dates import InexactDate
from kb.documents.plans import LabelOf


def held(body: dict[str, Any], label_of: LabelOf) -> list[Holding]:
    """When each membership of a body's document held, in the order of the rows.

    A membership without an end lasts, but not longer than the member itself; that of a dissolved
    body has an end, as the schema sees to.
    """
    return [_held(row, body, label_of) for row in body.get("memberships", ())]


def _held(row: dict[str, Any], body: dict[str, Any], label_of: LabelOf) -> Holding:
    founded, dissolved = lifetime(row["actor"], label_of)
    written = Ending.with_(InexactDate.parse(row["to"])) if "to" in row else None
    beginning = begun(row.get("from"), row, label_of, body.get("founded"), founded)
    return holding(*beginning, written or with_any_of(dissolved))
