"""Which functions and features of design go together over all proposals."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson

from governance.analyses.features import (
    FEATURES,
    GROUPS,
    HAS,
    TOPIC,
    Proposed,
    group_of,
    label_of,
    list_path,
    map_of,
    proposals,
)
from governance.analyses.ideas import Ideas, Pair
from kb.api import shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint, origin
from kb.api.negotiation import FORMATS
from kb.filters import Values
from kb.formats import MEDIA_TYPES
from kb.formats.tables import csv_text
from kb.publication import reading

JSON = dict[str, Any]

CSV = f"{MEDIA_TYPES['csv']}; charset=utf-8"


class IdeasEndpoint(Endpoint[Values]):
    """The map of ideas."""

    path = "/ideas"
    name = "ideas"
    group = "Analyses"
    summary = "Map of ideas"
    description = (
        "How many proposals have a function together with another one, with a design dimension that"
        " they describe, a scope or a binding force. `expected` is how many would, had the two"
        " nothing to do with each other; a gap is a pair that no proposal has though at least one"
        " would be expected. With `has` also the proposals that have all of these features."
    )
    parameters = (TOPIC, HAS, FORMAT)
    formats = {**FORMATS, "csv": CSV}  # noqa: RUF012  as the base has it

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        topics = call.asked.get("topic", ())
        found = proposals(topics)
        mapped = map_of(found)
        pairs = [_pair(pair, topics, origin(call.request)) for pair in mapped.pairs]
        if call.format == "csv":
            columns = ("row", "column", "count", "expected", "is_gap", "address")
            return Answer(csv_text(columns, pairs).encode(), call.tag(state), media_type=CSV)
        body: JSON = {
            "total": mapped.total,
            "features": list(_features(mapped)),
            "items": pairs,
        }
        if wanted := call.asked.get("has"):
            body["proposals"] = [_label(each) for each in having(found, wanted)]
        return Answer(orjson.dumps(body), call.tag(state))

    def answer_schema(self) -> JSON:
        feature = {"type": "string", "enum": list(FEATURES)}
        features = shapes.fields(
            {
                "feature": feature,
                "group": {"type": "string", "enum": list(GROUPS)},
                "label": shapes.TEXT,
                "count": shapes.COUNT,
            }
        )
        pair = shapes.fields(
            {
                "row": feature,
                "column": feature,
                "count": shapes.COUNT,
                "expected": {"type": "number", "minimum": 0},
                "is_gap": {"type": "boolean"},
                "address": {**shapes.ADDRESS, "description": "The page that lists them."},
            }
        )
        return shapes.fields(
            {"total": shapes.COUNT, "features": shapes.rows(features), "items": shapes.rows(pair)},
            {"proposals": shapes.rows(shapes.ENTRY)},
        )


def having(found: Sequence[Proposed], wanted: Sequence[str]) -> list[Proposed]:
    """Those that have all of these features."""
    return [each for each in found if each.features >= set(wanted)]


def _features(mapped: Ideas) -> Iterator[JSON]:
    for feature, count in mapped.counts.items():
        yield {
            "feature": feature,
            "group": group_of(feature),
            "label": label_of(feature),
            "count": count,
        }


def _pair(pair: Pair, topics: Sequence[str], site: str) -> JSON:
    return {
        "row": pair.row,
        "column": pair.column,
        "count": pair.both,
        "expected": round(pair.expected, 2),
        "is_gap": pair.is_gap,
        "address": site + list_path((pair.column, pair.row), topics),
    }


def _label(proposed: Proposed) -> JSON:
    return {"key": proposed.key, "kind": "proposal", "name": proposed.name}
