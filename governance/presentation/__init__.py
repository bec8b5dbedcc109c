"""What the pages of the six kinds show of a document, as plain values for their templates.

`presented` is asked once for each page; everything under it is pure. Values that end up in a page
as they are have been made safe here, so that templates only put them in their places.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from governance.presentation.actors import actor_values
from governance.presentation.bodies import body_values
from governance.presentation.entries import Page, shared_values
from governance.presentation.events import event_values
from governance.presentation.instruments import instrument_values
from governance.presentation.proposals import proposal_values
from governance.presentation.sources import source_values
from kb.kinds import Kind
from kb.publication.body import Notes

JSON = dict[str, Any]

_VALUES: Mapping[str, Callable[[Page], JSON]] = {
    "proposal": proposal_values,
    "actor": actor_values,
    "body": body_values,
    "instrument": instrument_values,
    "event": event_values,
}


def presented(kind: Kind, document: JSON, notes: Notes, on: date | None = None) -> JSON:
    """The values of one document's page. Citations get their numbers in the order of reading."""
    if kind.name == "source":
        return source_values(kind, document)
    page = Page(kind, document, notes, on)
    # The kind's own sections are read first, and so they are numbered first.
    head = shared_values(page)
    return {**head, **_VALUES[kind.name](page), **page.closing_values()}
