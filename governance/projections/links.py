"""When links held."""

from datetime import date
from typing import Any

from governance.projections.holding import STILL_SO, Ending, Holding, begun, holding
from kb.documents.inexact_dates import InexactDate
from kb.documents.plans import LabelOf

# Relations that begin and end. The others say what happened or what is alike: undated, they are
# true on every day.
LASTING = ("affiliated-with", "funded-by", "hosted-by", "part-of")


def held(document: dict[str, Any], label_of: LabelOf) -> list[Holding]:
    """When each link of a document held, in the order of the rows."""
    found = []
    for row in document.get("links", ()):
        if "from" not in row and "to" not in row and row["relation"] not in LASTING:
            found.append(holding(None, date.min, STILL_SO))
            continue
        ending = Ending.with_(InexactDate.parse(row["to"])) if "to" in row else STILL_SO
        found.append(holding(*begun(row.get("from"), row, label_of), ending))
    return found
