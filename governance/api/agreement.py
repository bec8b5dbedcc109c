"""What several sides agree on, what divides them, where one of them is silent."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from governance.analyses.agreement import PARAMETERS, Asked, CommonGround, common_ground, rows_of
from governance.analyses.common_ground import VERDICTS, Count, Judged
from governance.api.statements import fields_of
from governance.directions import DIRECTIONS
from governance.vocabularies import FUNCTIONS, TOPICS
from kb.api import shapes
from kb.api.endpoints import Answer, Call, Endpoint, checked
from kb.api.negotiation import FORMATS
from kb.api.paging import PAGE_PARAMETERS, PageAsked, page_asked, page_body
from kb.documents.vocabulary import Vocabulary
from kb.filters import Parameter, Values
from kb.formats import MEDIA_TYPES
from kb.formats.tables import csv_text
from kb.parameters import Wrong, WrongParameters, one_of
from kb.publication import reading
from kb.publication.cursors import Place, Window, sealed, window

JSON = dict[str, Any]

CSV = f"{MEDIA_TYPES['csv']}; charset=utf-8"
TABLES = ("voices", "topics", "functions", "years")
TABLE = Parameter(
    "table",
    "With `csv`: `voices`, who said what, a row each; or the counts by topic, function or year.",
    {"type": "string", "enum": list(TABLES), "default": "voices"},
)


class GroundAsked(NamedTuple):
    """A page of common ground: between whom, on what, and which part of it."""

    asked: Asked
    page: PageAsked


class CommonGroundEndpoint(Endpoint[GroundAsked]):
    """Common ground between sides."""

    path = "/common-ground"
    name = "common-ground"
    group = "Analyses"
    summary = "Common ground"
    description = (
        "On which proposals and instruments two to six sides agree, on which they do not, and"
        " where one of them is silent. What each actor says newest counts: proposing, supporting,"
        " signing, ratifying, endorsing and voting for are *for*; opposing, voting against,"
        " declining and leaving are *against*; mixed positions and abstentions are *mixed*. A side"
        " has the direction that all its voices share, else it is *mixed*. A person who says what"
        " an organisation on the same side says, and belonged to it then, is not counted beside"
        " it; `own` is what a country or body says itself. `items` holds agreed, contested, silent"
        " subjects in this order, each with every statement behind it; the counts are of all."
    )
    parameters = (*PARAMETERS, *PAGE_PARAMETERS, TABLE)
    required = ("side",)
    formats = {**FORMATS, "csv": CSV}  # noqa: RUF012  as the base has it

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> GroundAsked:
        values = checked(given, self.declared, self.required)
        return GroundAsked(Asked.of(values), page_asked(self.name, values, arguments))

    def answer(self, call: Call[GroundAsked]) -> Answer:
        asked, wanted = call.asked
        table = one_of(wanted.values, "table")
        if table is not None and call.format != "csv":
            detail = "It chooses what a table holds: ask for `csv` too."
            raise WrongParameters([Wrong("table", "invalid", detail)])
        state = reading.state()
        ground = common_ground(asked)
        page = _page(ground, wanted)
        cursors = _cursors(ground, page, wanted)
        if call.format == "csv":
            body = _table(ground, page, table or "voices")
            return Answer(body, call.tag(state), links=_links(call, cursors), media_type=CSV)
        rows = [orjson.dumps(row) for row in rows_of(ground, page.rows)]
        more = b"," + orjson.dumps(summary(ground))[1:-1]
        total, is_exact = len(ground.listed), True
        body = page_body(call, rows, total, is_exact, cursors["next"], cursors["prev"], more)
        return Answer(body, call.tag(state))

    def answer_schema(self) -> JSON:
        subject = shapes.fields(
            {
                "subject": shapes.ENTRY,
                "topics": shapes.rows(shapes.TEXT),
                "functions": shapes.rows(shapes.TEXT),
                "verdict": {"type": "string", "enum": list(VERDICTS)},
                "sides": shapes.rows(_stance_schema()),
            },
            {"direction": DIRECTION},
        )
        counts: JSON = dict.fromkeys(VERDICTS, shapes.COUNT)
        group = shapes.fields({"value": shapes.TEXT, "label": shapes.TEXT, **counts})
        side = {"side": shapes.TEXT, "name": shapes.TEXT, "entries": shapes.rows(shapes.ENTRY)}
        agreed_on: JSON = dict.fromkeys(DIRECTIONS, shapes.COUNT)
        whole = shapes.page(
            subject,
            {
                "sides": shapes.rows(shapes.fields({**side, "actors": shapes.COUNT})),
                "counts": shapes.fields(counts),
                "agreed_on": shapes.fields(agreed_on),
                "topics": shapes.rows(group),
                "functions": shapes.rows(group),
                "years": shapes.rows(shapes.fields({"year": {"type": "integer"}, **counts})),
            },
        )
        mine = ["sides", "counts", "agreed_on", "topics", "functions", "years"]
        return {**whole, "required": [*whole["required"], *mine]}


DIRECTION: JSON = {"type": "string", "enum": list(DIRECTIONS)}
MAYBE: JSON = {"type": ["string", "null"], "enum": [*DIRECTIONS, None]}


def _stance_schema() -> JSON:
    position = {"id": shapes.TEXT, "proposal": shapes.ENTRY, **fields_of("Position")}
    act = {"id": shapes.TEXT, "instrument": shapes.ENTRY, **fields_of("Participation")}
    statement = {
        "anyOf": [
            {"type": "object", "properties": its, "required": ["id"], "additionalProperties": False}
            for its in (position, act)
        ]
    }
    voice = shapes.fields(
        {
            "actor": shapes.ENTRY,
            "direction": DIRECTION,
            "is_own": {"type": "boolean"},
            "statement": statement,
            "also_said_by": shapes.rows(statement),
        }
    )
    return shapes.fields(
        {"side": shapes.TEXT, "direction": MAYBE, "own": MAYBE, "voices": shapes.rows(voice)}
    )


# --- pages -----------------------------------------------------------------------------------


def _page(ground: CommonGround, asked: PageAsked) -> Window[Any]:
    """The subjects of the page; `place` is where the page before or after it ended."""
    rows: Sequence[Judged] = ground.listed
    if asked.beyond is not None:
        if asked.backwards:
            rows = [each for each in reversed(rows) if ground.place(each) < asked.beyond]
        else:
            rows = [each for each in rows if ground.place(each) > asked.beyond]
    return window(rows, asked.size, asked.place)


def _cursors(ground: CommonGround, page: Window[Any], asked: PageAsked) -> dict[str, str | None]:
    following = Place(ground.place(page.rows[-1])) if page.has_next else None
    before = Place(ground.place(page.rows[0]), backwards=True) if page.has_prev else None
    return {
        "next": sealed(following, asked.identity) if following else None,
        "prev": sealed(before, asked.identity) if before else None,
    }


def _links(call: Call[Any], cursors: Mapping[str, str | None]) -> str:
    """The value of a Link header: the pages beside this one."""
    return ", ".join(
        f'<{call.address(cursor=cursor)}>; rel="{relation}"'
        for relation, cursor in cursors.items()
        if cursor
    )


# --- what is said of all of it ---------------------------------------------------------------


def summary(ground: CommonGround) -> JSON:
    """Sides and counts, whatever page is shown."""
    return {
        "sides": [
            {
                "side": named.written,
                "name": named.name,
                "entries": [
                    {name: piece.shown[name] for name in ("key", "kind", "name")}
                    for piece in named.pieces
                ],
                "actors": len(side.actors),
            }
            for named, side in zip(ground.asked.sides, ground.sides, strict=True)
        ],
        "counts": ground.count._asdict(),
        "agreed_on": ground.agreed_on,
        "topics": list(_groups(ground.by_topic, TOPICS)),
        "functions": list(_groups(ground.by_function, FUNCTIONS)),
        "years": list(_years(ground)),
    }


def _groups(counted: Mapping[str, Count], vocabulary: Vocabulary) -> Iterator[JSON]:
    """In the order of the vocabulary; what has no value last, as ""."""
    for value in (*vocabulary.values, ""):
        if value in counted:
            label = vocabulary.label_of(value) if value else "None"
            yield {"value": value, "label": label, **counted[value]._asdict()}


def _years(ground: CommonGround) -> Iterator[JSON]:
    return ({"year": year, **count._asdict()} for year, count in ground.by_year.items())


# --- as a table ------------------------------------------------------------------------------

OF_VOICES = (
    "subject",
    "kind",
    "name",
    "topics",
    "functions",
    "verdict",
    "side",
    "direction",
    "actor",
    "actor_name",
    "is_counted",
    "said",
    "date",
    "quote",
    "sources",
    "statement",
)


def _table(ground: CommonGround, page: Window[Any], table: str) -> bytes:
    if table == "years":
        rows: Iterable[JSON] = _years(ground)
        return csv_text(("year", *VERDICTS), rows).encode()
    if table in ("topics", "functions"):
        vocabulary = TOPICS if table == "topics" else FUNCTIONS
        counted = ground.by_topic if table == "topics" else ground.by_function
        return csv_text(("value", "label", *VERDICTS), _groups(counted, vocabulary)).encode()
    rows = (row for item in rows_of(ground, page.rows) for row in _voices(item))
    return csv_text(OF_VOICES, rows).encode()


def _voices(item: JSON) -> Iterator[JSON]:
    """A row for each thing that was said; one for a side that said nothing."""
    about = {
        "subject": item["subject"]["key"],
        "kind": item["subject"]["kind"],
        "name": item["subject"]["name"],
        "topics": item["topics"],
        "functions": item["functions"],
        "verdict": item["verdict"],
    }
    for side in item["sides"]:
        its = {**about, "side": side["side"], "direction": side["direction"]}
        if not side["voices"]:
            yield its
        for voice in side["voices"]:
            yield {**its, **_said(voice["statement"]), "is_counted": True}
            for statement in voice["also_said_by"]:
                yield {**its, **_said(statement), "is_counted": False}


def _said(statement: JSON) -> JSON:
    return {
        "actor": statement["actor"]["key"],
        "actor_name": statement["actor"]["name"],
        "said": statement.get("stance") or statement.get("action"),
        "date": statement.get("date"),
        "quote": statement.get("quote"),
        "sources": [cite["source"]["key"] for cite in statement["cites"]],
        "statement": statement["id"],
    }
