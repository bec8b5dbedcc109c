"""The rows of a body."""

from collections.abc import Iterator

from django.db import models

from governance.models import Body, Membership
from governance.projections import memberships
from governance.projections.rows import ends, ranges, rows_of_any_kind, statements
from kb.kinds import Published
from kb.models.projected import unsaved


def project(published: Published) -> Iterator[models.Model]:
    document = published.document
    yield unsaved(
        Body,
        entry_id=published.entry_id,
        type=document.get("type", ""),
        status=document.get("status", ""),
        country=document.get("seat", {}).get("country", ""),
        **ends("founded", document.get("founded")),
        **ends("dissolved", document.get("dissolved")),
    )
    yield from _memberships(published)
    yield from rows_of_any_kind(published)


def _memberships(published: Published) -> Iterator[Membership]:
    held = memberships.held(published.document, published.label_of)
    listed = statements(published, "memberships", "body")
    for (row, columns), holding in zip(listed, held, strict=True):
        yield unsaved(
            Membership,
            **columns,
            **ranges(holding),
            actor_id=published.entry_id_of(row["actor"]),
            role=row["role"],
            begin_text=row.get("from", ""),
            end_text=row.get("to", ""),
        )
