"""The rows of an instrument."""

from collections.abc import Iterator

from django.db import models

from governance.models import Instrument, Participation
from governance.projections import participation
from governance.projections.rows import ends, ranges, rows_of_any_kind, statements, voices
from kb.kinds import Published
from kb.models.projected import unsaved


def project(published: Published) -> Iterator[models.Model]:
    document = published.document
    yield unsaved(
        Instrument,
        entry_id=published.entry_id,
        type=document.get("type", ""),
        binding=document.get("binding", ""),
        status=document.get("status", ""),
        jurisdiction=document.get("jurisdiction", ""),
        **ends("adopted", document.get("adopted")),
        **ends("in_force", document.get("in_force")),
        **ends("ended", document.get("ended")),
    )
    acts = list(_participation(published))
    yield from acts
    yield from voices(acts)
    yield from rows_of_any_kind(published)


def _participation(published: Published) -> Iterator[Participation]:
    held = participation.held(published.document, published.label_of)
    listed = statements(published, "participation", "instrument")
    for (row, columns), holding in zip(listed, held, strict=True):
        yield unsaved(
            Participation,
            **columns,
            **ranges(holding),
            **ends("dated", row.get("date")),
            actor_id=published.entry_id_of(row["actor"]),
            action=row["action"],
        )
