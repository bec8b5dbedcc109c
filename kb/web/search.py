"""Search over all kinds at once: passages, facets, and what may have been meant."""

from collections.abc import Mapping, Sequence
from functools import partial
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from kb.filters import Condition, Parameter, Values
from kb.formats.signposts import of_feed
from kb.kinds import kind_named
from kb.parameters import UnreadableAddress, WrongParameters, one_of
from kb.publication import lists
from kb.publication.lists import Asked, Asking, Facet, FacetValue
from kb.publication.passages import Piece
from kb.publication.searching import Found, SearchResult, search
from kb.web.lists import (
    address,
    chips,
    given_in,
    hidden,
    refused,
    shown_facet,
    watch_address,
)
from kb.web.pages import absolute, page, public_page
from kb.web.rows import listed

PATH = "/search/"
SIZE = 25  # results of a page
MOST_PAGES = 40
LONGEST = 500  # characters of a question

Q = Parameter("q", "Words, and phrases in quotes.", {"type": "string"})
PAGE = Parameter(
    "page", "Which page of the results.", {"type": "integer", "minimum": 1, "maximum": MOST_PAGES}
)
OWN = {parameter.name: parameter for parameter in (Q, PAGE)}


def signposts(request: HttpRequest) -> str:
    """Where the feed of a search is."""
    given = {name: values for name, values in _given(request).items() if name != "page"}
    query = urlencode(given, doseq=True)
    return of_feed("search", settings.PUBLIC_URL, query) if "q" in given else ""


def _given(request: HttpRequest) -> Values:
    """The parameters; however much was pasted, the beginning is a question."""
    given = given_in(request)
    return given | {"q": [given["q"][0][:LONGEST]]} if "q" in given else given


@partial(public_page, links=signposts)
def search_page(request: HttpRequest) -> HttpResponse:
    """`/search/?q=`: everything that has these words."""
    asking = lists.asking_for(None)
    try:
        given = _given(request)
        asked = lists.asked_of(asking, given, {**asking.declared, **OWN})
    except (WrongParameters, UnreadableAddress) as problem:
        return refused(request, None, problem)
    question = one_of(given, "q") or ""
    context: dict[str, Any] = {
        "query": question,
        "address": absolute(request, address(PATH, given)),
    }
    if question:
        context |= _results(asking, asked, given, question)
    return page(request, "kb/search.html", context)


def _results(asking: Asking, asked: Asked, given: Values, question: str) -> dict[str, Any]:
    number = int(one_of(given, "page") or 1)
    found = search(
        question,
        filters=asked.conditions,
        facets=asking.facet_names,
        facet_filters=_filters_without(asking, asked),
        limit=SIZE,
        offset=(number - 1) * SIZE,
    )
    unpaged = {name: values for name, values in given.items() if name != "page"}
    return {
        "found": found,
        "results": [_shown(each) for each in found.items],
        "facets": [
            shown_facet(asking, facet, given) for facet in _facets(asking, found) if facet.values
        ],
        "hidden": hidden(asking, unpaged),
        "chips": chips(PATH, asking, unpaged),
        "first": (number - 1) * SIZE + 1,
        "next": address(PATH, {**unpaged, "page": [str(number + 1)]})
        if found.next_offset is not None and number < MOST_PAGES
        else "",
        "prev": address(PATH, {**unpaged, "page": [str(number - 1)]} if number > 2 else unpaged)
        if number > 1
        else "",
        "meant": [{**each, "path": f"/entries/{each['key']}/"} for each in found.did_you_mean],
        "without_filters": address(PATH, {"q": [question]}) if asked.conditions else "",
        "api": address("/api/v1/search", unpaged),
        "feed": address("/api/v1/feeds/search.atom", unpaged),
        "watch": watch_address(address("search:", unpaged).replace("?", "", 1)),
    }


def _filters_without(asking: Asking, asked: Asked) -> Mapping[str, Sequence[Condition]]:
    """For each facet with a chosen value: the conditions of all other filters."""
    return {
        name: [
            condition
            for each in asking.filters
            for condition in each.conditions(
                {n: values for n, values in asked.values.items() if n != name}
            )
        ]
        for name in asking.facet_names
        if name in asked.values
    }


def _facets(asking: Asking, found: SearchResult) -> list[Facet]:
    labels = {"kind": "Kind"} | {facet.name: facet.label for facet in asking.facets}
    return [
        Facet(
            name,
            labels[name],
            [FacetValue(value, _label(name, value), count) for value, count in counts.items()],
            found.facets_are_exact,
        )
        for name, counts in found.facets.items()
    ]


def _label(name: str, value: str) -> str:
    return kind_named(value).label_plural if name == "kind" else value


def _shown(found: Found) -> dict[str, Any]:
    row = listed(found.summary)
    has_match = any(is_match for _text, is_match in found.passage)
    return {**row._asdict(), "passage": marked(found.passage) if has_match else ""}


def marked(pieces: Sequence[Piece]) -> SafeString:
    """A passage with its matches marked."""
    shown = (
        f"<mark>{escape(text)}</mark>" if is_match else escape(text) for text, is_match in pieces
    )
    return SafeString("".join(shown))
