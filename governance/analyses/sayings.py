"""Reading what actors said of proposals and instruments: a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from governance.analyses.common_ground import OF_ACTS, Affiliation, Saying
from kb.publication.reading import fetch_all

JSON = dict[str, Any]

_COLUMNS = (
    "r.actor_id, r.entry_id, {said}, r.statement,"
    " coalesce(r.dated_earliest, '0001-01-01'), coalesce(r.dated_latest, '0001-01-01'), r.ordinal,"
    " coalesce(r.dated_latest, lower(r.certain)), upper(r.possible), {is_act}, r.id"
)
# What held on no day, such as an undated position of an actor with a dated one, counts nowhere.
_OF_ACTORS = "r.actor_id = ANY(%s::bigint[]) AND NOT isempty(r.possible)"
_SAYINGS = (
    f"SELECT {_COLUMNS.format(said='r.stance', is_act='false')} FROM governance_position r"
    f" WHERE {_OF_ACTORS} UNION ALL"
    f" SELECT {_COLUMNS.format(said='r.action', is_act='true')} FROM governance_participation r"
    f" WHERE {_OF_ACTORS} AND r.action = ANY(%s::varchar[])"
)


def sayings_of(actors: Collection[int]) -> list[Saying]:
    """Every position and act of these actors, those that no longer hold included."""
    ids = sorted(actors)
    rows = fetch_all(_SAYINGS, (ids, ids, list(OF_ACTS)), prepare=False)
    return [
        Saying(actor, subject, said, statement, (earliest, latest, place), *others)
        for actor, subject, said, statement, earliest, latest, place, *others in rows
    ]


def affiliations_of(actors: Collection[int]) -> list[Affiliation]:
    """To which organisations the persons among these actors belonged, and when."""
    rows = fetch_all(
        "SELECT l.entry_id, l.target_id, lower(l.possible), upper(l.possible)"
        " FROM governance_link l JOIN governance_actor a ON a.entry_id = l.entry_id"
        " WHERE l.entry_id = ANY(%s::bigint[]) AND l.relation = 'affiliated-with'"
        " AND a.type = 'person' AND NOT isempty(l.possible)",
        (sorted(actors),),
        prepare=False,
    )
    return [Affiliation(*row) for row in rows]


class Subject(NamedTuple):
    """A proposal or an instrument, with the terms by which it is grouped."""

    key: str
    kind: str
    name: str
    topics: tuple[str, ...]
    functions: tuple[str, ...]

    @property
    def label(self) -> JSON:
        return {"key": self.key, "kind": self.kind, "name": self.name}


def subjects(entry_ids: Iterable[int]) -> dict[int, Subject]:
    """Those of these entries that are published."""
    rows = fetch_all(
        "SELECT entry_id, key, kind, name, array_to_string(terms, ' ') FROM kb_published"
        " WHERE entry_id = ANY(%s::bigint[])",
        (sorted(entry_ids),),
        prepare=False,
    )
    return {
        entry_id: Subject(key, kind, name, *_topics_and_functions(terms))
        for entry_id, key, kind, name, terms in rows
    }


@lru_cache(maxsize=10_000)  # most subjects share theirs with others
def _topics_and_functions(terms: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    topics, functions = (
        tuple(term.removeprefix(start) for term in terms.split(" ") if term.startswith(start))
        for start in ("topic:", "function:")
    )
    return topics, functions


def statements_of(sayings: Collection[Saying]) -> dict[Saying, JSON]:
    """What was said as the API shows it: quote, date and sources."""
    rows = fetch_all(
        " UNION ALL ".join(
            f"SELECT {is_act}, r.id, r.json FROM {table} r WHERE r.id = ANY(%s::bigint[])"
            for is_act, table in (
                ("false", "governance_position"),
                ("true", "governance_participation"),
            )
        ),
        ([s.row for s in sayings if not s.is_act], [s.row for s in sayings if s.is_act]),
        prepare=False,
    )
    found: Mapping[tuple[bool, int], JSON] = {
        (is_act, row): orjson.loads(json) for is_act, row, json in rows
    }
    return {saying: found[saying.is_act, saying.row] for saying in sayings}


def day_of(text: str | None) -> date | None:
    """The day that was asked for, as checked."""
    return date.fromisoformat(text) if text else None
