"""The rows of an actor."""

from collections.abc import Iterator

from django.db import models

from governance.models import Actor
from governance.projections.rows import ends, rows_of_any_kind
from kb.kinds import Published
from kb.models.projected import unsaved


def project(published: Published) -> Iterator[models.Model]:
    document = published.document
    yield unsaved(
        Actor,
        entry_id=published.entry_id,
        type=document.get("type", ""),
        country=document.get("country", ""),
        **ends("founded", document.get("founded")),
        **ends("dissolved", document.get("dissolved")),
    )
    yield from rows_of_any_kind(published)
