"""The pages and pictures of who belongs: `/bodies/…/membership/`, `/instruments/…/participation/`.

Both are the same page about different rows; `Place` says what differs.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from django.utils.safestring import SafeString

from governance.analyses.belonging import Found, belongings_of
from governance.analyses.membership import Belongings, Member, overlay
from governance.vocabularies import MEMBERSHIP_ROLES, PARTICIPATION_ACTIONS
from governance.web.choices import choices
from governance.web.membership_drawings import (
    LOOKS,
    Wording,
    bars,
    growth,
    readable,
    tile_map,
    wording,
)
from kb.documents.vocabulary import Vocabulary
from kb.filters import WrongValue, day_of
from kb.pictures.grids import Look
from kb.publication.body import NOTHING, text_of
from kb.templatetags.frame import day as day_in_table
from kb.web.additions import Entry, Section
from kb.web.entries import absent
from kb.web.outlines import filled
from kb.web.pages import daily_page, page, today
from kb.web.pictured import Column, Pictured, picture_routes, shown

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of this kind is, and the lists of the API behind it."""

    kind: str
    plural: str
    name: str
    rows: str
    history: str
    roles: Vocabulary

    def path(self, key: str) -> str:
        return f"/{self.plural}/{key}/{self.name}/"

    def api(self, key: str, what: str) -> str:
        return f"/api/v1/{self.plural}/{key}/{what}"


MEMBERSHIP = Place(
    "body", "bodies", "membership", "members", "membership-history", MEMBERSHIP_ROLES
)
PARTICIPATION = Place(
    "instrument",
    "instruments",
    "participation",
    "participation",
    "participation-history",
    PARTICIPATION_ACTIONS,
)
PLACES = (MEMBERSHIP, PARTICIPATION)


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for: whose rows, on which day, beside whose other rows."""

    place: Place
    found: Found
    other: Found | None
    on: date
    is_dated: bool

    @property
    def query(self) -> str:
        """What of the address is kept in those of pictures."""
        parts = [f"on={self.on}"] if self.is_dated else []
        return "&".join([*parts, *([f"with={self.other.owner.key}"] if self.other else [])])

    @property
    def page(self) -> str:
        own = self.place.path(self.found.owner.key)
        return f"{own}?{self.query}" if self.query else own

    @property
    def words(self) -> Wording:
        return wording(self.place.kind, self.found.belongings)

    @property
    def version(self) -> str:
        owner = self.found.owner
        return f"revision {owner.number}, {day_in_table(owner.published_at)}"

    @property
    def heading(self) -> str:
        return f"{self.words.many.capitalize()} {self.words.of} {self.found.owner.name}"


def asked_of(request: HttpRequest, place: Place, key: str) -> Asked | HttpResponse:
    """What is asked for, or the answer where there is no such entry. Raises WrongValue."""
    written, other = (request.GET.get(name, "").strip() for name in ("on", "with"))
    on = day_of("on", written) if written else today()
    keys = [key, *([other] if other and other != key else [])]
    found = belongings_of(place.kind, keys)
    if key not in found:
        return absent(request, key, f"{place.name}/")
    if other and other not in found:
        raise WrongValue("with", f"There is no {place.kind} “{other[:80]}”. Give the key of one.")
    beside = found[other] if other and other != key else None
    return Asked(place, found[key], beside, on, is_dated=bool(written))


# --- the pictures ----------------------------------------------------------------------------

OF_MAP = (
    Column("actor", "Who"),
    Column("name"),
    Column("country", "Code"),
    Column("standing", "Standing"),
)
OF_BARS = (
    Column("actor", "Who"),
    Column("name"),
    Column("role", "Role or act"),
    Column("certain_from", "Certainly from"),
    Column("certain_before", "until before"),
    Column("possible_from", "Possibly from"),
    Column("possible_before", "until before "),
)
OF_COUNT = (
    Column("day", "From"),
    Column("certain", "Certain", is_number=True),
    Column("possible", "Possible", is_number=True),
)


def draw_map(request: HttpRequest, place: Place, key: str) -> Pictured | HttpResponse:
    """`…/map`: who belonged on a day, as tiles."""
    asked = asked_of(request, place, key)
    return asked if isinstance(asked, HttpResponse) else map_of(asked)


def map_of(asked: Asked) -> Pictured:
    drawn = _overlaid(asked) if asked.other else _alone(asked)
    rows = [
        {
            "actor": _entry(member),
            "name": member.name,
            "country": member.code,
            "standing": standing,
        }
        for member, standing in sorted(drawn.standings.items())
    ]
    owner, place = asked.found.owner, asked.place
    return Pictured(
        picture=tile_map("map", drawn.title, drawn.said, drawn.looks, drawn.labels),
        columns=OF_MAP,
        rows=rows,
        path=f"{place.path(owner.key)}map",
        query=asked.query,
        page=asked.page,
        file_name=f"{owner.key}-{place.name}-{asked.on}",
        version=asked.version,
        api=f"{place.api(owner.key, place.rows)}?on={asked.on}",
        said=drawn.said,
        empty=""
        if drawn.looks
        else f"Nobody yet on {readable(asked.on)}, as far as the sources know.",
    )


class Drawn(NamedTuple):
    """What a map shows: looks and what they mean, how each actor stands, and both in words."""

    looks: Mapping[Member, Look]
    labels: Mapping[Look, str]
    standings: Mapping[Member, str]
    title: str
    said: str


def _alone(asked: Asked) -> Drawn:
    """The map of one."""
    words, its = asked.words, asked.found.belongings
    count, standings = its.count(asked.on), its.standings(asked.on)
    possible = count.possible - count.certain
    more = f", and {possible:,} possibly" if possible else ""
    return Drawn(
        {member: LOOKS[standing] for member, standing in standings.items()},
        words.looks,
        {member: words.standings[standing] for member, standing in standings.items()},
        f"{asked.heading} on {readable(asked.on)}",
        f"On {readable(asked.on)}: {words.counted(count.certain)}{more}.",
    )


def _overlaid(asked: Asked) -> Drawn:
    """The map of two, laid over each other."""
    assert asked.other is not None
    first, second = asked.found.owner.name, asked.other.owner.name
    looks: dict[Member, Look] = {
        **overlay(
            asked.found.belongings.standings(asked.on), asked.other.belongings.standings(asked.on)
        )
    }
    labels: dict[Look, str] = {
        "both": "Both",
        "first": f"Only {first}",
        "second": f"Only {second}",
        "open": "Possibly in one or both: the dates leave it open",
        "none": "Neither",
    }
    counts = Counter(looks.values())
    said = (
        f"On {readable(asked.on)}: {counts['both']:,} in both, {counts['first']:,} "
        f"only in {first}, {counts['second']:,} only in {second}."
    )
    if counts["open"]:
        said += f" Of {counts['open']:,} the dates leave it open."
    title = f"{asked.heading} and of {second} on {readable(asked.on)}"
    return Drawn(looks, labels, {m: labels[look] for m, look in looks.items()}, title, said)


def draw_bars(request: HttpRequest, place: Place, key: str) -> Pictured | HttpResponse:
    """`…/bars`: when each belonged, one row an actor."""
    asked = asked_of(request, place, key)
    return asked if isinstance(asked, HttpResponse) else bars_of(asked)


def bars_of(asked: Asked) -> Pictured:
    owner, place, its = asked.found.owner, asked.place, asked.found.belongings
    rows = [
        {
            "actor": _entry(member),
            "name": member.name,
            "role": place.roles.label_of(row.role),
            "certain_from": _day(row.certain.first if row.certain else None),
            "certain_before": _day(row.certain.before if row.certain else None),
            "possible_from": _day(row.possible.first if row.possible else None),
            "possible_before": _day(row.possible.before if row.possible else None),
        }
        for member, stretches in its.by_accession()
        for row in stretches
    ]
    title = f"{asked.heading} through time"
    return Pictured(
        picture=bars("bars", title, its, asked.words, today()),
        columns=OF_BARS,
        rows=rows,
        path=f"{place.path(owner.key)}bars",
        page=place.path(owner.key),
        file_name=f"{owner.key}-{place.name}-through-time",
        version=asked.version,
        api=place.api(owner.key, place.rows),
        empty=_nothing_dated(its),
    )


def draw_count(request: HttpRequest, place: Place, key: str) -> Pictured | HttpResponse:
    """`…/count`: how many there were, through time."""
    asked = asked_of(request, place, key)
    return asked if isinstance(asked, HttpResponse) else count_of(asked)


def count_of(asked: Asked) -> Pictured:
    owner, place, its = asked.found.owner, asked.place, asked.found.belongings
    steps, span = its.history(), its.span(today())
    title = f"Number of {asked.words.many} {asked.words.of} {owner.name} through time"
    rows = [
        {
            "day": _day(max(step.day, span[0])) if span else "",
            "certain": step.count.certain,
            "possible": step.count.possible,
        }
        for step in steps
    ]
    return Pictured(
        picture=growth("count", title, steps, span, asked.words)
        if span and steps
        else tile_map("count", title, "", {}, {}),
        columns=OF_COUNT,
        rows=rows,
        path=f"{place.path(owner.key)}count",
        page=place.path(owner.key),
        file_name=f"{owner.key}-{place.name}-count",
        version=asked.version,
        api=place.api(owner.key, place.history),
        empty=_nothing_dated(its),
    )


def _nothing_dated(its: Belongings) -> str:
    return "" if its.span(today()) else "No date is known of anybody who belongs."


def _entry(member: Member) -> Mapping[str, str]:
    return {"key": member.key, "kind": member.kind, "name": member.name}


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


# --- in the page of an entry -----------------------------------------------------------------

LASTING = date.max  # a day on which only that holds of which no end is known


def membership_section(entry: Entry) -> list[Section]:
    """The map in the page of a body or instrument, with the way to the page of its own.

    Without a day it shows who still belongs as far as is known, so that it is as good tomorrow.
    """
    place = next((each for each in PLACES if each.kind == entry.kind), None)
    found = belongings_of(place.kind, [entry.key]).get(entry.key) if place else None
    if place is None or found is None or not found.belongings.rows:
        return []
    asked = Asked(place, found, None, entry.on or LASTING, is_dated=entry.on is not None)
    drawn = _alone(asked)
    if entry.on is None:
        drawn = drawn._replace(title=asked.heading, said=drawn.said.partition(": ")[2])
    has_map = any(member.code for member in drawn.looks)
    looks, labels = tuple(drawn.looks.items()), tuple(drawn.labels.items())
    values = {
        "picture": _inline(drawn.title, drawn.said, looks, labels) if has_map else NOTHING,
        "said": text_of(drawn.said),
        "path": text_of(asked.page),
    }
    html = filled("governance/sections/_map.html", {}, values)
    title = "On the map" if has_map else "Through time"
    heading = f"{title}, {readable(entry.on)}" if entry.on else title
    return [Section("map_", heading, html)]


@lru_cache(maxsize=128)  # 20 kB each: who belongs changes more seldom than what is published
def _inline(
    title: str,
    said: str,
    looks: tuple[tuple[Member, Look], ...],
    labels: tuple[tuple[Look, str], ...],
) -> SafeString:
    return SafeString(tile_map("members-map", title, said, dict(looks), dict(labels)).inline())


# --- the page --------------------------------------------------------------------------------


@daily_page
def membership_page(request: HttpRequest, place: Place, key: str) -> HttpResponse:
    """The map with its slider, the count and the bars. `?on=` is the day, `?with=` another."""
    if (year := request.GET.get("year", "")).isdigit() and len(year) == 4 and year > "0000":
        return HttpResponseRedirect(_at_end_of(request, int(year)))
    try:
        asked = asked_of(request, place, key)
    except WrongValue as problem:
        context = {"detail": problem.detail, "back": place.path(key)}
        return page(request, "governance/membership_wrong.html", context, status=400)
    if isinstance(asked, HttpResponse):
        return asked
    return page(request, "governance/membership.html", _context(request, asked))


def _at_end_of(request: HttpRequest, year: int) -> str:
    """The permanent address of the last day of a year, or of today where that is still to come."""
    params = request.GET.copy()
    del params["year"]
    params["on"] = str(min(date(year, 12, 31), max(today(), date(year, 1, 1))))
    if not params.get("with"):
        params.pop("with", None)
    return f"{request.path}?{params.urlencode()}"


def _context(request: HttpRequest, asked: Asked) -> JSON:
    owner, its, place = asked.found.owner, asked.found.belongings, asked.place
    span = its.span(today())
    pictures = [map_of(asked), *((count_of(asked), bars_of(asked)) if span else ())]
    return {
        "current": place.plural,
        "owner": owner,
        "entry_path": f"/{place.plural}/{owner.key}/",
        "path": place.path(owner.key),
        "heading": asked.heading,
        "asked": asked,
        "on": readable(asked.on),
        "other": asked.other.owner if asked.other else None,
        "first_year": span[0].year if span else None,
        "last_year": max(today().year, asked.on.year),
        "year": asked.on.year,
        "today": today().isoformat(),
        "choices": [each for each in choices(place.kind) if each.key != owner.key],
        "has_any": bool(its.rows),
        "pictures": [shown(request, each) for each in pictures] if its.rows else [],
        "part": f"{place.path(owner.key)}map/",
    }


def patterns() -> Sequence[URLPattern]:
    """The addresses of both pages and of their pictures."""
    found: list[URLPattern] = []
    for place in PLACES:
        route, own = f"{place.plural}/<str:key>/{place.name}", {"place": place}
        found.append(path(f"{route}/", membership_page, own))
        for name, draw in (("map", draw_map), ("bars", draw_bars), ("count", draw_count)):
            found += picture_routes(f"{route}/{name}", draw, **own)
    return found
