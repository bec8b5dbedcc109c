"""The six kinds of document: what may stand in each, and what each field means."""

from governance.schemas.actor import Actor
from governance.schemas.body import Body
from governance.schemas.event import Event
from governance.schemas.instrument import Instrument
from governance.schemas.proposal import Proposal
from governance.schemas.source import Source
from kb.documents.schema import Document

SCHEMAS: dict[str, type[Document]] = {
    "proposal": Proposal,
    "actor": Actor,
    "body": Body,
    "instrument": Instrument,
    "event": Event,
    "source": Source,
}
"""The schema of each kind, by the kind's name."""

__all__ = ["SCHEMAS", "Actor", "Body", "Event", "Instrument", "Proposal", "Source"]
