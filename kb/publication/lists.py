"""Lists of entries: what may be asked of one, and its pages, totals and facets.

A page is found by keyset: the cursor names the row to go on from, and an index leads there, so the
ten-thousandth page costs what the first does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import Any, NamedTuple

import orjson

from kb.filters import Condition, Filter, Parameter, TermFilter, Values, WrongValue
from kb.kinds import Kind, kind_named, kinds
from kb.parameters import (
    MOST_ROWS,
    PAGE_SIZE,
    Wrong,
    WrongParameters,
    declared_by,
    one_of,
    pieces,
    wrong_in,
    wrong_in_filters,
)
from kb.publication import reading
from kb.publication.cursors import Place, WrongCursor, opened, sealed, window
from kb.publication.naming import near_keys
from kb.publication.past_rows import Past

PREPARED_SIZES = (25, PAGE_SIZE, 100, MOST_ROWS)  # of pages; others are planned each time
MOST_VALUES = 500  # of one facet, the most frequent ones
SAMPLED_ROWS = 20_000  # rows of the table from which facets of large lists are estimated

MOMENT = r"^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})?)?$"
MOMENT_SCHEMA: Mapping[str, Any] = {
    "type": "string",
    "pattern": MOMENT,
    "x-wanted": "Write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.",
}


def moment_of(parameter: str, value: str, *, at_end: bool = False) -> datetime:
    """The moment that `value` stands for: a day means its beginning, or, `at_end`, the next one's.

    Without a zone, UTC. Raises WrongValue.
    """
    try:
        moment = datetime.fromisoformat(value.replace(" ", "T", 1).upper())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment + timedelta(days=1) if at_end and len(value) == 10 else moment
    except (ValueError, OverflowError) as problem:
        raise WrongValue(parameter, f"“{value}” is no moment: {problem}.") from None


def moment_asked(parameter: str, value: str) -> datetime:
    """Up to which moment was asked; a day means its end. Raises WrongParameters."""
    try:
        return moment_of(parameter, value, at_end=True)
    except WrongValue as problem:
        raise WrongParameters([Wrong(parameter, "invalid", problem.detail)]) from None


# --- what may be asked -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of a list: by a column of the published table, completed by the key."""

    name: str
    column: str
    description: str

    @property
    def is_falling(self) -> bool:
        return self.name.startswith("-")

    @property
    def type(self) -> str:
        """The type of the column, to read a value of it from text."""
        return {"sort_name": "varchar", "sort_date": "date"}.get(self.column, "timestamptz")


SORTS = {
    sort.name: sort
    for sort in (
        Sort("name", "sort_name", "by name, accents and case apart"),
        Sort("-name", "sort_name", "by name, backwards"),
        Sort("published_at", "published_at", "least recently published first"),
        Sort("-published_at", "published_at", "most recently published first"),
        Sort("date", "sort_date", "by the main date of its kind, undated first"),
        Sort("-date", "sort_date", "by that date, newest first"),
    )
}
DEFAULT_SORT = SORTS["name"]


@dataclass(frozen=True)
class KindFilter(Filter):
    """Entries of some kinds; of lists that hold several."""

    name: str = "kind"

    def parameters(self) -> tuple[Parameter, ...]:
        names = [kind.name for kind in kinds()]
        schema = {"type": "string", "enum": names}
        return (
            Parameter("kind", "Kind of entry: any of the given ones.", schema, repeat=True),
            Parameter("kind.not", "Kind of entry: none of the given ones.", schema, repeat=True),
        )

    def conditions(self, values: Values) -> list[Condition]:
        found = []
        if given := values.get("kind"):
            found.append(Condition("p.kind = ANY(%s::varchar[])", (list(given),)))
        if given := values.get("kind.not"):
            found.append(Condition("NOT p.kind = ANY(%s::varchar[])", (list(given),)))
        return found


@dataclass(frozen=True)
class ChangedFilter(Filter):
    """Entries whose newest revision was published at a moment or later."""

    name: str = "changed_since"

    def parameters(self) -> tuple[Parameter, ...]:
        about = "Published (again) at this moment or later; a day means its beginning, UTC."
        return (Parameter("changed_since", about, MOMENT_SCHEMA),)

    def conditions(self, values: Values) -> list[Condition]:
        given = one_of(values, "changed_since")
        if given is None:
            return []
        return [Condition("p.published_at >= %s", (moment_of("changed_since", given),))]


@dataclass(frozen=True)
class Asking:
    """What may be asked of one list: of one kind, or (None) of all entries.

    `bound`: parameters beside the filters that a cursor is bound to (the words of a search).
    """

    kind: Kind | None
    filters: tuple[Filter, ...]
    facets: tuple[TermFilter, ...]
    bound: tuple[str, ...] = ()

    @cached_property
    def facet_names(self) -> tuple[str, ...]:
        own = () if self.kind else ("kind",)
        return (*own, *(facet.name for facet in self.facets))

    @cached_property
    def declared(self) -> Mapping[str, Parameter]:
        """All its parameters by name."""
        return declared_by(self.parameters())

    @cached_property
    def filter_of(self) -> Mapping[str, Filter]:
        """Name of a parameter → the filter that it belongs to."""
        return {p.name: each for each in self.filters for p in each.parameters()}

    def filters_in(self, given: Iterable[str]) -> list[Filter]:
        """The filters that the named parameters belong to, each once."""
        # By identity: a filter's hash would go through every term of its vocabulary.
        found = {id(f): f for name in given if (f := self.filter_of.get(name)) is not None}
        return list(found.values())

    def parameters(self) -> tuple[Parameter, ...]:
        """Filters and what else shapes a page; the same for every form of the list."""
        filtering = [parameter for each in self.filters for parameter in each.parameters()]
        return (*filtering, *self._shaping())

    def _shaping(self) -> tuple[Parameter, ...]:
        size = {"type": "integer", "minimum": 1, "maximum": MOST_ROWS, "default": PAGE_SIZE}
        orders = "; ".join(f"`{sort.name}` {sort.description}" for sort in SORTS.values())
        sort = {"type": "string", "enum": list(SORTS), "default": DEFAULT_SORT.name}
        facets = {"type": "array", "items": {"type": "string", "enum": ["true", *self.facet_names]}}
        return (
            Parameter("sort", f"Order: {orders}. Completed by the key.", sort),
            Parameter("page_size", "Rows of a page.", size),
            Parameter("cursor", "Where to go on: from `next` or `prev`.", CURSOR_SCHEMA),
            Parameter("facets", "Count values of these fields; `true` for all of them.", facets),
        )


CURSOR_SCHEMA: Mapping[str, Any] = {"type": "string", "minLength": 1, "maxLength": 6000}


@cache
def asking_for(kind_name: str | None) -> Asking:
    """What may be asked of the list of a kind, or (None) of the list of all entries."""
    if kind_name is not None:
        kind = kind_named(kind_name)
        return Asking(kind, (*kind.filters, ChangedFilter()), kind.facets)
    shared = shared_filters(kinds())
    facets = tuple(each for each in shared if isinstance(each, TermFilter) and each.is_facet)
    return Asking(None, (KindFilter(), *shared, ChangedFilter()), facets)


def shared_filters(among: Sequence[Kind]) -> tuple[Filter, ...]:
    """Filters that several kinds have and that mean the same in each: by name and vocabulary."""
    found: dict[str, list[Filter]] = {}
    for kind in among:
        for each in kind.filters:
            found.setdefault(each.name, []).append(each)
    return tuple(its[0] for its in found.values() if len(its) > 1 and _mean_the_same(its))


def _mean_the_same(filters: Iterable[Filter]) -> bool:
    # A filter by term reads the terms of the row, wherever in the document they come from.
    meanings = {
        (type(each), each.name, each.vocabulary) if isinstance(each, TermFilter) else each
        for each in filters
    }
    return len(meanings) == 1


@dataclass(frozen=True, slots=True)
class Asked:
    """One page of one list, as asked for. `values` are checked, keys in them mean survivors.

    `past`: what stands in the place of the tables, where a moment was asked for.
    """

    asking: Asking
    values: Values
    conditions: tuple[Condition, ...]
    sort: Sort
    page_size: int
    facets: tuple[str, ...]
    place: Place | None
    past: Past | None = None

    @property
    def identity(self) -> str:
        """What a cursor is bound to: the list, its filters and its order."""
        return _identity(self.asking, self.values, self.sort)


def _identity(asking: Asking, values: Values, sort: Sort) -> str:
    its = {n: v for n, v in values.items() if n in asking.filter_of or n in asking.bound}
    filtering = sorted((name, sorted(set(given))) for name, given in its.items())
    kind = asking.kind.name if asking.kind else ""
    return orjson.dumps([kind, sort.name, filtering]).decode()


def asked_of(
    asking: Asking,
    given: Values,
    declared: Mapping[str, Parameter] | None = None,
    required: Sequence[str] = (),
) -> Asked:
    """The page that the parameters ask for. Raises WrongParameters with everything that is wrong.

    `declared`: all that the caller takes, where that is more than the list itself does.
    `required`: those that must be given.
    """
    declared = asking.declared if declared is None else declared
    errors = wrong_in(given, declared, required)
    wrong = {error.parameter for error in errors}
    usable = {n: v for n, v in given.items() if n in declared and n not in wrong}
    values, unknown = with_survivors(usable, declared)
    filters = asking.filters_in(values)
    errors += unknown
    errors += wrong_in_filters(values, filters, {error.parameter for error in unknown})
    sort = SORTS[one_of(values, "sort") or DEFAULT_SORT.name]
    place = None
    if not errors and (cursor := one_of(values, "cursor")):
        try:
            place = opened(cursor, _identity(asking, values, sort))
        except WrongCursor as problem:
            errors.append(Wrong("cursor", "invalid", str(problem)))
    if errors:
        raise WrongParameters(errors)
    conditions = tuple(condition for each in filters for condition in each.conditions(values))
    return Asked(asking, values, conditions, sort, _size(values), _facets(asking, values), place)


def _size(values: Values) -> int:
    return int(one_of(values, "page_size") or PAGE_SIZE)


def _facets(asking: Asking, values: Values) -> tuple[str, ...]:
    wanted = pieces(values, "facets")
    return asking.facet_names if "true" in wanted else tuple(wanted)


def with_survivors(
    values: Values, declared: Mapping[str, Parameter]
) -> tuple[dict[str, Sequence[str]], list[Wrong]]:
    """The values, each once, keys of merged entries as those they mean today; and wrong keys."""
    naming = {
        name: declared[name].schema["x-entry"]
        for name in values
        if name in declared and "x-entry" in declared[name].schema
    }
    if not naming:
        return dict(values), []
    found = reading.known(key for name in naming for key in values[name])
    errors = [
        error
        for name, wanted in naming.items()
        for key in values[name]
        for error in _wrong_key(name, key, found.get(key), wanted)
    ]
    meant = {
        name: list(dict.fromkeys(_meant(found, key) for key in values[name])) for name in naming
    }
    return {**values, **meant}, errors


def _meant(found: Mapping[str, reading.Known], key: str) -> str:
    return found[key].survivor if key in found else key


def _wrong_key(name: str, key: str, entry: reading.Known | None, wanted: Any) -> Iterable[Wrong]:
    if entry is None:
        near = ", ".join(f"“{close}”" for close in near_keys_of(key))
        hint = f" Did you mean {near}?" if near else ""
        yield Wrong(name, "invalid", f"“{key}” is not the key of an entry.{hint}")
    elif wanted and entry.kind not in wanted:
        asked = " or ".join(wanted)
        yield Wrong(name, "invalid", f"“{key}” is of kind {entry.kind}; this takes {asked}.")


def near_keys_of(key: str) -> list[str]:
    """Keys of active entries that `key` may have been meant to be, nearest first."""
    return [each["key"] for each in near_keys(key)]


# --- a page ----------------------------------------------------------------------------------


class Page(NamedTuple):
    """A page of a list: rows as stored JSON bytes, cursors to its neighbours, what it stands on.

    `state` changes with everything public (see `reading.STATE`).
    """

    items: list[bytes]
    total: int
    total_is_exact: bool
    next: str | None
    prev: str | None
    state: str


def page_of(asked: Asked) -> Page:
    """The page, found in one query (one more where the total must be estimated).

    One row at least comes back, with state and total; without a summary it is no entry.
    """
    sql, params = _as_known(asked, *_page_query(asked))
    # With conditions the best plan depends on the values, so it is made anew.
    is_usual = not asked.conditions and asked.page_size in PREPARED_SIZES and asked.past is None
    rows = reading.fetch_stored(sql, params, prepare=is_usual)
    found = [summary for summary in rows.column(SUMMARY) if summary is not None]
    page = window(range(len(found)), asked.page_size, asked.place)
    total, is_exact = _judged(asked, int(rows.text(0, TOTAL)))
    return Page(
        items=[found[row] for row in page.rows],
        total=total,
        total_is_exact=is_exact,
        next=_cursor(asked, rows, page.rows[-1]) if page.has_next else None,
        prev=_cursor(asked, rows, page.rows[0], backwards=True) if page.has_prev else None,
        state=rows.text(0, STATE),
    )


def _as_known(asked: Asked, sql: str, params: list[Any]) -> tuple[str, list[Any]]:
    """The same query of what was published at the moment that was asked for, if one was."""
    if asked.past is None:
        return sql, params
    return asked.past.instead(sql, params)


STATE, TOTAL, SUMMARY, SORT_VALUE, KEY = range(5)  # columns of a page


def _cursor(asked: Asked, rows: reading.StoredRows, row: int, *, backwards: bool = False) -> str:
    place = Place((rows.text(row, SORT_VALUE), rows.text(row, KEY)), backwards)
    return sealed(place, asked.identity)


def _page_query(asked: Asked) -> tuple[str, list[Any]]:
    """SQL and its parameters; all columns but the summary are text.

    The number of rows stands in the SQL: as a parameter it would be unknown to a prepared plan,
    which PostgreSQL then expects to be so bad that it plans each page anew.
    """
    where, params = _where(asked)
    total, total_params = _total_query(asked)
    falling = asked.sort.is_falling != (asked.place is not None and asked.place.backwards)
    order, sign = ("DESC", "<") if falling else ("ASC", ">")
    column = asked.sort.column
    if asked.place is not None:
        text, key = asked.place.values
        where = f"{where} AND (p.{column}, p.key) {sign} (%s::{asked.sort.type}, %s)"
        params = [*params, text, key]
    sql = (
        f"SELECT {reading.STATE}, {total}::text, found.* FROM (VALUES (1)) AS always(present)"
        f" LEFT JOIN (SELECT p.summary, p.{column}::text, p.key FROM kb_published p WHERE {where}"
        f" ORDER BY p.{column} {order}, p.key {order} LIMIT {asked.page_size + 1}) AS found ON true"
    )
    return sql, [*total_params, *params]


def _where(asked: Asked, without: str | None = None) -> tuple[str, list[Any]]:
    """The conditions of a list, `without` the plain values of one filter."""
    of_kind = [Condition("p.kind = %s", (asked.asking.kind.name,))] if asked.asking.kind else []
    known = [asked.past.condition] if asked.past else []
    found = [*of_kind, *_conditions(asked, without), *known]
    sql = " AND ".join(f"({condition.sql})" for condition in found) or "true"
    return sql, [param for condition in found for param in condition.params]


def _conditions(asked: Asked, without: str | None) -> Sequence[Condition]:
    """What the filters ask for, `without` the plain values of one of them."""
    if without is None or without not in asked.values:
        return asked.conditions
    remaining = {name: v for name, v in asked.values.items() if name != without}
    filters = asked.asking.filters_in(remaining)
    return [c for each in filters for c in each.conditions(remaining)]


def _total_query(asked: Asked) -> tuple[str, list[Any]]:
    """The total as an expression: kept counts where they answer it, else counted up to a bound."""
    kept = _kept_term(asked)
    if kept is None:
        where, params = _where(asked)
        return f"({reading.bounded_count(_matches(where))})", params
    of_kind = " AND kind = %s" if asked.asking.kind else ""
    sql = f"(SELECT coalesce(sum(count), 0)::bigint FROM kb_termcount WHERE term = %s{of_kind})"
    return sql, [kept, *([asked.asking.kind.name] if asked.asking.kind else [])]


TERM_CONDITIONS = ("p.terms && %s::varchar[]", "p.terms @> %s::varchar[]")


def _kept_term(asked: Asked) -> str | None:
    """The term whose kept count is the total: "" for the whole list; None where there is none."""
    match asked.conditions:
        case ():
            return ""
        case (Condition(sql=sql, params=([str() as term],)),) if sql in TERM_CONDITIONS:
            return term
        case (Condition(sql="p.kind = ANY(%s::varchar[])", params=([str() as kind],)),):
            return f"kind:{kind}"
        case _:
            return None


def _judged(asked: Asked, counted: int) -> tuple[int, bool]:
    """The total, and whether it is exact."""
    kept = _kept_term(asked)
    if kept is not None:
        kind = asked.asking.kind.name if asked.asking.kind else None
        return counted + (asked.past.more(kept, kind) if asked.past else 0), True
    where, params = _where(asked)
    return reading.judged(counted, _matches(where), params)


def _matches(where: str) -> str:
    return f"FROM kb_published p WHERE {where}"


# --- facets ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FacetValue:
    """How many entries of a list have a value."""

    value: str
    label: str
    count: int


class Facet(NamedTuple):
    """The values of one field, most frequent first."""

    name: str
    label: str
    values: list[FacetValue]
    is_exact: bool


def facets_of(asked: Asked) -> list[Facet]:
    """The facets that were asked for.

    A facet counts under all filters but its own plain values, so that it says what choosing
    another value would give. Facets without a chosen value share one query.
    """
    chosen = [name for name in asked.facets if name in asked.values]
    others = [name for name in asked.facets if name not in asked.values]
    counted = _counts(asked, others, None) if others else {}
    for name in chosen:
        counted |= _counts(asked, [name], name)
    return [_facet(asked, name, counted[name]) for name in asked.facets]


Counted = dict[str, tuple[dict[str, int], bool]]  # facet → (value → count, whether exact)


def _counts(asked: Asked, names: Sequence[str], without: str | None) -> Counted:
    if not _conditions(asked, without):
        return _grouped(_kept_counts(asked, names), names, exact=True)
    where, params = _where(asked, without)
    matches = f"SELECT p.terms FROM kb_published p WHERE {where}"
    bounded = f"{matches} LIMIT {reading.COUNTED_EXACTLY + 1}"
    sql, params_of = _as_known(asked, _count_terms(bounded), [*params, list(names)])
    rows = reading.fetch_all(sql, params_of, prepare=False)
    if rows and rows[0][2] > reading.COUNTED_EXACTLY:
        return _grouped(_estimated_counts(where, params, names), names, exact=False)
    return _grouped(rows, names, exact=True)


def _count_terms(matches: str) -> str:
    return (
        f"SELECT * FROM (WITH m AS MATERIALIZED ({matches}),"
        " n AS (SELECT count(*) AS matches FROM m)"
        " SELECT t.term, count(*), (SELECT matches FROM n) FROM m, unnest(m.terms) AS t(term)"
        " WHERE split_part(t.term, ':', 1) = ANY(%s::varchar[]) GROUP BY t.term) AS counted"
    )


def _kept_counts(asked: Asked, names: Sequence[str]) -> list[reading.Row]:
    """Counts of the whole list: those that are kept of today, and what was otherwise then."""
    kind = asked.asking.kind
    rows = _counts_of_today(kind, names)
    if asked.past is None:
        return rows
    of, now = kind.name if kind else None, {term: count for term, count, _matches in rows}
    others = {each for each in asked.past.terms(of) if each.partition(":")[0] in names}
    then = {term: now.get(term, 0) + asked.past.more(term, of) for term in {*now, *others}}
    return [(term, count, 0) for term, count in then.items() if count]


def _counts_of_today(kind: Kind | None, names: Sequence[str]) -> list[reading.Row]:
    of_kind, params = (" AND kind = %s", [kind.name]) if kind else ("", [])
    return reading.fetch_all(
        "SELECT term, sum(count)::bigint, 0 FROM kb_termcount"
        f" WHERE split_part(term, ':', 1) = ANY(%s::varchar[]){of_kind} GROUP BY term",
        [list(names), *params],
        prepare=False,
    )


def _estimated_counts(where: str, params: Sequence[Any], names: Sequence[str]) -> list[reading.Row]:
    """Counts scaled up from a sample of pages of the table, always the same pages."""
    size = sum(reading.counts().values())
    share = min(1.0, SAMPLED_ROWS / max(size, 1))
    sample = f"kb_published p TABLESAMPLE SYSTEM ({share * 100:.6f}) REPEATABLE (1)"
    rows = reading.fetch_all(
        _count_terms(f"SELECT p.terms FROM {sample} WHERE {where}"),
        [*params, list(names)],
        prepare=False,
    )
    return [(term, round(count / share), matches) for term, count, matches in rows]


def _grouped(rows: Iterable[reading.Row], names: Sequence[str], *, exact: bool) -> Counted:
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    for term, count, _matches in rows:
        name, _colon, value = term.partition(":")
        found[name][value] = count
    return {name: (values, exact) for name, values in found.items()}


def _facet(asked: Asked, name: str, counted: tuple[dict[str, int], bool]) -> Facet:
    counts, is_exact = counted
    (facet,) = labelled(asked.asking, {name: counts}, is_exact=is_exact)
    return facet


def labelled(
    asking: Asking, counted: Mapping[str, Mapping[str, int]], *, is_exact: bool
) -> list[Facet]:
    """Facet → value → count, with labels, the most frequent values first."""
    found = []
    for name, counts in counted.items():
        label, label_of = _labels(asking, name)
        ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_VALUES]
        values = [FacetValue(value, label_of(value), count) for value, count in ordered]
        found.append(Facet(name, label, values, is_exact))
    return found


def _labels(asking: Asking, name: str) -> tuple[str, Callable[[str], str]]:
    """The label of a facet, and what its values are called."""
    if name == "kind":
        return "Kind", lambda value: kind_named(value).label
    facet = next(each for each in asking.facets if each.name == name)
    return facet.label, facet.value_label
