"""Positions through time as pages: of an actor, and on a proposal."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import URLPattern, path

from governance.analyses.stance_rows import Of, Through, positions_through
from governance.analyses.stances import Lane, StanceChange, Taken
from governance.pictures.stances import Named, stances_picture
from governance.presentation.proposals import stance_values
from governance.vocabularies import STANCES
from governance.web.arguments import with_sources
from kb.documents.fields import KEY
from kb.kinds import kind_named
from kb.pictures.svg import WIDE, Drawing, Picture
from kb.publication import page_reading, reading
from kb.publication.body import Notes, link, short_date, text_of
from kb.publication.markdown import inline_html
from kb.web.entries import absent
from kb.web.pages import absolute, page, public_page
from kb.web.pictured import Column, Pictured, picture_routes, shown

JSON = dict[str, Any]

TEMPLATE = "governance/stances.html"
OTHER: Mapping[Of, str] = {"actor": "proposal", "proposal": "actor"}
KINDS: Mapping[Of, tuple[str, ...]] = {"actor": ("actor", "body"), "proposal": ("proposal",)}


@public_page
def stances_page(request: HttpRequest, key: str, of: Of, plural: str) -> HttpResponse:
    """`/actors/<key>/positions/`, `/proposals/<key>/positions/`."""
    entry = entry_of(key, of)
    if entry is None:
        return absent(request, key, "positions/")
    if kind_named(entry.kind).plural != plural:
        return HttpResponsePermanentRedirect(path_of(entry))
    found = positions_through(of, entry.entry_id)
    changes = found.changes()
    with_sources(
        {
            (c.lane, c.id): found.row(c) for each in changes for c in (each.before, each.after)
        }.values()
    )
    notes = Notes()
    name = str(entry.shown["name"])
    address = absolute(request, path_of(entry))
    context = {
        "current": plural,
        "name": name,
        "of": of,
        "path": f"/{plural}/{key}/",
        "said": summary(found, of),
        "picture": shown(request, pictured(entry, found, of)),
        "changes": [_change(found, change, of, notes) for change in changes],
        "lanes": [_lane(found, lane, of) for lane in found.lanes],
        "notes": notes.html(),
        "api": f"/api/v1/{of}s/{key}/positions?history=true",
        "changes_api": f"/api/v1/{of}s/{key}/stance-changes",
        "address": address,
        "cite_as": f"“{title_of(name, of)}”, {settings.SITE_NAME}, {address}",
    }
    return page(request, TEMPLATE, context)


def _ends(changes: Sequence[StanceChange]) -> list[Taken]:
    """The positions on both sides of changes, each once."""
    return list(dict.fromkeys(end for each in changes for end in (each.before, each.after)))


def entry_of(key: str, of: Of) -> reading.Known | None:
    """The active entry called `key` that has such positions, None where there is none."""
    if not re.match(KEY, key) or page_reading.kind_of(key) not in KINDS[of]:
        return None
    return reading.known([key]).get(key)


def path_of(entry: reading.Known) -> str:
    return f"/{kind_named(entry.kind).plural}/{entry.key}/positions/"


def title_of(name: str, of: Of) -> str:
    return f"Positions of {name} through time" if of == "actor" else f"Positions on {name}"


def summary(found: Through, of: Of) -> str:
    """How much there is, in a sentence."""
    if not found.total:
        return "No position is known yet."
    positions = f"{found.total:,} {'position' if found.total == 1 else 'positions'}"
    least = "" if found.is_whole else "the newest "
    others = len(found.lanes)
    noun = OTHER[of] + ("" if others == 1 else "s")
    changed = sum(bool(lane.changes) for lane in found.lanes)
    change = f"{changed} changed" if changed else "none changed"
    preposition = "on" if of == "actor" else "of"
    return f"{least}{positions} {preposition} {others:,} {noun}; {change}.".capitalize()


def drawn(_request: HttpRequest, key: str, of: Of) -> Pictured | HttpResponse:
    """The picture of one page."""
    entry = entry_of(key, of)
    if entry is None:
        return absent(_request, key)
    return pictured(entry, positions_through(of, entry.entry_id), of)


def pictured(entry: reading.Known, found: Through, of: Of) -> Pictured:
    name = str(entry.shown["name"])
    named = [Named(other_of(found, lane, of)["name"], lane) for lane in found.lanes if lane.dated]
    changed = {change.after for change in found.changes()}
    where = path_of(entry)
    return Pictured(
        picture=stances_picture(title_of(name, of), named) if named else _nothing(name, of),
        columns=(
            Column("other", OTHER[of].capitalize()),
            Column("stance", "Stance"),
            Column("date", "Date"),
            Column("changed", "Changed"),
            Column("quote", "Quote"),
        ),
        rows=[
            {
                "other": other_of(found, lane, of),
                "stance": STANCES.label_of(taken.stance),
                "date": short_date(str(taken.date)) if taken.date else "no date",
                "changed": "changed" if taken in changed else "",
                "quote": found.row(taken).get("quote", ""),
            }
            for lane in found.lanes
            for taken in (*lane.dated, *lane.undated)
        ],
        path=f"{where}picture",
        page=where,
        file_name=f"{entry.key}-positions",
        api=f"/api/v1/{of}s/{entry.key}/positions?history=true",
        empty="" if named else "No position with a date is known yet.",
    )


def _nothing(name: str, of: Of) -> Picture:
    return Picture("stances", title_of(name, of), "Nothing to see.", Drawing(WIDE, 1, ""))


def other_of(found: Through, lane: Lane, of: Of) -> JSON:
    """The entry that a lane is of."""
    label: JSON = found.row(lane.newest)[OTHER[of]]
    return label


# --- the page --------------------------------------------------------------------------------


def _change(found: Through, change: StanceChange, of: Of, notes: Notes) -> JSON:
    row = found.row(change.after)
    return {
        "other": link(row[OTHER[of]]),
        "is_open": change.certainty == "possible",
        "sides": [
            {**_said(found, change.before, notes), "label": "Before"},
            {**_said(found, change.after, notes), "label": "After"},
        ],
    }


def _said(found: Through, taken: Taken, notes: Notes) -> JSON:
    row = found.row(taken)
    return {
        **stance_values(taken.stance),
        "word": STANCES.label_of(taken.stance),
        "date": short_date(row.get("date")),
        "url": url_of(row),
        "quote": text_of(row["quote"]) if row.get("quote") else "",
        "note": inline_html(row["note"]) if row.get("note") else "",
        "marks": notes.marks(row.get("cites")),
    }


def _lane(found: Through, lane: Lane, of: Of) -> JSON:
    return {
        "other": link(other_of(found, lane, of)),
        "is_changed": bool(lane.changes),
        "positions": [
            {
                **stance_values(taken.stance),
                "date": short_date(str(taken.date)) if taken.date else "no date",
                "url": url_of(found.row(taken)),
            }
            for taken in (*lane.dated, *lane.undated)
        ],
    }


def url_of(row: Mapping[str, Any]) -> str:
    """The address of the statement, with its sources."""
    return f"/proposals/{row['proposal']['key']}/#{row['id']}"


def routes(plural: str, of: Of) -> list[URLPattern]:
    """The addresses of one kind: page and picture."""
    base = f"{plural}/<str:key>/positions/"

    def draw(request: HttpRequest, key: str) -> Pictured | HttpResponse:
        return drawn(request, key, of)

    return [
        path(base, stances_page, {"of": of, "plural": plural}, name=f"{plural}-positions"),
        *picture_routes(f"{base}picture", draw),
    ]
