"""One published document → its public bytes and rows. Pure but for the labels it is handed."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings
from django.db import models

from kb.documents.inexact_dates import InexactDate
from kb.documents.problems import place_of, value_at
from kb.documents.schema import Mention, expand, references
from kb.filters import ExistsFilter, TermFilter, standing_at
from kb.kinds import JSON, Kind
from kb.kinds import Published as PublishedDocument
from kb.models import Published, Reference
from kb.models.projected import unsaved
from kb.models.published import Address, Identifier
from kb.publication.addresses import bare
from kb.publication.body import body_html
from kb.publication.names import Names
from kb.publication.search_text import fold_name, name_trigrams, search_rows

UNDATED = date.min


@dataclass(frozen=True, slots=True)
class Face:
    """An entry as its newest revision has it: what rendering starts from."""

    entry_id: int
    key: str
    kind: Kind
    revision_id: int
    number: int
    hash: str
    published_at: datetime
    origin: str
    document: JSON

    @property
    def path(self) -> str:
        return f"/{self.kind.plural}/{self.key}/"

    def meta(self) -> JSON:
        """What the API says of the entry beside its document."""
        address = settings.PUBLIC_URL
        api = f"{address}/api/v1/entries/{self.key}"
        return {
            "revision": self.number,
            "published_at": timestamp(self.published_at),
            "hash": self.hash,
            "origin": self.origin,
            "url": address + self.path,
            "cite_as": (
                f"“{self.kind.name_of(self.document)}”, {settings.SITE_NAME}, revision"
                f" {self.number}, {self.published_at:%Y-%m-%d}, {address}{self.path}"
            ),
            "links": {
                "self": api,
                "revisions": f"{api}/revisions",
                "links": f"{api}/links",
                "backlinks": f"{api}/backlinks",
                "history": f"{address}/entries/{self.key}/history/",
                "schema": f"{address}/api/v1/schemas/{self.kind.name}.json",
            },
        }


@lru_cache(maxsize=1024)  # entries published together share it
def timestamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds: `2026-11-22T10:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def label_of(kind: Kind, key: str, document: JSON, status: str = "") -> JSON:
    """What is shown of an entry where another one refers to it."""
    label = {"key": key, "kind": kind.name, "name": kind.name_of(document), **kind.shown(document)}
    return {**label, "status": status} if status else label


def mentions(face: Face) -> list[Mention]:
    """Every place in the document that names another entry."""
    return list(references(face.kind.schema, face.document))


def search_rows_of(face: Face) -> Iterator[models.Model]:
    """The rows by which an active entry is found, unsaved: they show no name of another one."""
    terms = terms_of(face.kind, face.document)
    yield from search_rows(face.kind, face.document, face.entry_id, terms)
    yield from name_trigrams(face.kind, face.document, face.entry_id)
    yield from identifier_rows(face)
    yield from address_rows(face)


def render(face: Face, names: Names) -> Iterator[models.Model]:
    """All other rows of one active entry, unsaved: public face, references, projections."""
    schema = face.kind.schema
    brief = expand(schema, face.document, names.brief)
    meta = face.meta()
    yield unsaved(
        Published,
        entry_id=face.entry_id,
        key=face.key,
        kind=face.kind.name,
        name=face.kind.name_of(face.document),
        revision_id=face.revision_id,
        number=face.number,
        published_at=face.published_at,
        sort_name=fold_name(face.kind.name_of(face.document))[:400],
        sort_date=main_date(face.kind, face.document),
        terms=terms_of(face.kind, face.document),
        summary=orjson.dumps(summary(face, brief, meta)),
        html=body_html(face.kind, expand(schema, face.document, names.shown), meta).encode(),
        **_bytes_and_tag({**brief, "meta": meta}),
    )
    for mention in mentions(face):
        yield reference_row(face, mention, names)
    yield from face.kind.project(
        PublishedDocument(face.entry_id, face.document, brief, names.entry_id, names.shown)
    )


def _bytes_and_tag(public: JSON) -> dict[str, Any]:
    json = orjson.dumps(public)
    return {"json": json, "etag": f'"{hashlib.sha256(json).hexdigest()[:20]}"'}


def summary(face: Face, brief: JSON, meta: JSON) -> JSON:
    """The entry's row in a list."""
    fields = {name: brief[name] for name in face.kind.summary_fields if name in brief}
    kept = {name: meta[name] for name in ("revision", "published_at", "hash", "url")}
    head = {"key": face.key, "kind": face.kind.name, "name": face.kind.name_of(face.document)}
    return {**head, **fields, "meta": kept}


def terms_of(kind: Kind, document: JSON) -> list[str]:
    """`filter:value` for every filter by term, sorted, each once."""
    found = {f"kind:{kind.name}"}
    for each in kind.filters:
        if isinstance(each, TermFilter | ExistsFilter):
            found.update(each.terms_in(document))
    return sorted(found)


def main_date(kind: Kind, document: JSON) -> date:
    """The earliest day of the kind's main date, 0001-01-01 where there is none."""
    text = document.get(kind.date_field) if kind.date_field else None
    return InexactDate.parse(text).earliest if text else UNDATED


def reference_row(face: Face, mention: Mention, names: Names) -> Reference:
    """The row for one mention."""
    return unsaved(
        Reference,
        entry_id=face.entry_id,
        written_id=names.written_id(mention.key),
        target_id=names.entry_id(mention.key),
        relation=relation_of(face.document, mention),
        place=place_of(mention.place),
        statement=mention.statement or "",
    )


def identifier_rows(face: Face) -> Iterator[Identifier]:
    """A row for each register that knows the entry."""
    for register, number in face.kind.identifiers(face.document).items():
        yield unsaved(
            Identifier,
            entry_id=face.entry_id,
            kind=face.kind.name,
            register=register,
            number=number,
        )


def address_rows(face: Face) -> Iterator[Address]:
    """A row for each address at which the entry is found."""
    found = (standing_at(face.document, place) for place in face.kind.addresses)
    for address in dict.fromkeys(bare(each) for each in found if isinstance(each, str)):
        yield unsaved(Address, entry_id=face.entry_id, address=address)


def relation_of(document: JSON, mention: Mention) -> str:
    """A link's relation ("modelled-on"); elsewhere the field ("organs.cites.source")."""
    row = value_at(document, mention.place[:-1])
    if mention.place[-1] == "target" and "relation" in row:
        return str(row["relation"])
    return mention.field
