"""The first page: one search box, how much there is, and what changed lately."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from kb.formats import structured
from kb.kinds import kinds
from kb.publication import page_reading, reading
from kb.web.changes import shown_changesets
from kb.web.pages import data_block, page, public_page, site_of

LATELY = 5  # changesets


@public_page
def home(
    request: HttpRequest,
    template: str = "kb/home.html",
    more: Callable[[], Mapping[str, Any]] = dict,
) -> HttpResponse:
    """`/`. A subject gives its own `template`, which extends ours, and `more` context.

    What `more` gives may depend on what is published, and on nothing else.
    """
    counts = reading.counts()
    lately = page_reading.published_changesets(limit=LATELY)
    context = {
        "counted": [{"kind": kind, "count": counts.get(kind.name, 0)} for kind in kinds()],
        "total": sum(counts.values()),
        "changesets": shown_changesets(lately),
        "structured": data_block(structured.home_page(site_of(request))),
        **more(),
    }
    return page(request, template, context)
