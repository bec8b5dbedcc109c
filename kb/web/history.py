"""The history of an entry: its revisions, the difference between two, what it said on a date."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from kb.documents.difference import difference
from kb.documents.fields import KEY
from kb.documents.schema import expand, references
from kb.filters import WrongValue
from kb.kinds import JSON, Kind, kind_named
from kb.publication import aftermath, reading
from kb.publication.body import Parts, body_html
from kb.publication.cursors import WrongCursor
from kb.publication.lists import moment_of
from kb.publication.names import Names
from kb.publication.reading import ListedRevision, PastRevision
from kb.web.changes import ACTS, people
from kb.web.entries import unknown
from kb.web.pages import page, public_page
from kb.web.paging import PAGE_SIZE, paged, place_in
from kb.web.shown_changes import Wording, grouped_changes


class WrongChoice(ValueError):
    """A revision or a moment that cannot be shown; `str()` says why."""


@public_page
def history_page(request: HttpRequest, key: str) -> HttpResponse:
    """`/entries/<key>/history/`, a difference (`?from=&to=`) or a past (`?known_at=`)."""
    entry = reading.known([key]).get(key) if re.match(KEY, key) else None
    newest = reading.newest_revision(key) if entry else None
    if entry is None or newest is None:
        return unknown(request, key)
    # A merged entry has a history of its own, under the kind and name it had.
    kind = kind_named(json.loads(newest.metadata)["kind"])
    context: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "name": entry.shown["name"] if entry.survivor == key else key,
        "path": f"/entries/{key}/",
        "last": newest.number,
        "written": {name: request.GET.get(name, "") for name in ("from", "to", "known_at")},
        "api": f"/api/v1/entries/{key}/revisions",
    }
    try:
        context |= _asked(request, key, kind, newest.number)
        context |= _revisions(request, key, entry.entry_id)
    except (WrongChoice, WrongCursor) as problem:
        return page(request, "kb/history.html", {**context, "wrong": str(problem)}, status=400)
    return page(request, "kb/history.html", context)


def _revisions(request: HttpRequest, key: str, entry_id: int) -> dict[str, Any]:
    """A page of the revisions, newest first. Raises WrongCursor."""
    place = place_in(request, f"history {key}")
    found = reading.revisions(
        entry_id,
        beyond=place.values[0] if place else None,
        backwards=place is not None and place.backwards,
        limit=PAGE_SIZE + 1,
    )
    listed = paged(request, found, place, f"history {key}", lambda row: (row.number,))
    rows = [_shown(key, row) for row in listed.rows]
    return {"revisions": _with_aftermath(key, rows), "next": listed.next, "prev": listed.prev}


def _with_aftermath(key: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, with who redacted what, and what one person published alone."""
    is_redacted = any(row["is_redacted"] for row in rows)
    redactions = aftermath.redactions_of(key) if is_redacted else {}
    emergencies = [row["changeset_id"] for row in rows if row["is_emergency"]]
    alone = aftermath.published_alone(emergencies) if emergencies else {}
    return [
        {
            **row,
            "redaction": redactions.get(row["number"]),
            "alone": alone.get(row["changeset_id"]),
        }
        for row in rows
    ]


def _shown(key: str, row: ListedRevision) -> dict[str, Any]:
    changeset: Mapping[str, Any] = json.loads(row.metadata).get("changeset", {})
    act = "published" if row.number == 1 else ACTS.get(row.act, row.act)
    return {
        "number": row.number,
        "act": act,
        "published_at": row.published_at,
        **people(row.metadata),
        "changeset": changeset.get("title", ""),
        "changeset_id": changeset.get("id"),
        "is_emergency": changeset.get("origin") == "emergency",
        "changeset_path": f"/changes/{changeset['id']}/" if "id" in changeset else "",
        "is_founding": changeset.get("origin") == "founding-import",
        "hash": row.hash,
        "short_hash": row.hash[:12],
        "is_redacted": row.is_redacted,
        "api": f"/api/v1/entries/{key}/revisions/{row.number}",
    }


def _asked(request: HttpRequest, key: str, kind: Kind, last: int) -> dict[str, Any]:
    """The difference or the past document that the address asks for. Raises WrongChoice."""
    if request.GET.get("known_at"):
        return _past(request.GET["known_at"].strip(), key, kind)
    if request.GET.get("from") or request.GET.get("to"):
        return _difference(request, key, kind, last)
    return {}


# --- the difference between two revisions ----------------------------------------------------


def _difference(request: HttpRequest, key: str, kind: Kind, last: int) -> dict[str, Any]:
    to = _number(request.GET.get("to") or str(last), last)
    begin = _number(request.GET.get("from") or str(max(to - 1, 0)), last, least=0)
    before, after = _document(key, begin), _document(key, to)
    changes = difference(before, after, kind.schema)
    return {
        "difference": {
            "from": begin,
            "to": to,
            "groups": grouped_changes(changes, _wording(kind, before, after)),
        }
    }


def _wording(kind: Kind, before: JSON | None, after: JSON | None) -> Wording:
    """Puts a difference into words, with what entries are called today."""
    schema, sides = kind.schema, filter(None, (before, after))
    names = Names({mention.key for each in sides for mention in references(schema, each)})
    return Wording(schema, after, lambda key: names.shown(key) if key in names else None)


def _number(text: str, last: int, *, least: int = 1) -> int:
    number = int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else -1
    if not least <= number <= last:
        raise WrongChoice(
            f"“{text[:40]}” is no revision of this entry: they are {least} to {last}."
        )
    return number


def _document(key: str, number: int) -> JSON | None:
    """The document that a revision put in view; None for 0, a retraction or a merge."""
    if number == 0:
        return None
    found = reading.revision(key, number)
    if found is None or found.act in ("retract", "merge"):
        return None
    if found.document is None:
        raise WrongChoice(f"The document of revision {number} was redacted.")
    document: JSON = orjson.loads(found.document)
    return document


# --- what it said on a date ------------------------------------------------------------------


def _past(written: str, key: str, kind: Kind) -> dict[str, Any]:
    try:
        moment = moment_of("known_at", written, at_end=True)
    except WrongValue as problem:
        detail = f"{problem.detail} Write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ."
        raise WrongChoice(detail) from None
    revision = reading.revision_in_force(key, moment)
    if revision is None:
        first = reading.revision(key, 1)
        since = f" The first revision is of {first.published_at:%Y-%m-%d}." if first else ""
        raise WrongChoice(f"Nothing of this entry was published by {written}.{since}")
    return {"past": _past_body(kind, revision), "past_revision": revision, "known_at": moment}


def _past_body(kind: Kind, revision: PastRevision) -> dict[str, Any] | None:
    """The parts of the body of a past revision; None where it has none to show."""
    if revision.document is None or revision.act in ("retract", "merge"):
        return None
    document = orjson.loads(revision.document)
    names = Names({mention.key for mention in references(kind.schema, document)})
    meta = {"revision": revision.number}
    parts = Parts.of(body_html(kind, expand(kind.schema, document, names.shown), meta))
    return {"before": parts.before, "after": parts.after, "notes": parts.notes}
