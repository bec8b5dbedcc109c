"""Everything dated, read page by page: two queries, however much there is."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from governance.analyses.timeline import Happening, density
from kb.documents.inexact_dates import InexactDate
from kb.filters import Condition
from kb.publication.past_rows import Past
from kb.publication.reading import Row, fetch_all

KEPT = 256  # densities, each of some hundred years

Place = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Rows of one table that say that something happened.

    `kinds`: of the entries they are about. SQL about the row `r`: its first and last day, who did
    it, what it says, its place and its id; `where`: which rows have a date.
    """

    label: str
    table: str
    kinds: tuple[str, ...]
    earliest: str
    latest: str
    where: str
    actor: str = "NULL::bigint"
    said: str = "''"
    ordinal: str = "0"
    statement: str = "''"


def _of_entry(label: str, table: str, kinds: tuple[str, ...], column: str) -> _Part:
    return _Part(
        label,
        f"governance_{table}",
        kinds,
        f"r.{column}_earliest",
        f"r.{column}_latest",
        f"r.{column}_earliest IS NOT NULL",
    )


def _of_statement(label: str, table: str, kinds: tuple[str, ...], said: str, actor: str) -> _Part:
    return _Part(
        label,
        f"governance_{table}",
        kinds,
        "r.dated_earliest",
        "r.dated_latest",
        "r.dated_earliest IS NOT NULL",
        actor,
        said,
        "r.ordinal",
        "r.statement",
    )


def _of_membership(label: str, column: str) -> _Part:
    """Its dates are kept as written: "1954" and "1954-09" are filled up to their first day."""
    first = f"to_date(rpad(r.{column}, 10, '-01'), 'YYYY-MM-DD')"
    length = (
        f"CASE length(r.{column}) WHEN 4 THEN interval '1 year' WHEN 7 THEN interval '1 month'"
        " ELSE interval '1 day' END"
    )
    return _Part(
        label,
        "governance_membership",
        ("body",),
        first,
        f"({first} + {length} - interval '1 day')::date",
        f"r.{column} <> ''",
        "r.actor_id",
        "r.role",
        "r.ordinal",
        "r.statement",
    )


ANY_KIND = ("proposal", "actor", "body", "instrument", "event", "source")
_ALL: Mapping[str, tuple[_Part, ...]] = {
    "proposed": (_of_entry("Proposed", "proposal", ("proposal",), "proposed"),),
    "position": (_of_statement("Position", "position", ("proposal",), "r.stance", "r.actor_id"),),
    "founded": (
        _of_entry("Founded", "body", ("body",), "founded"),
        _of_entry("Founded", "actor", ("actor",), "founded"),
    ),
    "dissolved": (
        _of_entry("Dissolved", "body", ("body",), "dissolved"),
        _of_entry("Dissolved", "actor", ("actor",), "dissolved"),
    ),
    "joined": (_of_membership("Joined", "begin_text"),),
    "left": (_of_membership("Left", "end_text"),),
    "adopted": (_of_entry("Adopted", "instrument", ("instrument",), "adopted"),),
    "act": (
        _of_statement(
            "Signed, ratified, voted", "participation", ("instrument",), "r.action", "r.actor_id"
        ),
    ),
    "in-force": (_of_entry("In force", "instrument", ("instrument",), "in_force"),),
    "ended": (_of_entry("Ended", "instrument", ("instrument",), "ended"),),
    "held": (_of_entry("Event", "event", ("event",), "start"),),
    "milestone": (_of_statement("Milestone", "milestone", ANY_KIND, "r.title", "NULL::bigint"),),
    "published": (_of_entry("Source published", "source", ("source",), "issued"),),
}
WHAT: Mapping[str, str] = {name: parts[0].label for name, parts in _ALL.items()}
"""What may have happened → what it is called."""


@dataclass(frozen=True, slots=True)
class TimelineAsked:
    """Which happenings are asked for; nothing: all of them.

    `about`: to this entry, or done by it. `begin`, `end`: possibly on this date or later, or
    earlier. With `topics`, of entries that have any of them.
    """

    what: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    about: int | None = None
    begin: str = ""
    end: str = ""


def happenings(
    asked: TimelineAsked,
    *,
    limit: int,
    beyond: Place | None = None,
    is_falling: bool = True,
    past: Past | None = None,
) -> list[Happening]:
    """Up to `limit` of them in the order of time, or backwards, those after `beyond` in it.

    `Happening.place` is what `beyond` takes. `past`: of a moment that is asked for.
    """
    parts, params = [], []
    for number, (what, part) in enumerate(_parts(asked)):
        sql, given = _rows(asked, number, what, part, limit, beyond, is_falling, past)
        parts.append(sql)
        params += given
    if not parts:
        return []
    sql = (
        "SELECT t.what, t.earliest, t.latest, t.entry_id, t.part, t.ordinal, t.statement, t.said,"
        f" l.shown, a.shown FROM ({' UNION ALL '.join(parts)}) t"
        " JOIN kb_label l ON l.entry_id = t.entry_id"
        " LEFT JOIN kb_label a ON a.entry_id = t.actor_id"
        f" ORDER BY {_order('t', is_falling)} LIMIT %s"
    )
    return [_happening(row) for row in _fetched(sql, [*params, limit], past)]


def _fetched(sql: str, params: list[Any], past: Past | None) -> list[Row]:
    if past is not None:
        sql, params = past.instead(sql, params)
    return fetch_all(sql, params, prepare=False)


def per_year(asked: TimelineAsked, state: str, past: Past | None = None) -> dict[int, int]:
    """Year → how much happened in it, by its first possible day. `state`: of what is published."""
    return _counted_by_year(asked, past) if past else _per_year(asked, state)


@lru_cache(maxsize=KEPT)
def _per_year(asked: TimelineAsked, _state: str) -> dict[int, int]:
    return _counted_by_year(asked, None)


def _counted_by_year(asked: TimelineAsked, past: Past | None) -> dict[int, int]:
    parts, params = [], []
    for _what, part in _parts(asked):
        where, given = _where(asked, part, past)
        parts.append(
            f"SELECT extract(year FROM {part.earliest})::int AS year, count(*) AS n"
            f" FROM {part.table} r WHERE {where} GROUP BY 1"
        )
        params += given
    if not parts:
        return {}
    return density(_fetched(" UNION ALL ".join(parts), params, past))


# --- parts of the query ----------------------------------------------------------------------

_KEY = ("earliest", "entry_id", "part", "ordinal")


def _order(alias: str, is_falling: bool) -> str:  # noqa: FBT001  the direction
    direction = " DESC" if is_falling else ""
    return ", ".join(f"{alias}.{column}{direction}" for column in _KEY)


def _parts(asked: TimelineAsked) -> list[tuple[str, _Part]]:
    """(what, part) of all that may hold rows that are asked for."""
    return [
        (what, part)
        for what, parts in _ALL.items()
        if not asked.what or what in asked.what
        for part in parts
        if not asked.kinds or set(part.kinds) & set(asked.kinds)
    ]


def _where(asked: TimelineAsked, part: _Part, past: Past | None) -> tuple[str, list[Any]]:
    conditions = [part.where]
    params: list[Any] = []
    if asked.begin:
        conditions.append(f"{part.latest} >= %s")
        params.append(InexactDate.parse(asked.begin).earliest)
    if asked.end:
        conditions.append(f"{part.earliest} <= %s")
        params.append(InexactDate.parse(asked.end).latest)
    if asked.about is not None:
        did = part.actor.startswith("r.")
        conditions.append(f"(r.entry_id = %s{f' OR {part.actor} = %s' if did else ''})")
        params += [asked.about] * (2 if did else 1)
    of_entries = [
        *(["p.kind = ANY(%s::varchar[])"] if len(part.kinds) > 1 and asked.kinds else []),
        *(["p.terms && %s::varchar[]"] if asked.topics else []),
    ]
    known = past.condition if past else Condition("true")
    if of_entries:
        conditions.append(
            "r.entry_id IN (SELECT p.entry_id FROM kb_published p WHERE"
            f" {' AND '.join(of_entries)} AND ({known.sql}))"
        )
        params += [list(asked.kinds)] if len(part.kinds) > 1 and asked.kinds else []
        params += [[f"topic:{each}" for each in asked.topics]] if asked.topics else []
        params += known.params
    return " AND ".join(conditions), params


def _rows(
    asked: TimelineAsked,
    number: int,
    what: str,
    part: _Part,
    limit: int,
    beyond: Place | None,
    is_falling: bool,  # noqa: FBT001  the direction
    past: Past | None,
) -> tuple[str, list[Any]]:
    where, params = _where(asked, part, past)
    if beyond is not None:
        sign = "<" if is_falling else ">"
        where += (
            f" AND {part.earliest} {sign}= %s::date"
            f" AND ({part.earliest}, r.entry_id, {number}, {part.ordinal}) {sign}"
            " (%s::date, %s, %s, %s)"
        )
        params = [*params, beyond[0], *beyond]
    columns = (
        f"'{what}' AS what, {part.earliest} AS earliest, {part.latest} AS latest, r.entry_id,"
        f" {number} AS part, {part.ordinal} AS ordinal, {part.statement} AS statement,"
        f" {part.said} AS said, {part.actor} AS actor_id"
    )
    direction = " DESC" if is_falling else ""
    order = f"{part.earliest}{direction}, r.entry_id{direction}"
    if part.ordinal != "0":
        order += f", {part.ordinal}{direction}"
    sql = f"(SELECT {columns} FROM {part.table} r WHERE {where} ORDER BY {order} LIMIT %s)"
    return sql, [*params, limit]


def _happening(row: Row) -> Happening:
    what, earliest, latest, entry_id, part, ordinal, statement, said, entry, actor = row
    return Happening(
        what,
        earliest,
        latest,
        _label(entry),
        statement,
        _label(actor) if actor else None,
        said,
        (earliest.isoformat(), entry_id, part, ordinal),
    )


def _label(shown: Any) -> Mapping[str, Any]:
    label = shown if isinstance(shown, Mapping) else orjson.loads(shown)
    return {name: label[name] for name in ("key", "kind", "name", "status") if name in label}
