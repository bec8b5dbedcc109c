"""Endpoints that list statements of documents, with the day on which they are so.

A subject declares the table, whose rows they are and in which order; everything else is here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.api import shapes
from kb.api.endpoints import Call
from kb.api.known import KNOWN_AT, at_moment, check_moment, source_naming, source_of_entry
from kb.api.paging import PageAsked, PagedEndpoint, PageFound, PageRow
from kb.documents.vocabulary import Vocabulary
from kb.filters import Condition, Parameter, Values
from kb.models.projected import StatementRow
from kb.parameters import DAY, Wrong, WrongParameters, one_of
from kb.publication import reading
from kb.publication.reading import Source

CERTAINTY = Parameter(
    "certainty",
    "With `on`: `certain` gives what certainly was so on that day, `possible` what possibly was,"
    " but not certainly. Without it both, each row saying which.",
    {"type": "string", "enum": ["certain", "possible"]},
)


def on_parameter(about: str) -> Parameter:
    return Parameter("on", about, DAY)


@dataclass(frozen=True, slots=True)
class TermColumn:
    """A column by whose values rows can be selected."""

    name: str
    column: str
    description: str
    vocabulary: Vocabulary

    @property
    def parameter(self) -> Parameter:
        schema = {"type": "string", "enum": list(self.vocabulary.values)}
        return Parameter(self.name, self.description, schema, repeat=True)


@dataclass(frozen=True, slots=True)
class EntryColumn:
    """A column that holds an entry by whose key rows can be selected."""

    name: str
    column: str
    description: str
    kinds: tuple[str, ...] = ()

    @property
    def parameter(self) -> Parameter:
        schema = {"type": "string", "pattern": "^[a-z0-9-]{2,80}$", "x-entry": list(self.kinds)}
        return Parameter(self.name, self.description, schema, repeat=True)


Column = TermColumn | EntryColumn


class StatementsEndpoint(PagedEndpoint):
    """Base: rows of `table` whose `owner` column holds the entry of the address.

    `kinds`: of which kind that entry must be. `order`: SQL expressions about the row `r`, unique
    together, each "falling" or not as all of them are. `columns`: by which rows can be selected.
    """

    group = "Statements"
    codes = ("not-found", "retracted", "redacted")
    table: type[StatementRow]
    owner: str = "entry_id"
    kinds: tuple[str, ...] = ()
    order: tuple[str, ...] = ("r.ordinal",)
    is_falling: bool = False
    columns: tuple[Column, ...] = ()
    on: Parameter | None = None
    more: tuple[Parameter, ...] = ()

    @property
    def filters(self) -> tuple[Parameter, ...]:  # type: ignore[override]
        dated = (self.on, CERTAINTY) if self.on else ()
        return (*dated, KNOWN_AT, *(column.parameter for column in self.columns), *self.more)

    def answer_schema(self) -> dict[str, Any]:
        return shapes.page(self.row_schema())

    def row_schema(self) -> dict[str, Any]:
        """A statement as stored, with its owner and, where a day was asked for, the certainty."""
        return {
            "type": "object",
            "required": ["id"],
            "properties": {"id": shapes.TEXT, "certainty": shapes.CERTAINTY},
        }

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> PageAsked:
        asked = super().asked_of(given, arguments)
        if "certainty" in asked.values and "on" not in asked.values:
            detail = "It says nothing without a day: give `on` too."
            raise WrongParameters([Wrong("certainty", "invalid", detail)])
        check_moment(asked.values)
        return asked

    def conditions(self, _values: Values) -> list[Condition]:
        """Further conditions about the row `r`."""
        return []

    def find(self, call: Call[PageAsked]) -> PageFound:
        known_at = one_of(call.asked.values, "known_at")
        return at_moment(known_at, lambda at: self._found(call, at))

    def _found(self, call: Call[PageAsked], known_at: str | None) -> PageFound:
        asked = call.asked
        entry_id, source = self._source(call.arguments["key"], known_at)
        conditions = [Condition(f"r.{self.owner} = %s", (entry_id,))]
        conditions += [*self._chosen(asked.values), *self.conditions(asked.values)]
        day = one_of(asked.values, "on")
        if day is not None:
            conditions.append(_on(date.fromisoformat(day), one_of(asked.values, "certainty")))
        return self._page(asked, source, conditions, date.fromisoformat(day) if day else None)

    def _source(self, key: str, known_at: str | None) -> tuple[int, Source]:
        """The entry of the address, and where its rows are read: today's, or those of a moment."""
        if self.owner == "entry_id":
            entry, source = source_of_entry(key, known_at, self.table, *self.kinds)
            return entry.entry_id, source
        entry, source = source_naming(key, known_at, self.table, *self.kinds)
        return entry.survivor_id, source

    def _chosen(self, values: Values) -> list[Condition]:
        return [
            _condition(column, given)
            for column in self.columns
            if (given := values.get(column.name))
        ]

    def _page(
        self, asked: PageAsked, source: Source, conditions: Sequence[Condition], day: date | None
    ) -> PageFound:
        chosen = " AND ".join(condition.sql for condition in conditions)
        matches = f"FROM {source.sql} r WHERE {chosen}"
        params = [*source.params, *(param for each in conditions for param in each.params)]
        sql = f"SELECT ({reading.bounded_count(matches)}), {reading.STATE}"
        counted, state = reading.fetch_row(sql, params, prepare=False)
        total, is_exact = reading.judged(counted, matches, params)
        falling = self.is_falling != asked.backwards
        certainty, first = ("r.certain @> %s", [day]) if day else ("NULL", [])
        further, beyond = _beyond(self.order, asked.beyond, falling=falling)
        direction = " DESC" if falling else ""
        rows = reading.fetch_all(
            f"SELECT r.json, {certainty}, {', '.join(self.order)} {matches}{further}"
            f" ORDER BY {', '.join(each + direction for each in self.order)} LIMIT %s",
            [*first, *params, *beyond, asked.size + 1],
            prepare=False,
        )
        found = [PageRow(_place(row[2:]), with_certainty(row[0], row[1])) for row in rows]
        return PageFound(found, total, is_exact, state)


def _condition(column: Column, given: Sequence[str]) -> Condition:
    if isinstance(column, TermColumn):
        return Condition(f"r.{column.column} = ANY(%s::varchar[])", (list(given),))
    meant = "SELECT survivor_id FROM kb_label WHERE key = ANY(%s::varchar[])"
    return Condition(f"r.{column.column} IN ({meant})", (list(given),))


def _on(day: date, certainty: str | None) -> Condition:
    if certainty == "certain":
        return Condition("r.certain @> %s", (day,))
    if certainty == "possible":
        return Condition("(r.possible @> %s AND NOT r.certain @> %s)", (day, day))
    return Condition("r.possible @> %s", (day,))


def _beyond(
    order: Sequence[str], place: Sequence[Any] | None, *, falling: bool
) -> tuple[str, list[Any]]:
    """The condition that a row comes after `place`. Dates in it are text, as cursors hold them."""
    if place is None:
        return "", []
    sign = "<" if falling else ">"
    marks = ", ".join("%s::date" if isinstance(each, str) else "%s" for each in place)
    return f" AND ({', '.join(order)}) {sign} ({marks})", list(place)


def _place(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(each.isoformat() if isinstance(each, date) else each for each in values)


def with_certainty(json: bytes, is_certain: bool | None) -> bytes:  # noqa: FBT001
    """The stored statement, with what the day that was asked for makes of it."""
    if is_certain is None:
        return json
    word = b"certain" if is_certain else b"possible"
    return b'%s,"certainty":"%s"}' % (json[:-1], word)
