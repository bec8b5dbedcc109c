"""Comparing ten entries, common ground of the two that have said most, networks around hubs."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from bench.asking import Answer
from bench.pressure import Ask
from bench.routes import Wrong, rows

if TYPE_CHECKING:
    from bench.single import Case

GOAL = 150.0  # ms, p95
COLUMNS, COMPARISONS = 10, 20
PAIRS = 10
HUBS = 20

Make = Callable[..., "Case"]


def comparison_cases(make: Make) -> list["Case"]:
    """Comparisons of the bodies with most members, and of those who said most, two by two."""
    ground, compare = "/api/v1/common-ground?", "/api/v1/compare?keys="
    keys = _bodies()
    tens = [",".join(keys[at::COMPARISONS][:COLUMNS]) for at in range(COMPARISONS)]
    tens = [ten for ten in tens if ten.count(",") == COLUMNS - 1]
    alone = [f"side={one}&side={other}" for one, other in _pairs(_states())]
    people = [
        f"side=country:{one}&side=country:{other}" for one, other in _pairs(_states(by_people=True))
    ]
    return [
        make("compare 10", [Ask(compare + ten) for ten in tens], check_comparison, GOAL),
        make("compare 10, page", [Ask(f"/compare/?keys={ten}") for ten in tens], check_page, GOAL),
        make("common ground of two", [Ask(ground + each) for each in alone], check_ground, GOAL),
        make(
            "common ground of two countries with all their actors",
            [Ask(ground + each) for each in people],
            check_ground,
            GOAL,
        ),
        make(
            "common ground of two countries, page",
            [Ask(f"/common-ground/?{each}") for each in people],
            check_page,
            GOAL,
        ),
        *_network_cases(make),
    ]


def _network_cases(make: Make) -> list["Case"]:
    """Two steps around the entries that most others name, sources apart, which have no ties."""
    hubs = rows(
        "SELECT p.key FROM (SELECT target_id, count(*) AS n FROM kb_reference GROUP BY 1) r"
        " JOIN kb_published p ON p.entry_id = r.target_id WHERE p.kind <> 'source'"
        " ORDER BY r.n DESC, p.key LIMIT %s",
        HUBS,
    )
    asked = [f"?around={key}&depth=2" for (key,) in hubs]
    api, page = ([Ask(path + each) for each in asked] for path in ("/api/v1/network", "/network/"))
    return [
        make("network around hubs", api, check_page, GOAL),
        make("network around hubs, page", page, check_page, GOAL),
    ]


def _bodies() -> list[str]:
    found = rows(
        "SELECT p.key FROM kb_published p JOIN (SELECT entry_id, count(*) AS n"
        " FROM governance_membership GROUP BY 1) m USING (entry_id) WHERE p.kind = 'body'"
        " ORDER BY m.n DESC, p.key LIMIT %s",
        COLUMNS * COMPARISONS,
    )
    return [key for (key,) in found]


def _states(*, by_people: bool = False) -> list[str]:
    """The states that said most themselves; `by_people`: those with most actors."""
    counted = (
        "SELECT country AS its, count(*) AS n FROM governance_actor WHERE country <> '' GROUP BY 1"
        if by_people
        else "SELECT actor_id AS its, count(*) AS n FROM governance_position GROUP BY 1"
    )
    joined = "a.country" if by_people else "a.entry_id"
    found = rows(
        "SELECT key FROM (SELECT DISTINCT ON (c.its) p.key, c.n FROM governance_actor a"
        " JOIN kb_published p USING (entry_id)"
        f" JOIN ({counted}) c ON c.its = {joined} WHERE a.type = 'state' AND a.country <> ''"
        " ORDER BY c.its, p.key) states ORDER BY n DESC, key LIMIT %s",
        PAIRS * 2,
    )
    return [key for (key,) in found]


def _pairs(keys: list[str]) -> list[tuple[str, str]]:
    return list(zip(keys[0::2], keys[1::2], strict=False))


def check_page(_ask: Ask, answer: Answer) -> Wrong:
    return None if answer.status == 200 else f"status {answer.status}"


def check_comparison(ask: Ask, answer: Answer) -> Wrong:
    """The columns that were asked for, and a cell for each in every row."""
    if answer.status != 200:
        return f"status {answer.status}"
    found = answer.json
    keys = [column["key"] for column in found["columns"]]
    if keys != ask.path.partition("keys=")[2].split(","):
        return "other columns than were asked for"
    uneven = [row["name"] for row in found["rows"] if len(row["cells"]) != len(keys)]
    return f"no cell for each column in {uneven[0]}" if uneven else None


def check_ground(_ask: Ask, answer: Answer) -> Wrong:
    """The counts add up to the total."""
    if answer.status != 200:
        return f"status {answer.status}"
    counted, total = sum(answer.json["counts"].values()), answer.json["total"]
    return None if counted == total else f"{counted} counted, {total} in all"
