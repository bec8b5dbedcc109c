"""The rows of an event."""

from collections.abc import Iterator

from django.db import models

from governance.models import Event
from governance.projections.rows import ends, rows_of_any_kind
from kb.kinds import Published
from kb.models.projected import unsaved


def project(published: Published) -> Iterator[models.Model]:
    document = published.document
    yield unsaved(
        Event,
        entry_id=published.entry_id,
        type=document.get("type", ""),
        country=document.get("place", {}).get("country", ""),
        **ends("start", document.get("start")),
        **ends("end", document.get("end")),
    )
    yield from rows_of_any_kind(published)
