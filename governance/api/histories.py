"""How many belonged to a body or took part in an instrument, through time."""

from datetime import date
from typing import Any, ClassVar

import orjson

from governance.analyses.belonging import Found, Owner, belongings_at, belongings_of
from governance.analyses.membership import Step, counted_roles
from governance.models import Membership, Participation
from kb.api import finding, known, shapes
from kb.api.endpoints import FORMAT, Answer, Call, Endpoint
from kb.api.negotiation import FORMATS
from kb.filters import Values
from kb.formats import MEDIA_TYPES
from kb.formats.tables import csv_text
from kb.kinds import kind_named
from kb.models.projected import StatementRow
from kb.parameters import one_of
from kb.publication import reading
from kb.publication.lists import moment_asked
from kb.publication.past_rows import of_entry

JSON = dict[str, Any]
COLUMNS = ("from", "certain", "possible")


class HistoryEndpoint(Endpoint[Values]):
    """Base: the count of those who belong, a row for each day on which it changes.

    `kind`: of the entry of the address. `counted`: who is counted, in words.
    """

    group = "Statements"
    codes = ("not-found", "retracted", "redacted")
    parameters = (known.KNOWN_AT, FORMAT)
    formats = {**FORMATS, "csv": f"{MEDIA_TYPES['csv']}; charset=utf-8"}  # noqa: RUF012  as the base
    kind: ClassVar[str]
    table: ClassVar[type[StatementRow]]

    def answer(self, call: Call[Values]) -> Answer:
        state = reading.state()
        found = self._found(call.arguments["key"], one_of(call.asked, "known_at"))
        rows = [_row(step) for step in found.belongings.history()]
        if call.format == "csv":
            body = csv_text(COLUMNS, rows).encode()
            return Answer(body, call.tag(state), media_type=self.formats["csv"])
        return Answer(orjson.dumps({**self._about(found), "items": rows}), call.tag(state))

    def _found(self, key: str, known_at: str | None) -> Found:
        if known_at is None:
            entry = finding.active(key, self.kind)
            return belongings_of(self.kind, [entry.key])[entry.key]
        moment = moment_asked("known_at", known_at)
        entry, revision = known.in_force(key, moment)
        finding.require_kind(entry, self.kind)
        name = kind_named(self.kind).name_of(orjson.loads(revision.document or "{}"))
        owner = Owner(key, self.kind, name, revision.number, revision.published_at)
        return belongings_at(owner, entry.entry_id, of_entry(self.table, entry.entry_id, moment))

    def _about(self, found: Found) -> JSON:
        owner = found.owner
        counted = counted_roles({row.role for row in found.belongings.rows})
        about = {"key": owner.key, "kind": owner.kind, "name": owner.name}
        return {self.kind: about, "counted": sorted(counted)}

    def answer_schema(self) -> JSON:
        since = {
            "type": ["string", "null"],
            "format": "date",
            "description": "The day from which there were as many; null: nobody knows since when.",
        }
        row = shapes.fields({"from": since, "certain": shapes.COUNT, "possible": shapes.COUNT})
        roles = {**shapes.rows(shapes.TEXT), "description": "The roles or acts that are counted."}
        return shapes.fields({self.kind: shapes.ENTRY, "counted": roles, "items": shapes.rows(row)})


def _row(step: Step) -> JSON:
    since = None if step.day == date.min else step.day.isoformat()
    return {"from": since, "certain": step.count.certain, "possible": step.count.possible}


class MembershipHistoryEndpoint(HistoryEndpoint):
    """How many members a body had."""

    path = "/bodies/{key}/membership-history"
    name = "membership-history"
    summary = "Number of members through time"
    description = (
        "A row for each day on which the number changes: `certain`, who belonged whatever inexact"
        " dates mean, and `possible`, who did in some reading of them. Members and founding"
        " members are counted, each once; where a body has neither, whoever takes part."
    )
    kind = "body"
    table = Membership


class ParticipationHistoryEndpoint(HistoryEndpoint):
    """How many were bound by an instrument."""

    path = "/instruments/{key}/participation-history"
    name = "participation-history"
    summary = "Number of parties or signatories through time"
    description = (
        "A row for each day on which the number changes: `certain` whatever inexact dates mean,"
        " and `possible` in some reading of them. Those who consented to be bound are counted;"
        " where nobody could, those who signed or endorsed."
    )
    kind = "instrument"
    table = Participation
