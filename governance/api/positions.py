"""Who stands where on which proposal, and why."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from governance.api.statements import SubjectStatements, fields_of
from governance.models import Argument, Position
from governance.vocabularies import ARGUMENT_SIDES, STANCES
from kb.api import finding, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint
from kb.api.paging import PageAsked
from kb.api.statements import EntryColumn, TermColumn, on_parameter
from kb.filters import Condition, Parameter, Values
from kb.parameters import Wrong, WrongParameters
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
        " arguments of that side, each with all its answers."
    )
    codes = ("not-found", "retracted")
    parameters = (
        Parameter(
            "side",
            "Only arguments of this side.",
            {"type": "string", "enum": list(ARGUMENT_SIDES.values)},
        ),
        FORMAT,
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
        entry = finding.active(call.arguments["key"], "proposal")
        rows = reading.fetch_all(
            "SELECT r.statement, r.answers, r.side, r.json"
            f" FROM {Argument._meta.db_table} r WHERE r.entry_id = %s ORDER BY r.ordinal",
            (entry.entry_id,),
        )
        sides = call.asked.get("side")
        roots = [row for row in rows if not row[1] and (not sides or row[2] in sides)]
        answers: dict[str, list[reading.Row]] = defaultdict(list)
        for row in rows:
            answers[row[1]].append(row)
        trees = [_tree(row, answers) for row in roots]
        body = b'{"items":[' + b",".join(trees) + b'],"total":%d}' % len(trees)
        return Answer(body, call.tag(reading.state()))


def _tree(row: reading.Row, answers: dict[str, list[reading.Row]]) -> bytes:
    statement, _answers, _side, json = row
    below = b",".join(_tree(answer, answers) for answer in answers.get(statement, ()))
    return bytes(json[:-1]) + b',"answered_by":[' + below + b"]}"
