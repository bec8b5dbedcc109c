"""The row of a source."""

from collections.abc import Iterator

from django.db import models

from governance.models import Source
from governance.projections.rows import ends
from kb.kinds import Published
from kb.models.projected import unsaved


def project(published: Published) -> Iterator[models.Model]:
    document = published.document
    yield unsaved(
        Source,
        entry_id=published.entry_id,
        type=document.get("type", ""),
        publisher=document.get("publisher", ""),
        language=document.get("language", ""),
        **ends("issued", document.get("issued")),
        **ends("accessed", document.get("accessed")),
    )
