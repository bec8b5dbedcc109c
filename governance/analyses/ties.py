"""The ties of entries, read for networks: five queries at most, however many ties there are."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from governance.analyses.network import Neighbour, Network, Reach, Tie, chosen, network
from governance.presentation.entries import span
from governance.vocabularies import (
    LINK_RELATIONS,
    MEMBERSHIP_ROLES,
    PARTICIPATION_ACTIONS,
    STANCES,
)
from kb.publication.body import readable_date
from kb.publication.reading import Row, fetch_all

MOST_READ = 5_000  # ties of the entry in the middle, each way
MOST_EACH = 60  # ties of each entry one step away, each way
MOST_INSIDE = 2_000  # ties of each table among the entries that are shown

HELD: Mapping[str, tuple[str, str]] = {
    "memberships.actor": ("governance_membership", "role"),
    "positions.actor": ("governance_position", "stance"),
    "participation.actor": ("governance_participation", "action"),
}
"""Relation → table of its statements, which name an actor, and their column that says how."""

UNDATED = (
    "organisers",
    "participants",
    "outcomes",
    "issued_by",
    "arguments.made_by",
    "positions.reported_by",
)
HELD_ON = (
    "(r.certain @> %s::date AND lower(r.certain) > '0001-01-01'"
    " OR NOT lower_inf(r.possible) AND r.possible @> %s::date)"
)
"""That a statement held on a day. One without dates, true on every day, says nothing of it."""

RELATIONS = (*LINK_RELATIONS.values, *HELD, *UNDATED)
DATED = (*LINK_RELATIONS.values, *HELD)

LABELS: Mapping[str, str] = {
    **{term.value: term.label for term in LINK_RELATIONS},
    "memberships.actor": "has as member",
    "positions.actor": "position of",
    "participation.actor": "act of",
    "organisers": "organised by",
    "participants": "attended by",
    "outcomes": "led to",
    "issued_by": "issued by",
    "arguments.made_by": "argued about by",
    "positions.reported_by": "position reported by",
}
"""Relation → what stands between the entry that says it and the other one."""

DETAILS: Mapping[str, str] = {
    term.value: term.label
    for vocabulary in (MEMBERSHIP_ROLES, STANCES, PARTICIPATION_ACTIONS)
    for term in vocabulary
}

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NetworkAsked:
    """A network as asked for. `relations`: only ties of these; none: of all there are.

    With `on` only ties that held on that day, certainly or possibly, by their own dates.
    """

    around: str
    entry_id: int
    depth: int = 1
    relations: tuple[str, ...] = ()
    on: date | None = None

    @property
    def usable(self) -> list[str]:
        """The relations that are followed."""
        known = DATED if self.on else RELATIONS
        return [name for name in known if not self.relations or name in self.relations]


@dataclass(frozen=True, slots=True)
class Found:
    """A network with what is shown of its entries: key → label."""

    network: Network
    shown: Mapping[str, JSON]


def network_around(asked: NetworkAsked) -> Found:
    """The network that was asked for, and the labels of its entries."""
    near, is_whole = _near(asked)
    reaches: list[Reach] = []
    if asked.depth > 1:
        first = [key for key, step in chosen(asked.around, near).steps.items() if step]
        reaches, all_read = _reaches(asked, first)
        is_whole = is_whole and all_read
    picked = chosen(asked.around, near, reaches)
    shown, ids = _labels(picked.steps)
    ties, all_read = _inside(asked, ids)
    found = network(asked.around, picked, ties, is_counted=is_whole and all_read)
    return Found(found, {key: shown[key] for key in found.steps})


# --- one and two steps away ------------------------------------------------------------------

_ENDS = (("entry_id", "target_id"), ("target_id", "entry_id"))
"""(column of the entry, of the other one): what it names, and what names it."""


def _near(asked: NetworkAsked) -> tuple[list[Neighbour], bool]:
    """What is tied to the entry in the middle; whether that is all."""
    branches, params = _branches(asked, "%s", MOST_READ)
    rows = fetch_all(
        "SELECT l.key, n.ties, coalesce(s.prominence, 0) FROM"
        f" (SELECT far, count(*) AS ties FROM ({branches}) x GROUP BY far) n"
        " JOIN kb_label l ON l.entry_id = n.far"
        " LEFT JOIN kb_searchentry s ON s.entry_id = n.far"
        " WHERE l.shown ->> 'status' IS NULL AND n.far <> %s",
        [*(param for each in params for param in (asked.entry_id, *each)), asked.entry_id],
    )
    near = [Neighbour(*row) for row in rows]
    return near, sum(each.ties for each in near) < MOST_READ


def _reaches(asked: NetworkAsked, keys: Sequence[str]) -> tuple[list[Reach], bool]:
    """What the entries one step away are tied to; whether that is all."""
    branches, params = _branches(asked, "m.entry_id", MOST_EACH)
    rows = fetch_all(
        "SELECT n.key, l.key, coalesce(s.prominence, 0), n.ties FROM"
        " (SELECT m.key, x.far, count(*) OVER (PARTITION BY m.key) AS ties FROM kb_label m"
        f"  CROSS JOIN LATERAL ({branches}) x WHERE m.key = ANY(%s)) n"
        " JOIN kb_label l ON l.entry_id = n.far"
        " LEFT JOIN kb_searchentry s ON s.entry_id = n.far"
        " WHERE l.shown ->> 'status' IS NULL",
        [*(param for each in params for param in each), list(keys)],
    )
    is_whole = all(ties < MOST_EACH for *_row, ties in rows)
    return [Reach(near, far, known) for near, far, known, _ties in rows], is_whole


def _branches(asked: NetworkAsked, entry: str, most: int) -> tuple[str, list[list[Any]]]:
    """SQL for the other ends of the ties of `entry`, `most` each way, and parameters a branch."""
    held, days = _held(asked.on)
    sql = " UNION ALL ".join(
        f"(SELECT f.{far} AS far FROM kb_reference f WHERE f.{near} = {entry}"
        f" AND f.relation = ANY(%s){held} ORDER BY f.id LIMIT {most})"
        for near, far in _ENDS
    )
    return sql, [[asked.usable, *days]] * len(_ENDS)


def _held(on: date | None) -> tuple[str, list[Any]]:
    """The condition that the statement of a reference `f` held on a day."""
    if on is None:
        return "", []
    tables = ("governance_link", *(table for table, _column in HELD.values()))
    either = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} r WHERE r.entry_id = f.entry_id"
        f" AND r.statement = f.statement AND {HELD_ON})"
        for table in tables
    )
    return f" AND ({either})", [on] * (2 * len(tables))


def _labels(keys: Collection[str]) -> tuple[dict[str, JSON], dict[int, str]]:
    """Key → label, and entry → key."""
    rows = fetch_all(
        "SELECT key, entry_id, shown FROM kb_label WHERE key = ANY(%s)", (sorted(keys),)
    )
    return {key: shown for key, _id, shown in rows}, {entry_id: key for key, entry_id, _ in rows}


# --- among those that are shown --------------------------------------------------------------


def _inside(asked: NetworkAsked, keys: Mapping[int, str]) -> tuple[list[Tie], bool]:
    """The ties among these entries (entry → key); whether that is all."""
    parts, params = [], []
    for sql, given in _parts(asked, list(keys)):
        parts.append(sql)
        params += given
    if not parts:
        return [], True
    rows = fetch_all(" UNION ALL ".join(parts), params, prepare=False)
    return [_tie(row, keys) for row in rows], len(rows) < MOST_INSIDE


def _parts(asked: NetworkAsked, ids: list[int]) -> Iterator[tuple[str, list[Any]]]:
    """SQL of each table with ties that are followed, and its parameters."""
    usable = asked.usable
    for relation, (table, column) in HELD.items():
        if relation in usable:
            part, params = _part(table, "actor_id", f"'{relation}'", f"r.{column}", ids, asked.on)
            yield part.format(more=""), params
    if links := [name for name in usable if name in LINK_RELATIONS.values]:
        part, params = _part("governance_link", "target_id", "r.relation", "''", ids, asked.on)
        yield part.format(more=" AND r.relation = ANY(%s)"), [*params, links]
    if others := [name for name in usable if name in UNDATED]:
        sql = (
            "(SELECT r.entry_id, r.target_id, r.relation, r.statement, '', NULL::bytea,"
            " NULL::boolean FROM kb_reference r WHERE r.entry_id = ANY(%s)"
            f" AND r.target_id = ANY(%s) AND r.relation = ANY(%s) LIMIT {MOST_INSIDE})"
        )
        yield sql, [ids, ids, others]


def _part(
    table: str, other: str, relation: str, detail: str, ids: list[int], on: date | None
) -> tuple[str, list[Any]]:
    certain = "r.certain @> %s::date" if on else "NULL::boolean"
    held = f" AND {HELD_ON}" if on else ""
    sql = (
        f"(SELECT r.entry_id, r.{other}, {relation}, r.statement, {detail}, r.json, {certain}"
        f" FROM {table} r WHERE r.entry_id = ANY(%s) AND r.{other} = ANY(%s){held}{{more}}"
        f" LIMIT {MOST_INSIDE})"
    )
    days = [on] if on else []
    return sql, [*days, ids, ids, *days, *days]


def _tie(row: Row, keys: Mapping[int, str]) -> Tie:
    entry_id, other_id, relation, statement, detail, json, certain = row
    certainty = "" if certain is None else "certain" if certain else "possible"
    stated = orjson.loads(json) if json else {}
    when = readable_date(stated.get("date")) or span(stated)
    return Tie(keys[entry_id], keys[other_id], relation, statement, detail, when, certainty)
