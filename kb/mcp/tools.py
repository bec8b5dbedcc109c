"""The tools that any subject has, and the list of all of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from kb.kinds import kinds
from kb.mcp import drafting
from kb.mcp.calling import Refused, addressed, ask, at, page_of
from kb.mcp.parts import part_of
from kb.models import AccessToken

JSON = dict[str, Any]

ROWS = 10  # of a page, where nobody asks for fewer


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. `token`: with the scope that a tool needs, where one was given."""

    token: AccessToken | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool. `parameters`: name → JSON Schema; `run` answers JSON, or text. Raises Refused.

    `writes`: it opens a draft, so it needs a token.
    """

    name: str
    title: str
    description: str
    parameters: Mapping[str, JSON]
    run: Callable[[JSON, Caller], Any]
    required: tuple[str, ...] = ()
    writes: bool = False

    def schema(self) -> JSON:
        """JSON Schema of its arguments."""
        return {
            "type": "object",
            "properties": dict(self.parameters),
            "required": list(self.required),
            "additionalProperties": False,
        }


def text(description: str, **more: Any) -> JSON:
    return {"type": "string", "description": description, **more}


KEY = text("The key of an entry, such as “cern”. Find it with search or match.")
CURSOR = text("For the next page: `next_cursor` of the page before.")
SIZE: JSON = {"type": "integer", "minimum": 1, "maximum": 50, "default": ROWS}
DAY = text("A day, YYYY-MM-DD: the day in the world as of which one asks.")


def _search(given: JSON, _caller: Caller) -> JSON:
    query = {
        "q": given["query"],
        "kind": given.get("kinds"),
        "page_size": given.get("limit", ROWS),
        "cursor": given.get("cursor"),
        "fields": "name,summary,passage,meta",
    }
    answer = ask("/search", query)
    return page_of(answer, [_hit(row) for row in answer["items"]])


def _hit(row: JSON) -> JSON:
    """A row of a search: which entry, and the passage that answers."""
    passage = "".join(piece["text"] for piece in row.pop("passage", ()))
    meta = row.pop("meta")
    return {**addressed(row), "passage": passage, "revision": meta["revision"]}


def _get(given: JSON, _caller: Caller) -> str:
    told = ask(at("/entries/{}.md", given["key"]), {"known_at": given.get("known_at")})
    try:
        return part_of(told, given.get("part", 1))
    except LookupError as problem:
        raise Refused(str(problem)) from None


def _match(given: JSON, _caller: Caller) -> JSON:
    names = given["names"]
    asked = {"kind": given["kinds"]} if "kinds" in given else {}
    queries = {f"{n}": {"name": name, **asked} for n, name in enumerate(names)}
    results = ask("/match", body={"queries": queries, "limit": 3})["results"]
    rows = [
        {"name": name, "candidates": [_candidate(each) for each in results[f"{n}"]["candidates"]]}
        for n, name in enumerate(names)
    ]
    return {"items": rows}


def _candidate(found: JSON) -> JSON:
    kept = ("key", "kind", "name", "description", "score", "match")
    reasons = [feature["detail"] for feature in found["features"]]
    shown = {name: found[name] for name in kept if name in found}
    return {**addressed(shown), "reasons": reasons}


def _changes(given: JSON, _caller: Caller) -> JSON:
    limit = given.get("limit", ROWS)
    after = given.get("after")
    if after is None:
        after = max(0, ask("/status")["head"] - limit)
    answer = ask("/changes", {"after": after, "page_size": limit})
    rows = [_change(row) for row in answer["items"]]
    last = rows[-1]["sequence"] if rows else after
    return {"items": rows, "after": last}


def _change(row: JSON) -> JSON:
    key, number = row["entry"]["key"], row.get("revision")
    names = ("sequence", "act", "made_at", "revision")
    kept: JSON = {name: row[name] for name in names if name in row}
    revision = f"{settings.LINKS_URL}/api/v1/entries/{key}/revisions/{number}"
    title = row.get("changeset", {}).get("title", "")
    entry = addressed(row["entry"])
    return {**kept, "entry": entry, "title": title, "revision_address": revision}


def _kinds() -> JSON:
    names = [kind.name for kind in kinds()]
    return {
        "type": "array",
        "items": {"type": "string", "enum": names},
        "minItems": 1,
        "description": "Only entries of these kinds.",
    }


def engine_tools() -> tuple[Tool, ...]:
    """Those that need no subject."""
    return (
        Tool(
            "search",
            "Search",
            "Entries that have all these words, best first, each with its key, the passage that"
            " answers and the address of its page. Read an entry with `get` before you rely on it.",
            {
                "query": text("Words, and “phrases” in quotes."),
                "kinds": _kinds(),
                "limit": SIZE,
                "cursor": CURSOR,
            },
            _search,
            ("query",),
        ),
        Tool(
            "get",
            "Read an entry",
            "One entry as Markdown: facts and statements with their ids, each with numbered sources"
            " and the keys of the entries it names. A long one comes in parts.",
            {
                "key": KEY,
                "part": {"type": "integer", "minimum": 1, "default": 1},
                "known_at": text("A moment or day: the entry as it was published then."),
            },
            _get,
            ("key",),
        ),
        Tool(
            "match",
            "Find the entries that names stand for",
            "Up to 20 names, as they are written somewhere, with typing errors or abbreviated: the"
            " entries that they may stand for, with a score from 0 to 100 and the reasons. `match`"
            " says that one is beyond doubt.",
            {
                "names": {
                    "type": "array",
                    "items": {"type": "string", "minLength": 1, "maxLength": 300},
                    "minItems": 1,
                    "maxItems": 20,
                },
                "kinds": _kinds(),
            },
            _match,
            ("names",),
        ),
        Tool(
            "changes",
            "What was published",
            "What was published, retracted and merged, in order: after a number, or the newest. Go"
            " on with the `after` of the answer.",
            {
                "after": {
                    "type": "integer",
                    "minimum": 0,
                    "description": "Only what came after this number; the newest without it.",
                },
                "limit": SIZE,
            },
            _changes,
        ),
        Tool(
            "suggest_change",
            "Suggest a change",
            "Opens a draft with a change to one entry, or with a new one, in the name of the owner"
            " of the token. It is not published and not even submitted: its owner reads it at the"
            " desk first, then others review it. Say in `reason` where the change comes from; every"
            " statement needs a source. Answers with what is wrong with the draft.",
            {
                "key": KEY,
                "reason": text("Why, in a line: the title of the draft.", maxLength=200),
                "set": {
                    "type": "object",
                    "description": "Field → its whole new value; null takes it out. References are"
                    " keys. The schema of a kind: /api/v1/schemas/{kind}.json.",
                },
                "add": {
                    "type": "object",
                    "description": "Field → rows to add to that list.",
                    "additionalProperties": {"type": "array"},
                },
                "kind": text("Of a new entry.", enum=[kind.name for kind in kinds()]),
            },
            lambda given, caller: drafting.suggest(given, caller.token),
            ("key", "reason"),
            writes=True,
        ),
    )


def tools() -> tuple[Tool, ...]:
    """All of them: the engine's, then those that the settings name for the subject."""
    named = getattr(settings, "KB_TOOLS", "")
    return (*engine_tools(), *(import_string(named) if named else ()))
