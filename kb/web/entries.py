"""The page of an entry, and what is answered where there is none."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from functools import partial
from html import escape
from typing import Any

import orjson
from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.template import loader
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kb.documents.fields import KEY
from kb.documents.inexact_dates import InexactDate
from kb.documents.reasons import RETRACTION_REASONS
from kb.documents.schema import expand, in_order, references
from kb.editing.verification import current_marks
from kb.filters import WrongValue, day_of
from kb.formats import OF_CITATIONS, OF_DATA, structured
from kb.formats.csl import item
from kb.formats.signposts import of_entry
from kb.kinds import Kind, kind_at, kind_named
from kb.publication import aftermath, page_reading, reading
from kb.publication.body import NOTHING, Notes, Parts, body_html, headings, text_of
from kb.publication.lists import near_keys_of
from kb.publication.names import Names
from kb.templatetags.frame import day, number
from kb.web.additions import NO_ADDITIONS, Additions, Entry, Section
from kb.web.outlines import filled
from kb.web.pages import absolute, data_block, outlined_page, page, public_page, site_of
from kb.web.verdicts import with_verdicts

TEMPLATE = "kb/entry.html"


class MovedPermanently(HttpResponsePermanentRedirect):
    """308: as 301, but sure to keep the method. Source: RFC 9110, 15.4.9"""

    status_code = 308


def signposts(_request: HttpRequest, plural: str, key: str, **_handed_down: object) -> str:
    """Where else to go from the page of an entry."""
    kind = kind_at(plural)
    assert kind is not None  # its address names it
    return of_entry(kind, key, settings.PUBLIC_URL)


@partial(public_page, links=signposts)
def entry_page(
    request: HttpRequest, plural: str, key: str, additions: Additions = NO_ADDITIONS
) -> HttpResponse:
    """`/<plural>/<key>/`, as of a day with `?on=`."""
    leaf = page_reading.leaf(key) if re.match(KEY, key) else None
    if leaf is None:
        return absent(request, key)
    kind = kind_named(leaf.kind)
    if kind.plural != plural:
        return HttpResponsePermanentRedirect(_with_query(request, f"/{kind.plural}/{key}/"))
    shape = {
        "current": kind.plural,
        "kind_name": kind.name,
        "ways": kind.ways,
        "is_dated": leaf.kind in additions.dated_kinds,
        "is_founding": leaf.is_founding,
        "data": OF_DATA,
        "citations": OF_CITATIONS,
    }
    written = request.GET.get("on", "").strip()
    try:
        on = day_of("on", written) if written and shape["is_dated"] else None
    except WrongValue as problem:
        values = _values(request, key, kind, leaf, additions, None)
        told = {"wrong": text_of(problem.detail), "written_on": text_of(written)}
        return outlined_page(request, TEMPLATE, shape, {**values, **told}, status=400)
    values = _values(request, key, kind, leaf, additions, on)
    return outlined_page(request, TEMPLATE, shape, values)


class SeeOther(HttpResponseRedirect):
    """303: what was asked for is not there, but is described there. Source: RFC 9110, 15.4.4"""

    status_code = 303


@public_page
def canonical(request: HttpRequest, key: str) -> HttpResponse:
    """`/entries/<key>/`: an entry by its key alone, which is what linked data calls it.

    Leads to its page, or to its data where a program asks for a format of these.
    """
    kind = page_reading.kind_of(key) if re.match(KEY, key) else None
    if kind is None:
        return absent(request, key)
    accepted = request.headers.get("Accept", "")
    suffix = next((each.suffix for each in OF_DATA if each.media_type in accepted), "")
    path = f"/{kind_named(kind).plural}/{key}/"
    response = (
        SeeOther(f"/api/v1/entries/{key}.{suffix}")
        if suffix
        else HttpResponsePermanentRedirect(_with_query(request, path))
    )
    response.headers["Vary"] = "Accept"
    return response


def _values(
    request: HttpRequest,
    key: str,
    kind: Kind,
    leaf: page_reading.Leaf,
    additions: Additions,
    on: date | None,
) -> dict[str, SafeString]:
    path = f"/{kind.plural}/{key}/"
    address = absolute(request, f"{path}?on={on}" if on else path)
    plain: dict[str, object] = {
        "entry.key": key,
        "entry.name": leaf.name,
        "number": leaf.number,
        "published_at": leaf.published_at.astimezone(UTC).isoformat(),
        "published_on": day(leaf.published_at),
        "on": InexactDate.of(on).readable if on else "",
        "written_on": on or "",
        "path": path,
        "address": address,
        "card": absolute(request, f"{path}card.png"),
        "api": f"/api/v1/entries/{key}",
        "summary": orjson.loads(leaf.summary).get("summary", ""),
        "cite_as": cite_as(leaf, address, on),
    }
    entry = Entry(leaf.entry_id, key, leaf.kind, leaf.name, on)
    html = {
        **_content(entry, kind, leaf, additions),
        **_described(request, kind, leaf, address),
        "alone": _alone_html(key, leaf),
    }
    return {name: text_of(value) for name, value in plain.items()} | html


def _described(
    request: HttpRequest, kind: Kind, leaf: page_reading.Leaf, address: str
) -> dict[str, SafeString]:
    """What the page says of itself to reference managers and to search engines."""
    row, site = orjson.loads(leaf.summary), site_of(request)
    cited = item(kind, row, site=site.name, address=f"{site.address}/{kind.plural}/{row['key']}/")
    tags = format_html_join("", '<meta name="{}" content="{}">', list(structured.highwire(cited)))
    itself = structured.entry_page(kind, row, leaf.numbers, site, address=address)
    return {"citation": tags, "structured": data_block(itself)}


def _alone_html(key: str, leaf: page_reading.Leaf) -> SafeString:
    """That one person published it alone, in an emergency; nothing where nobody did."""
    alone = aftermath.newest_alone(key) if leaf.origin == "emergency" else None
    if alone is None:
        return NOTHING
    return SafeString(loader.get_template("kb/_alone.html").render({"alone": alone}))


def _content(
    entry: Entry, kind: Kind, leaf: page_reading.Leaf, additions: Additions
) -> dict[str, SafeString]:
    """The body, the sections that other entries fill, their notes, and the table of contents."""
    html = narrowed_html(kind, leaf, additions, entry.on) if entry.on else leaf.html.decode()
    parts, verdicts = Parts.of(html), NOTHING
    if leaf.is_marked:
        marks = current_marks([leaf.entry_id]).get(leaf.entry_id, {})
        parts, verdicts = with_verdicts(parts, marks)
    notes = Notes(parts.notes)
    sections = additions.sections(entry, notes)
    contents = [
        *headings(parts.before),
        *((section.id, escape(section.title)) for section in sections),
        *headings(parts.after),
    ]
    if parts.notes or len(notes):
        contents.append(("notes_", "Sources and notes"))
    return {
        **{f"parts.{name}": getattr(parts, name) for name in ("before", "after", "aside", "notes")},
        "sections": SafeString("".join(map(_section_html, sections))),
        "notes": notes.html(),
        "verdicts": verdicts,
        "contents": _contents_html(contents) if len(contents) > 1 else NOTHING,
    }


def _section_html(section: Section) -> SafeString:
    values = {
        "id": text_of(section.id),
        "title": text_of(section.title),
        "total": text_of("" if section.total is None else number(section.total)),
        "html": section.html,
        "more": text_of(section.more),
    }
    return filled("kb/_section.html", {}, values)


def _contents_html(contents: Iterable[tuple[str, str]]) -> SafeString:
    """(id, title as HTML) of each section as an item of a list."""
    return SafeString("".join(f'<li><a href="#{id_}">{title}</a></li>' for id_, title in contents))


def cite_as(leaf: page_reading.Leaf, address: str, on: date | None) -> str:
    """How to cite the page: what, where, in which revision, and as of which day."""
    day = InexactDate.of(leaf.published_at.date()).readable
    as_of = f", as of {InexactDate.of(on).readable}" if on else ""
    return f"“{leaf.name}”{as_of}, {settings.SITE_NAME}, revision {leaf.number}, {day}, {address}"


def narrowed_html(kind: Kind, leaf: page_reading.Leaf, additions: Additions, on: date) -> str:
    """The body of the page as the world was on a day, drawn anew by the same template."""
    document = in_order(kind.schema, page_reading.document_of(leaf.revision_id))
    names = Names({mention.key for mention in references(kind.schema, document)})
    if additions.narrowed is not None:
        document = additions.narrowed(document, on, names.shown)
    meta: Mapping[str, Any] = {"revision": leaf.number, "origin": leaf.origin}
    return body_html(kind, expand(kind.schema, document, names.shown), meta, on)


def _with_query(request: HttpRequest, path: str) -> str:
    query = request.META.get("QUERY_STRING", "")
    return f"{path}?{query}" if query else path


# --- where there is no entry -----------------------------------------------------------------


def absent(request: HttpRequest, key: str, suffix: str = "") -> HttpResponse:
    """Why no active entry is called `key`: merged (308), retracted (410) or unknown (404)."""
    departed = reading.departed(key) if re.match(KEY, key) else None
    if departed is None:
        return unknown(request, key)
    if departed.is_merged and departed.survivor != key:
        plural = kind_named(departed.kind).plural
        return MovedPermanently(_with_query(request, f"/{plural}/{departed.survivor}/{suffix}"))
    tombstone = orjson.loads(departed.json)
    context = {
        "key": key,
        "name": departed.name,
        "kind": departed.kind,
        "tombstone": tombstone,
        "reason": RETRACTION_REASONS.label_of(tombstone.get("reason", "")),
        "retracted_at": datetime.fromisoformat(tombstone["meta"]["published_at"]),
        "alone": aftermath.newest_alone(key),
    }
    return page(request, "kb/410.html", context, status=410)


def unknown(request: HttpRequest, key: str) -> HttpResponse:
    """404 with the entries that may have been meant."""
    near = reading.known(near_keys_of(key[:80]))
    context = {"key": key[:80], "near": [each.shown for each in near.values()]}
    return page(request, "kb/404.html", context, status=404)
