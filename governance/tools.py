"""The tools that this subject adds for language models."""

from typing import Any

from governance.analyses.comparison import SECTIONS
from governance.vocabularies import DESIGN_DIMENSIONS, FUNCTIONS, TOPICS
from kb.mcp.calling import addressed, ask, at, page_of
from kb.mcp.tools import CURSOR, DAY, KEY, SIZE, Caller, Tool, text

JSON = dict[str, Any]


def _members(given: JSON, _caller: Caller) -> JSON:
    query = {
        "on": given["on"],
        "page_size": given.get("limit", 50),
        "cursor": given.get("cursor"),
        "certainty": given.get("certainty"),
    }
    answer = ask(at("/bodies/{}/members", given["key"]), query)
    return page_of(answer, [_without(row, "body") for row in addressed(answer["items"])])


def _memberships(given: JSON, _caller: Caller) -> JSON:
    query = {"on": given.get("on"), "cursor": given.get("cursor"), "page_size": given.get("limit")}
    answer = ask(at("/actors/{}/memberships", given["key"]), query)
    return page_of(answer, [_without(row, "actor") for row in addressed(answer["items"])])


def _without(row: JSON, name: str) -> JSON:
    return {field: value for field, value in row.items() if field != name}


def _common_ground(given: JSON, _caller: Caller) -> JSON:
    query = {
        "side": given["sides"],
        "topic": given.get("topics"),
        "function": given.get("functions"),
        "verdict": given.get("verdict"),
        "on": given.get("on"),
        "page_size": given.get("limit", 5),
        "cursor": given.get("cursor"),
    }
    answer = ask("/common-ground", query)
    kept = ("items", "total", "next", "sides", "counts", "agreed_on")
    return page_of(addressed({name: answer[name] for name in kept if name in answer}))


MOST = 12_000  # characters of the rows of one answer


def _compare(given: JSON, _caller: Caller) -> JSON:
    query = {
        "keys": ",".join(given["keys"]),
        "dimension": given.get("dimensions"),
        "on": given.get("on"),
    }
    answer = addressed(ask("/compare", query))
    first = given.get("row", 0)
    rows: list[JSON] = []
    size = 0
    for row in answer["rows"][first:]:
        size += len(str(row))
        if rows and size > MOST:
            break
        rows.append(row)
    last = first + len(rows)
    more = {"next_row": last} if last < len(answer["rows"]) else {}
    return {"columns": answer["columns"], "items": rows, "total": len(answer["rows"]), **more}


_MANY: JSON = {"type": "array", "minItems": 1}

MEMBERS = Tool(
    "members",
    "Who belonged to a body on a day",
    "The members of an international body on a day, with role, dates and sources. `certainty`:"
    " `certain`, or `possible` where the dates leave that day open; keep them apart.",
    {
        "key": KEY,
        "on": DAY,
        "certainty": text("Only these.", enum=["certain", "possible"]),
        "limit": {**SIZE, "default": 50},
        "cursor": CURSOR,
    },
    _members,
    ("key", "on"),
)
MEMBERSHIPS = Tool(
    "memberships",
    "To what an actor belonged",
    "The international bodies to which a state, company or other actor belonged, on a day or at"
    " any time, with role, dates and sources.",
    {"key": KEY, "on": DAY, "limit": SIZE, "cursor": CURSOR},
    _memberships,
    ("key",),
)
COMPARE = Tool(
    "compare",
    "Set bodies and proposals side by side",
    "Two to ten bodies and proposals, a row for each question of their design, decisions, members"
    " and figures, a cell for each in the order of `columns`, with its sources; null where an entry"
    " says nothing. Ask for the dimensions you need; what is long goes on with `row`.",
    {
        "keys": {**_MANY, "items": {"type": "string"}, "minItems": 2, "maxItems": 10},
        "dimensions": {
            **_MANY,
            "items": {"type": "string", "enum": [*DESIGN_DIMENSIONS.values, *SECTIONS]},
            "description": "Dimensions of the design, or groups of rows; all without it.",
        },
        "on": DAY,
        "row": {"type": "integer", "minimum": 0, "description": "Go on here: `next_row`."},
    },
    _compare,
    ("keys",),
)
COMMON_GROUND = Tool(
    "common_ground",
    "What sides agree on",
    "On which proposals and instruments two to six sides agree, what divides them, and where one"
    " is silent: each with the statements behind it and their sources. Silence is no agreement.",
    {
        "sides": {
            **_MANY,
            "items": {"type": "string"},
            "minItems": 2,
            "maxItems": 6,
            "description": "Keys of actors, as `united-states`; see the API for other forms.",
        },
        "verdict": text("Only these.", enum=["agreed", "contested", "silent"]),
        "topics": {**_MANY, "items": {"type": "string", "enum": list(TOPICS.values)}},
        "functions": {**_MANY, "items": {"type": "string", "enum": list(FUNCTIONS.values)}},
        "on": DAY,
        "limit": {**SIZE, "default": 5},
        "cursor": CURSOR,
    },
    _common_ground,
    ("sides",),
)

TOOLS = (MEMBERS, MEMBERSHIPS, COMPARE, COMMON_GROUND)
