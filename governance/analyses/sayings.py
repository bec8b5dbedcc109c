"""Reading what actors said of proposals and instruments: a fixed number of queries."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from governance.analyses.common_ground import Affiliation
from governance.analyses.judging import Flags, Grouping, Spoken
from governance.directions import OF_ACTS, Saying
from kb.publication.reading import fetch_all, fetch_row

JSON = dict[str, Any]

# What held on no day, such as an undated position of an actor with a dated one, counts nowhere.
_SAID = (
    "SELECT r.actor_id, r.entry_id, r.{said}, r.statement,"
    " coalesce(r.dated_earliest, '0001-01-01'), coalesce(r.dated_latest, '0001-01-01'), r.ordinal,"
    " coalesce(r.dated_latest, lower(r.certain)), upper(r.possible), {is_act}, r.json"
    " FROM unnest(%s::bigint[], %s::bigint[]) AS w(entry_id, actor_id)"
    " JOIN {table} r ON r.actor_id = w.actor_id AND r.entry_id = w.entry_id"
    " WHERE NOT isempty(r.possible)"
)
_POSITIONS = _SAID.format(said="stance", is_act="false", table="governance_position")
_ACTS = _SAID.format(said="action", is_act="true", table="governance_participation")
_SAYINGS = f"{_POSITIONS} UNION ALL {_ACTS} AND r.action = ANY(%s::varchar[])"

Pairs = Sequence[tuple[int, int]]  # a subject, and an actor that spoke of it


def sayings_of(on_proposals: Pairs, in_instruments: Pairs) -> dict[Saying, bytes]:
    """Every position and act of these, with its public JSON; those that no longer hold too."""
    pairs = (*_columns(on_proposals), *_columns(in_instruments))
    rows = fetch_all(_SAYINGS, (*pairs, list(OF_ACTS)), prepare=False)
    return {
        Saying(actor, subject, said, statement, (earliest, latest, place), *others): json
        for actor, subject, said, statement, earliest, latest, place, *others, json in rows
    }


def _columns(pairs: Pairs) -> tuple[str, str]:
    subjects, actors = zip(*pairs, strict=True) if pairs else ((), ())
    return _array(subjects), _array(actors)


def _array(numbers: Iterable[int]) -> str:
    """As PostgreSQL writes it: psycopg would look at every number for quotes."""
    return f"{{{','.join(map(str, numbers))}}}"


def affiliations_of(actors: Collection[int]) -> list[Affiliation]:
    """To which organisations the persons among these actors belonged, and when."""
    rows = fetch_all(
        "SELECT l.entry_id, l.target_id, lower(l.possible), upper(l.possible)"
        " FROM governance_link l JOIN governance_actor a ON a.entry_id = l.entry_id"
        " WHERE l.entry_id = ANY(%s::bigint[]) AND l.relation = 'affiliated-with'"
        " AND a.type = 'person' AND NOT isempty(l.possible)",
        (_array(sorted(actors)),),
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


class Everything(NamedTuple):
    """All subjects, by number and ordered by key, and what everybody says of them.

    `is_proposal`: for each place of a subject; functions are said of proposals alone.
    """

    subjects: Mapping[int, Subject]
    spoken: Spoken
    topics: Grouping
    functions: Grouping
    is_proposal: Flags


def everything() -> Everything:
    """What is published: read once, and again after each publication."""
    return _everything(fetch_row(_STATE)[0])


# The feed alone is no name for what is published: its numbers come again where a transaction that
# published is rolled back.
_STATE = (
    "SELECT coalesce((SELECT sequence::text || ' ' || made_at::text FROM kb_change"
    " ORDER BY sequence DESC LIMIT 1), '')"
    " || ' ' || (SELECT count(*) FROM kb_published WHERE is_stale)::text"
)


@lru_cache(maxsize=1)
def _everything(_state: str) -> Everything:
    rows = fetch_all(
        "SELECT p.entry_id, p.key, p.kind, p.name, array_to_string(p.terms, ' '), v.stretches"
        " FROM governance_voices v JOIN kb_published p USING (entry_id)"
    )
    rows.sort(key=itemgetter(1))
    known = {
        entry_id: Subject(key, kind, name, *_topics_and_functions(terms))
        for entry_id, key, kind, name, terms, _stretches in rows
    }
    return Everything(
        known,
        Spoken.of({row[0]: row[-1] for row in rows}),
        Grouping.by(subject.topics for subject in known.values()),
        Grouping.by(subject.functions for subject in known.values()),
        np.array([subject.kind == "proposal" for subject in known.values()], np.bool_),
    )


@lru_cache(maxsize=10_000)  # most subjects share theirs with others
def _topics_and_functions(terms: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    topics, functions = (
        tuple(term.removeprefix(start) for term in terms.split(" ") if term.startswith(start))
        for start in ("topic:", "function:")
    )
    return topics, functions
