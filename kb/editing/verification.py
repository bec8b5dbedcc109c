"""Marks of board members on statements that they compared with their sources.

A mark belongs to exactly what was compared: when the statement or its citations change, it lapses,
and comes back should they be as they were.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from kb.documents.sourced import Sourced, sourced
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.kinds import kind_named
from kb.models import Published, User, Verification

JSON = Mapping[str, Any]
LONGEST_NOTE = 2_000  # characters


class StatementChanged(EditingError):
    """What was compared with its source is no longer what stands there."""

    def __init__(self, key: str, statement: str):
        super().__init__(
            f"“{statement}” of {key} has changed since you read it. Read it again, then say what"
            " its source says."
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """The newest word on a statement as it stands.

    `by`: who said so, "" when the account is gone.
    """

    statement: str
    verdict: str
    note: str
    by: str
    at: datetime

    @property
    def label(self) -> str:
        """For readers: “Checked against its source”."""
        return LABELS[self.verdict]


LABELS: dict[str, str] = {
    Verification.Verdict.CONFIRMED: "Checked against its source",
    Verification.Verdict.NOT_FOUND: "Not found in its source",
    Verification.Verdict.CONTRADICTS: "Contradicted by its source",
}


def verify(
    key: str, statement: str, verdict: str, note: str, *, by: User, content_hash: str
) -> Verification:
    """Mark a published statement, as it was read, as compared with its source.

    `statement`: the id of a row, or the name of a field. `content_hash`: of what was read
    (`Sourced.content_hash`). Raises NotAllowed, StatementChanged, or EditingError.
    """
    require(by, Action.VERIFY)
    if verdict not in Verification.Verdict.values:
        known = ", ".join(Verification.Verdict.values)
        raise EditingError(f"“{verdict[:40]}” is no verdict. Choose one of: {known}.")
    if verdict != Verification.Verdict.CONFIRMED and not note.strip():
        raise EditingError("Say in a note what the source says instead, or where you looked.")
    published = Published.objects.select_related("revision").filter(key=key).first()
    if published is None:
        raise EditingError(f"No entry that is in view is called “{key[:80]}”.")
    present = statements_of(published.kind, published.revision.content).get(statement)
    if present is None or present.content_hash != content_hash:
        raise StatementChanged(key, statement)
    return Verification.objects.create(
        entry_id=published.entry_id,
        statement=statement,
        content_hash=content_hash,
        verdict=verdict,
        note=note.strip()[:LONGEST_NOTE],
        user=by,
    )


def statements_of(kind: str, document: JSON) -> dict[str, Sourced]:
    """Name → statement, for every statement of a document that can be compared with a source."""
    return {each.name: each for each in sourced(kind_named(kind).schema, document)}


def current_marks(entry_ids: Iterable[int]) -> dict[int, dict[str, Mark]]:
    """Entry → statement → newest mark, of active entries, where the statement is what was marked.

    One query; entries without marks are left out.
    """
    found: dict[int, dict[str, Mark]] = {}
    statements: dict[str, Sourced] = {}
    for entry_id, kind, document, hashed, mark in _newest(list(entry_ids)):
        if document is not None:  # comes with the first mark of each entry
            statements = statements_of(kind, orjson.loads(document))
        present = statements.get(mark.statement)
        if present is not None and present.content_hash == hashed:
            found.setdefault(entry_id, {})[mark.statement] = mark
    return found


_NEWEST = """
SELECT v.entry_id, p.kind,
       CASE WHEN row_number() OVER (PARTITION BY v.entry_id ORDER BY v.statement) = 1
            THEN r.document END,
       v.content_hash, v.statement, v.verdict, v.note,
       coalesce(nullif(u.full_name, ''), u.username, ''), v.at
  FROM (SELECT DISTINCT ON (entry_id, statement) * FROM kb_verification
         WHERE entry_id = ANY(%s) ORDER BY entry_id, statement, id DESC) v
  JOIN kb_published p ON p.entry_id = v.entry_id
  JOIN kb_revision r ON r.id = p.revision_id
  LEFT JOIN kb_user u ON u.id = v.user_id
 ORDER BY v.entry_id, v.statement
"""

Row = tuple[int, str, str | None, str, Mark]


def _newest(entry_ids: list[int]) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST, [entry_ids])
        return [
            (entry_id, kind, document, hashed, Mark(*mark))
            for entry_id, kind, document, hashed, *mark in cursor.fetchall()
        ]


def marks_at(entry_id: int, kind: str, document: str, moment: datetime) -> list[Mark]:
    """The newest marks before `moment` on the statements of a document (JSON text) then in force,
    by statement, where the statement is what was marked.
    """
    statements = statements_of(kind, orjson.loads(document))
    marks = (
        Verification.objects.filter(entry_id=entry_id, at__lt=moment)
        .order_by("statement", "-pk")
        .distinct("statement")
        .select_related("user")
    )
    return [
        Mark(mark.statement, mark.verdict, mark.note, _name_of(mark.user), mark.at)
        for mark in marks
        if mark.statement in statements
        and statements[mark.statement].content_hash == mark.content_hash
    ]


def _name_of(user: User | None) -> str:
    return (user.full_name or user.username) if user else ""


def newest_verification() -> int:
    """The number of the newest mark, 0 before the first: what shows marks changes with it."""
    newest = Verification.objects.order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
