"""The network around an entry as a page: drawing, form, and every tie in a table."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from governance.analyses.network import Network
from governance.analyses.ties import DETAILS, LABELS, RELATIONS, Found, network_around
from governance.api.network import PARAMETERS, asked_of, refuse_undated
from governance.pictures.network import network_picture
from kb.documents.inexact_dates import InexactDate
from kb.filters import Values, WrongValue
from kb.kinds import kind_named
from kb.parameters import (
    UnreadableAddress,
    Wrong,
    WrongParameters,
    declared_by,
    one_of,
    wrong_in,
)
from kb.publication import reading
from kb.publication.body import link
from kb.publication.lists import with_survivors
from kb.web.lists import given_in
from kb.web.pages import absolute, page, public_page
from kb.web.pictured import Column, Pictured, shown

JSON = dict[str, Any]

PATH = "/network/"
HERE = {"current": "network"}
API = "/api/v1/network"
TEMPLATE = "governance/network.html"
EXAMPLES = (
    ("CERN", "cern"),
    ("The United States", "united-states"),
    ("China, two steps out", "china&depth=2"),
    ("A CERN for AI", "cern-for-ai"),
)
COLUMNS = (
    Column("from", "Entry"),
    Column("relation", "Relation"),
    Column("to", "Other entry"),
    Column("when", "When"),
    Column("statement", "Statement"),
)
FORMATS = (
    ("csv", "CSV"),
    ("graphml", "GraphML"),
    ("gexf", "GEXF"),
)


@public_page
def network_page(request: HttpRequest) -> HttpResponse:
    """`/network/?around=`: nothing chosen yet, a network, or what is wrong with the address."""
    try:
        given = given_in(request)
        if not given:
            return page(request, TEMPLATE, {**HERE, "form": _form({}), "examples": _examples()})
        values, entry = checked(given)
    except UnreadableAddress as problem:
        return _wrong(request, {}, [Wrong("around", "invalid", str(problem))])
    except WrongParameters as problem:
        return _wrong(request, given, problem.errors)
    found = network_around(asked_of(values, entry))
    return page(request, TEMPLATE, _context(request, values, found))


def _wrong(request: HttpRequest, given: Values, errors: Sequence[Wrong]) -> HttpResponse:
    context = {
        **HERE,
        "form": _form(given),
        "errors": [{"parameter": each.parameter, "detail": each.detail} for each in errors],
        "examples": _examples(),
    }
    return page(request, TEMPLATE, context, status=400)


def checked(given: Values) -> tuple[Values, reading.Known]:
    """The parameters and the entry in the middle. Raises WrongParameters."""
    declared = declared_by(PARAMETERS)
    wrong = wrong_in(given, declared, ("around",))
    bad = {error.parameter for error in wrong}
    usable = {n: v for n, v in given.items() if n in declared and n not in bad}
    values, unknown = with_survivors(usable, declared)
    if wrong or unknown:
        raise WrongParameters([*wrong, *unknown])
    refuse_undated(values)
    (key,) = values["around"]
    entry = reading.known([key])[key]
    if entry.shown.get("status"):
        detail = f"“{entry.shown['name']}” is not in view any more. Choose another entry."
        raise WrongParameters([Wrong("around", "invalid", detail)])
    return values, entry


def drawn(request: HttpRequest) -> Pictured | HttpResponse:
    """The picture of the network. Raises WrongValue."""
    try:
        values, entry = checked(given_in(request))
    except WrongParameters as problem:
        first = problem.errors[0]
        raise WrongValue(first.parameter, f"{first.parameter}: {first.detail}") from None
    except UnreadableAddress as problem:
        raise WrongValue("around", str(problem)) from None
    return pictured(values, network_around(asked_of(values, entry)))


def pictured(values: Values, found: Found) -> Pictured:
    """The picture with a row for every tie."""
    network, query = found.network, query_of(values)
    middle = found.shown[network.around]["name"]
    return Pictured(
        picture=network_picture(network, found.shown),
        columns=COLUMNS,
        rows=[_row(found, tie) for tie in network.ties],
        path="/network/picture",
        query=query,
        page=f"{PATH}?{query}",
        file_name=f"network-{network.around}",
        api=f"{API}?{query}",
        empty="" if network.ties else f"{middle} is tied to nothing here that we know of.",
    )


def query_of(values: Values) -> str:
    pairs = [
        (name, v) for name in ("around", "depth", "relation", "on") for v in values.get(name, ())
    ]
    return urlencode(pairs)


def _row(found: Found, tie: Any) -> JSON:
    source = found.shown[tie.source]
    place = f"#{tie.statement}" if tie.statement else ""
    return {
        "from": source,
        "relation": relation_words(tie),
        "to": found.shown[tie.target],
        "when": " ".join(
            part for part in (tie.when, "(possibly)" if tie.certainty == "possible" else "") if part
        ),
        "statement": f"/{kind_named(source['kind']).plural}/{tie.source}/{place}",
    }


def relation_words(tie: Any) -> str:
    """What stands between the two: "has as member (observer)"."""
    detail = DETAILS.get(tie.detail, "")
    label = LABELS[tie.relation]
    return f"{label} ({detail.lower()})" if detail else label


# --- the page --------------------------------------------------------------------------------


def _context(request: HttpRequest, values: Values, found: Found) -> JSON:
    network = found.network
    middle = found.shown[network.around]
    query = query_of(values)
    on = one_of(values, "on")
    address = absolute(request, f"{PATH}?{query}")
    return {
        **HERE,
        "form": _form(values),
        "middle": middle,
        "middle_link": link(middle),
        "on": InexactDate.parse(on).readable if on else "",
        "picture": shown(request, pictured(values, found)),
        "left_out": left_out(network),
        "groups": _groups(found),
        "total": len(network.steps) - 1,
        "ties": len(network.ties),
        "chips": _chips(values),
        "further": "" if one_of(values, "depth") == "2" else _but(values, depth=["2"]),
        "nearer": _but(values, depth=[]) if one_of(values, "depth") == "2" else "",
        "formats": [
            {"label": label, "address": f"{API}.{suffix}?{query}"} for suffix, label in FORMATS
        ],
        "api": f"{API}?{query}",
        "address": address,
        "cite_as": f"“Entries tied to {middle['name']}”, {settings.SITE_NAME}, {address}",
    }


def _but(values: Values, **changed: Sequence[str]) -> str:
    return f"{PATH}?{query_of({**values, **changed})}"


def _chips(values: Values) -> list[JSON]:
    return [
        {
            "label": "Relation",
            "value": LABELS[relation],
            "without": _but(values, relation=[v for v in values["relation"] if v != relation]),
        }
        for relation in values.get("relation", ())
    ]


def _groups(found: Found) -> list[JSON]:
    """The entries by step and kind, each with the address of its own network."""
    network = found.network
    keys = sorted(
        (key for key in network.steps if key != network.around),
        key=lambda key: (
            network.steps[key],
            found.shown[key]["kind"],
            found.shown[key]["name"].casefold(),
            key,
        ),
    )
    return [
        {
            "step": step,
            "kind": kind_named(kind).label_plural,
            "rows": [{"key": key, "link": link(found.shown[key])} for key in its],
        }
        for (step, kind), its in groupby(
            keys, key=lambda key: (network.steps[key], found.shown[key]["kind"])
        )
    ]


def left_out(network: Network) -> str:
    """What is not shown, in numbers; "" where everything is."""
    names = (("near", "one step away"), ("far", "two steps away"))
    parts = [
        f"{network.left_out[name]:,} entries {where}"
        for name, where in names
        if network.left_out.get(name)
    ]
    if network.left_out.get("ties"):
        parts.append(f"{network.left_out['ties']:,} ties")
    if not parts:
        return "" if network.is_counted else "There is more than could be read at once."
    least = "" if network.is_counted else "at least "
    return f"Not shown: {least}{', '.join(parts)}. Those with most ties come first."


def _form(values: Values) -> JSON:
    chosen = values.get("relation", ())
    return {
        "around": "".join(values.get("around", ())[:1]),
        "depth": "".join(values.get("depth", ())[:1]) or "1",
        "on": "".join(values.get("on", ())[:1]),
        "relations": [
            {"value": name, "label": LABELS[name], "is_chosen": name in chosen}
            for name in RELATIONS
        ],
        "is_open": bool(chosen),
    }


def _examples() -> list[JSON]:
    return [{"name": name, "address": f"{PATH}?around={query}"} for name, query in EXAMPLES]
