"""Search over all kinds, and names while one types."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import orjson

from kb.api import shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint
from kb.api.entries import facet_json, fields_parameter, picked
from kb.api.known import KNOWN_AT, at_moment, check_moment, past_of
from kb.api.limits import SEARCHING
from kb.api.paging import page_body
from kb.filters import Condition, Parameter, Values
from kb.kinds import kinds
from kb.parameters import MOST_ROWS, one_of, pieces
from kb.publication import lists, reading
from kb.publication.cursors import Place, sealed
from kb.publication.searching import Found, search, suggest

PAGE_SIZE = 25
FROM_LISTS = ("cursor", "facets")  # parameters that mean the same as in lists

Q = Parameter(
    "q",
    "Words and “phrases” to look for, in any form: there is no query language to get wrong.",
    {"type": "string", "minLength": 1},
)


class SearchEndpoint(Endpoint[lists.Asked]):
    """Entries of every kind by the words in them."""

    path = "/search"
    name = "search"
    policy = SEARCHING
    group = "Search"
    summary = "Search"
    description = (
        "Entries that have all the words, best first, each with the passage that answers. The"
        " thousand most prominent matches are ranked and can be paged through; `total` is exact up"
        " to 10,000. `notes` says what was left out, `did_you_mean` names that come close where"
        " nothing was found."
    )
    required = ("q",)

    @cached_property
    def asking(self) -> lists.Asking:
        return replace(lists.asking_for(None), bound=("q", "known_at"))

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        filters = [p for each in self.asking.filters for p in each.parameters()]
        shared = [p for p in self.asking.parameters() if p.name in FROM_LISTS]
        size = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE}
        names = ("key", "kind", "name", *(n for k in kinds() for n in k.summary_fields), "meta")
        own = (KNOWN_AT, fields_parameter((*names, "passage", "score")), FORMAT)
        return (Q, *filters, *shared, Parameter("page_size", "Rows of a page.", size), *own)

    def answer_schema(self) -> dict[str, Any]:
        piece = shapes.fields({"text": shapes.TEXT, "is_match": {"type": "boolean"}})
        row = {
            "type": "object",
            "description": "The entry's row in lists, with the passage that answers.",
            "required": ["key", "kind"],
            "properties": {
                "key": shapes.TEXT,
                "kind": shapes.TEXT,
                "name": shapes.TEXT,
                "passage": shapes.rows(piece),
                "score": {"type": "number"},
                "meta": shapes.component("RowMeta"),
            },
        }
        facets = {"type": "object", "additionalProperties": shapes.component("Facet")}
        more = {
            "facets": facets,
            "notes": shapes.rows(shapes.TEXT),
            "did_you_mean": shapes.rows(NAMED),
        }
        return shapes.page(row, more)

    def asked_of(self, given: Values, _arguments: Mapping[str, str]) -> lists.Asked:
        asked = lists.asked_of(self.asking, given, self.declared, self.required)
        check_moment(asked.values)
        return asked

    def answer(self, call: Call[lists.Asked]) -> Answer:
        asked = call.asked
        known_at = one_of(asked.values, "known_at")
        return at_moment(
            known_at,
            lambda at: self._answer(call, replace(asked, past=past_of(at, searched=True))),
        )

    def _answer(self, call: Call[lists.Asked], asked: lists.Asked) -> Answer:
        given = call.given
        size = int(one_of(given, "page_size") or PAGE_SIZE)
        offset = int(asked.place.values[0]) if asked.place else 0
        kind, conditions = _kind_and_conditions(asked.values, asked.conditions)
        state = reading.state()
        found = search(
            asked.values["q"][0],
            kind,
            conditions,
            facets=asked.facets,
            facet_filters={n: self._without(asked, n) for n in asked.facets if n in asked.values},
            limit=size,
            offset=offset,
            past=asked.past,
        )
        following = _cursor(found.next_offset, asked)
        before = _cursor(max(0, offset - size) if offset else None, asked)
        names = pieces(asked.values, "fields")
        rows = [_row(each, names) for each in found.items]
        more: dict[str, Any] = {}
        if asked.facets:
            more["facets"] = {
                facet.name: facet_json(facet)
                for facet in lists.labelled(
                    self.asking, found.facets, is_exact=found.facets_are_exact
                )
            }
        more |= {"notes": found.notes, "did_you_mean": found.did_you_mean}
        members = b"," + orjson.dumps(more)[1:-1]
        total, is_exact = found.total, found.total_is_exact
        body = page_body(call, rows, total, is_exact, following, before, members)
        return Answer(body, call.tag(state))

    def _without(self, asked: lists.Asked, facet: str) -> list[Condition]:
        """The conditions of the search without the plain values of one facet."""
        remaining = {name: values for name, values in asked.values.items() if name != facet}
        filters = self.asking.filters_in(remaining)
        return [condition for each in filters for condition in each.conditions(remaining)]


def _cursor(offset: int | None, asked: lists.Asked) -> str | None:
    return None if offset is None else sealed(Place((offset,)), asked.identity)


def _kind_and_conditions(
    values: Values, conditions: Sequence[Condition]
) -> tuple[str | None, list[Condition]]:
    """One kind is better told apart: it is part of the search index."""
    given = values.get("kind", ())
    if len(given) != 1:
        return None, list(conditions)
    own = Condition("p.kind = ANY(%s::varchar[])", (list(given),))
    return given[0], [condition for condition in conditions if condition != own]


def _row(found: Found, names: Sequence[str]) -> bytes:
    passage = [{"text": text, "is_match": is_match} for text, is_match in found.passage]
    own = orjson.dumps({"passage": passage, "score": round(found.score, 4)})
    row = found.summary[:-1] + b"," + own[1:]
    return orjson.dumps(picked(row, names)) if names else row


NAMED = shapes.fields(
    {"key": shapes.TEXT, "kind": shapes.TEXT, "name": shapes.TEXT},
    {"matched": {**shapes.TEXT, "description": "The alias it was found by."}},
)


class SuggestEndpoint(Endpoint[Values]):
    """Entries by the beginning of a name."""

    path = "/suggest"
    name = "suggest"
    group = "Search"
    summary = "Names while one types"
    description = (
        "Up to ten entries with a name or alias in which every word that was typed begins a word;"
        " where there are none, names that come close."
    )
    required = ("prefix",)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        names = [kind.name for kind in kinds()]
        return (
            Parameter("prefix", "What was typed so far.", {"type": "string", "minLength": 1}),
            Parameter(
                "kind",
                "Only entries of these kinds.",
                {"type": "string", "enum": names},
                repeat=True,
            ),
            FORMAT,
        )

    def answer_schema(self) -> dict[str, Any]:
        return shapes.fields({"items": {**shapes.rows(NAMED), "maxItems": 10}})

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        found = suggest(call.asked["prefix"][0], call.asked.get("kind"))
        return Answer(orjson.dumps({"items": found}), call.tag(state))
