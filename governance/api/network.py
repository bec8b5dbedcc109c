"""Who is tied to whom around one entry."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson

from governance.analyses.network import Network, Place, Tie, places
from governance.analyses.network_files import MEDIA_TYPES, written
from governance.analyses.ties import DATED, LABELS, RELATIONS, Found, NetworkAsked, network_around
from kb.api import finding, shapes
from kb.api.endpoints import Answer, Call, Endpoint, checked, format_parameter
from kb.api.negotiation import FORMATS
from kb.filters import Parameter, Values
from kb.formats import MEDIA_TYPES as OF_FILES
from kb.formats.tables import csv_text
from kb.parameters import DAY, Wrong, WrongParameters, one_of
from kb.publication import reading

JSON = dict[str, Any]
KEY = {"type": "string", "pattern": "^[a-z0-9-]{2,80}$", "x-entry": []}

OF_NETWORKS = {
    **FORMATS,
    "csv": f"{OF_FILES['csv']}; charset=utf-8",
    **{name: f"{media_type}; charset=utf-8" for name, media_type in MEDIA_TYPES.items()},
}
PARAMETERS = (
    Parameter("around", "The entry in the middle.", KEY),
    Parameter(
        "depth",
        "How many steps from it.",
        {"type": "integer", "minimum": 1, "maximum": 2, "default": 1},
    ),
    Parameter(
        "relation",
        "Only ties of these relations: those of links, or the field that names the other entry.",
        {"type": "string", "enum": list(RELATIONS)},
        repeat=True,
    ),
    Parameter(
        "on",
        "Only ties that held on this day; each says whether it did `certain` or `possible`. Ties"
        " without dates of their own (who issued a text, what is modelled on what) are left out.",
        DAY,
    ),
)
COLUMNS = ("from", "relation", "detail", "to", "when", "certainty", "statement")


def refuse_undated(values: Values) -> None:
    """A day cannot be asked of relations without dates. Raises WrongParameters."""
    relations = values.get("relation", ())
    if "on" in values and relations and not set(relations) & set(DATED):
        detail = "Ties of these relations have no dates: leave `on` out."
        raise WrongParameters([Wrong("on", "invalid", detail)])


def asked_of(values: Values, entry: reading.Known) -> NetworkAsked:
    """What checked values ask for."""
    day = one_of(values, "on")
    return NetworkAsked(
        around=entry.key,
        entry_id=entry.entry_id,
        depth=int(one_of(values, "depth") or 1),
        relations=tuple(values.get("relation", ())),
        on=date.fromisoformat(day) if day else None,
    )


class NetworkEndpoint(Endpoint[Values]):
    """The network around an entry."""

    path = "/network"
    name = "network"
    group = "Statements"
    summary = "Network around an entry"
    description = (
        "The entries that are tied to one, up to two steps away, with every tie among them and the"
        " statement that says so. Those with most ties are given; `left_out` says how many are not."
        " `x` and `y` are where they are drawn, the same for the same network. As `graphml` or"
        " `gexf` for programs that draw networks, as `csv` one row a tie."
    )
    codes = ("not-found", "retracted")
    formats = OF_NETWORKS
    required = ("around",)
    parameters = (*PARAMETERS, format_parameter(OF_NETWORKS))

    def asked_of(self, given: Values, _arguments: Mapping[str, str]) -> Values:
        values = checked(given, self.declared, self.required)
        refuse_undated(values)
        return values

    def answer_schema(self) -> JSON:
        part = {"type": "number", "minimum": 0, "maximum": 1}
        node = shapes.fields(
            {
                "key": shapes.TEXT,
                "kind": shapes.TEXT,
                "name": shapes.TEXT,
                "steps": {"type": "integer", "minimum": 0, "maximum": 2},
                "x": part,
                "y": part,
            }
        )
        counts = dict.fromkeys(("near", "far", "ties"), shapes.COUNT)
        return shapes.fields(
            {
                "around": shapes.ENTRY,
                "nodes": shapes.rows(node),
                "ties": shapes.rows(_tie_schema()),
                "left_out": shapes.fields(
                    counts, description="Entries one and two steps away, and ties, not given."
                ),
                "is_exact": {
                    "type": "boolean",
                    "description": "Whether `left_out` is exact; else it is at least that many.",
                },
            }
        )

    def answer(self, call: Call[Values]) -> Answer:
        (key,) = call.asked["around"]
        entry = finding.active(key)
        found = network_around(asked_of(call.asked, entry))
        tag = call.tag(reading.state())
        if call.format == "json":
            return Answer(orjson.dumps(shown(found)), tag)
        media_type = self.formats[call.format]
        if call.format == "csv":
            text = csv_text(COLUMNS, map(row_of, found.network.ties))
        else:
            text = written(found.network, found.shown, call.format)
        name = f"network-{key}.{call.format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Answer(text.encode(), tag, media_type=media_type, headers=headers)


def _tie_schema() -> JSON:
    return shapes.fields(
        {
            "from": {**shapes.TEXT, "description": "Key of the entry that says so."},
            "relation": {"type": "string", "enum": list(RELATIONS)},
            "label": {**shapes.TEXT, "description": "What stands between the two, in words."},
            "to": shapes.TEXT,
        },
        {
            "statement": {**shapes.TEXT, "description": "Its id in the entry that says so."},
            "detail": {**shapes.TEXT, "description": "The role, stance or act."},
            "when": {**shapes.TEXT, "description": "In words."},
            "certainty": {"type": "string", "enum": ["certain", "possible"]},
        },
    )


def shown(found: Found) -> JSON:
    """The network as JSON."""
    network = found.network
    at = places(network)
    return {
        "around": _label(found.shown[network.around]),
        "nodes": [_node(found, key, at[key]) for key in _by_steps(network)],
        "ties": [
            {**{name: value for name, value in row_of(tie).items() if value},
             "label": LABELS[tie.relation]}
            for tie in network.ties
        ],
        "left_out": dict(network.left_out),
        "is_exact": network.is_counted,
    }  # fmt: skip


def _by_steps(network: Network) -> list[str]:
    return sorted(network.steps, key=lambda key: (network.steps[key], key))


def _node(found: Found, key: str, place: Place) -> JSON:
    label = found.shown[key]
    own = {name: label[name] for name in ("key", "kind", "name")}
    return {**own, "steps": found.network.steps[key], "x": place[0], "y": place[1]}


def _label(shown: Mapping[str, Any]) -> JSON:
    return {name: shown[name] for name in ("key", "kind", "name")}


def row_of(tie: Tie) -> JSON:
    """A tie as a row, by names of columns."""
    return {
        "from": tie.source,
        "relation": tie.relation,
        "detail": tie.detail,
        "to": tie.target,
        "when": tie.when,
        "certainty": tie.certainty,
        "statement": tie.statement,
    }
