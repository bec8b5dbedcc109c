"""Common ground as a page: what sides agree on, what divides them, where one of them is silent."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from governance.analyses.agreement import PARAMETERS, Asked, CommonGround, common_ground, rows_of
from governance.analyses.common_ground import (
    VERDICTS,
    Count,
    Judged,
    Verdict,
)
from governance.analyses.sides import MOST as MOST_SIDES
from governance.analyses.sides import NamedSide, countries_among
from governance.directions import DIRECTIONS, Direction
from governance.pictures.agreement import years_picture
from governance.presentation.entries import address
from governance.presentation.proposals import SHAPES
from governance.vocabularies import FUNCTIONS, PARTICIPATION_ACTIONS, STANCES, TOPICS
from kb.documents.inexact_dates import InexactDate
from kb.documents.vocabulary import Vocabulary
from kb.filters import Parameter, Values, WrongValue
from kb.kinds import kind_named
from kb.parameters import UnreadableAddress, Wrong, WrongParameters, declared_by, wrong_in
from kb.publication import reading
from kb.publication.body import Notes, link, short_date, text_of
from kb.publication.lists import with_survivors
from kb.publication.names import Names
from kb.web.lists import given_in
from kb.web.pages import absolute, page, public_page
from kb.web.pictured import Column, Pictured, frame_code, framed, shown

JSON = dict[str, Any]

PATH = "/common-ground/"
EMBED = "/embed/common-ground/"
TALL = 700  # px, of the frame: what is found is scrolled in it
API = "/api/v1/common-ground"
TEMPLATE = "governance/common_ground.html"

FIRST = 8  # subjects of each verdict, where no verdict is chosen
PAGE = 20  # subjects of a page, where one is
VOICES, ALL_VOICES = 3, 100  # of a side in a list of subjects, and where one subject is shown

LABELS: Mapping[Verdict, str] = {
    "agreed": "Agreed",
    "contested": "Contested",
    "silent": "One side silent",
}
ABOUT: Mapping[Verdict, str] = {
    "agreed": "All sides go the same way.",
    "contested": "All sides have spoken, and not the same way.",
    "silent": "At least one side has said nothing that we know of.",
}
MARKS: Mapping[Direction | None, tuple[str, str]] = {
    "for": ("▲", "for"),
    "against": ("▼", "against"),
    "mixed": ("◐", "mixed"),
    None: ("○", "silent"),
}
EXAMPLES = (
    ("The United States and China", ["united-states", "china"]),
    ("… with all their actors", ["country:united-states", "country:china"]),
    ("The European Union and the United States", ["european-union", "united-states"]),
    ("OpenAI, Anthropic and Google DeepMind", ["openai", "anthropic", "google-deepmind"]),
    ("The members of CERN and China", ["members:cern", "china"]),
)


@public_page
def common_ground_page(request: HttpRequest) -> HttpResponse:
    """`/common-ground/?side=&side=`: nothing chosen yet, what was found, or what is wrong."""
    context = _asked_for(request)
    return context if isinstance(context, HttpResponse) else page(request, TEMPLATE, context)


@public_page
def common_ground_frame(request: HttpRequest) -> HttpResponse:
    """`/embed/common-ground/`: the same for the frame of another site: no script, no cookie."""
    context = _asked_for(request)
    if isinstance(context, HttpResponse):
        return context
    return framed(page(request, "governance/common_ground_frame.html", context))


def _asked_for(request: HttpRequest) -> JSON | HttpResponse:
    """What the templates print; the page with its form where it is not clear what is asked."""
    try:
        given = given_in(request)
    except UnreadableAddress as problem:
        return _form(request, {}, [Wrong("side", "invalid", str(problem))])
    if not given or _is_begun(given):
        return _form(request, given)
    try:
        values, start = checked(given)
        asked = Asked.of(values)
    except WrongParameters as problem:
        return _form(request, given, problem.errors)
    return _found(request, given, common_ground(asked), start)


def _is_begun(given: Values) -> bool:
    """Whether there is one side so far, and nothing wrong with it: where pages of entries lead."""
    if given.keys() != {"side"} or len(given["side"]) != 1:
        return False
    found = reading.known(given["side"]).get(given["side"][0])
    return found is not None and found.kind in ("actor", "body")


def checked(given: Values) -> tuple[Values, int]:
    """The parameters, and at which subject the page begins. Raises WrongParameters."""
    declared = declared_by((*PARAMETERS, START))
    wrong = wrong_in(given, declared, ("side",))
    bad = {error.parameter for error in wrong}
    usable = {n: v for n, v in given.items() if n in declared and n not in bad}
    values, unknown = with_survivors(usable, declared)
    if wrong or unknown:
        raise WrongParameters([*wrong, *unknown])
    return values, int(values.get("start", ["0"])[0])


START = Parameter(
    "start",
    "At which subject the page begins.",
    {"type": "integer", "minimum": 0, "maximum": 100_000},
)


def draw_years(request: HttpRequest) -> Pictured:
    """How common ground changed, as the address asks for it. Raises WrongValue."""
    try:
        values, _start = checked(given_in(request))
        return _pictured(common_ground(Asked.of(values)))
    except WrongParameters as problem:
        raise WrongValue(problem.errors[0].parameter, str(problem)) from None


def _pictured(ground: CommonGround) -> Pictured:
    go = Here(ground.asked)
    names = " and ".join(_joined([side.name for side in ground.asked.sides]))
    query = go.but(verdict=None).partition("?")[2]
    counts = ground.by_year
    return Pictured(
        picture=years_picture(f"Common ground of {names}, year by year", counts),
        columns=YEAR_COLUMNS,
        rows=[{"year": str(year), **count._asdict()} for year, count in counts.items()],
        path="/common-ground/years",
        page=f"{PATH}?{query}",
        file_name="common-ground",
        query=query,
        api=f"{API}?{query}",
        empty="" if counts else "Nothing that has a date.",
    )


YEAR_COLUMNS = (
    Column("year", "At the end of"),
    Column("agreed", "Agreed", is_number=True),
    Column("contested", "Contested", is_number=True),
    Column("silent", "One side silent", is_number=True),
)


# --- nothing found yet ------------------------------------------------------------------------


def _form(request: HttpRequest, given: Values, errors: Sequence[Wrong] = ()) -> HttpResponse:
    """The page with nothing but its form, and what is wrong with what was typed."""
    context = {
        "form": form_values(given.get("side", ()), given),
        "errors": [{"parameter": error.parameter, "detail": error.detail} for error in errors],
        "examples": [{"name": name, "address": here(side=sides)} for name, sides in EXAMPLES],
        "is_begun": bool(given) and not errors,
        "verdicts": [{"label": LABELS[each], "about": ABOUT[each]} for each in VERDICTS],
        "path": PATH,
        "current": "common-ground",
    }
    return page(request, TEMPLATE, context, status=400 if errors else 200)


def form_values(sides: Sequence[str], given: Values) -> JSON:
    """The fields of the form: one for each side, one more, and what else was asked for."""
    written = [*sides, "", ""][: max(len(sides) + 1, 2)][:MOST_SIDES]
    kept = [
        (name, value)
        for name in ("topic", "function", "kind", "subject")
        for value in given.get(name, ())
    ]
    return {
        "sides": [{"number": number, "value": each} for number, each in enumerate(written, 1)],
        "on": "".join(given.get("on", ())[:1]),
        "kept": kept,
    }


# --- what was found ---------------------------------------------------------------------------


def here(**parameters: Sequence[str] | str | None) -> str:
    """The address of the page with these parameters."""
    pairs = [
        (name, each)
        for name, value in parameters.items()
        if value
        for each in ([value] if isinstance(value, str) else value)
    ]
    return f"{PATH}?{urlencode(pairs, safe=':,')}" if pairs else PATH


class Here:
    """Addresses of the page at hand with something changed."""

    def __init__(self, asked: Asked):
        self.now: dict[str, Sequence[str] | str | None] = {
            "side": [side.written for side in asked.sides],
            "subject": asked.keys,
            "topic": asked.topics,
            "function": asked.functions,
            "kind": asked.kinds,
            "verdict": asked.verdict,
            "on": asked.on.isoformat() if asked.on else None,
        }

    def but(self, **changed: Sequence[str] | str | None) -> str:
        return here(**{**self.now, **changed})

    def api(self, suffix: str = "", **changed: str) -> str:
        return API + suffix + self.but(**changed).removeprefix(PATH)


def _found(request: HttpRequest, given: Values, ground: CommonGround, start: int) -> JSON:
    asked, go = ground.asked, Here(ground.asked)
    names = [side.name for side in asked.sides]
    sections = _sections(ground, start)
    notes = Notes()
    rows = rows_of(ground, [each for section in sections for each in section.found])
    with_sources(rows)
    most = ALL_VOICES if asked.keys else VOICES
    items = iter([row_values(row, names, notes, go, most) for row in rows])
    address_here = absolute(request, go.but(start=str(start) if start else None))
    title = " and ".join(_joined(names))
    frame = EMBED + address_here.partition(PATH)[2]
    return {
        "path": PATH,
        "current": "common-ground",
        "form": form_values([side.written for side in asked.sides], given),
        "names": names,
        "title": title,
        "lead": lead(ground),
        "sides": list(_side_values(ground, go)),
        "tiles": list(tiles(ground, go)),
        "chips": list(_chips(ground, go)),
        "sections": [section.values(items, go) for section in sections],
        "tables": [
            _group_table("topic", "By topic", ground.by_topic, TOPICS, go),
            _group_table("function", "By function", ground.by_function, FUNCTIONS, go),
        ],
        "years": _years(ground, go),
        "picture": shown(request, _pictured(ground)),
        "notes": notes.html(),
        "verdict": LABELS[asked.verdict] if asked.verdict else "",
        "is_all_mixed": bool(ground.agreed_on["mixed"]),
        "on": InexactDate.of(asked.on).readable if asked.on else "",
        "api": go.api(),
        "csv": go.api(".csv"),
        "address": address_here,
        "cite_as": _cite_as(names, address_here, ground),
        "embed_code": frame_code(absolute(request, frame), f"Common ground of {title}", TALL),
    }


def _joined(names: Sequence[str]) -> tuple[str, ...]:
    *others, last = names
    return (", ".join(others), last) if others else (last,)


def _cite_as(names: Sequence[str], address_here: str, ground: CommonGround) -> str:
    on = ground.asked.on
    as_of = f", as of {InexactDate.of(on).readable}" if on else ""
    title = " and ".join(_joined(names))
    return f"“Common ground of {title}”{as_of}, {settings.SITE_NAME}, {address_here}"


def lead(ground: CommonGround) -> str:
    """What was found, in a sentence."""
    count = ground.count
    if not count.total:
        return "None of them has said anything about any of these that we know of."
    agreed = _number(count.agreed, "They agree on {}")
    both = "both" if len(ground.sides) == 2 else "all of them"
    if ground.agreed_on["for"] == count.agreed > 1:
        agreed += f" ({both} for each)"
    spoken = "either" if len(ground.sides) == 2 else "any of them"
    one = "one of the two" if len(ground.sides) == 2 else "at least one of them"
    return (
        f"Of {count.total} proposals and instruments that {spoken} has spoken on,"
        f" {agreed[0].lower()}{agreed[1:]}, are at odds on {count.contested}; on {count.silent}"
        f" {one} is silent."
    )


def _number(number: int, text: str) -> str:
    return text.format(number if number else "none")


def _side_values(ground: CommonGround, go: Here) -> Iterator[JSON]:
    """Each side with its entries, how many actors it has, and other ways to take it."""
    written = [side.written for side in ground.asked.sides]
    pieces = [piece for side in ground.asked.sides for piece in side.pieces]
    countries = countries_among([piece.entry_id for piece in pieces])
    for place, (named, side) in enumerate(zip(ground.asked.sides, ground.sides, strict=True)):
        others = [each for number, each in enumerate(written) if number != place]
        yield {
            "name": named.name,
            "entries": [link(piece.shown) for piece in named.pieces],
            "actors": len(side.actors),
            "ways": [
                {
                    "label": label,
                    "address": go.but(side=[*written[:place], way, *written[place + 1 :]]),
                }
                for label, way in _other_ways(named, countries)
            ],
            "without": go.but(side=others) if len(others) >= 2 else "",
        }


def _other_ways(named: NamedSide, countries: Collection[int]) -> Iterator[tuple[str, str]]:
    """The same side taken otherwise: a country with or without its actors, a body's members."""
    if len(named.pieces) != 1:
        return
    (piece,) = named.pieces
    key = piece.shown["key"]
    if piece.form:
        yield "alone", key
    elif piece.shown["kind"] == "body":
        yield "with its members", f"members:{key}"
    elif piece.entry_id in countries:
        yield "with all its actors", f"country:{key}"


def tiles(ground: CommonGround, go: Here) -> Iterator[JSON]:
    """The three counts, each leading to what is behind it."""
    for verdict, number in zip(VERDICTS, ground.count, strict=True):
        yield {
            "verdict": verdict,
            "label": LABELS[verdict],
            "about": ABOUT[verdict],
            "number": number,
            "address": go.but(verdict=verdict) + "#found_" if number else "",
            "is_chosen": ground.asked.verdict == verdict,
        }


def _chips(ground: CommonGround, go: Here) -> Iterator[JSON]:
    """What narrows the list, each with the way to take it off."""
    asked = ground.asked
    for name, label, values, vocabulary in (
        ("topic", "Topic", asked.topics, TOPICS),
        ("function", "Function", asked.functions, FUNCTIONS),
    ):
        for value in values:
            rest = [each for each in values if each != value]
            yield {
                "label": label,
                "value": vocabulary.label_of(value),
                "without": go.but(**{name: rest}),
            }
    for value in asked.kinds:
        yield {"label": "Kind", "value": kind_named(value).label, "without": go.but(kind=None)}
    names = {subject.key: subject.name for subject in ground.subjects.values()}
    for key in asked.keys:
        rest = [each for each in asked.keys if each != key]
        yield {"label": "Only", "value": names.get(key, key), "without": go.but(subject=rest)}
    if asked.verdict:
        yield {"label": "Only", "value": LABELS[asked.verdict], "without": go.but(verdict=None)}
    if asked.on:
        day = InexactDate.of(asked.on).readable
        yield {"label": "As of", "value": day, "without": go.but(on=None)}


# --- the subjects ------------------------------------------------------------------------------


class Section(NamedTuple):
    """The subjects of one verdict that are shown, of `total`, from the one at `start` on."""

    verdict: Verdict
    found: Sequence[Judged]
    total: int
    start: int

    def values(self, items: Iterator[JSON], go: Here) -> JSON:
        end = self.start + len(self.found)
        return {
            "verdict": self.verdict,
            "label": LABELS[self.verdict],
            "about": ABOUT[self.verdict],
            "total": self.total,
            "rows": [next(items) for _each in self.found],
            "first": self.start + 1,
            "last": end,
            "all": self._step(go, 0) if end < self.total and not go.now["verdict"] else "",
            "next": self._step(go, end) if end < self.total and go.now["verdict"] else "",
            "prev": self._step(go, max(0, self.start - PAGE)) if self.start else "",
        }

    def _step(self, go: Here, start: int) -> str:
        return go.but(verdict=self.verdict, start=str(start) if start else None) + "#found_"


def _sections(ground: CommonGround, start: int) -> list[Section]:
    chosen = ground.asked.verdict
    begin, size = (start, PAGE) if chosen else (0, FIRST)
    found = []
    for verdict in VERDICTS:
        its = ground.listed.of(verdict)
        if its:
            found.append(Section(verdict, its[begin : begin + size], len(its), begin))
    return found


def with_sources(rows: Iterable[JSON]) -> None:
    """Put all that is shown of the sources into the statements that cite them, read at once."""
    cites = [
        cite
        for row in rows
        for side in row["sides"]
        for voice in side["voices"]
        for statement in (voice["statement"], *voice["also_said_by"])
        for cite in statement.get("cites", ())
    ]
    if cites:
        names = Names({cite["source"]["key"] for cite in cites})
        for cite in cites:
            cite["source"] = names.shown(cite["source"]["key"]) or cite["source"]


def row_values(row: JSON, names: Sequence[str], notes: Notes, go: Here, most: int = VOICES) -> JSON:
    """A subject with what each side said of it. `most`: voices shown of a side."""
    subject = row["subject"]
    more = go.but(subject=[subject["key"]], verdict=None) + "#found_"
    return {
        "key": subject["key"],
        "link": link(subject),
        "kind": subject["kind"],
        "topics": ", ".join(TOPICS.label_of(each) for each in row["topics"]),
        "sides": [
            side_values(side, name, subject, notes, more, most)
            for side, name in zip(row["sides"], names, strict=True)
        ],
    }


def side_values(side: JSON, name: str, subject: JSON, notes: Notes, more: str, most: int) -> JSON:
    """What one side said of a subject, what it says itself apart from its people."""
    shape, word = MARKS[side["direction"]]
    voices = sorted(side["voices"], key=_worth)
    people = [voice for voice in voices if not voice["is_own"]]
    has_both = side["own"] is not None and bool(people)
    return {
        "name": name,
        "direction": side["direction"] or "silent",
        "shape": shape,
        "word": word,
        "is_alone": side["own"] is not None and len(voices) == 1,
        "apart": _apart(side["own"], people) if has_both or len(people) > 1 else "",
        "voices": [voice_values(voice, subject, notes) for voice in voices[:most]],
        "hidden": len(voices) - most if len(voices) > most else 0,
        "more": more,
    }


def _worth(voice: JSON) -> tuple[bool, bool]:
    """For sorting: the side itself first, then whoever is quoted."""
    return not voice["is_own"], "quote" not in voice["statement"]


def _apart(own: Direction | None, people: Sequence[JSON]) -> str:
    counted = {
        direction: sum(voice["direction"] == direction for voice in people)
        for direction in DIRECTIONS
    }
    others = ", ".join(f"{number} {direction}" for direction, number in counted.items() if number)
    return f"Itself: {own} · others: {others}" if own else f"Voices: {others}"


def voice_values(voice: JSON, subject: JSON, notes: Notes) -> JSON:
    """One voice: who, what, when, the quote, its sources, and who said the same for it."""
    statement = voice["statement"]
    return {
        **_said(voice["direction"], statement),
        "actor": link(statement["actor"]),
        "date": _address(statement, subject),
        "quote": text_of(statement["quote"]) if statement.get("quote") else "",
        "note": text_of(statement["note"]) if statement.get("note") else "",
        "marks": notes.marks(statement.get("cites")),
        "also": [
            {
                "actor": link(each["actor"]),
                "date": _address(each, subject),
                "quote": text_of(each["quote"]) if each.get("quote") else "",
                "marks": notes.marks(each.get("cites")),
            }
            for each in voice["also_said_by"]
        ],
    }


def _said(direction: Direction, statement: JSON) -> JSON:
    if "stance" in statement:
        stance = statement["stance"]
        return {"shape": SHAPES[stance], "class": stance, "said": STANCES.label_of(stance)}
    shape, word = MARKS[direction]
    said = PARTICIPATION_ACTIONS.label_of(statement["action"])
    return {"shape": shape, "class": word, "said": said}


def _address(statement: JSON, subject: JSON) -> SafeString:
    """The date of a statement as a link to it, on the page of its subject."""
    path = f"/{kind_named(subject['kind']).plural}/{subject['key']}/"
    row = {**statement, "path": path}
    return address(row, short_date(statement.get("date")) or "no date")


# --- tables of counts --------------------------------------------------------------------------


def _group_table(
    name: str, title: str, counted: Mapping[str, Count], vocabulary: Vocabulary, go: Here
) -> JSON:
    """Counts by topic or function, every one leading to what it counts; most agreed first."""
    known = [(value, counted[value]) for value in vocabulary.values if value in counted]
    rows = [
        {
            "label": vocabulary.label_of(value),
            "address": go.but(**{name: [value]}, verdict=None),
            "cells": [
                {
                    "number": number,
                    "address": go.but(**{name: [value]}, verdict=verdict) + "#found_",
                    "label": f"{LABELS[verdict]}, {vocabulary.label_of(value)}",
                }
                for verdict, number in zip(VERDICTS, count, strict=True)
            ],
        }
        for value, count in sorted(known, key=lambda each: (-each[1].agreed, -each[1].contested))
    ]
    return {
        "name": name,
        "title": title,
        "rows": rows,
        "without": counted[""].total if "" in counted else 0,
        "csv": go.api(".csv", table=f"{name}s"),
    }


def _years(ground: CommonGround, go: Here) -> list[JSON]:
    """The years in which something changed, each leading to how things stood at its end."""
    rows: list[JSON] = []
    before: Count | None = None
    for year, count in ground.by_year.items():
        if count != before:
            end = f"{year}-12-31"
            rows.append({"year": year, "address": go.but(on=end), "count": count})
        before = count
    return rows
