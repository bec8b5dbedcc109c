"""What a kind of entry is, and the list of kinds that the settings name.

A `Kind` is the only joint between the engine and a subject: the subject lists its kinds in one
tuple, `settings.KB_KINDS` names that tuple, and everything else asks the functions below.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils.module_loading import import_string

from kb.documents.findings import Finding
from kb.documents.schema import Document
from kb.filters import Filter, TermFilter
from kb.linked import UNLINKED, Linked
from kb.told import Told, field_by_field

if TYPE_CHECKING:
    from django.db.models import Model

JSON = dict[str, Any]
LabelOf = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Published:
    """A published document on its way to rows: what `Kind.project` is given.

    `document`: the published JSON document, references as keys.
    `expanded`: the same with each reference replaced by what is shown of its target.
    `entry_id_of`: key as written → id of the entry it means today (merges resolved).
    `label_of`: key as written → what is shown of that entry, None for an unknown key.
    """

    entry_id: int
    document: JSON
    expanded: JSON
    entry_id_of: Callable[[str], int]
    label_of: LabelOf


@dataclass(frozen=True, slots=True)
class Checked:
    """A valid document that is being checked, and what is known of the entries that it names.

    `label_of`: key as written → what is shown of the entry it means today, None for an unknown
    key. `names_of`: key as written → every name of that entry, folded (`search_text.fold`).
    """

    document: JSON
    label_of: LabelOf
    names_of: Callable[[str], Sequence[str]]


def no_findings(_checked: Checked) -> Iterable[Finding]:
    return ()


def no_identifiers(_document: JSON) -> Mapping[str, str]:
    return {}


def no_rows(_published: Published) -> Iterable["Model"]:
    return ()


def no_shown(_document: JSON) -> JSON:
    return {}


def as_page(_entry: JSON) -> JSON:
    return {}


@dataclass(frozen=True, eq=False)  # there is one of each: comparing all fields only costs time
class Kind:
    """One kind of entry.

    `plural` is also its list's address. `project` computes the rows of `tables` from one published
    document, a pure function. `shown` picks what pages show of an entry where another one refers to
    it, beside key, kind and name (for a source: publisher, date, URL). `summary_fields` are the
    fields of its row in lists. `date_field` orders a list by date. `body_template` draws the
    document as HTML. `check` finds what its schema cannot see. `identifiers`: register → number,
    of which no two entries of this kind may have the same; `registers` lists these. `addresses`:
    places of addresses ("website") at which the thing itself is found. `cited`: public JSON of an
    entry, or its row in lists → CSL-JSON but for id and title; empty where one cites its page here.
    `linked`: what its documents mean in vocabularies that others share. `told`: a document,
    references expanded → what it says, in words.
    `told_apart_by`: places of values ("seat.country") that differ between entries of like name
    where these are not the same thing. `ways`: from the page of an entry to pages that begin with
    it, label and address, at whose end its key goes. `together`: the same from a list, with the
    keys of its first rows, at most so many.
    """

    name: str
    plural: str
    label: str
    label_plural: str
    schema: type[Document]
    project: Callable[[Published], Iterable["Model"]] = no_rows
    tables: tuple[type["Model"], ...] = ()
    shown: Callable[[JSON], JSON] = no_shown
    summary_fields: tuple[str, ...] = ("name",)
    date_field: str | None = None
    filters: tuple[Filter, ...] = ()
    body_template: str = "kb/_document.html"
    description: str = ""
    check: Callable[[Checked], Iterable[Finding]] = no_findings
    identifiers: Callable[[JSON], Mapping[str, str]] = no_identifiers
    registers: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    cited: Callable[[JSON], JSON] = as_page
    linked: Linked = UNLINKED
    told: Callable[[JSON], Told] = field_by_field
    told_apart_by: tuple[str, ...] = ()
    ways: tuple[tuple[str, str], ...] = ()
    together: tuple[tuple[str, str, int], ...] = ()
    facets: tuple[TermFilter, ...] = field(init=False)

    def __post_init__(self) -> None:
        facets = tuple(f for f in self.filters if isinstance(f, TermFilter) and f.is_facet)
        object.__setattr__(self, "facets", facets)

    def __reduce__(self) -> tuple[Callable[[str], "Kind"], tuple[str]]:
        """Handed to another process, it is the kind of that name there, functions and all."""
        return kind_named, (self.name,)

    def name_of(self, document: Mapping[str, Any]) -> str:
        """The display name of an entry of this kind: the field that its schema calls the name."""
        return self.schema.name_of(document)


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of this knowledge base, in the order in which pages list them."""
    return tuple(import_string(settings.KB_KINDS))


@cache
def _by_name() -> dict[str, Kind]:
    return {kind.name: kind for kind in kinds()}


@cache
def _by_plural() -> dict[str, Kind]:
    return {kind.plural: kind for kind in kinds()}


def kind_named(name: str) -> Kind:
    """The kind called `name` ("body"). Raises KeyError."""
    return _by_name()[name]


def kind_at(plural: str) -> Kind | None:
    """The kind whose list is at `plural` ("bodies"), None when there is none."""
    return _by_plural().get(plural)


def forget_kinds() -> None:
    """Read the setting again: for tests that put another subject in its place."""
    for cached in (kinds, _by_name, _by_plural):
        cached.cache_clear()
