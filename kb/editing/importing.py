"""Documents from files into the knowledge base: all of them, or none and every reason why."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import transaction
from django.utils import timezone

from kb.documents.canonical import canonical_json
from kb.documents.problems import InvalidDocument, Problem
from kb.documents.reading import Found, UnreadableFile
from kb.documents.schema import references, validate
from kb.documents.statements import with_ids
from kb.documents.vocabulary import nearest
from kb.editing.activity import record
from kb.editing.checking import ReferenceCheck
from kb.editing.drafts import MOST_EDITS
from kb.editing.publishing import publish, take_publish_lock
from kb.kinds import Kind, kind_named, kinds
from kb.models import Changeset, Edit, Reservation, Revision, User
from kb.publication.copying import copy_rows
from kb.publication.tiers import search_built_last

BATCH = 500
FOUNDING_TITLE = "Founding import"


class ImportRefused(Exception):
    """Nothing was imported. `problems`: lines that say where, what and how to put it right."""

    def __init__(self, problems: Sequence[str]):
        self.problems = problems
        super().__init__("\n".join(problems))


@dataclass
class Report:
    """What an import did. `changesets`: those opened for review."""

    published: int = 0
    for_review: int = 0
    unchanged: int = 0
    changesets: list[Changeset] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid document on its way in, as canonical JSON text, and the revision it starts from."""

    key: str
    kind: str
    content: str
    base_id: int | None


@dataclass
class _Check:
    """The checks over all documents of an import; collects every problem."""

    problems: list[str] = field(default_factory=list)
    references: ReferenceCheck = field(default_factory=ReferenceCheck)
    places: dict[str, str] = field(default_factory=dict)

    def refuse(self, where: str, problem: object) -> None:
        join = ", " if isinstance(problem, Problem) else ": "
        self.problems.append(f"{where}{join}{problem}")

    def conclude(self) -> None:
        for where, problem in self.references.problems():
            self.refuse(where, problem)
        if self.problems:
            raise ImportRefused(self.problems)


@transaction.atomic
def import_documents(
    found: Iterable[Found | UnreadableFile],
    *,
    by: User | None = None,
    on_progress: Callable[[int], None] = lambda _count: None,
) -> Report:
    """Bring documents in; repeating it changes nothing.

    Into an empty knowledge base they are published at once, as its founding import; into any other
    they become changesets for review, without those that change nothing. `on_progress` is told how
    many documents were read. Raises ImportRefused; then nothing has changed.
    """
    take_publish_lock()
    check, report = _Check(), Report()
    if Revision.objects.exists():
        _open_changesets(_changed(_checked(found, check, on_progress), report), check, by, report)
    else:
        _found(_checked(found, check, on_progress), check, by, report)
    return report


def _found(
    batches: Iterable[list[Candidate]], check: _Check, by: User | None, report: Report
) -> None:
    changeset = Changeset.objects.create(
        title=FOUNDING_TITLE, origin=Changeset.Origin.FOUNDING, created_by=by
    )
    for batch in batches:
        copy_rows(_edit(changeset, candidate) for candidate in batch)
    check.conclude()
    with search_built_last():
        report.published = publish(changeset, by=by)


def _open_changesets(
    candidates: Iterable[Candidate], check: _Check, by: User | None, report: Report
) -> None:
    changed = [each for each in candidates if not _is_waiting(each)]
    _refuse_reserved(changed, check)
    check.conclude()
    for start in range(0, len(changed), MOST_EDITS):
        part = changed[start : start + MOST_EDITS]
        changeset = Changeset.objects.create(
            title=f"Import of {len(part)} documents",
            origin=Changeset.Origin.IMPORT,
            created_by=by,
            status=Changeset.Status.IN_REVIEW,
            submitted_by=by,
            submitted_at=timezone.now(),
        )
        copy_rows(_edit(changeset, candidate) for candidate in part)
        new = [candidate.key for candidate in part if candidate.base_id is None]
        Reservation.objects.bulk_create(Reservation(key=key, changeset=changeset) for key in new)
        record("submitted", by=by, changeset=changeset)
        report.changesets.append(changeset)
    report.for_review = len(changed)


def _refuse_reserved(candidates: Sequence[Candidate], check: _Check) -> None:
    """Keys of new entries that an open changeset holds already."""
    new = [candidate.key for candidate in candidates if candidate.base_id is None]
    held = Reservation.objects.filter(key__in=new).select_related("changeset").order_by("key")
    for each in held:
        title = each.changeset.title
        problem = f"the open changeset “{title}” creates “{each.key}” too. Close one of them first."
        check.refuse(check.places[each.key], problem)


def _edit(changeset: Changeset, candidate: Candidate) -> Edit:
    return Edit(
        changeset=changeset,
        key=candidate.key,
        kind=candidate.kind,
        content=candidate.content,
        base_id=candidate.base_id,
    )


def _is_waiting(candidate: Candidate) -> bool:
    """Whether an open changeset already holds exactly this content."""
    closed = (Changeset.Status.PUBLISHED, Changeset.Status.DECLINED, Changeset.Status.WITHDRAWN)
    same = Edit.objects.filter(key=candidate.key, content=candidate.content)
    return same.exclude(changeset__status__in=closed).exists()


def _changed(batches: Iterable[list[Candidate]], report: Report) -> Iterable[Candidate]:
    """The candidates that differ from what is published."""
    for batch in batches:
        bases = [candidate.base_id for candidate in batch if candidate.base_id]
        published = dict(Revision.objects.filter(pk__in=bases).values_list("pk", "document"))
        for candidate in batch:
            if candidate.base_id and published[candidate.base_id] == candidate.content:
                report.unchanged += 1
            else:
                yield candidate


def _checked(
    found: Iterable[Found | UnreadableFile], check: _Check, on_progress: Callable[[int], None]
) -> Iterable[list[Candidate]]:
    """Batches of valid candidates; everything else goes to `check`."""
    batch: list[tuple[str, Kind, dict[str, Any]]] = []
    count = 0
    for each in found:
        count += 1
        if document := _valid(each, check):
            batch.append(document)
        if len(batch) >= BATCH:
            yield _candidates(batch, check)
            batch = []
            on_progress(count)
    yield _candidates(batch, check)
    on_progress(count)


def _valid(each: Found | UnreadableFile, check: _Check) -> tuple[str, Kind, dict[str, Any]] | None:
    """(where, kind, normal document), None when it is refused."""
    if isinstance(each, UnreadableFile):
        check.problems.append(str(each))
        return None
    kind = _kind_of(each, check)
    if kind is None:
        return None
    try:
        document = validate(kind.schema, each.data)
    except InvalidDocument as invalid:
        for problem in invalid.problems:
            check.refuse(_where(each), problem)
        # What refers to it is not wrong as well.
        check.references.brings(str(each.data.get("key")), kind.name)
        return None
    key, where = document["key"], _where(each)
    if key in check.places:
        check.refuse(where, f"“{key}” is also in {check.places[key]}. Keep one of them.")
        return None
    check.places[key] = where
    return where, kind, document


def _where(each: Found) -> str:
    """The file, and the line where it holds a document a line."""
    return f"{each.file}, line {each.line}" if each.file.endswith(".jsonl") else each.file


def _kind_of(each: Found, check: _Check) -> Kind | None:
    named = each.data.get("kind") if isinstance(each.data, dict) else None
    names = [kind.name for kind in kinds()]
    if named in names:
        return kind_named(str(named))
    close = nearest(str(named), names) if named else None
    hint = f"Did you mean “{close}”?" if close else f"Write one of: {', '.join(names)}."
    found = f"“{named}” is not a kind of entry" if named else "the document has no kind"
    check.refuse(_where(each), Problem("kind", "unknown-kind", found, hint))
    return None


def _candidates(
    batch: Sequence[tuple[str, Kind, dict[str, Any]]], check: _Check
) -> list[Candidate]:
    bases = _bases([document["key"] for _where, _kind, document in batch])
    candidates = []
    for where, kind, document in batch:
        base = bases.get(document["key"])
        previous = orjson.loads(base[1]) if base and base[1] else None
        whole = with_ids(kind.schema, document, previous)
        check.references.brings(whole["key"], kind.name)
        check.references.mentions(where, whole["key"], references(kind.schema, whole))
        content = canonical_json(whole).decode()
        candidates.append(Candidate(whole["key"], kind.name, content, base[0] if base else None))
    return candidates


def _bases(keys: Sequence[str]) -> dict[str, tuple[int, str | None]]:
    """key → (id, document) of the newest revision, for the entries that exist."""
    newest = (
        Revision.objects.filter(entry__key__in=keys)
        .order_by("entry_id", "-number")
        .distinct("entry_id")
    )
    rows = newest.values_list("entry__key", "pk", "document")
    return {key: (pk, document) for key, pk, document in rows}
