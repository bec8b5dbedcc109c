"""Entries as earlier revisions had them."""

from datetime import datetime

import orjson

from kb.documents.schema import expand, references
from kb.kinds import JSON, Kind
from kb.publication.names import Names
from kb.publication.reading import PastRevision
from kb.publication.rendering import Face, timestamp


def public_document(
    entry_id: int, key: str, kind: Kind, revision: PastRevision, *, known_at: datetime | None = None
) -> JSON:
    """The public JSON that a revision with a document gives, names of other entries as of today.

    Raises ValueError for a redacted revision.
    """
    if revision.document is None:
        raise ValueError(f"revision {revision.number} of {key} is redacted")
    document = orjson.loads(revision.document)
    names = Names(mention.key for mention in references(kind.schema, document))
    face = Face(
        entry_id=entry_id,
        key=key,
        kind=kind,
        revision_id=revision.id,
        number=revision.number,
        hash=revision.hash,
        published_at=revision.published_at,
        origin=orjson.loads(revision.metadata)["changeset"]["origin"],
        document=document,
    )
    asked = {"known_at": timestamp(known_at)} if known_at else {}
    return {**expand(kind.schema, document, names.brief), "meta": {**face.meta(), **asked}}
