"""Pages of text: what this is, and where its data is."""

from django.http import HttpRequest, HttpResponse

from kb.kinds import kinds
from kb.publication import reading
from kb.web.pages import page, public_page


@public_page
def about(request: HttpRequest, template: str = "kb/about.html") -> HttpResponse:
    """`/about/`: method, vocabularies, who may do what."""
    return page(request, template, {"current": "about", "vocabularies": vocabularies()})


@public_page
def data(request: HttpRequest) -> HttpResponse:
    """`/data/`: where the data is, its licence, how to cite it."""
    status = reading.status()
    context = {"current": "data", "status": status, "total": sum(reading.counts().values())}
    return page(request, "kb/data.html", context)


def vocabularies() -> list[dict[str, object]]:
    """The vocabularies by which lists can be filtered, with the kinds that use them."""
    used: dict[str, dict[str, object]] = {}
    for kind in kinds():
        for facet in kind.facets:
            if (found := facet.vocabulary) is not None and len(found) < 60:
                used.setdefault(found.name, {"vocabulary": found, "path": f"/{kind.plural}/"})
    return list(used.values())
