"""Bodies and proposals side by side, as a page and in the frame of another site."""

from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from governance.analyses.compared import (
    BESIDE,
    FEWEST,
    MOST,
    PARAMETERS,
    Asked,
    Compared,
    asked_of,
    compared,
    keys_in,
)
from governance.analyses.comparison import (
    IN_WORDS,
    READINGS,
    SECTIONS,
    Cell,
    Reading,
    Row,
    tally,
)
from governance.pictures.comparison import Question, Said, comparison_picture
from kb.documents.inexact_dates import InexactDate
from kb.filters import Parameter, Values
from kb.parameters import UnreadableAddress, Wrong, WrongParameters, declared_by, wrong_in
from kb.publication import reading
from kb.publication.body import Notes, link, text_of
from kb.publication.lists import with_survivors
from kb.publication.markdown import markdown_html
from kb.publication.names import Names
from kb.web.lists import given_in
from kb.web.pages import absolute, daily_page, page, public_page
from kb.web.pictured import frame_code, framed, sheet, svg_answer

JSON = dict[str, Any]

PATH, EMBED, API = "/compare/", "/embed/compare/", "/api/v1/compare"
FILE = "/compare.svg"
TEMPLATE = "governance/compare.html"

IN_TITLE = 3  # names
TALL = 700  # px, of the frame: a table is scrolled in it
SHORT = 10  # letters

ONLY = Parameter(
    "only", "Only rows in which not all say the same.", {"type": "string", "enum": ["differences"]}
)
EXAMPLES = (
    ("Every CERN for AI, beside CERN", "model=cern"),
    ("Everything modelled on the IAEA, beside it", "model=iaea"),
    (
        "CERN, the IAEA and three proposals",
        "keys=cern,iaea,cern-for-ai,cern-for-ai-cfg,iaia-and-cern-belfield",
    ),
    ("Laboratories that states share", "keys=cern,embl,eso,iter,skao"),
)
SHAPES: Mapping[Reading, str] = {"takes-over": "●", "changes": "◐", "leaves-open": "○"}


@public_page
def compare_page(request: HttpRequest) -> HttpResponse:
    """`/compare/?keys=` or `?model=`: side by side, or what is wrong or missing."""
    found = _asked(request)
    if isinstance(found, HttpResponse):
        return found
    given, asked = found
    return page(request, TEMPLATE, _context(request, given, compared(asked)))


@public_page
def compare_frame(request: HttpRequest) -> HttpResponse:
    """`/embed/compare/`: the table alone, for the frame of another site: no script, no cookie."""
    found = _asked(request)
    if isinstance(found, HttpResponse):
        return found
    given, asked = found
    context = _context(request, given, compared(asked))
    return framed(page(request, "governance/compare_frame.html", context))


@daily_page
def compare_file(request: HttpRequest) -> HttpResponse:
    """`/compare.svg`: the table as a picture, for slides and papers; errors in plain text."""
    try:
        given = given_in(request)
        asked = asked_of(_checked(given))
    except UnreadableAddress as problem:
        return _in_plain_text([str(problem)])
    except WrongParameters as problem:
        return _in_plain_text([f"{error.parameter}: {error.detail}" for error in problem.errors])
    found = compared(asked)
    names = [column["name"] for column in found.columns]
    questions = [_question(row) for row in _shown_rows(found, given)]
    page_of_it = absolute(request, Here(asked, given).but())
    origin = f"{settings.SITE_NAME}, CC BY 4.0. {_legend(found)}Sources: {page_of_it}"
    picture = comparison_picture(_title(found), names, questions)
    return svg_answer(picture.standalone(sheet(), origin), "-".join(["compare", *asked.keys[:3]]))


def _in_plain_text(wrong: Sequence[str]) -> HttpResponse:
    return HttpResponse(
        "\n".join(wrong), content_type="text/plain; charset=utf-8", status=HTTPStatus.BAD_REQUEST
    )


def _legend(found: Compared) -> str:
    if found.asked.beside is None:
        return ""
    return ", ".join(f"{SHAPES[each]} {label}" for each, label in READINGS.items()) + ". "


def _question(row: Row) -> Question:
    cells = [
        Said(_plain(cell.text), SHAPES[cell.reading] if cell.reading else "") for cell in row.cells
    ]
    return Question(SECTIONS[row.section], row.label, _mark(row), cells)


def _plain(markdown: str) -> str:
    return unescape(strip_tags(markdown_html(markdown).replace("</", " </"))).strip()


def _mark(row: Row) -> str:
    return "≠" if row.differs else "=" if row.is_same else ""


def _shown_rows(found: Compared, given: Values) -> list[Row]:
    return [row for row in found.rows if not ("only" in given and row.is_same)]


def _asked(request: HttpRequest) -> tuple[Values, Asked] | HttpResponse:
    """What is to be compared; the page with its form where that is not clear."""
    try:
        given = given_in(request)
    except UnreadableAddress as problem:
        return _form(request, {}, [Wrong("keys", "invalid", str(problem))])
    if not given:
        return _form(request, {})
    if given.keys() == {"keys"} and len(keys_in(given)) < FEWEST and _is_known(given):
        return _form(request, given)
    try:
        return given, asked_of(_checked(given))
    except WrongParameters as problem:
        return _form(request, given, problem.errors)


def _is_known(given: Values) -> bool:
    """Whether the one key that was given is one to begin with."""
    (found,) = [*reading.known(keys_in(given)).values(), None][:1]
    return found is not None and found.kind in ("body", "proposal")


def _checked(given: Values) -> Values:
    """The parameters. Raises WrongParameters with all that is wrong."""
    declared = declared_by((*PARAMETERS, ONLY))
    wrong = wrong_in(given, declared)
    bad = {error.parameter for error in wrong}
    usable = {n: v for n, v in given.items() if n in declared and n not in bad}
    values, unknown = with_survivors(usable, declared)
    if wrong or unknown:
        raise WrongParameters([*wrong, *unknown])
    if not {"keys", "model"} & values.keys():
        raise WrongParameters([Wrong("keys", "missing", "Name what is to be compared.")])
    return values


def _form(request: HttpRequest, given: Values, errors: Sequence[Wrong] = ()) -> HttpResponse:
    """The page with nothing but its form, and what is wrong with what was typed."""
    keys = keys_in(given)
    context = {
        "path": PATH,
        "current": "compare",
        "form": _fields(keys, given),
        "errors": [{"parameter": error.parameter, "detail": error.detail} for error in errors],
        "is_begun": bool(keys) and not errors,
        "examples": [{"name": name, "address": f"{PATH}?{query}"} for name, query in EXAMPLES],
        "most": MOST,
    }
    return page(request, TEMPLATE, context, status=400 if errors else 200)


def _fields(keys: Sequence[str], given: Values) -> JSON:
    """The fields of the form: one for each entry, and one more while there is room."""
    written = [*keys, "", ""][: max(len(keys) + 1, FEWEST)]
    return {
        "keys": [{"number": number, "value": key} for number, key in enumerate(written, 1)],
        "on": "".join(given.get("on", ())[:1]),
        "kept": [(name, value) for name in ("dimension", "only") for value in given.get(name, ())],
    }


# --- side by side -----------------------------------------------------------------------------


class Here:
    """Addresses of the comparison at hand with something changed."""

    def __init__(self, asked: Asked, given: Values):
        beside = asked.beside
        self.now: dict[str, str | Sequence[str] | None] = {
            "keys": None if beside else ",".join(asked.keys),
            "model": beside.model if beside else None,
            "start": str(beside.start) if beside and beside.start else None,
            "dimension": asked.dimensions,
            "on": asked.on.isoformat() if asked.on else None,
            "only": given.get("only", [None])[0],
        }

    def query(self, **changed: str | Sequence[str] | None) -> str:
        pairs = [
            (name, each)
            for name, value in {**self.now, **changed}.items()
            if value
            for each in ([value] if isinstance(value, str) else value)
        ]
        return urlencode(pairs, safe=",")

    def but(self, **changed: str | Sequence[str] | None) -> str:
        return f"{PATH}?{self.query(**changed)}"


def _context(request: HttpRequest, given: Values, found: Compared) -> JSON:
    asked = found.asked
    go = Here(asked, given)
    rows = _shown_rows(found, given)
    notes = Notes()
    _with_sources(rows)
    address = absolute(request, go.but())
    names = [column["name"] for column in found.columns]
    title = _title(found)
    return {
        "path": PATH,
        "current": "compare",
        "form": _fields(asked.keys if len(asked.keys) < MOST else asked.keys[:MOST], given),
        "most": MOST,
        "title": title,
        "lead": _lead(found),
        "columns": list(_columns(found, go)),
        "sections": list(_sections(rows, notes)),
        "width": len(names) + 1,
        "on": InexactDate.of(asked.on).readable if asked.on else "",
        "is_beside": asked.beside is not None,
        "pages": _pages(asked, go),
        "is_only": "only" in given,
        "hidden": len(found.rows) - len(rows),
        "switch": go.but(only=None if "only" in given else "differences"),
        "whole": go.but(dimension=None) if asked.dimensions else "",
        "notes": notes.html(),
        "api": f"{API}?{go.query(only=None)}",
        "csv": f"{API}.csv?{go.query(only=None)}",
        "svg": f"{FILE}?{go.query()}",
        "address": address,
        "cite_as": f"“{title}”, {settings.SITE_NAME}, {address}",
        "embed_code": frame_code(absolute(request, f"{EMBED}?{go.query()}"), title, TALL),
    }


def _title(found: Compared) -> str:
    names = [_short(column) for column in found.columns]
    if found.asked.beside:
        return f"What is modelled on {names[0]}, beside it"
    if len(names) > IN_TITLE:
        return f"{', '.join(names[:IN_TITLE])} and {len(names) - IN_TITLE} more, side by side"
    *others, last = names
    return f"{', '.join(others)} and {last}, side by side" if others else last


def _short(document: Mapping[str, Any]) -> str:
    """The name by which an entry is known for short: an alias in capitals (CERN), else its name."""
    aliases = document.get("aliases", ())
    name: str = document["name"]
    return next((each for each in aliases if each.isupper() and len(each) < SHORT), name)


def _lead(found: Compared) -> str:
    differing = sum(row.differs for row in found.rows)
    same = sum(row.is_same for row in found.rows)
    partly = len(found.rows) - differing - same
    return (
        f"{len(found.rows)} questions: on {differing} they differ, on {same} all say the same, on"
        f" {partly} some say nothing."
    )


def _columns(found: Compared, go: Here) -> Iterator[JSON]:
    """The entries, each with the way to leave it out and, beside a model, what it makes of it."""
    keys = found.asked.keys
    tallied = tally(found.rows, len(found.columns)) if found.asked.beside else ()
    for place, column in enumerate(found.columns):
        rest = [key for key in keys if key != column["key"]]
        counts = tallied[place] if tallied and place else {}
        yield {
            "link": link({name: column[name] for name in ("kind", "key", "name")}),
            "name": column["name"],
            "kind": column["kind"],
            "without": go.but(keys=",".join(rest), model=None, start=None)
            if len(rest) >= FEWEST
            else "",
            "tally": [
                {"shape": SHAPES[each], "label": READINGS[each], "number": number, "name": each}
                for each, number in counts.items()
            ],
        }


def _pages(asked: Asked, go: Here) -> JSON | None:
    """Which of those modelled on a model are shown, and the way to the others."""
    beside = asked.beside
    if beside is None:
        return None
    end = min(beside.start + BESIDE, beside.total)
    before = max(0, beside.start - BESIDE)
    return {
        "first": beside.start + 1,
        "last": end,
        "total": beside.total,
        "next": go.but(start=str(end)) if end < beside.total else "",
        "prev": go.but(start=str(before) if before else None) if beside.start else "",
        "only_variants": go.but(
            model=None,
            start=None,
            keys=",".join(asked.keys[1:]) if len(asked.keys) > FEWEST else None,
        ),
    }


def _with_sources(rows: Sequence[Row]) -> None:
    """Put all that is shown of the sources into the cells that cite them, read at once."""
    cites = [cite for row in rows for cell in row.cells for cite in cell.cites]
    names = Names({cite["source"]["key"] for cite in cites})
    for cite in cites:
        cite["source"] = names.shown(cite["source"]["key"]) or cite["source"]


def _sections(rows: Sequence[Row], notes: Notes) -> Iterator[JSON]:
    for section, label in SECTIONS.items():
        its = [row for row in rows if row.section == section]
        if its:
            yield {"name": section, "label": label, "rows": [_row(row, notes) for row in its]}


def _row(row: Row, notes: Notes) -> JSON:
    is_partial = row.stated < len(row.cells)
    return {
        "name": row.name,
        "label": row.label,
        "differs": row.differs,
        "mark": _mark(row),
        "said": "They differ" if row.differs else "All say the same" if row.is_same else "",
        "partly": f"{row.stated} of {len(row.cells)} say" if is_partial else "",
        "cells": [_cell(row, cell, notes) for cell in row.cells],
    }


def _cell(row: Row, cell: Cell, notes: Notes) -> JSON:
    read = cell.reading
    return {
        "html": _html(row, cell, notes),
        "is_stated": cell.is_stated,
        "is_text": row.section in IN_WORDS,
        "reading": {"name": read, "shape": SHAPES[read], "label": READINGS[read]} if read else None,
    }


def _html(row: Row, cell: Cell, notes: Notes) -> SafeString:
    if not cell.is_stated:
        return SafeString("")
    marks = notes.marks(cell.cites)
    if row.section not in IN_WORDS:
        return SafeString(f"{text_of(cell.text)}{marks}")
    html = markdown_html(cell.text)
    if html.endswith("</p>"):
        return SafeString(f"{html[:-4]}{marks}</p>")
    return SafeString(f"{html}{marks}")
