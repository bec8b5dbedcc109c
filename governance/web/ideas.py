"""The map of ideas as a page: what goes together over all proposals, and where gaps are."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from governance.analyses.features import (
    HAS,
    TOPIC,
    Proposed,
    group_of,
    label_of,
    list_path,
    map_of,
    proposals,
)
from governance.analyses.ideas import Feature, Ideas
from governance.pictures.ideas import ideas_picture
from governance.vocabularies import TOPICS
from kb.filters import Values, WrongValue
from kb.parameters import UnreadableAddress, Wrong, WrongParameters, declared_by, wrong_in
from kb.publication.body import link
from kb.web.lists import given_in
from kb.web.pages import absolute, page, public_page
from kb.web.pictured import Column, Pictured, shown

JSON = dict[str, Any]

PATH, API = "/ideas/", "/api/v1/ideas"
TEMPLATE = "governance/ideas.html"
MOST_GAPS = 12
COLUMNS = (
    Column("row", "Feature"),
    Column("column", "Function"),
    Column("count", "Both", is_number=True),
    Column("expected", "By chance", is_number=True),
    Column("gap", "Gap"),
)
GROUP_NAMES = {"function": "function", "design": "design", "scope": "scope", "binding": "force"}


@public_page
def ideas_page(request: HttpRequest) -> HttpResponse:
    """`/ideas/?topic=&has=`: the map, the gaps, and the proposals with the chosen features."""
    try:
        given = _checked(given_in(request))
    except (WrongParameters, UnreadableAddress) as problem:
        errors = (
            problem.errors
            if isinstance(problem, WrongParameters)
            else [Wrong("has", "invalid", str(problem))]
        )
        told = [{"parameter": error.parameter, "detail": error.detail} for error in errors]
        return page(request, TEMPLATE, {"errors": told, "path": PATH, "current": "ideas"}, 400)
    topics, has = given.get("topic", ()), given.get("has", ())
    found = proposals(topics)
    mapped = map_of(found)
    chosen = [each for each in found if each.features >= set(has)] if has else []
    context = {
        "path": PATH,
        "current": "ideas",
        "picture": shown(request, _pictured(mapped, topics)),
        "total": mapped.total,
        "gaps": _gaps(mapped),
        "topics": [
            {"value": term.value, "label": term.label, "is_chosen": term.value in topics}
            for term in TOPICS.terms
        ],
        "has": [{"value": each, "label": named(each)} for each in has],
        "chips": _chips(topics, has),
        "chosen": [link(_label(each)) for each in chosen],
        "api": f"{API}?{_query(topics, has)}",
        "address": absolute(request, _here(topics, has)),
    }
    return page(request, TEMPLATE, context)


def draw_ideas(request: HttpRequest) -> Pictured:
    """The picture as the address asks for it. Raises WrongValue."""
    try:
        topics = _checked(given_in(request)).get("topic", ())
    except WrongParameters as problem:
        raise WrongValue(problem.errors[0].parameter, str(problem)) from None
    return _pictured(map_of(proposals(topics)), topics)


def _checked(given: Values) -> Values:
    if wrong := wrong_in(given, declared_by((TOPIC, HAS))):
        raise WrongParameters(wrong)
    return given


def _pictured(found: Ideas, topics: Sequence[str]) -> Pictured:
    links = {
        (pair.row, pair.column): list_path((pair.column, pair.row), topics) for pair in found.pairs
    }
    about = f", on {', '.join(TOPICS.label_of(each) for each in topics)}" if topics else ""
    title = f"How many proposals have which functions and features together{about}"
    query = _query(topics, ())
    return Pictured(
        picture=ideas_picture(title, found, named, links),
        columns=COLUMNS,
        rows=[
            {
                "row": named(pair.row),
                "column": named(pair.column),
                "count": pair.both,
                "expected": round(pair.expected, 1),
                "gap": "gap" if pair.is_gap else "",
            }
            for pair in found.pairs
        ],
        path="/ideas/map",
        page=_here(topics, ()),
        file_name="map-of-ideas",
        query=query,
        api=f"{API}?{query}" if query else API,
        empty="" if found.pairs else "No proposal has any of these features.",
    )


def named(feature: Feature) -> str:
    """What a feature is called, with what it is of where that is no function."""
    group = group_of(feature)
    label = label_of(feature)
    return label if group == "function" else f"{label} ({GROUP_NAMES[group]})"


def _query(topics: Sequence[str], has: Sequence[str]) -> str:
    pairs = [*(("topic", each) for each in topics), *(("has", each) for each in has)]
    return urlencode(pairs, safe=":")


def _here(topics: Sequence[str], has: Sequence[str]) -> str:
    query = _query(topics, has)
    return f"{PATH}?{query}" if query else PATH


def _gaps(found: Ideas) -> list[JSON]:
    return [
        {"row": named(gap.row), "column": named(gap.column), "expected": round(gap.expected, 1)}
        for gap in found.gaps[:MOST_GAPS]
    ]


def _chips(topics: Sequence[str], has: Sequence[str]) -> list[JSON]:
    of_topics = [
        {
            "label": "Topic",
            "value": TOPICS.label_of(each),
            "without": _here([other for other in topics if other != each], has),
        }
        for each in topics
    ]
    of_features = [
        {
            "label": "Has",
            "value": named(each),
            "without": _here(topics, [other for other in has if other != each]),
        }
        for each in has
    ]
    return [*of_topics, *of_features]


def _label(proposed: Proposed) -> JSON:
    return {"key": proposed.key, "kind": "proposal", "name": proposed.name}
