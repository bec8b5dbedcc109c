"""Lists of entries: facets, sorting and pages, all of it in the address."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from kb.filters import DateFilter, Parameter, TermFilter, Values
from kb.formats import OF_LISTS, structured
from kb.formats.signposts import of_feed
from kb.kinds import Kind, kind_named
from kb.parameters import UnreadableAddress, Wrong, WrongParameters, declared_by, read
from kb.publication import lists, reading
from kb.publication.body import readable_date
from kb.publication.lists import Asking, Facet
from kb.web.pages import absolute, data_block, page, public_page, site_of
from kb.web.rows import listed

SHOWN_AT_ONCE = 8  # values of a facet before the rest is folded away
SORTS = (
    ("name", "Name"),
    ("-date", "Newest"),
    ("date", "Oldest"),
    ("-published_at", "Lately published"),
)


def signposts(request: HttpRequest, kind: Kind) -> str:
    """Where the feed of a list is."""
    filtering = _filtering(lists.asking_for(kind.name), given_in(request))
    return of_feed(f"kind/{kind.name}", settings.PUBLIC_URL, urlencode(filtering, doseq=True))


@partial(public_page, links=signposts)
def entry_list(request: HttpRequest, kind: Kind) -> HttpResponse:
    """`/<plural>/`: the entries of a kind."""
    asking = lists.asking_for(kind.name)
    try:
        given = given_in(request)
        asked = lists.asked_of(asking, {**given, "facets": ["true"]} if asking.facets else given)
    except (WrongParameters, UnreadableAddress) as problem:
        return refused(request, kind, problem)
    found = lists.page_of(asked)
    path = f"/{kind.plural}/"
    rows = [listed(each) for each in found.items]
    context = {
        "kind": kind,
        "current": kind.plural,
        "path": path,
        "rows": rows,
        "together": together(kind, [row.path for row in rows]),
        "total": found.total,
        "is_exact": found.total_is_exact,
        "facets": [shown_facet(asking, facet, given) for facet in lists.facets_of(asked)],
        "dates": date_fields(asking, given),
        "hidden": hidden(asking, given),
        "chips": chips(path, asking, given),
        "sorts": sorts(path, given, asked.sort.name, is_dated=kind.date_field is not None),
        "next": address(path, given, cursor=found.next) if found.next else "",
        "prev": address(path, given, cursor=found.prev) if found.prev else "",
        "api": here(f"/api/v1/{kind.plural}", given),
        "feed": here(f"/api/v1/feeds/kind/{kind.name}.atom", _filtering(asking, given)),
        "watch": watch_links(kind, asking, given),
        "formats": [
            {
                "label": each.label,
                "address": here(f"/api/v1/{kind.plural}.{each.suffix}", given),
                "type": each.media_type,
            }
            for each in OF_LISTS[1:]
        ],
        "address": absolute(request, here(path, given)),
        "structured": _structured(request, kind, found, here(path, given)),
    }
    return page(request, "kb/list.html", context)


def together(kind: Kind, paths: Sequence[str]) -> list[dict[str, Any]]:
    """Pages that the first rows of a list go to together; none where there is but one row."""
    keys = [path.strip("/").rpartition("/")[2] for path in paths]
    return [
        {"label": label, "number": len(keys[:most]), "address": start + ",".join(keys[:most])}
        for label, start, most in kind.together
        if len(keys) > 1
    ]


def _filtering(asking: Asking, given: Values) -> Values:
    """Of the parameters those that say which entries, not how they are shown."""
    return {name: values for name, values in given.items() if name in asking.filter_of}


def watch_links(kind: Kind, asking: Asking, given: Values) -> list[dict[str, str]]:
    """The list and each chosen term that is watched on its own: what it is called, where to ask."""
    terms = [
        (f"“{each.value_label(value)}” in all kinds", f"term:{each.term(value)}")
        for each in asking.filters
        if isinstance(each, TermFilter) and each.has_feed
        for value in given.get(each.name, ())
    ]
    itself = ("this list", f"list:{here(kind.plural, _filtering(asking, given))}")
    return [{"label": label, "address": watch_address(what)} for label, what in (itself, *terms)]


def watch_address(what: str) -> str:
    """The page at the desk that asks whether to watch something: see `kb.editing.watching`."""
    return f"/desk/watching/new/?{urlencode({'what': what})}"


def _structured(request: HttpRequest, kind: Kind, found: lists.Page, path: str) -> SafeString:
    rows = [(row.path, row.name) for row in map(listed, found.items)]
    page_itself = structured.list_page(
        site_of(request), kind.label_plural, found.total, rows, address=absolute(request, path)
    )
    return data_block(page_itself)


def given_in(request: HttpRequest) -> dict[str, list[str]]:
    """The parameters of an address. A form sends fields that were left empty: they do not count."""
    given = read(request.META.get("QUERY_STRING", ""))
    kept = {
        name: [value.strip() for value in values if value.strip()] for name, values in given.items()
    }
    return {name: values for name, values in kept.items() if values}


def refused(
    request: HttpRequest, kind: Kind | None, problem: WrongParameters | UnreadableAddress
) -> HttpResponse:
    """400: everything that is wrong with the address, with a way to put each right."""
    path = f"/{kind.plural}/" if kind else "/search/"
    given: Values = given_in(request) if isinstance(problem, WrongParameters) else {}
    errors = problem.errors if isinstance(problem, WrongParameters) else ()
    wrong = {error.parameter for error in errors}
    context = {
        "kind": kind,
        "path": path,
        "detail": str(problem),
        "errors": [_refusal(error, path, given) for error in errors],
        "kept": [(n, v) for n, values in given.items() if n not in wrong for v in values],
    }
    return page(request, "kb/400.html", context, status=400)


def _refusal(error: Wrong, path: str, given: Values) -> dict[str, Any]:
    """What is wrong with one parameter, what was typed, and the address without it."""
    without = {name: values for name, values in given.items() if name != error.parameter}
    return {
        "parameter": error.parameter,
        "detail": error.detail,
        "given": ", ".join(given.get(error.parameter, ())),
        "can_be_mended": error.code != "unknown" and error.parameter != "cursor",
        "without": address(path, without),
    }


def address(path: str, given: Values, *, cursor: str | None = None) -> str:
    """The address of a list with these parameters. Another page is another cursor."""
    pairs = [
        (name, value) for name, values in given.items() if name != "cursor" for value in values
    ]
    if cursor is not None:
        pairs.append(("cursor", cursor))
    return f"{path}?{urlencode(pairs)}" if pairs else path


def here(path: str, given: Values) -> str:
    """The address of this very page of the list."""
    return address(path, given, cursor="".join(given.get("cursor", [])[:1]) or None)


# --- facets ----------------------------------------------------------------------------------


class ShownValue(NamedTuple):
    value: str
    label: str
    found: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet as checkboxes: `first` in view, `rest` folded away (open when one is chosen)."""

    name: str
    label: str
    first: Sequence[ShownValue]
    rest: Sequence[ShownValue]
    is_exact: bool

    @property
    def is_open(self) -> bool:
        return any(each.is_chosen for each in self.rest)


def shown_facet(asking: Asking, facet: Facet, given: Values) -> ShownFacet:
    """A facet with the chosen values ticked; a chosen one that nothing has counts 0."""
    chosen = given.get(facet.name, [])
    label = value_labels(asking).get(facet.name, str)
    counted = [
        ShownValue(each.value, label(each.value), each.count, each.value in chosen)
        for each in facet.values
    ]
    known = {each.value for each in counted}
    missing = [
        ShownValue(value, label(value), 0, is_chosen=True) for value in chosen if value not in known
    ]
    values = [*counted, *missing]
    # One more is no longer than the line that would fold it away.
    cut = SHOWN_AT_ONCE if len(values) > SHOWN_AT_ONCE + 1 else len(values)
    return ShownFacet(facet.name, facet.label, values[:cut], values[cut:], facet.is_exact)


def value_labels(asking: Asking) -> dict[str, Callable[[str], str]]:
    """Filter → what its values are called."""
    named: dict[str, Callable[[str], str]] = {"kind": lambda name: kind_named(name).label_plural}
    terms = (each for each in asking.filters if isinstance(each, TermFilter))
    return named | {each.name: each.value_label for each in terms}


def date_fields(asking: Asking, given: Values) -> list[dict[str, str]]:
    """The filters by date as pairs of fields, with what was typed."""
    return [
        {
            "name": each.name,
            "label": each.label,
            "begin": "".join(given.get(f"{each.name}.from", [])[:1]),
            "end": "".join(given.get(f"{each.name}.to", [])[:1]),
        }
        for each in asking.filters
        if isinstance(each, DateFilter)
    ]


def hidden(asking: Asking, given: Values) -> list[tuple[str, str]]:
    """Parameters that the form has no field for, so that it does not lose them."""
    shown = {*asking.facet_names, "cursor"}
    for each in asking.filters:
        if isinstance(each, DateFilter):
            shown |= {parameter.name for parameter in each.parameters()}
    return [(n, value) for n, values in given.items() if n not in shown for value in values]


# --- what is chosen --------------------------------------------------------------------------


class Chip(NamedTuple):
    """One chosen value, and the address of the list without it."""

    label: str
    value: str
    without: str


def chips(path: str, asking: Asking, given: Values) -> list[Chip]:
    """Everything that narrows the list, each with the way to take it back."""
    names = {
        k: str(entry.shown["name"]) for k, entry in reading.known(keys_in(asking, given)).items()
    }
    return [
        Chip(label, shown, address(path, _without(given, name, value)))
        for name, value, label, shown in in_words(asking, given, names)
    ]


def keys_in(asking: Asking, given: Values) -> list[str]:
    """The keys of entries that the filters of a list name."""
    declared = _filtering_parameters(asking)
    return [
        value
        for name, values in given.items()
        if name in declared and "x-entry" in declared[name].schema
        for value in values
    ]


def in_words(
    asking: Asking, given: Values, names: Mapping[str, str]
) -> list[tuple[str, str, str, str]]:
    """Parameter, value, what both are called: for each value that narrows the list.

    `names`: key → name of an entry.
    """
    declared = _filtering_parameters(asking)
    return [
        (
            name,
            value,
            _label(asking, name),
            names.get(value) or _value_label(asking, declared[name], value),
        )
        for name, values in given.items()
        if name in declared
        for value in values
    ]


def _filtering_parameters(asking: Asking) -> dict[str, Parameter]:
    return declared_by(p for each in asking.filters for p in each.parameters())


_SUFFIXES = {".all": " (all of)", ".not": " (none of)", ".from": " from", ".to": " to"}


def _label(asking: Asking, name: str) -> str:
    plain, suffix = name, ""
    for ending, words in _SUFFIXES.items():
        if name.endswith(ending):
            plain, suffix = name.removesuffix(ending), words
    for each in asking.filters:
        if each.name == plain and isinstance(each, TermFilter | DateFilter):
            return each.label + suffix
    if plain.startswith("exists."):
        return f"Has {plain.removeprefix('exists.').replace('_', ' ')}"
    return plain.replace("_", " ").capitalize() + suffix


def _value_label(asking: Asking, parameter: Parameter, value: str) -> str:
    plain = parameter.name.removesuffix(".all").removesuffix(".not")
    if (label := value_labels(asking).get(plain)) is not None:
        return label(value)
    if value in ("true", "false"):
        return "yes" if value == "true" else "no"
    if parameter.name.endswith((".from", ".to")) or parameter.name == "on":
        return readable_date(value)
    return value.replace("-", " ") if "enum" in parameter.schema else value


def _without(given: Values, name: str, value: str) -> dict[str, list[str]]:
    kept = {n: [v for v in values if (n, v) != (name, value)] for n, values in given.items()}
    return {n: values for n, values in kept.items() if values and n != "cursor"}


def sorts(path: str, given: Values, chosen: str, *, is_dated: bool) -> list[dict[str, Any]]:
    """The orders that pages offer, each with its address; an order of its own for what is asked."""
    offered = [each for each in SORTS if is_dated or "date" not in each[0]]
    return [
        {
            "label": label,
            "is_chosen": name == chosen,
            "address": address(path, {**_uncut(given), "sort": [name]}),
        }
        for name, label in offered
    ]


def _uncut(given: Values) -> dict[str, Sequence[str]]:
    return {name: values for name, values in given.items() if name != "cursor"}
