"""The timeline as a page: what happened, year by year, filtered like a list."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from governance.analyses.happenings import WHAT, happenings, per_year
from governance.analyses.timeline import Happening, Line, by_year, lines_of
from governance.api.timeline import (
    FILTERS,
    OLDEST,
    is_falling,
    refuse_bad_dates,
    timeline_asked,
    url_of,
)
from governance.pictures.timeline import density_picture, years_of
from governance.vocabularies import MEMBERSHIP_ROLES, PARTICIPATION_ACTIONS, STANCES, TOPICS
from kb.filters import Parameter, Values, WrongValue
from kb.kinds import kind_named, kinds
from kb.parameters import (
    UnreadableAddress,
    Wrong,
    WrongParameters,
    declared_by,
    one_of,
    wrong_in,
)
from kb.publication import reading
from kb.publication.body import NOTHING, link, readable_date, short_date, text_of
from kb.publication.cursors import Place, WrongCursor, opened, sealed, window
from kb.publication.lists import CURSOR_SCHEMA, with_survivors
from kb.publication.markdown import inline_html
from kb.web.lists import given_in
from kb.web.pages import absolute, page, public_page
from kb.web.pictured import Column, Pictured, shown

JSON = dict[str, Any]

PATH = "/timeline/"
API = "/api/v1/timeline"
TEMPLATE = "governance/timeline.html"
SIZE = 80  # happenings of a page; those that read as one are one line
FILTERING = ("what", "kind", "topic", "about", "from", "to")

_LABELS: Mapping[str, Callable[[str], str]] = {
    "what": lambda value: WHAT[value],
    "kind": lambda value: kind_named(value).label_plural,
    "topic": TOPICS.label_of,
    "about": str,
    "from": readable_date,
    "to": readable_date,
}
_NAMES = {
    "what": "What",
    "kind": "Kind",
    "topic": "Topic",
    "about": "About",
    "from": "From",
    "to": "To",
}
_WORDS: Mapping[str, str] = {
    "proposed": "Proposed: ",
    "founded": "Founded: ",
    "dissolved": "Dissolved: ",
    "adopted": "Adopted: ",
    "in-force": "In force: ",
    "ended": "Ended: ",
    "held": "",
    "published": "Published: ",
}

_ACTS: Mapping[str, str] = {
    "abstained": "abstained on",
    "withdrew": "withdrew from",
    "unsigned": "took back what it had put under",
    "reserved": "made a reservation to",
}
"""Acts whose label does not stand before what they are about."""


@public_page
def timeline_page(request: HttpRequest) -> HttpResponse:
    """`/timeline/`: a page of it, or what is wrong with the address."""
    try:
        given = given_in(request)
        values, place = checked(given)
    except UnreadableAddress as problem:
        return _wrong(request, [Wrong("address", "invalid", str(problem))])
    except WrongParameters as problem:
        return _wrong(request, problem.errors)
    return page(request, TEMPLATE, _context(request, values, place))


def _wrong(request: HttpRequest, errors: Sequence[Wrong]) -> HttpResponse:
    context = {
        "errors": [{"parameter": each.parameter, "detail": each.detail} for each in errors],
        "current": "timeline",
        "form": _form({}),
    }
    return page(request, TEMPLATE, context, status=400)


def checked(given: Values) -> tuple[Values, Place | None]:
    """The parameters, and where the page begins. Raises WrongParameters."""
    declared = declared_by((*FILTERS, Parameter("cursor", "Where to go on.", CURSOR_SCHEMA)))
    wrong = wrong_in(given, declared)
    bad = {error.parameter for error in wrong}
    usable = {n: v for n, v in given.items() if n in declared and n not in bad}
    values, unknown = with_survivors(usable, declared)
    if wrong or unknown:
        raise WrongParameters([*wrong, *unknown])
    refuse_bad_dates(values)
    cursor = one_of(values, "cursor")
    try:
        return values, opened(cursor, _identity(values)) if cursor else None
    except WrongCursor as problem:
        raise WrongParameters([Wrong("cursor", "invalid", str(problem))]) from None


def _identity(values: Values) -> str:
    return f"timeline {query_of(values)}"


def query_of(values: Values) -> str:
    """Filters and order as they stand in an address."""
    return urlencode([(n, v) for n in (*FILTERING, "sort") for v in values.get(n, ())])


def _at(values: Values, **changed: Sequence[str]) -> str:
    query = query_of({**values, **changed})
    return f"{PATH}?{query}" if query else PATH


def _context(request: HttpRequest, values: Values, place: Place | None) -> JSON:
    asked, falling = timeline_asked(values), is_falling(values)
    backwards = place is not None and place.backwards
    found = happenings(
        asked,
        limit=SIZE + 1,
        beyond=place.values if place else None,
        is_falling=falling != backwards,
    )
    shown_rows = window(found, SIZE, place)
    counts = per_year(asked, reading.state())
    rows = shown_rows.rows
    query = query_of(values)
    address = absolute(request, _at(values))
    return {
        "current": "timeline",
        "form": _form(values),
        "chips": _chips(values),
        "total": sum(counts.values()),
        "years": [
            {"year": year, "lines": [_line(line) for line in lines]}
            for year, lines in by_year(lines_of(rows))
        ],
        "picture": shown(request, pictured(values, counts)) if counts else None,
        "jumps": _jumps(values, counts),
        "next": _page_at(values, Place(rows[-1].place)) if shown_rows.has_next else "",
        "prev": _page_at(values, Place(rows[0].place, backwards=True))
        if shown_rows.has_prev
        else "",
        "sorts": [
            {"label": label, "address": _at(values, sort=sort), "is_chosen": is_chosen}
            for label, sort, is_chosen in (
                ("Newest", [], falling),
                ("Oldest", [OLDEST], not falling),
            )
        ],
        "api": f"{API}?{query}" if query else API,
        "csv": f"{API}.csv?{query}" if query else f"{API}.csv",
        "address": address,
        "cite_as": f"“Timeline”, {settings.SITE_NAME}, {address}",
    }


def _page_at(values: Values, place: Place) -> str:
    cursor = urlencode({"cursor": sealed(place, _identity(values))})
    query = query_of(values)
    return f"{PATH}?{query}&{cursor}" if query else f"{PATH}?{cursor}"


def _line(line: Line) -> JSON:
    """Happenings that read as one: the date, and a sentence around the name of the entry.

    `by`: the actors, where there are several.
    """
    row = line.first
    actors = [link(each.actor) for each in line.all if each.actor]
    before, after = _around(row, actors)
    return {
        "date": SafeString(f'<a class="at" href="{url_of(row)}">{short_date(row.date)}</a>'),
        "before": before,
        "entry": link(row.entry),
        "after": after,
        "by": actors if len(actors) > 1 else [],
    }


def _around(row: Happening, actors: Sequence[SafeString]) -> tuple[SafeString, SafeString]:
    """What stands before and after the name of the entry: "Albania signed …", "… joined …"."""
    if row.what == "milestone":
        return NOTHING, SafeString(f": {inline_html(row.said)}")
    if row.what in _WORDS:
        return text_of(_WORDS[row.what]), NOTHING
    who = actors[0] if len(actors) == 1 else SafeString(f"{len(actors)} actors")
    verb, after = _verb(row)
    return SafeString(f"{who} {text_of(verb)} "), text_of(after)


def _verb(row: Happening) -> tuple[str, str]:
    """What an actor did, before and after what it did it to."""
    if row.what == "position":
        label = STANCES.label_of(row.said)
        return (f"{label} on", "") if row.said == "mixed" else (label, "")
    if row.what == "act":
        return _ACTS.get(row.said) or PARTICIPATION_ACTIONS.label_of(row.said).lower(), ""
    return row.what, f" ({MEMBERSHIP_ROLES.label_of(row.said).lower()})"


def _jumps(values: Values, counts: Mapping[int, int]) -> list[JSON]:
    """Decades with their years, each with the address of the timeline from there on."""
    end = "from" if not is_falling(values) else "to"
    decades: dict[int, list[JSON]] = {}
    for year in sorted(counts, reverse=is_falling(values)):
        jump = {
            "year": year,
            "count": counts[year],
            "address": _at(values, **{end: [f"{year:04}"]}) + "#years_",
        }
        decades.setdefault(year - year % 10, []).append(jump)
    return [{"decade": decade, "years": years} for decade, years in decades.items()]


# --- the picture -----------------------------------------------------------------------------


def drawn(request: HttpRequest) -> Pictured | HttpResponse:
    """The picture of how much happened each year. Raises WrongValue."""
    try:
        values, _place = checked(given_in(request))
    except WrongParameters as problem:
        first = problem.errors[0]
        raise WrongValue(first.parameter, f"{first.parameter}: {first.detail}") from None
    except UnreadableAddress as problem:
        raise WrongValue("address", str(problem)) from None
    return pictured(values, per_year(timeline_asked(values), reading.state()))


def pictured(values: Values, counts: Mapping[int, int]) -> Pictured:
    query = query_of(values)
    what = ", ".join(WHAT[each] for each in values.get("what", ())) or "What happened"
    return Pictured(
        picture=density_picture(counts, what),
        columns=(Column("year", "Year"), Column("count", "Happenings", is_number=True)),
        rows=[{**row, "year": str(row["year"])} for row in years_of(counts)],
        path="/timeline/density",
        query=query,
        page=_at(values),
        file_name="timeline",
        api=f"{API}?{query}" if query else API,
        empty="" if counts else "Nothing dated fits all of these filters.",
    )


# --- the form --------------------------------------------------------------------------------


def _chips(values: Values) -> list[JSON]:
    names = reading.known(values.get("about", ()))
    return [
        {
            "label": _NAMES[name],
            "value": names[value].shown["name"] if name == "about" else _LABELS[name](value),
            "without": _at(values, **{name: [v for v in values[name] if v != value]}),
        }
        for name in FILTERING
        for value in values.get(name, ())
    ]


def _form(values: Values) -> JSON:
    def ticks(name: str, pairs: Sequence[tuple[str, str]]) -> list[JSON]:
        chosen = values.get(name, ())
        return [{"value": v, "label": label, "is_chosen": v in chosen} for v, label in pairs]

    fields = {name: "".join(values.get(name, ())[:1]) for name in ("about", "from", "to", "sort")}
    return {
        **fields,
        "begin": fields["from"],
        "what": ticks("what", list(WHAT.items())),
        "kinds": ticks("kind", [(kind.name, kind.label_plural) for kind in kinds()]),
        "topics": ticks("topic", [(term.value, term.label) for term in TOPICS]),
        "is_open": bool(values.get("topic")),
    }
