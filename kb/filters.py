"""Filters of lists: which parameters they take, and the SQL condition they become.

A filter is plain data, so that the list, its facets, the interactive documentation and the
OpenAPI file all read the same declaration. Conditions are about one row `p` of `kb_published`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.documents.inexact_dates import InexactDate
from kb.documents.vocabulary import Vocabulary, nearest


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of SQL about the row `p`, and its parameters."""

    sql: str
    params: tuple[Any, ...] = ()


class WrongValue(ValueError):
    """A parameter's value cannot be used. `str()` says what was found and how to put it right."""

    def __init__(self, parameter: str, detail: str):
        self.parameter, self.detail = parameter, detail
        super().__init__(f"{parameter}: {detail}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter: `schema` is the JSON Schema of one value; `repeat`: may stand twice."""

    name: str
    description: str
    schema: Mapping[str, Any]
    repeat: bool = False


Values = Mapping[str, Sequence[str]]


class Filter:
    """Base: a name, the parameters it takes, and the conditions that given values become."""

    name: str

    def parameters(self) -> tuple[Parameter, ...]:
        raise NotImplementedError

    def conditions(self, values: Values) -> list[Condition]:
        """Conditions for the parameters present in `values`. Raises WrongValue."""
        raise NotImplementedError


def standing_at(document: Mapping[str, Any], path: str) -> Any:
    """What a document has at "seat.country"; None where it has nothing there."""
    found: Any = document
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


@dataclass(frozen=True)
class TermFilter(Filter):
    """Entries whose document has a value at `path` ("topics", "seat.country").

    Repeating the parameter means OR; `<name>.all` asks for every value, `<name>.not` for none.
    `has_feed`: what is new under one value can be followed at `/feeds/<name>/<value>`.
    """

    name: str
    path: str
    label: str
    description: str = ""
    vocabulary: Vocabulary | None = None
    is_facet: bool = True
    has_feed: bool = False

    def parameters(self) -> tuple[Parameter, ...]:
        schema: dict[str, Any] = {"type": "string", "minLength": 1, "maxLength": 100}
        if self.vocabulary is not None:
            schema = {"type": "string", "enum": list(self.vocabulary.values)}
        about = self.description or self.label
        return (
            Parameter(self.name, f"{about}: any of the given values.", schema, repeat=True),
            Parameter(f"{self.name}.all", f"{about}: all the given values.", schema, repeat=True),
            Parameter(
                f"{self.name}.not", f"{about}: none of the given values.", schema, repeat=True
            ),
        )

    def conditions(self, values: Values) -> list[Condition]:
        found = []
        for suffix, sql in (
            ("", "p.terms && %s::varchar[]"),
            (".all", "p.terms @> %s::varchar[]"),
            (".not", "NOT p.terms && %s::varchar[]"),
        ):
            parameter = self.name + suffix
            if given := values.get(parameter):
                terms = [self._checked_term(parameter, value) for value in given]
                found.append(Condition(sql, (terms,)))
        return found

    def term(self, value: object) -> str:
        return f"{self.name}:{value}"

    def terms_in(self, document: Mapping[str, Any]) -> list[str]:
        """The terms under which `document` is found by this filter."""
        found = standing_at(document, self.path)
        if found is None:
            return []
        return [self.term(value) for value in (found if isinstance(found, list) else [found])]

    def value_label(self, value: str) -> str:
        if self.vocabulary is None:
            return value
        return self.vocabulary.label_of(value)

    def _checked_term(self, parameter: str, value: str) -> str:
        if self.vocabulary is not None and value not in self.vocabulary.values:
            close = nearest(value, self.vocabulary.values)
            hint = f"Did you mean “{close}”? " if close else ""
            listed = f"The terms are listed at /api/v1/vocabularies/{self.vocabulary.name}."
            raise WrongValue(parameter, f"“{value}” is not a term of this filter. {hint}{listed}")
        return self.term(value)


@dataclass(frozen=True)
class ExistsFilter(Filter):
    """Entries whose document has, or lacks, a field: `exists.doi=true`."""

    field: str
    path: str

    @property
    def name(self) -> str:  # type: ignore[override]
        return f"exists.{self.field}"

    def parameters(self) -> tuple[Parameter, ...]:
        schema = {"type": "string", "enum": ["true", "false"]}
        return (Parameter(self.name, f"Whether the entry has {self.field}.", schema),)

    def conditions(self, values: Values) -> list[Condition]:
        given = values.get(self.name)
        if not given:
            return []
        if given[0] not in ("true", "false"):
            raise WrongValue(self.name, f"“{given[0]}” is neither true nor false.")
        sql = "p.terms @> %s::varchar[]" if given[0] == "true" else "NOT p.terms @> %s::varchar[]"
        return [Condition(sql, ([self.term],))]

    @property
    def term(self) -> str:
        return f"has:{self.field}"

    def terms_in(self, document: Mapping[str, Any]) -> list[str]:
        found = standing_at(document, self.path)
        return [self.term] if found not in (None, "", [], {}) else []


@dataclass(frozen=True)
class DateFilter(Filter):
    """Entries whose date at `column` of `table` lies, possibly, from a day, up to a day.

    `table` has `entry_id`, `<column>_earliest` and `<column>_latest`, both ends of the date.
    """

    name: str
    label: str
    table: str
    column: str

    def parameters(self) -> tuple[Parameter, ...]:
        schema = {
            "type": "string",
            "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$",
            "x-wanted": "Write YYYY, YYYY-MM or YYYY-MM-DD.",
        }
        return (
            Parameter(f"{self.name}.from", f"{self.label}: on this date or later.", schema),
            Parameter(f"{self.name}.to", f"{self.label}: on this date or earlier.", schema),
        )

    def conditions(self, values: Values) -> list[Condition]:
        found = []
        for suffix, column, operator in (("from", "latest", ">="), ("to", "earliest", "<=")):
            parameter = f"{self.name}.{suffix}"
            if given := values.get(parameter):
                wanted = inexact_date_of(parameter, given[0])
                day = wanted.earliest if suffix == "from" else wanted.latest
                sql = (
                    f"p.entry_id IN (SELECT entry_id FROM {self.table}"
                    f" WHERE {self.column}_{column} {operator} %s)"
                )
                found.append(Condition(sql, (day,)))
        return found


def inexact_date_of(parameter: str, value: str) -> InexactDate:
    """The date that `value` stands for. Raises WrongValue."""
    try:
        return InexactDate.parse(value)
    except ValueError as problem:
        raise WrongValue(parameter, str(problem)) from None


def day_of(parameter: str, value: str) -> date:
    """The exact day that `value` stands for (YYYY-MM-DD). Raises WrongValue."""
    wanted = inexact_date_of(parameter, value)
    if wanted.earliest != wanted.latest:
        raise WrongValue(parameter, f"“{value}” is not one day. Write YYYY-MM-DD.")
    return wanted.earliest
