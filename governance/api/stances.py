"""Where stances changed."""

from collections.abc import Mapping
from typing import Any

import orjson

from governance.analyses.stance_rows import Of, Through, positions_through
from governance.analyses.stances import StanceChange
from governance.api.statements import fields_of
from kb.api import finding, shapes
from kb.api.endpoints import Answer, Call, Endpoint
from kb.filters import Values
from kb.publication import reading

JSON = dict[str, Any]


class _StanceChanges(Endpoint[Values]):
    group = "Statements"
    codes = ("not-found", "retracted")
    of: Of
    kinds: tuple[str, ...]

    def answer_schema(self) -> JSON:
        position = shapes.component("DatedPosition")
        certainty = {
            "type": "string",
            "enum": ["certain", "possible"],
            "description": "`possible`: the two dates leave open which came first.",
        }
        change = shapes.fields({"before": position, "after": position, "certainty": certainty})
        whole = {"type": "boolean", "description": "Whether every position was compared."}
        return shapes.fields(
            {"items": shapes.rows(change), "total": shapes.COUNT, "is_whole": whole}
        )

    def components(self) -> dict[str, JSON]:
        own = {"proposal": shapes.ENTRY, **fields_of("Position")}
        required = ["id", "proposal", "actor", "stance", "date"]
        position = {"type": "object", "properties": own, "required": required}
        return {"DatedPosition": {**position, "additionalProperties": False}}

    def answer(self, call: Call[Values]) -> Answer:
        entry = finding.active(call.arguments["key"], *self.kinds)
        found = positions_through(self.of, entry.entry_id)
        items = [_shown(found, change) for change in found.changes()]
        body: Mapping[str, Any] = {
            "items": items,
            "total": len(items),
            "is_whole": found.is_whole,
        }
        return Answer(orjson.dumps(body), call.tag(reading.state()))


def _shown(found: Through, change: StanceChange) -> JSON:
    return {
        "before": found.row(change.before),
        "after": found.row(change.after),
        "certainty": change.certainty,
    }


class ActorChangesEndpoint(_StanceChanges):
    """Where an actor changed its stance."""

    path = "/actors/{key}/stance-changes"
    name = "actor-stance-changes"
    summary = "Changes of an actor's stance"
    description = (
        "Each position that is another stance than the actor's position before on the same"
        " proposal, with both, the newest first. Positions without a date are part of no change."
    )
    of = "actor"
    kinds = ("actor", "body")


class ProposalChangesEndpoint(_StanceChanges):
    """Where stances on a proposal changed."""

    path = "/proposals/{key}/stance-changes"
    name = "proposal-stance-changes"
    summary = "Changes of stance on a proposal"
    description = (
        "Each position that is another stance than the same actor's position before, with both,"
        " the newest first. Positions without a date are part of no change."
    )
    of = "proposal"
    kinds = ("proposal",)
