"""What the public is told of redactions, and of what one person published alone."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from kb.publication.reading import fetch_all

NAME = "coalesce(nullif({0}.full_name, ''), {0}.username)"


class Redacted(NamedTuple):
    """The redaction of one revision: why, and the two people behind it."""

    number: int
    reason: str
    asked_by: str | None
    confirmed_by: str | None
    at: datetime


def redactions_of(key: str) -> dict[int, Redacted]:
    """Number of each redacted revision of the entry `key` → its redaction."""
    rows = fetch_all(
        f"SELECT r.number, d.reason, {NAME.format('asked')}, {NAME.format('confirmed')},"
        " d.decided_at FROM kb_redaction d JOIN kb_revision r ON r.id = d.revision_id"
        " JOIN kb_entry e ON e.id = r.entry_id LEFT JOIN kb_user asked ON asked.id = d.asked_by_id"
        " LEFT JOIN kb_user confirmed ON confirmed.id = d.decided_by_id"
        " WHERE e.key = %s AND d.is_confirmed",
        (key,),
    )
    return {row[0]: Redacted._make(row) for row in rows}


class Alone(NamedTuple):
    """What one person published alone, in an emergency, and how its second review stands.

    `verdict`: "" while it waits, else "confirmed" or "to-revert".
    """

    changeset_id: int
    title: str
    acted_by: str | None
    opened_at: datetime
    due_at: datetime
    is_overdue: bool
    verdict: str
    reviewed_by: str | None
    reviewed_at: datetime | None

    @property
    def is_waiting(self) -> bool:
        return not self.verdict


_ALONE = (
    f"SELECT c.id, c.title, {NAME.format('acted')}, s.opened_at, s.due_at,"
    f" s.reviewed_at IS NULL AND s.due_at <= now(), s.verdict, {NAME.format('seen')}, s.reviewed_at"
    " FROM kb_secondreview s JOIN kb_changeset c ON c.id = s.changeset_id"
    " LEFT JOIN kb_user acted ON acted.id = c.published_by_id"
    " LEFT JOIN kb_user seen ON seen.id = s.reviewed_by_id"
)


def awaiting_second_review() -> list[Alone]:
    """Everything that still waits for its second review, the longest waiting first."""
    rows = fetch_all(f"{_ALONE} WHERE s.reviewed_at IS NULL ORDER BY s.due_at, c.id")
    return [Alone._make(row) for row in rows]


def published_alone(changeset_ids: Iterable[int]) -> dict[int, Alone]:
    """Those of these changesets that one person published alone."""
    rows = fetch_all(f"{_ALONE} WHERE c.id = ANY(%s)", (list(changeset_ids),))
    return {row[0]: Alone._make(row) for row in rows}


def newest_alone(key: str) -> Alone | None:
    """How the newest revision of the entry `key` stands, where one person published it alone."""
    newest = (
        " WHERE c.id = (SELECT r.changeset_id FROM kb_revision r JOIN kb_entry e"
        " ON e.id = r.entry_id WHERE e.key = %s ORDER BY r.number DESC LIMIT 1)"
    )
    rows = fetch_all(_ALONE + newest, (key,))
    return Alone._make(rows[0]) if rows else None
