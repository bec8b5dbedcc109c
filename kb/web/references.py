"""What refers to an entry: a section of its page, and all of it on a page of its own."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from kb.documents.fields import KEY
from kb.kinds import kind_named
from kb.publication import page_reading, reading
from kb.publication.body import Notes, link
from kb.publication.cursors import WrongCursor
from kb.publication.reading import Edge
from kb.web.additions import MOST_ROWS, NO_ADDITIONS, Additions, Entry, Section
from kb.web.entries import absent
from kb.web.outlines import filled, filled_rows
from kb.web.pages import page, public_page
from kb.web.paging import PAGE_SIZE, paged, place_in


def referring_section(
    entry: Entry, additions: Additions = NO_ADDITIONS, *, without: Sequence[str] = ()
) -> list[Section]:
    """Who refers to the entry, by relation; none where nobody does (in another way)."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in page_reading.referring(entry.entry_id, without=without, most=MOST_ROWS + 1):
        places = str(row.places) if row.places > 1 else ""
        shown = {"link": link(row.shown), "places": places}
        groups.setdefault(row.relation, []).append(shown)
    if not groups:
        return []
    base = f"/entries/{entry.key}/references/"
    shown_groups = [
        {
            "label": additions.relation(relation),
            "rows": filled_rows("kb/_referring_row.html", rows[:MOST_ROWS]),
            "more": f"{base}?relation={relation}" if len(rows) > MOST_ROWS else "",
        }
        for relation, rows in groups.items()
    ]
    html = filled_rows("kb/_referring_group.html", shown_groups)
    return [
        Section("referring_", "Referred to by", filled("kb/_referring.html", {}, {"groups": html}))
    ]


def plain_sections(entry: Entry, _notes: Notes) -> Sequence[Section]:
    """The sections of a subject that adds none of its own."""
    return referring_section(entry)


@public_page
def references_page(
    request: HttpRequest, key: str, additions: Additions = NO_ADDITIONS
) -> HttpResponse:
    """`/entries/<key>/references/`: every place that names the entry, paged."""
    is_active = re.match(KEY, key) and page_reading.kind_of(key)
    known = reading.known([key]).get(key) if is_active else None
    if known is None:
        return absent(request, key)
    relation = request.GET.get("relation", "")
    identity = f"references {key} {relation}"
    counts = reading.edge_counts(known.entry_id, inwards=True)
    try:
        if relation and relation not in counts:
            raise WrongCursor(f"Nothing refers to this entry as “{relation[:80]}”.")
        place = place_in(request, identity)
    except WrongCursor as problem:
        told = {"detail": str(problem), "path": request.path}
        return page(request, "kb/400.html", told, 400)
    found = reading.edges(
        known.entry_id,
        inwards=True,
        relations=[relation] if relation else (),
        beyond=place.values if place else None,
        backwards=place is not None and place.backwards,
        limit=PAGE_SIZE + 1,
    )
    shown = paged(request, found, place, identity, lambda e: (e.relation, e.far_id, e.place))
    context: dict[str, Any] = {
        "key": key,
        "name": known.shown["name"],
        "path": f"/{kind_named(known.kind).plural}/{key}/",
        "rows": referring_rows(shown.rows, additions),
        "total": counts[relation] if relation else sum(counts.values()),
        "relations": [
            {
                "label": additions.relation(name),
                "count": count,
                "address": f"{request.path}?relation={name}",
                "is_chosen": name == relation,
            }
            for name, count in counts.items()
        ],
        "all": request.path if relation else "",
        "next": shown.next,
        "prev": shown.prev,
        "api": f"/api/v1/entries/{key}/backlinks",
    }
    return page(request, "kb/references.html", context)


def referring_rows(edges: Sequence[Edge], additions: Additions) -> list[dict[str, Any]]:
    """Edges as rows: who says it, what is said there, and the address of the statement."""
    documents = page_reading.public_documents([edge.far_id for edge in edges])
    return [_row(edge, documents.get(edge.far_id, {}), additions) for edge in edges]


def _row(edge: Edge, document: Mapping[str, Any], additions: Additions) -> dict[str, Any]:
    kind = str(edge.shown["kind"])
    path = f"/{kind_named(kind).plural}/{edge.shown['key']}/"
    return {
        "entry": link(edge.shown),
        "kind": kind,
        "place": edge.place,
        "relation": additions.relation(edge.relation),
        "said": additions.statement(kind, edge.place, document),
        "path": f"{path}#{edge.statement}" if edge.statement else path,
    }
