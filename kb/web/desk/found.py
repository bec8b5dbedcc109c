"""What the page of findings lists: one list a tab, each read from a place on, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from kb.editing.duplicates import CODE as DUPLICATE
from kb.editing.links import DEAD_AFTER
from kb.models import Dismissal, PublishedFinding

# The codes of what two sources say differently.
DISPUTED = ("disputed-value", "conflicting-figures")
APART = (DUPLICATE, *DISPUTED)  # which have tabs of their own


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list. `place`: its sort values. `identity`: of a finding, by which it is let
    stand. `other`: key of the entry that may be the same.
    """

    place: tuple[Any, ...]
    key: str
    kind: str
    name: str
    at: datetime | str | None = None
    detail: str = ""
    where: str = ""
    url: str = ""
    code: str = ""
    identity: str = ""
    is_error: bool = False
    other: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows: of one kind ("" for all), beyond a place, forwards or backwards, at most."""

    kind: str
    beyond: tuple[Any, ...] | None
    backwards: bool
    limit: int


def rows_of(tab: str, asked: Asked) -> Sequence[Row]:
    """The rows of a tab; backwards they run backwards."""
    if tab in _SQL:
        return _rows_by_sql(_SQL[tab], asked)
    return _findings(_WHICH[tab], asked)


# --- what the checks found --------------------------------------------------------------------

_WHICH = {
    "disputed": Q(code__in=DISPUTED),
    "duplicates": Q(code=DUPLICATE),
    "errors": Q(is_error=True),
    "warnings": Q(is_error=False) & ~Q(code__in=APART),
}


def _findings(which: Q, asked: Asked) -> list[Row]:
    stands = Dismissal.objects.filter(identity=OuterRef("identity"))
    found = PublishedFinding.objects.filter(which, ~Exists(stands))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.beyond is not None:
        found = found.filter(**{f"pk__{'lt' if asked.backwards else 'gt'}": asked.beyond[0]})
    ordered = found.select_related("entry__label").order_by("-pk" if asked.backwards else "pk")
    return [_row(finding) for finding in ordered[: asked.limit]]


def _row(finding: PublishedFinding) -> Row:
    return Row(
        place=(finding.pk,),
        key=finding.entry.key,
        kind=finding.kind,
        name=finding.entry.label.shown["name"],
        at=finding.found_at,
        detail=finding.detail,
        where=finding.place,
        code=finding.code,
        identity=finding.identity,
        is_error=finding.is_error,
        other=finding.data.get("other", ""),
    )


# --- what is known without them ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Listed:
    """A list in SQL. `columns` fill `fields` of a row; `order` are its sort values."""

    columns: str
    fields: tuple[str, ...]
    tables: str
    where: str
    order: tuple[str, str]
    kind: str


_ACTIVE_LABEL = "NOT l.shown ? 'status'"

_SQL = {
    # Oldest first: what has stood unchecked for the longest.
    "unchecked": Listed(
        columns="p.key, p.kind, p.name, p.published_at",
        fields=("key", "kind", "name", "at"),
        tables="kb_published p",
        where="NOT EXISTS (SELECT 1 FROM kb_verification v WHERE v.entry_id = p.entry_id)",
        order=("p.published_at", "p.key"),
        kind="p.kind",
    ),
    "dead": Listed(
        columns=(
            "l.key, l.shown ->> 'kind', l.shown ->> 'name', c.succeeded_at,"
            " CASE WHEN c.status > 0 THEN 'Status ' || c.status || '.' ELSE c.problem END, c.url"
        ),
        fields=("key", "kind", "name", "at", "detail", "url"),
        tables="kb_linkcheck c JOIN kb_label l ON l.shown ? 'url' AND l.shown ->> 'url' = c.url",
        where=f"c.failures >= {DEAD_AFTER} AND {_ACTIVE_LABEL}",
        order=("c.url", "l.key"),
        kind="l.shown ->> 'kind'",
    ),
    "oldest": Listed(
        columns=(
            "l.key, l.shown ->> 'kind', l.shown ->> 'name', l.shown ->> 'accessed',"
            " l.shown ->> 'url'"
        ),
        fields=("key", "kind", "name", "at", "url"),
        tables="kb_label l",
        where=f"l.shown ? 'accessed' AND {_ACTIVE_LABEL}",
        order=("l.shown ->> 'accessed'", "l.entry_id"),
        kind="l.shown ->> 'kind'",
    ),
}


def _rows_by_sql(listed: Listed, asked: Asked) -> list[Row]:
    sign, way = ("<", "DESC") if asked.backwards else (">", "ASC")
    first, second = listed.order
    conditions, params = [listed.where], []
    if asked.kind:
        conditions.append(f"{listed.kind} = %s")
        params.append(asked.kind)
    if asked.beyond is not None:
        conditions.append(f"({first}, {second}) {sign} (%s, %s)")
        params += asked.beyond
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {first}, {second}, {listed.columns} FROM {listed.tables}"
            f" WHERE {' AND '.join(f'({each})' for each in conditions)}"
            f" ORDER BY {first} {way}, {second} {way} LIMIT %s",
            [*params, asked.limit],
        )
        return [_listed_row(listed, *row) for row in cursor.fetchall()]


def _listed_row(listed: Listed, first: Any, second: Any, *columns: Any) -> Row:
    """A cursor holds texts and whole numbers, so a moment is put into words."""
    place = (first.isoformat() if isinstance(first, datetime) else first, second)
    filled = {
        name: value for name, value in zip(listed.fields, columns, strict=True) if value is not None
    }
    return Row(place, **filled)
