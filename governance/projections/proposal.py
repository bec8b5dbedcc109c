"""The rows of a proposal."""

from collections.abc import Iterator

from django.db import models

from governance.models import Argument, Position, Proposal
from governance.projections import positions
from governance.projections.rows import ends, ranges, rows_of_any_kind, statements, voices
from kb.kinds import Published
from kb.models.projected import unsaved


def project(published: Published) -> Iterator[models.Model]:
    document = published.document
    yield unsaved(
        Proposal,
        entry_id=published.entry_id,
        form=document.get("form", ""),
        stage=document.get("stage", ""),
        scope=document.get("scope", ""),
        binding=document.get("binding", ""),
        **ends("proposed", document.get("proposed")),
    )
    taken = list(_positions(published))
    yield from taken
    yield from voices(taken)
    yield from _arguments(published)
    yield from rows_of_any_kind(published)


def _positions(published: Published) -> Iterator[Position]:
    held = positions.held(published.document, published.label_of)
    current = positions.current(published.document, published.label_of)
    listed = statements(published, "positions", "proposal")
    for (row, columns), holding in zip(listed, held, strict=True):
        reporter = row.get("reported_by")
        yield unsaved(
            Position,
            **columns,
            **ranges(holding),
            **ends("dated", row.get("date")),
            actor_id=published.entry_id_of(row["actor"]),
            stance=row["stance"],
            is_current=columns["ordinal"] in current,
            reported_by_id=published.entry_id_of(reporter) if reporter else None,
        )


def _arguments(published: Published) -> Iterator[Argument]:
    for row, columns in statements(published, "arguments", "proposal"):
        yield unsaved(Argument, **columns, side=row["side"], answers=row.get("answers", ""))
