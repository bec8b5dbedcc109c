"""A document as the world was on a day."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from governance.projections import links, memberships, participation, positions
from governance.projections.holding import Holding
from kb.documents.plans import LabelOf

JSON = dict[str, Any]

# The lists whose rows hold on some days and not on others.
HELD: dict[str, Callable[[JSON, LabelOf], list[Holding]]] = {
    "memberships": memberships.held,
    "positions": positions.held,
    "participation": participation.held,
    "links": links.held,
}


def as_of(document: JSON, day: date, label_of: LabelOf) -> JSON:
    """`document` with only those memberships, positions, acts and links that held on `day`.

    Each row kept has a `certainty`, "certain" or "possible". References are keys, and `label_of`
    gives what is shown of an entry (`accessed` of a source, `dissolved` of an actor).
    """
    kept = {
        name: list(_kept(document[name], held(document, label_of), day))
        for name, held in HELD.items()
        if name in document
    }
    return {**document, **kept}


def _kept(rows: list[JSON], holdings: list[Holding], day: date) -> Iterator[JSON]:
    for row, holding in zip(rows, holdings, strict=True):
        if certainty := holding.on(day):
            yield {**row, "certainty": certainty}
