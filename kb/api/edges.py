"""Links: what an entry names, and what names it."""

from collections.abc import Mapping
from typing import Any

from kb.api import known, shapes
from kb.api.endpoints import Call
from kb.api.entries import edge_json
from kb.api.paging import PageAsked, PagedEndpoint, PageFound, PageRow
from kb.filters import Parameter, Values
from kb.parameters import one_of
from kb.publication import reading

RELATION = Parameter(
    "relation",
    "Only edges of these relations: a link's (`modelled-on`), or the field that names"
    " (`memberships.actor`).",
    {"type": "string", "pattern": r"^[a-z0-9_.-]{2,80}$", "x-wanted": "As in `relation` of a row."},
    repeat=True,
)


class LinksEndpoint(PagedEndpoint):
    """What an entry names."""

    path = "/entries/{key}/links"
    name = "links"
    group = "Entries"
    summary = "What an entry names"
    description = (
        "Every place in its document that names another entry, in the order of relations."
        " Keys of merged entries mean the one that stands for them."
    )
    codes = ("not-found", "retracted", "redacted")
    filters = (RELATION, known.KNOWN_AT)
    inwards = False

    def answer_schema(self) -> dict[str, Any]:
        return shapes.page(shapes.component("Edge"))

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> PageAsked:
        asked = super().asked_of(given, arguments)
        known.check_moment(asked.values)
        return asked

    def find(self, call: Call[PageAsked]) -> PageFound:
        known_at = one_of(call.asked.values, "known_at")
        return known.at_moment(known_at, lambda at: self._found(call, at))

    def _found(self, call: Call[PageAsked], known_at: str | None) -> PageFound:
        asked = call.asked
        entry_id, source = known.references(call.arguments["key"], known_at, inwards=self.inwards)
        relations = asked.values.get("relation", ())
        found = reading.edges(
            entry_id,
            inwards=self.inwards,
            source=source,
            relations=relations,
            beyond=asked.beyond,
            backwards=asked.backwards,
            limit=asked.size + 1,
        )
        rows = [PageRow((e.relation, e.far_id, e.place), edge_json(e)) for e in found]
        total, is_exact, state = reading.edge_total(
            entry_id, inwards=self.inwards, source=source, relations=relations
        )
        return PageFound(rows, total, is_exact, state)


class BacklinksEndpoint(LinksEndpoint):
    """What names an entry."""

    path = "/entries/{key}/backlinks"
    name = "backlinks"
    summary = "What names an entry"
    description = (
        "Every place in a published document that names this entry, or one merged into it, in the"
        " order of relations."
    )
    inwards = True
