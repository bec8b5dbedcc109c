"""The checks over everything that is published, for the page of findings."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple

import orjson
from django.db import connection, transaction
from django.utils import timezone

from kb.documents.findings import Finding
from kb.documents.problems import InvalidDocument
from kb.documents.schema import validate
from kb.editing.checking import ReferenceCheck
from kb.editing.duplicates import CODE as DUPLICATE
from kb.editing.duplicates import identity_of_pair
from kb.editing.errors import EditingError
from kb.editing.examining import examine
from kb.editing.permissions import Action, require
from kb.editing.surroundings import Case
from kb.kinds import JSON, kind_named
from kb.models import Dismissal, PublishedFinding, User
from kb.publication.copying import copy_rows

BATCH = 500


class Public(NamedTuple):
    """A published document."""

    entry_id: int
    key: str
    kind: str
    document: JSON


def refresh_findings_of_everything(
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Counter[tuple[str, bool]]:
    """Check all that is published, and put what is found in place of what was found before.

    `on_progress` is told how many entries are done. Returns (code, is an error) → how often.
    Readers of the findings see the old ones until it is done.
    """
    counted: Counter[tuple[str, bool]] = Counter()
    with transaction.atomic():
        _without_time_limit()
        PublishedFinding.objects.all().delete()
        done = 0
        for batch in _batches(_everything()):
            rows = list(_rows(batch))
            copy_rows(rows)
            counted.update((row.code, row.is_error) for row in rows)
            done += len(batch)
            on_progress(done)
    return counted


def dismiss(finding: PublishedFinding, *, by: User, reason: str = "") -> Dismissal:
    """Let a finding stand, once somebody of the board has looked at it.

    Raises NotAllowed, or EditingError for an error: that is put right, not let stand.
    """
    require(by, Action.DISMISS_FINDING)
    if finding.is_error:
        raise EditingError("An error cannot be let stand. Put it right in the entry.")
    dismissal, _is_new = Dismissal.objects.get_or_create(
        identity=finding.identity, defaults={"user": by, "reason": reason[:300]}
    )
    return dismissal


def _without_time_limit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")


def _everything() -> Iterator[Public]:
    """Every published document, read through a cursor on the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT p.entry_id, p.key, p.kind, r.document FROM kb_published p"
            " JOIN kb_revision r ON r.id = p.revision_id ORDER BY p.entry_id"
        )
        while rows := cursor.fetchmany(BATCH):
            for entry_id, key, kind, text in rows:
                yield Public(entry_id, key, kind, orjson.loads(text))


def _batches(everything: Iterable[Public]) -> Iterator[list[Public]]:
    remaining = iter(everything)
    while batch := list(islice(remaining, BATCH)):
        yield batch


def _rows(batch: list[Public]) -> Iterator[PublishedFinding]:
    """What is found in some published documents, unsaved."""
    found: dict[str, list[Finding]] = {each.key: list(_problems(each)) for each in batch}
    sound = [each for each in batch if not found[each.key]]
    for key, finding in _broken_references(sound):
        found[key].append(finding)
    cases = [Case(e.key, kind_named(e.kind), e.document, is_public=True) for e in sound]
    for key, its in examine(cases, {}).items():
        found[key] += its
    return (_row(each, finding) for each in batch for finding in found[each.key])


def _problems(public: Public) -> Iterator[Finding]:
    try:
        validate(kind_named(public.kind).schema, public.document)
    except InvalidDocument as problem:
        yield from (Finding.of(each, public.document) for each in problem.problems)


def _broken_references(sound: Iterable[Public]) -> Iterator[tuple[str, Finding]]:
    check, documents = ReferenceCheck(), {}
    for each in sound:
        documents[each.key] = each.document
        mentions = Case(each.key, kind_named(each.kind), each.document).mentions
        check.mentions(each.key, each.key, mentions)
    for key, problem in check.problems():
        yield key, Finding.of(problem, documents[key])


def _row(public: Public, finding: Finding) -> PublishedFinding:
    return PublishedFinding(
        entry_id=public.entry_id,
        kind=public.kind,
        code=finding.code,
        is_error=finding.is_error,
        place=finding.place[:300],
        detail=finding.detail,
        data=dict(finding.data),
        identity=_identity(public.key, finding),
        found_at=timezone.now(),
    )


def _identity(key: str, finding: Finding) -> str:
    if finding.code == DUPLICATE:
        return identity_of_pair(key, finding.data["other"])
    return finding.identity_in(key)
