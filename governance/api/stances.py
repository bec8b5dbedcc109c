"""Where stances changed."""

from collections.abc import Mapping
from typing import Any

import orjson

from governance.analyses.stance_rows import Of, Through, positions_through
from governance.analyses.stances import StanceChange
from governance.api.statements import fields_of
from governance.models import Position
from kb.api import known, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint
from kb.filters import Values
from kb.parameters import one_of
from kb.publication import reading

JSON = dict[str, Any]


class _StanceChanges(Endpoint[Values]):
    group = "Statements"
    codes = ("not-found", "retracted", "redacted")
    parameters = (known.KNOWN_AT, FORMAT)
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
        known_at = one_of(call.asked, "known_at")
        return known.at_moment(known_at, lambda at: self._answer(call, at))

    def _answer(self, call: Call[Values], known_at: str | None) -> Answer:
        find = known.source_of_entry if self.of == "proposal" else known.source_naming
        entry, source = find(call.arguments["key"], known_at, Position, *self.kinds)
        its = entry.entry_id if self.of == "proposal" else entry.survivor_id
        found = positions_through(self.of, its, source=source)
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
