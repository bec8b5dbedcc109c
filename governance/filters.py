"""Filters of lists that only this subject has: who belongs, who stands where, who took part.

Parameters that are about the same fact (`member`, `role`, `on`) belong to one filter, because they
ask about the same row. A key may be that of a merged entry: it means the survivor.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import NamedTuple

from governance.acts import CONSENT
from governance.codes import COUNTRIES
from governance.schemas.codes import INTERNATIONAL
from governance.vocabularies import (
    LINK_RELATIONS,
    MEMBERSHIP_ROLES,
    PARTICIPATION_ACTIONS,
    STANCES,
)
from kb.documents.fields import KEY
from kb.documents.vocabulary import Vocabulary
from kb.filters import Condition, Filter, Parameter, TermFilter, Values, WrongValue, day_of
from kb.parameters import DAY, one_of

ON = "on"
POSSIBLE = "possible"
CERTAINTY = Parameter(
    "certainty",
    "With `on`: `possible` gives what possibly held on that day but not certainly, since dates are"
    " not exact; `certain`, the usual, what certainly did.",
    {"type": "string", "enum": ["certain", POSSIBLE]},
)
LASTING = Condition("upper_inf(r.possible)")


@dataclass(frozen=True)
class JurisdictionFilter(TermFilter):
    """Instruments by where they apply: a country, a part of one (`US-CA`), or everywhere."""

    def value_label(self, value: str) -> str:
        return value.capitalize() if value == INTERNATIONAL else COUNTRIES.label_of(value)


@dataclass(frozen=True)
class EntryFilter(Filter):
    """Base of filters by another entry, whose key is a value of the parameter `name`."""

    name: str
    kinds: tuple[str, ...]
    description: str

    def parameters(self) -> tuple[Parameter, ...]:
        return (entry_parameter(self.name, self.description, self.kinds),)


@dataclass(frozen=True)
class MembershipFilter(EntryFilter):
    """Bodies by their members, or actors by the bodies they belong to.

    `selects` and `names`: the columns of a membership that hold the listed and the named entry.
    """

    selects: str
    names: str

    def parameters(self) -> tuple[Parameter, ...]:
        return (
            *super().parameters(),
            term_parameter("role", "In this role: any of the given.", MEMBERSHIP_ROLES),
            day_parameter("Certainly a member on this day; without it, a member with no end."),
            CERTAINTY,
        )

    def conditions(self, values: Values) -> list[Condition]:
        day = on_day(values, self.name, "role")
        asked = [*named(self.names, self.name, values), *having("role", values)]
        if not asked:
            return []
        rows = Rows("governance_membership", self.selects, asked, LASTING)
        return held(values, day, [rows])


@dataclass(frozen=True)
class PositionFilter(EntryFilter):
    """Proposals by who takes which stance on them."""

    name: str = "actor"
    kinds: tuple[str, ...] = ("actor", "body")
    description: str = "Proposals on which any of these actors takes a position."

    def parameters(self) -> tuple[Parameter, ...]:
        return (
            *super().parameters(),
            term_parameter("stance", "The stance taken: any of the given.", STANCES),
            day_parameter("The position certainly held on this day; without it, the current one."),
            CERTAINTY,
        )

    def conditions(self, values: Values) -> list[Condition]:
        day = on_day(values, self.name, "stance")
        asked = [*named("actor_id", self.name, values), *having("stance", values)]
        if not asked:
            return []
        rows = Rows("governance_position", "entry_id", asked, Condition("r.is_current"))
        return held(values, day, [rows])


@dataclass(frozen=True)
class ParticipationFilter(EntryFilter):
    """Instruments by who is bound by them, and by who did what about them."""

    name: str = "participant"
    kinds: tuple[str, ...] = ("actor", "body")
    description: str = "Instruments that any of these actors signed, ratified, voted on or left."

    def parameters(self) -> tuple[Parameter, ...]:
        party = "Instruments that bind any of these actors, by ratification, accession or the like."
        return (
            *super().parameters(),
            term_parameter("action", "What was done: any of the given.", PARTICIPATION_ACTIONS),
            entry_parameter("party", party, self.kinds),
            day_parameter(
                "What certainly held on this day. Without it: `party`, bound with no end;"
                " `participant` and `action`, at any time."
            ),
            CERTAINTY,
        )

    def conditions(self, values: Values) -> list[Condition]:
        day = on_day(values, self.name, "action", "party")
        acted = [*named("actor_id", self.name, values), *having("action", values)]
        bound = named("actor_id", "party", values)
        table, column = "governance_participation", "entry_id"
        rows = []
        if acted:
            rows.append(Rows(table, column, acted, None))
        if bound:
            rows.append(Rows(table, column, [*bound, among("action", CONSENT)], LASTING))
        return held(values, day, rows)


@dataclass(frozen=True)
class LinkFilter(EntryFilter):
    """Entries that link to another one, in any or in some relation."""

    name: str = "linked_to"
    kinds: tuple[str, ...] = ()
    description: str = "Entries with a link to any of these."

    def parameters(self) -> tuple[Parameter, ...]:
        relation = "The relation of the link: any of the given."
        return (*super().parameters(), term_parameter("relation", relation, LINK_RELATIONS))

    def conditions(self, values: Values) -> list[Condition]:
        asked = [*named("target_id", self.name, values), *having("relation", values)]
        return [selected("governance_link", "entry_id", asked)] if asked else []


@dataclass(frozen=True)
class RelationFilter(EntryFilter):
    """Entries with a link of one relation to the named entry."""

    relation: str

    def conditions(self, values: Values) -> list[Condition]:
        asked = named("target_id", self.name, values)
        relation = Condition("r.relation = %s", (self.relation,))
        return [selected("governance_link", "entry_id", [*asked, relation])] if asked else []


@dataclass(frozen=True)
class ReferenceFilter(EntryFilter):
    """Entries that name another one in the field `place` ("issued_by")."""

    place: str

    def conditions(self, values: Values) -> list[Condition]:
        asked = named("target_id", self.name, values)
        place = Condition("r.relation = %s", (self.place,))
        return [selected("kb_reference", "entry_id", [*asked, place])] if asked else []


@dataclass(frozen=True)
class CitedByFilter(EntryFilter):
    """Sources that the named entry cites: whatever names a source cites it."""

    name: str = "cited_by"
    kinds: tuple[str, ...] = ()
    description: str = "Sources that any of these entries cites."

    def conditions(self, values: Values) -> list[Condition]:
        asked = named("entry_id", self.name, values)
        return [selected("kb_reference", "target_id", asked)] if asked else []


def entry_parameter(name: str, description: str, kinds: Sequence[str]) -> Parameter:
    """A parameter whose values are keys. `x-entry`: the kinds it may name, none for any."""
    wanted = "A key has 2 to 80 of a-z, 0-9 and hyphens."
    schema = {"type": "string", "pattern": KEY, "x-wanted": wanted, "x-entry": list(kinds)}
    return Parameter(name, description, schema, repeat=True)


def term_parameter(name: str, description: str, vocabulary: Vocabulary) -> Parameter:
    schema = {"type": "string", "enum": list(vocabulary.values)}
    return Parameter(name, description, schema, repeat=True)


def day_parameter(description: str) -> Parameter:
    return Parameter(ON, description, DAY)


def named(column: str, parameter: str, values: Values) -> list[Condition]:
    """Rows whose `column` is any of the entries that the parameter's keys mean today."""
    meant = "SELECT survivor_id FROM kb_label WHERE key = ANY(%s::varchar[])"
    keys = list(values.get(parameter, ()))
    return [Condition(f"r.{column} IN ({meant})", (keys,))] if keys else []


def having(column: str, values: Values) -> list[Condition]:
    """Rows whose `column` is any of the terms of the parameter of the same name."""
    terms = list(values.get(column, ()))
    return [among(column, terms)] if terms else []


def among(column: str, terms: Sequence[str]) -> Condition:
    return Condition(f"r.{column} = ANY(%s::varchar[])", (list(terms),))


def on_day(values: Values, *subjects: str) -> date | None:
    """The day of the parameter `on`, if it is given.

    Raises WrongValue where none of the parameters `subjects` says of what, and for a certainty
    without a day.
    """
    given = values.get(ON)
    if not given:
        if values.get(CERTAINTY.name):
            raise WrongValue(CERTAINTY.name, "It says nothing without a day: give `on` too.")
        return None
    if not any(values.get(subject) for subject in subjects):
        listed = " or ".join(f"`{subject}`" for subject in subjects)
        raise WrongValue(ON, f"A day alone selects nothing. Give {listed} with it.")
    return day_of(ON, given[0])


class Rows(NamedTuple):
    """Entries in `column` of rows of `table` that meet `clauses`; `undated`: and this, where no
    day is asked for.
    """

    table: str
    column: str
    clauses: Sequence[Condition]
    undated: Condition | None

    def selected(self, more: Condition | None) -> Condition:
        clauses = [*self.clauses, *([more] if more else [])]
        return selected(self.table, self.column, clauses)


def held(values: Values, day: date | None, rows: Sequence[Rows]) -> list[Condition]:
    """Entries for which all of these held: on the day certainly, or possibly and not certainly."""
    if day is None:
        return [each.selected(each.undated) for each in rows]
    certain = [each.selected(Condition("r.certain @> %s::date", (day,))) for each in rows]
    if one_of(values, CERTAINTY.name) != POSSIBLE:
        return certain
    possible = [each.selected(Condition("r.possible @> %s::date", (day,))) for each in rows]
    both = " AND ".join(condition.sql for condition in certain)
    params = tuple(chain.from_iterable(condition.params for condition in certain))
    return [*possible, Condition(f"NOT ({both})", params)]


def selected(table: str, column: str, clauses: Sequence[Condition]) -> Condition:
    """Entries that stand in `column` of some row `r` of `table` which meets all clauses."""
    where = " AND ".join(clause.sql for clause in clauses)
    params = tuple(chain.from_iterable(clause.params for clause in clauses))
    return Condition(f"p.entry_id IN (SELECT r.{column} FROM {table} r WHERE {where})", params)
