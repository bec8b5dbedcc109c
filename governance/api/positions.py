"""Who stands where on which proposal, and why."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from django.conf import settings

from governance.analyses.aif import aif
from governance.analyses.argdown import argdown
from governance.analyses.argument_trees import Row, Tree, trees_of, walked, with_keys
from governance.api.statements import SubjectStatements, fields_of
from governance.models import Argument, Position
from governance.vocabularies import ARGUMENT_SIDES, STANCES
from kb.api import shapes
from kb.api.endpoints import Answer, Call, Endpoint, format_parameter, page_of
from kb.api.known import KNOWN_AT, source_of_entry
from kb.api.negotiation import FORMATS
from kb.api.paging import PageAsked
from kb.api.statements import EntryColumn, TermColumn, on_parameter
from kb.filters import Condition, Parameter, Values
from kb.formats import LICENCE
from kb.kinds import kind_named
from kb.parameters import Wrong, WrongParameters, one_of
from kb.publication import reading

STANCE = TermColumn("stance", "stance", "Only these stances.", STANCES)
HISTORY = Parameter(
    "history",
    "`true`: every position ever taken; else only the newest of each actor. Not with `on`.",
    {"type": "string", "enum": ["true", "false"], "default": "false"},
)
ON = on_parameter(
    "The positions held on this day: each actor's newest by then. Inexact dates leave some days"
    " open: each row says whether it is `certain` or `possible`."
)
OF_ARGUMENTS = {
    **FORMATS,
    "argdown": "text/x-argdown; charset=utf-8",
    "aif": "application/aif+json",
}
UNDATED = "'0001-01-01'::date"


class _Positions(SubjectStatements):
    table = Position
    statement = "Position"
    owner_name = "proposal"
    order = (
        f"coalesce(r.dated_earliest, {UNDATED})",
        f"coalesce(r.dated_latest, {UNDATED})",
        "r.entry_id",
        "r.ordinal",
    )
    is_falling = True
    on = ON
    more = (HISTORY,)

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> PageAsked:
        asked = super().asked_of(given, arguments)
        if "history" in asked.values and "on" in asked.values:
            detail = "With `on` each actor has one position, the one held on that day."
            raise WrongParameters([Wrong("history", "invalid", detail)])
        return asked

    def conditions(self, values: Values) -> list[Condition]:
        if "on" in values or values.get("history") == ["true"]:
            return []
        return [Condition("r.is_current")]


class ProposalPositionsEndpoint(_Positions):
    """Where actors stand on a proposal."""

    path = "/proposals/{key}/positions"
    name = "proposal-positions"
    summary = "Positions on a proposal"
    description = "One an actor, its newest; newest first, undated ones last."
    kinds = ("proposal",)
    columns = (STANCE, EntryColumn("actor", "actor_id", "Only of these actors.", ("actor", "body")))


class ActorPositionsEndpoint(_Positions):
    """Where an actor stands."""

    path = "/actors/{key}/positions"
    name = "actor-positions"
    summary = "Positions of an actor"
    description = "One a proposal, the newest; newest first, undated ones last."
    owner = "actor_id"
    kinds = ("actor", "body")
    columns = (STANCE, EntryColumn("proposal", "entry_id", "Only on these.", ("proposal",)))


class ArgumentsEndpoint(Endpoint[Values]):
    """The arguments about a proposal, as a tree of answers."""

    path = "/proposals/{key}/arguments"
    name = "arguments"
    group = "Statements"
    summary = "Arguments about a proposal"
    description = (
        "As a tree: `answered_by` holds the arguments that answer one, and theirs. With `side` the"
        " arguments of that side, each with all its answers. As `argdown` a text that people and"
        " the Argdown tools read, and that the desk imports; as `aif` a graph in the Argument"
        " Interchange Format, in JSON."
    )
    formats = OF_ARGUMENTS
    codes = ("not-found", "retracted", "redacted")
    parameters = (
        KNOWN_AT,
        Parameter(
            "side",
            "Only arguments of this side.",
            {"type": "string", "enum": list(ARGUMENT_SIDES.values)},
        ),
        format_parameter(OF_ARGUMENTS),
    )

    def answer_schema(self) -> dict[str, Any]:
        items = shapes.rows(shapes.component("ArgumentTree"))
        return shapes.fields({"items": items, "total": shapes.COUNT})

    def components(self) -> dict[str, dict[str, Any]]:
        answers = shapes.rows(shapes.component("ArgumentTree"))
        own = {"proposal": shapes.ENTRY, **fields_of("Argument"), "answered_by": answers}
        required = ["id", "proposal", "side", "claim", "answered_by"]
        tree = {"type": "object", "properties": own, "required": required}
        return {"ArgumentTree": {**tree, "additionalProperties": False}}

    def answer(self, call: Call[Values]) -> Answer:
        known_at = one_of(call.asked, "known_at")
        entry, source = source_of_entry(call.arguments["key"], known_at, Argument, "proposal")
        rows = reading.fetch_all(
            f"SELECT r.json FROM {source.sql} r WHERE r.entry_id = %s ORDER BY r.ordinal",
            (*source.params, entry.entry_id),
        )
        trees = trees_of(orjson.loads(json) for (json,) in rows)
        sides = call.asked.get("side")
        chosen = [tree for tree in trees if not sides or tree.row["side"] in sides]
        tag = call.tag(reading.state())
        if call.format == "json":
            items = [_shown(tree) for tree in chosen]
            return Answer(orjson.dumps({"items": items, "total": len(items)}), tag)
        body = _written(call, entry, [tree.row for _depth, tree in walked(chosen)])
        name = f'attachment; filename="{entry.key}-arguments.{_ENDINGS[call.format]}"'
        headers = {"Content-Disposition": name}
        return Answer(body, tag, media_type=self.formats[call.format], headers=headers)


_ENDINGS = {"argdown": "argdown", "aif": "aif.json"}


def _shown(tree: Tree) -> dict[str, Any]:
    return {**tree.row, "answered_by": [_shown(answer) for answer in tree.answers]}


def _written(call: Call[Values], entry: reading.Known, rows: Sequence[Row]) -> bytes:
    """The arguments as Argdown or AIF."""
    name = str(entry.shown["name"])
    if call.format == "aif":
        newest = reading.entry_tag(entry.key)
        moment = newest.published_at.astimezone(UTC) if newest else datetime.now(UTC)
        proposal = {"key": entry.key, "name": name}
        return orjson.dumps(aif(proposal, rows, timestamp=f"{moment:%Y-%m-%d %H:%M:%S}"))
    about = {
        "title": f"Arguments about {name}",
        "author": settings.SITE_NAME,
        "source": page_of(call.request, kind_named(entry.kind), entry.key),
        "licence": LICENCE,
    }
    return argdown(name, [with_keys(row) for row in rows], about=about).encode()
