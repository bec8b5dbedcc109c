"""Reads who belongs to a body or takes part in an instrument, for `membership`: one query."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from governance.acts import JOINING
from governance.analyses.membership import Belonging, Belongings, Member
from governance.projections.holding import Days
from kb.publication.reading import Source, fetch_all

_TABLES = {
    "body": ("governance_membership", "role", "begin_text", "end_text", "true"),
    "instrument": ("governance_participation", "action", "''", "''", "r.action = ANY(%s)"),
}

_OF_ROWS = (
    "l.shown, CASE WHEN a.type IN ('state', 'territory') THEN a.country ELSE '' END,"
    " r.{role}, {begin}, {end},"
    " NOT isempty(r.certain), lower(r.certain), upper(r.certain),"
    " NOT isempty(r.possible), lower(r.possible), upper(r.possible)"
)
_JOINED = (
    "LEFT JOIN kb_label l ON l.entry_id = r.actor_id"
    " LEFT JOIN governance_actor a ON a.entry_id = r.actor_id"
)


@dataclass(frozen=True, slots=True)
class Owner:
    """A body or instrument. `number`, `published_at`: of its newest revision."""

    key: str
    kind: str
    name: str
    number: int
    published_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """An owner with all that belong to it."""

    owner: Owner
    belongings: Belongings


def belongings_of(kind: str, keys: list[str]) -> dict[str, Found]:
    """Key → the active entry of this kind that is called so, with its rows as documents list them.

    `kind`: "body" or "instrument". In one query, however many there are.
    """
    table, role, begin, end, where = _TABLES[kind]
    rows = fetch_all(
        "SELECT p.key, p.kind, p.name, p.number, p.published_at,"
        f" {_OF_ROWS.format(role=role, begin=begin, end=end)}"
        f" FROM kb_published p LEFT JOIN {table} r ON r.entry_id = p.entry_id AND {where}"
        f" {_JOINED} WHERE p.key = ANY(%s) AND p.kind = %s ORDER BY p.key, r.ordinal",
        (*([list(JOINING)] if kind == "instrument" else []), keys, kind),
    )
    owners: dict[str, Owner] = {}
    found: dict[str, list[Belonging]] = {}
    for row in rows:
        owner = Owner(*row[:5])
        owners[owner.key] = owner
        its = found.setdefault(owner.key, [])
        if row[5] is not None:
            its.append(_belonging(row[5:]))
    return {key: Found(owner, Belongings(found[key])) for key, owner in owners.items()}


def belongings_at(owner: Owner, entry_id: int, source: Source) -> Found:
    """The same of one entry as it was published at a moment. `source`: of its rows then."""
    _table, role, begin, end, where = _TABLES[owner.kind]
    rows = fetch_all(
        f"SELECT {_OF_ROWS.format(role=role, begin=begin, end=end)} FROM {source.sql} r"
        f" {_JOINED} WHERE r.entry_id = %s AND {where} ORDER BY r.ordinal",
        (*source.params, entry_id, *([list(JOINING)] if owner.kind == "instrument" else [])),
        prepare=False,
    )
    return Found(owner, Belongings([_belonging(row) for row in rows]))


def _belonging(row: tuple[Any, ...]) -> Belonging:
    shown, code, role, begin, end, *days = row
    member = Member(shown["name"], shown["key"], shown["kind"], code or "")
    return Belonging(member, role, _days(*days[:3]), _days(*days[3:]), begin, end)


def _days(has_any: bool, first: date | None, before: date | None) -> Days | None:  # noqa: FBT001
    return Days(first, before) if has_any else None
