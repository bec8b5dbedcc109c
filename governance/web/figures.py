"""`/entries/…/figures/`: the figures of an entry as charts to cite, embed and download."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from governance.presentation.figure_charts import Series, chart, series, when
from kb.documents.fields import KEY
from kb.kinds import kind_named
from kb.publication import page_reading
from kb.templatetags.frame import day
from kb.web.entries import absent
from kb.web.pages import page, public_page
from kb.web.pictured import Column, Pictured, picture_routes, shown

COLUMNS = (
    Column("when", "When"),
    Column("value", "Value", is_number=True),
    Column("unit", "Unit"),
    Column("is_approximate", "About"),
    Column("note", "Note"),
    Column("sources", "Sources"),
    Column("statement"),
)


class Read(NamedTuple):
    """An entry with what can be drawn of it."""

    key: str
    leaf: page_reading.Leaf
    series: Sequence[Series]


def _read(key: str) -> Read | None:
    leaf = page_reading.leaf(key) if re.match(KEY, key) else None
    if leaf is None:
        return None
    document = page_reading.public_documents([leaf.entry_id])[leaf.entry_id]
    return Read(key, leaf, series(document.get("figures", ())))


@public_page
def figures_page(request: HttpRequest, key: str) -> HttpResponse:
    """All charts of an entry."""
    read = _read(key)
    if read is None:
        return absent(request, key)
    context = {
        "name": read.leaf.name,
        "kind": read.leaf.kind,
        "current": kind_named(read.leaf.kind).plural,
        "entry_path": f"/{kind_named(read.leaf.kind).plural}/{key}/",
        "pictures": [shown(request, _pictured(read, each)) for each in read.series],
    }
    return page(request, "governance/figures.html", context)


def draw_figures(request: HttpRequest, key: str, metric: str, unit: str) -> Pictured | HttpResponse:
    """One chart: of this metric, in this unit."""
    read = _read(key)
    found = [s for s in read.series if (s.metric, s.unit) == (metric, unit)] if read else []
    return _pictured(read, found[0]) if read and found else absent(request, key)


def _pictured(read: Read, its: Series) -> Pictured:
    drawn = chart(its)
    rows = [
        {
            "when": when(row),
            "value": row["value"],
            "unit": row["unit"],
            "is_approximate": "about" if row.get("approximate") else "",
            "note": row.get("note", ""),
            "sources": "; ".join(cite["source"]["name"] for cite in row.get("cites", ())),
            "statement": row["id"],
        }
        for row in its.rows
    ]
    titled = replace(drawn, title=f"{read.leaf.name}: {its.title}")
    return Pictured(
        picture=titled,
        columns=COLUMNS,
        rows=rows,
        path=f"/entries/{read.key}/figures/{its.metric}/{its.unit}",
        page=f"/entries/{read.key}/figures/",
        file_name=f"{read.key}-{its.metric}-{its.unit.lower()}",
        version=f"revision {read.leaf.number}, {day(read.leaf.published_at)}",
        api=f"/api/v1/entries/{read.key}?fields=figures",
    )


def patterns() -> list[URLPattern]:
    route = "entries/<str:key>/figures"
    return [
        path(f"{route}/", figures_page),
        *picture_routes(f"{route}/<str:metric>/<str:unit>", draw_figures),
    ]
