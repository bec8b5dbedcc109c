"""The timeline and networks, asked for by one client at a time."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bench.asking import Answer
from bench.pressure import Ask
from bench.routes import Wrong, rows

if TYPE_CHECKING:
    from bench.single import Case

NETWORKS = 20  # entries, of the hubs and of any
QUERIES = (
    "",
    "?sort=date",
    "?what=position",
    "?what=joined",
    "?kind=instrument&from=1990&to=1999-06",
    "?topic=us-china",
)
Make = Callable[..., "Case"]


def timeline_cases(make: Make) -> list["Case"]:
    """The timeline by several filters, and networks of hubs and of any entry."""
    hubs = [
        key
        for (key,) in rows(
            "SELECT l.key FROM (SELECT target_id, count(*) AS places FROM kb_reference"
            " WHERE relation IN ('positions.actor', 'memberships.actor', 'participation.actor')"
            " GROUP BY 1 ORDER BY 2 DESC LIMIT %s) n JOIN kb_label l ON l.entry_id = n.target_id",
            NETWORKS,
        )
    ]
    some = [
        key
        for (key,) in rows(
            "SELECT key FROM kb_published WHERE kind <> 'source' ORDER BY md5(key) LIMIT %s",
            NETWORKS,
        )
    ]
    return [
        make("timeline", [Ask(f"/api/v1/timeline{query}") for query in QUERIES], check_timeline),
        make("timeline page", [Ask(f"/timeline/{query}") for query in QUERIES], check_page),
        make("network of hubs, two steps", _networks(hubs), check_network),
        make("network of any entry, two steps", _networks(some), check_network),
    ]


def _networks(keys: Sequence[str]) -> list[Ask]:
    return [Ask(f"/api/v1/network?around={key}&depth=2") for key in keys]


def check_timeline(_ask: Ask, answer: Answer) -> Wrong:
    """In order, and the years add up."""
    if answer.status != 200:
        return f"status {answer.status}"
    found = answer.json
    days = [row["earliest"] for row in found["items"]]
    if days not in (sorted(days), sorted(days, reverse=True)):
        return "out of order"
    years = sum(year["count"] for year in found["years"])
    return None if years == found["total"] else f"{years} in the years, {found['total']} in all"


def check_page(_ask: Ask, answer: Answer) -> Wrong:
    if answer.status != 200:
        return f"status {answer.status}"
    return None if len(answer.body) < 150_000 else f"{len(answer.body):,} bytes"


def check_network(ask: Ask, answer: Answer) -> Wrong:
    """Around the entry asked for, and every tie between two entries that are given."""
    if answer.status != 200:
        return f"status {answer.status}"
    found = answer.json
    keys = {node["key"] for node in found["nodes"]}
    if f"around={found['around']['key']}&" not in ask.path or found["around"]["key"] not in keys:
        return "around another entry"
    loose = [tie for tie in found["ties"] if not {tie["from"], tie["to"]} <= keys]
    return f"{len(loose)} ties lead nowhere" if loose else None
