"""The history of an entry: its revisions, and what changed between two of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.conf import settings

from kb.api import citing, finding, linked, shapes
from kb.api.endpoints import FORMAT, IMMUTABLE, Answer, Call, Endpoint
from kb.api.errors import Problem
from kb.api.negotiation import FORMATS
from kb.api.paging import PageAsked, PagedEndpoint, PageFound, PageRow
from kb.documents.difference import Change, difference
from kb.filters import Parameter, Values
from kb.formats.signposts import of_revision
from kb.kinds import kind_named
from kb.parameters import Wrong, WrongParameters, one_of
from kb.publication import aftermath, reading
from kb.publication.rendering import timestamp

LAST = 2_147_483_647  # the highest number a revision can have
OF_REVISIONS = {**FORMATS, **linked.LINKED}
NUMBER = {"type": "integer", "minimum": 1, "maximum": LAST}


def _address(key: str, number: int) -> str:
    return f"{settings.PUBLIC_URL}/api/v1/entries/{key}/revisions/{number}"


def _summary(key: str, row: reading.ListedRevision) -> bytes:
    fields = {
        "number": row.number,
        "act": row.act,
        "published_at": timestamp(row.published_at),
        "hash": row.hash,
        "previous_hash": row.previous_hash,
        "is_redacted": row.is_redacted,
        "metadata": orjson.Fragment(row.metadata),
        "url": _address(key, row.number),
    }
    return orjson.dumps(fields)


class RevisionsEndpoint(PagedEndpoint):
    """The revisions of an entry, newest first, whatever became of the entry."""

    path = "/entries/{key}/revisions"
    name = "revisions"
    group = "History"
    summary = "Revisions of an entry"
    description = "Newest first. They stay readable when the entry is retracted or merged."
    codes = ("not-found",)

    def answer_schema(self) -> dict[str, Any]:
        return shapes.page(shapes.component("RevisionSummary"))

    def find(self, call: Call[PageAsked]) -> PageFound:
        key, asked = call.arguments["key"], call.asked
        entry = finding.ever(key)
        beyond = asked.beyond[0] if asked.beyond else None
        found = reading.revisions(
            entry.entry_id, beyond=beyond, backwards=asked.backwards, limit=asked.size + 1
        )
        state, total = reading.fetch_row(
            f"SELECT {reading.STATE}, (SELECT count(*) FROM kb_revision WHERE entry_id = %s)",
            (entry.entry_id,),
        )
        rows = [PageRow((row.number,), _summary(key, row)) for row in found]
        return PageFound(rows, total, total_is_exact=True, state=state)


class RevisionEndpoint(Endpoint[Values]):
    """One revision with all that its hash covers."""

    path = "/entries/{key}/revisions/{number}"
    name = "revision"
    group = "History"
    summary = "One revision"
    description = (
        "Immutable. `hash` is SHA-256 over `previous_hash`, `document_hash` and the canonical JSON"
        " (RFC 8785) of `metadata`; `document_hash` is SHA-256 over `salt` and the canonical JSON"
        " of `document`; hashes and salt enter as bytes. A redacted one answers 410 with what is"
        " left, and with who asked for that, who confirmed it, when and why. As `jsonld` it says in"
        " PROV-O who made it from what; what it states is a graph of its own."
    )
    codes = ("not-found", "redacted")
    cache = IMMUTABLE
    formats = OF_REVISIONS

    def answer_schema(self) -> dict[str, Any]:
        return shapes.component("Revision")

    def current_tag(self, call: Call[Values]) -> str | None:
        found = self._revision(call)
        if found.is_redacted:
            return None
        return citing.tag_in_format(f'"{found.hash[:20]}"', call.format)

    def answer(self, call: Call[Values]) -> Answer:
        found = self._revision(call)
        if found.document is None:
            raise self._redacted(call.arguments["key"], found)
        fields = {
            "chain_place": found.id,
            "number": found.number,
            "act": found.act,
            "published_at": timestamp(found.published_at),
            "hash": found.hash,
            "previous_hash": found.previous_hash,
            "document_hash": found.document_hash,
            "salt": found.salt,
            "metadata": orjson.Fragment(found.metadata),
            "document": orjson.Fragment(found.document),
        }
        etag = f'"{found.hash[:20]}"'
        published_at = int(found.published_at.timestamp())
        links = of_revision(call.arguments["key"], found.number, settings.PUBLIC_URL)
        body = orjson.dumps(fields)
        answer = Answer(body, etag, published_at, cache=IMMUTABLE, links=links)
        if call.format == "json":
            return answer
        body = linked.linked_revision(call, orjson.loads(body))
        return citing.in_format(answer, call, body, self.formats[call.format])

    def _revision(self, call: Call[Values]) -> reading.PastRevision:
        key, written = call.arguments["key"], call.arguments["number"]
        finding.ever(key)
        number = int(written) if written.isascii() and written.isdigit() else 0
        found = reading.revision(key, number) if 0 < number <= LAST else None
        if found is None:
            newest = reading.newest_revision(key)
            last = newest.number if newest else 0
            detail = f"“{key}” has no revision {written[:20]}; its revisions are 1 to {last}."
            raise Problem("not-found", detail)
        return found

    def _redacted(self, key: str, found: reading.PastRevision) -> Problem:
        listed = reading.ListedRevision(
            found.number,
            found.act,
            found.published_at,
            found.metadata,
            found.previous_hash,
            found.hash,
            is_redacted=True,
        )
        detail = f"The document of revision {found.number} of “{key}” is deleted."
        revision = orjson.loads(_summary(key, listed))
        redaction = aftermath.redactions_of(key).get(found.number)
        told: dict[str, Any] = {"redaction": _redaction(redaction)} if redaction else {}
        return Problem("redacted", detail, revision=revision, **told)


def _redaction(redaction: aftermath.Redacted) -> Mapping[str, Any]:
    return {
        "reason": redaction.reason,
        "asked_by": redaction.asked_by,
        "confirmed_by": redaction.confirmed_by,
        "at": timestamp(redaction.at),
    }


class DifferenceEndpoint(Endpoint[Values]):
    """What changed between two revisions."""

    path = "/entries/{key}/diff"
    name = "diff"
    group = "History"
    summary = "Difference between two revisions"
    description = (
        "By field, rows of lists matched by their id. Without `to` the newest revision, without"
        " `from` the one before `to`; 0 stands for nothing."
    )
    codes = ("not-found", "redacted")
    parameters = (
        Parameter("from", "Number of the earlier revision.", {**NUMBER, "minimum": 0}),
        Parameter("to", "Number of the later revision.", NUMBER),
        FORMAT,
    )

    def answer_schema(self) -> dict[str, Any]:
        return shapes.component("Difference")

    def answer(self, call: Call[Values]) -> Answer:
        key = call.arguments["key"]
        finding.ever(key)
        to = self._revision(key, one_of(call.asked, "to"), "to") or reading.newest_revision(key)
        if to is None:
            raise finding.unknown(key)
        before = one_of(call.asked, "from") or str(to.number - 1)
        earlier = self._revision(key, before, "from") if before != "0" else None
        kind = str(orjson.loads(to.metadata)["kind"])
        changes = difference(_document(earlier), _document(to), kind_named(kind).schema)
        body = {
            "entry": {"key": key, "kind": kind},
            "from": earlier.number if earlier else 0,
            "to": to.number,
            "changes": [_change_json(change) for change in changes],
        }
        return Answer(orjson.dumps(body), call.tag(reading.state()))

    def _revision(
        self, key: str, number: str | None, parameter: str
    ) -> reading.PastRevision | None:
        if number is None:
            return None
        found = reading.revision(key, int(number))
        if found is None:
            newest = reading.newest_revision(key)
            last = newest.number if newest else 0
            detail = f"There is no revision {number}; the revisions are 1 to {last}."
            raise WrongParameters([Wrong(parameter, "invalid", detail)])
        if found.is_redacted:
            raise Problem("redacted", f"The document of revision {number} of “{key}” is deleted.")
        return found


def _document(revision: reading.PastRevision | None) -> dict[str, Any] | None:
    """The document a revision put in view; None for a retraction or a merge, which put none."""
    if revision is None or revision.document is None or revision.act in ("retract", "merge"):
        return None
    document: dict[str, Any] = orjson.loads(revision.document)
    return document


def pointer(path: Sequence[str | int]) -> str:
    """A path as a JSON pointer. Source: RFC 6901"""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _change_json(change: Change) -> Mapping[str, Any]:
    found = {
        "place": change.place,
        "pointer": pointer(change.path),
        "kind": change.kind,
        "label": change.label,
        "before": change.before,
        "after": change.after,
        "statement": change.statement,
    }
    return {name: value for name, value in found.items() if value is not None}
