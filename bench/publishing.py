"""How long a publication holds the lock that lets one publish at a time.

What is measured begins when the lock is taken and ends with the commit: what `publish` renders
before that keeps nobody waiting.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

import orjson

from bench.routes import rows
from kb import editing
from kb.editing import publishing
from kb.editing.checks import unacknowledged
from kb.kinds import kind_named
from kb.models import Changeset, Grant, Revision, Role, User

TIMES = 5
REFERRING = 2_000  # entries that are rendered in the same transaction, at most


def publication_times() -> dict[str, float]:
    """What is published → median of the seconds that it takes. Leaves revisions behind."""
    hub = _hub()
    return {
        "an entry": _median(_ordinary_keys(), _with_another_text),
        f"a new name for an entry that {REFERRING:,} or more name": _median(
            [hub] * 2, _with_another_name
        ),
    }


def _median(keys: list[str], changed: Callable[[dict[str, Any], int], None]) -> float:
    return median(_held(_publication(key, changed, number)) for number, key in enumerate(keys))


def _held(publish: Callable[[], object]) -> float:
    """Seconds from taking the lock to the commit."""
    taken: list[float] = []
    take = publishing.take_publish_lock

    def noted() -> None:
        take()
        taken.append(perf_counter())

    with patch.object(publishing, "take_publish_lock", noted):
        publish()
    return perf_counter() - taken[0]


def publish_again(most: int) -> None:
    """Publish up to `most` entries with another text, one after the other."""
    for number, key in enumerate(_ordinary_keys(most)):
        _publication(key, _with_another_text, number)()


def _ordinary_keys(most: int = TIMES) -> list[str]:
    found = rows(
        "SELECT key FROM kb_published WHERE kind = 'proposal' ORDER BY md5(key) LIMIT %s", most
    )
    return [key for (key,) in found]


def _hub() -> str:
    """The entry that comes nearest to being named by as many as are rendered at once, or more."""
    ((key,),) = rows(
        "SELECT l.key FROM (SELECT target_id, count(DISTINCT entry_id) AS entries"
        " FROM kb_reference GROUP BY 1) n JOIN kb_label l ON l.entry_id = n.target_id"
        " ORDER BY least(n.entries, %s) DESC, n.entries, l.key LIMIT 1",
        REFERRING,
    )
    return str(key)


def _publication(
    key: str, changed: Callable[[dict[str, Any], int], None], number: int
) -> Callable[[], object]:
    """A changeset with one edit, approved and ready to be published."""
    newest = Revision.objects.filter(entry__key=key).order_by("-number")[0]
    document = orjson.loads(newest.document or "{}")
    changed(document, number)
    author, reviewer = _person("bench-author"), _person("bench-reviewer")
    changeset = editing.begin("Measured", by=author)
    editing.save(changeset, key, document["kind"], document, by=author)
    seen = [finding.identity_in(key) for key, finding in unacknowledged(changeset)]
    editing.acknowledge(changeset, seen, by=author)
    editing.submit(changeset, by=author)
    editing.approve(changeset, by=reviewer, digest=changeset.digest())
    approved = Changeset.objects.get(pk=changeset.pk)
    return lambda: editing.publish(approved, by=author)


def _person(name: str) -> User:
    found: User
    found, _is_new = User.objects.get_or_create(username=name)
    Grant.objects.get_or_create(user=found, role=Role.EDITOR, ended_at=None)
    return found


def _with_another_text(document: dict[str, Any], number: int) -> None:
    document["summary"] = f"{document.get('summary', '')[:400]} Measured {number}.".strip()


def _with_another_name(document: dict[str, Any], number: int) -> None:
    field = kind_named(document["kind"]).schema.name_field
    document[field] = f"{document[field][:180]} ({number + 1})"
