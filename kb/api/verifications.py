"""What board members found when they compared statements with their sources."""

from collections.abc import Iterable
from typing import Any

import orjson

from kb.api import finding, known
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint
from kb.editing.verification import Mark, current_marks, marks_at, newest_verification
from kb.filters import Values
from kb.models import Verification
from kb.parameters import one_of
from kb.publication import reading
from kb.publication.lists import moment_asked
from kb.publication.rendering import timestamp

MARK: dict[str, Any] = {
    "type": "object",
    "properties": {
        "statement": {
            "type": "string",
            "description": "The id of a row of the document, or the name of a field.",
        },
        "verdict": {"type": "string", "enum": Verification.Verdict.values},
        "note": {"type": "string"},
        "by": {"type": "string", "description": "Who compared them; empty when nobody is known."},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["statement", "verdict", "note", "by", "at"],
    "additionalProperties": False,
}


class VerificationsEndpoint(Endpoint[Values]):
    """The statements of an entry that were compared with their sources."""

    path = "/entries/{key}/verifications"
    name = "verifications"
    group = "Entries"
    summary = "Statements checked against their sources"
    description = (
        "What members of the editorial board found when they compared statements of the entry with"
        " the sources named there: the newest verdict on each statement as it stands now. A mark"
        " lapses when its statement changes. Statements that are not here were not compared."
    )
    codes = ("not-found", "retracted", "redacted")
    parameters = (known.KNOWN_AT, FORMAT)

    def answer_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "key": {"type": "string"},
                "items": {"type": "array", "items": MARK},
            },
            "required": ["key", "items"],
            "additionalProperties": False,
        }

    def current_tag(self, call: Call[Values]) -> str | None:
        return call.tag(f"{reading.state()}.{newest_verification()}")

    def answer(self, call: Call[Values]) -> Answer:
        tag = call.tag(f"{reading.state()}.{newest_verification()}")
        marks = _marks(call.arguments["key"], one_of(call.asked, "known_at"))
        items = [_row(mark) for mark in marks]
        return Answer(orjson.dumps({"key": call.arguments["key"], "items": items}), tag)


def _marks(key: str, known_at: str | None) -> Iterable[Mark]:
    if known_at is None:
        entry = finding.active(key)
        return current_marks([entry.entry_id]).get(entry.entry_id, {}).values()
    moment = moment_asked("known_at", known_at)
    entry, revision = known.in_force(key, moment)
    return marks_at(entry.entry_id, known.own_kind(revision), revision.document or "{}", moment)


def _row(mark: Mark) -> dict[str, str]:
    return {
        "statement": mark.statement,
        "verdict": mark.verdict,
        "note": mark.note,
        "by": mark.by,
        "at": timestamp(mark.at),
    }
