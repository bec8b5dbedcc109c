"""What programs may say of what they look for: registers, values and properties of the kinds.

What is worked out from the kinds is kept for each list of kinds.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NoReturn

from kb.api.errors import MOST_OF_A_BATCH, Problem
from kb.documents.plans import Fields, plan, shape_at
from kb.filters import TermFilter, standing_at
from kb.kinds import Kind, kinds
from kb.publication.search_text import ALIASES, fold

JSON = dict[str, Any]


def too_many(what: str, number: int) -> Problem:
    """More was sent at once than is answered at once."""
    detail = f"{number:,} {what} were sent; {MOST_OF_A_BATCH} are the most at once."
    return Problem("too-many", detail)


def check_number(what: str, sent: Any) -> None:
    """Raises Problem where a batch has too many items; whatever it may be else is not judged."""
    if isinstance(sent, dict | list) and len(sent) > MOST_OF_A_BATCH:
        raise too_many(what, len(sent))


def registers() -> tuple[str, ...]:
    """The registers that know entries of any kind."""
    return tuple(dict.fromkeys(name for kind in kinds() for name in kind.registers))


def telling_names() -> tuple[str, ...]:
    """Filters by those values that tell entries of like name apart ("country")."""
    found = [f.name for kind in kinds() for f in kind.facets if f.path in kind.told_apart_by]
    return tuple(dict.fromkeys(found))


def values_meant(name: str, written: str) -> list[str]:
    """The values of the filters `name` that may be meant: by value in any case, or by label."""
    known = _values(kinds()).get(name)
    if known is None:
        return []
    free = [written, written.upper(), written.lower()] if known.is_free else []
    return list(dict.fromkeys([*free, *known.by_label.get(fold(written), ())]))


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of filters of one name. `is_free`: one of them takes any value."""

    is_free: bool
    by_label: Mapping[str, Sequence[str]]


@lru_cache(maxsize=4)
def _values(of: tuple[Kind, ...]) -> dict[str, _Values]:
    """Name of a filter by term → its values."""
    found: dict[str, list[TermFilter]] = {}
    for kind in of:
        for each in _term_filters(kind):
            found.setdefault(each.name, []).append(each)
    return {
        name: _Values(any(f.vocabulary is None for f in its), _by_label(its))
        for name, its in found.items()
    }


def _by_label(filters: Sequence[TermFilter]) -> dict[str, list[str]]:
    """Folded value or label → values."""
    found: dict[str, list[str]] = {}
    for term in (term for each in filters for term in each.vocabulary or ()):
        for text in (fold(term.value), fold(term.label)):
            if text and term.value not in found.setdefault(text, []):
                found[text].append(term.value)
    return found


def _term_filters(kind: Kind) -> list[TermFilter]:
    return [each for each in kind.filters if isinstance(each, TermFilter)]


# --- properties ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Property:
    """Something that entries of some kinds have. `places`: kind → place in its documents.

    `is_register`: it is a number in a register, which the kind itself finds.
    """

    id: str
    name: str
    places: Mapping[str, str]
    is_register: bool = False

    def values_in(self, kind: Kind, document: JSON) -> list[JSON]:
        """Its values in a public document, as the protocol of reconciliation writes them."""
        if kind.name not in self.places:
            return []
        if self.is_register:
            return list(_cells(kind.identifiers(document).get(self.id)))
        return list(_cells(standing_at(document, self.places[kind.name])))


def _cells(value: Any) -> Iterator[JSON]:
    match value:
        case list():
            for each in value:
                yield from _cells(each)
        case bool():
            yield {"str": str(value).lower()}
        case int():
            yield {"int": value}
        case float():
            yield {"float": value}
        case str():
            yield {"str": value}
        case {"key": str() as key, "name": str() as name}:
            yield {"id": key, "name": name}


def properties(kind_name: str | None = None) -> dict[str, Property]:
    """Id → property, of one kind or of all, in the order in which the kinds declare them."""
    return _properties(tuple(kind for kind in kinds() if kind_name in (None, kind.name)))


@lru_cache(maxsize=32)
def _properties(of: tuple[Kind, ...]) -> dict[str, Property]:
    labels: dict[str, str] = {}
    places: dict[str, dict[str, str]] = {}
    for kind in of:
        for name, label, place in _declared(kind):
            labels.setdefault(name, label)
            places.setdefault(name, {})[kind.name] = place
    numbers = {name for kind in of for name in kind.registers}
    return {n: Property(n, labels[n], its, n in numbers) for n, its in places.items()}


def _declared(kind: Kind) -> Iterator[tuple[str, str, str]]:
    """(id, label, place) of what a kind declares: filters, registers, addresses, list fields."""
    schema = kind.schema.model_fields
    for each in _term_filters(kind):
        yield each.name, each.label, each.path
    for name in kind.registers:
        yield name, f"Number in {name}", name
    own = (*kind.addresses, *kind.summary_fields, *((ALIASES,) if ALIASES in schema else ()))
    known = {each.path for each in _term_filters(kind)} | set(kind.registers)
    for name in own:
        if name not in known and not isinstance(shape_at(plan(kind.schema), (name,)), Fields):
            yield name, name.replace("_", " ").capitalize(), name


def unknown_property(name: str) -> str:
    """What is wrong with the name of a property that nothing has."""
    return f"No entry has a property “{name[:80]}”. See /api/v1/reconcile/suggest/property."


def names_of_kinds() -> Sequence[str]:
    return [kind.name for kind in kinds()]


def type_of(kind: Kind) -> JSON:
    """A kind as the protocol of reconciliation shows it."""
    return {"id": kind.name, "name": kind.label}


def refuse(detail: str) -> NoReturn:
    """A value that pydantic reports with the place where it stands."""
    raise ValueError(detail)
