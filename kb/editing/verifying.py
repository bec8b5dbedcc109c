"""Recompute the whole chain of revisions, and name what does not fit."""

from collections.abc import Iterator

import orjson
from django.db.models import F

from kb.documents.chain import BEGINNING, document_hash, revision_hash
from kb.models import Change, Revision
from kb.publication.rendering import timestamp


def faults_in_history() -> Iterator[str]:
    """One sentence for each fault, in the order of the chain; nothing where all is well."""
    previous, place = BEGINNING, 0
    for revision in Revision.objects.select_related("entry").order_by("pk").iterator(2000):
        place += 1
        if revision.pk != place:
            yield f"Between {place - 1} and {revision.pk} revisions are missing from the chain."
            place = revision.pk
        yield from (f"Revision {revision.pk} ({revision}): {fault}" for fault in _faults(revision))
        if revision.previous_hash != previous:
            yield f"Revision {revision.pk} ({revision}): it does not follow on the one before it."
        previous = revision.hash
    yield from _faults_in_feed()


def _faults(revision: Revision) -> Iterator[str]:
    if revision.document is not None and revision.salt is not None:
        if document_hash(revision.salt, revision.document) != revision.document_hash:
            yield "its document was tampered with."
    elif revision.document is not None or revision.salt is not None:
        yield "document and salt must both be there, or both redacted."
    expected = revision_hash(revision.previous_hash, revision.document_hash, revision.metadata)
    if expected != revision.hash:
        yield "its metadata or its hash was tampered with."
    yield from _faults_in_columns(revision)


def _faults_in_columns(revision: Revision) -> Iterator[str]:
    """The columns beside the metadata repeat it, and are what pages read."""
    about = orjson.loads(revision.metadata)
    columns = {
        "act": revision.act,
        "entry": revision.entry.key,
        "kind": revision.entry.kind,
        "number": revision.number,
        "published_at": timestamp(revision.published_at),
    }
    for name, value in columns.items():
        if about.get(name) != value:
            yield f"{name} is “{value}” in the table, “{about.get(name)}” in the signed metadata."
    if about["changeset"]["id"] != revision.changeset_id:
        yield f"changeset is {revision.changeset_id} in the table, not {about['changeset']['id']}."


def _faults_in_feed() -> Iterator[str]:
    expected = 0
    rows = Change.objects.order_by("pk").annotate(entry_of_revision=F("revision__entry"))
    for change in rows.iterator(2000):
        expected += 1
        if change.sequence != expected:
            yield f"The feed of changes skips from {expected - 1} to {change.sequence}."
            expected = change.sequence
        if change.entry_id != change.entry_of_revision:
            yield f"Line {change.sequence} of the feed names another entry than its revision."
