"""Reading what actors said of proposals and instruments: a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import orjson

from governance.analyses.common_ground import OF_ACTS, Affiliation, Saying
from kb.publication.reading import fetch_all

JSON = dict[str, Any]

_COLUMNS = (
    "r.actor_id, r.entry_id, {said}, r.statement,"
    " coalesce(r.dated_earliest, '0001-01-01'), coalesce(r.dated_latest, '0001-01-01'), r.ordinal,"
    " coalesce(r.dated_latest, lower(r.certain)), upper(r.possible)"
)
# What held on no day, such as an undated position of an actor with a dated one, counts nowhere.
_OF_ACTORS = "r.actor_id = ANY(%s::bigint[]) AND NOT isempty(r.possible)"
_SAYINGS = (
    f"SELECT {_COLUMNS.format(said='r.stance')}, false FROM governance_position r"
    f" WHERE {_OF_ACTORS}"
    f" UNION ALL SELECT {_COLUMNS.format(said='r.action')}, true FROM governance_participation r"
    f" WHERE {_OF_ACTORS} AND r.action = ANY(%s::varchar[])"
)


def sayings_of(actors: Collection[int]) -> list[Saying]:
    """Every position and act of these actors, those that no longer hold included."""
    ids = sorted(actors)
    rows = fetch_all(_SAYINGS, (ids, ids, list(OF_ACTS)), prepare=False)
    return [
        Saying(actor, subject, said, statement, (earliest, latest, place), since, until, is_act)
        for actor, subject, said, statement, earliest, latest, place, since, until, is_act in rows
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
        "SELECT entry_id, key, kind, name, terms FROM kb_published"
        " WHERE entry_id = ANY(%s::bigint[])",
        (sorted(entry_ids),),
        prepare=False,
    )
    return {
        entry_id: Subject(key, kind, name, _values(terms, "topic:"), _values(terms, "function:"))
        for entry_id, key, kind, name, terms in rows
    }


def _values(terms: Sequence[str], start: str) -> tuple[str, ...]:
    return tuple(term.removeprefix(start) for term in terms if term.startswith(start))


def statements_of(sayings: Collection[Saying]) -> dict[Saying, JSON]:
    """What was said as the API shows it: quote, date and sources."""
    acts = [saying for saying in sayings if saying.is_act]
    positions = [saying for saying in sayings if not saying.is_act]
    rows = fetch_all(
        " UNION ALL ".join(
            f"SELECT {is_act}, r.entry_id, r.statement, r.json FROM {table} r"
            " JOIN unnest(%s::bigint[], %s::varchar[]) w(entry_id, statement)"
            " ON w.entry_id = r.entry_id AND w.statement = r.statement"
            for is_act, table in (
                ("false", "governance_position"),
                ("true", "governance_participation"),
            )
        ),
        (
            [s.subject for s in positions],
            [s.statement for s in positions],
            [s.subject for s in acts],
            [s.statement for s in acts],
        ),
        prepare=False,
    )
    found: Mapping[tuple[bool, int, str], JSON] = {
        (is_act, subject, statement): orjson.loads(json)
        for is_act, subject, statement, json in rows
    }
    return {saying: found[saying.is_act, saying.subject, saying.statement] for saying in sayings}


def day_of(text: str | None) -> date | None:
    """The day that was asked for, as checked."""
    return date.fromisoformat(text) if text else None
