"""Everything dated, in the order of time."""

from collections.abc import Mapping
from typing import Any

import orjson

from governance.analyses.happenings import WHAT, TimelineAsked, happenings, per_year
from governance.analyses.timeline import Happening
from governance.vocabularies import TOPICS
from kb.api import known, shapes
from kb.api.endpoints import Answer, Call, Endpoint, checked, format_parameter
from kb.api.negotiation import FORMATS
from kb.api.paging import PAGE_PARAMETERS, PageAsked, page_asked, page_body
from kb.documents.inexact_dates import PATTERN, BadDate, InexactDate
from kb.filters import Parameter, Values
from kb.formats import MEDIA_TYPES
from kb.formats.tables import csv_text
from kb.kinds import kind_named, kinds
from kb.parameters import Wrong, WrongParameters, one_of
from kb.publication import reading
from kb.publication.cursors import Place, sealed, window
from kb.publication.past_rows import Past

JSON = dict[str, Any]

DATE = {
    "type": "string",
    "pattern": PATTERN,
    "x-wanted": "Write YYYY, YYYY-MM or YYYY-MM-DD.",
}
KEY = {"type": "string", "pattern": "^[a-z0-9-]{2,80}$", "x-entry": []}
OLDEST = "date"  # the value of `sort` that begins with the oldest

FILTERS = (
    Parameter(
        "what",
        "What happened: any of these.",
        {"type": "string", "enum": list(WHAT)},
        repeat=True,
    ),
    Parameter(
        "kind",
        "To entries of any of these kinds.",
        {"type": "string", "enum": [kind.name for kind in kinds()]},
        repeat=True,
    ),
    Parameter(
        "topic",
        "To entries with any of these topics.",
        {"type": "string", "enum": list(TOPICS.values)},
        repeat=True,
    ),
    Parameter("about", "To this entry, or done by it.", KEY),
    Parameter("from", "Possibly on this date or later.", DATE),
    Parameter("to", "Possibly on this date or earlier.", DATE),
    Parameter(
        "sort",
        "`-date`: the newest first; `date`: the oldest first.",
        {"type": "string", "enum": ["-date", OLDEST], "default": "-date"},
    ),
)
OF_TIMELINES = {**FORMATS, "csv": f"{MEDIA_TYPES['csv']}; charset=utf-8"}
COLUMNS = ("date", "earliest", "latest", "what", "entry", "actor", "said", "url")


def refuse_bad_dates(values: Values) -> None:
    """Raises WrongParameters for a date that is none, as 2023-02-30."""
    wrong = []
    for name in ("from", "to"):
        try:
            for text in values.get(name, ()):
                InexactDate.parse(text)
        except BadDate as problem:
            wrong.append(Wrong(name, "invalid", str(problem)))
    if wrong:
        raise WrongParameters(wrong)


def timeline_asked(values: Values) -> TimelineAsked:
    """What checked values ask for."""
    about = one_of(values, "about")
    return TimelineAsked(
        what=tuple(values.get("what", ())),
        kinds=tuple(values.get("kind", ())),
        topics=tuple(values.get("topic", ())),
        about=reading.known([about])[about].survivor_id if about else None,
        begin=one_of(values, "from") or "",
        end=one_of(values, "to") or "",
    )


class TimelineEndpoint(Endpoint[PageAsked]):
    """A page of the timeline."""

    path = "/timeline"
    name = "timeline"
    group = "Statements"
    summary = "Everything dated"
    description = (
        "What was proposed, said, founded, joined, adopted, signed, held and published, in the"
        " order of time. A date that is inexact has both its ends, and stands where it begins."
        " `years`: how much there is in each year, in all pages."
    )
    formats = OF_TIMELINES
    parameters = (
        *FILTERS,
        known.KNOWN_AT,
        *(each for each in PAGE_PARAMETERS if each.name != "format"),
        format_parameter(OF_TIMELINES),
    )

    def answer_schema(self) -> JSON:
        day = {"type": "string", "format": "date"}
        item = shapes.fields(
            {
                "date": {**shapes.TEXT, "description": "As exact as its source."},
                "earliest": day,
                "latest": day,
                "what": {"type": "string", "enum": list(WHAT)},
                "entry": shapes.ENTRY,
                "url": {**shapes.ADDRESS, "description": "Of the statement, with its sources."},
            },
            {
                "statement": {**shapes.TEXT, "description": "Its id in the entry."},
                "actor": shapes.ENTRY,
                "said": {
                    **shapes.TEXT,
                    "description": "The stance, act, role or title.",
                },
            },
        )
        year = shapes.fields({"year": {"type": "integer"}, "count": shapes.COUNT})
        return shapes.page(item, {"years": shapes.rows(year)})

    def asked_of(self, given: Values, arguments: Mapping[str, str]) -> PageAsked:
        values = checked(given, self.declared)
        refuse_bad_dates(values)
        known.check_moment(values)
        return page_asked(self.name, values, arguments)

    def answer(self, call: Call[PageAsked]) -> Answer:
        known_at = one_of(call.asked.values, "known_at")
        return known.at_moment(known_at, lambda at: self._answer(call, known.past_of(at)))

    def _answer(self, call: Call[PageAsked], past: Past | None) -> Answer:
        asked, state = call.asked, reading.state()
        wanted = timeline_asked(asked.values)
        found = happenings(
            wanted,
            limit=asked.size + 1,
            beyond=asked.beyond,
            is_falling=is_falling(asked.values) != asked.backwards,
            past=past,
        )
        page = window(found, asked.size, asked.place)
        if call.format == "csv":
            text = csv_text(COLUMNS, map(row_of, page.rows))
            return Answer(text.encode(), call.tag(state), media_type=self.formats["csv"])
        years = per_year(wanted, state, past)
        following = sealed(Place(page.rows[-1].place), asked.identity) if page.has_next else None
        before = Place(page.rows[0].place, backwards=True) if page.has_prev else None
        body = page_body(
            call,
            [orjson.dumps(row_of(row)) for row in page.rows],
            sum(years.values()),
            True,  # noqa: FBT003  every year is counted
            following,
            sealed(before, asked.identity) if before else None,
            b',"years":' + orjson.dumps([{"year": y, "count": n} for y, n in years.items()]),
        )
        return Answer(body, call.tag(state))


def is_falling(values: Values) -> bool:
    return one_of(values, "sort") != OLDEST


def row_of(row: Happening) -> JSON:
    """A happening as the API shows it."""
    optional = {"statement": row.statement, "actor": row.actor, "said": row.said}
    return {
        "date": row.date,
        "earliest": row.earliest.isoformat(),
        "latest": row.latest.isoformat(),
        "what": row.what,
        "entry": dict(row.entry),
        "url": url_of(row),
        **{name: value for name, value in optional.items() if value},
    }


def url_of(row: Happening) -> str:
    """The path of the statement, or of the entry whose own date it is."""
    entry = row.entry
    place = f"#{row.statement}" if row.statement else ""
    return f"/{kind_named(entry['kind']).plural}/{entry['key']}/{place}"
