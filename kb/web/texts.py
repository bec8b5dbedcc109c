"""Pages of text: what this is, and where its data is."""

from django.http import HttpRequest, HttpResponse

from kb.editing.permissions import RULES, VISITOR, Whose
from kb.formats import OF_CITATIONS, structured
from kb.kinds import kinds
from kb.models import Role
from kb.publication import reading
from kb.publication.rendering import timestamp
from kb.releases.shelf import releases, withdrawn
from kb.web import guides
from kb.web.pages import absolute, data_block, page, public_page, released_page, site_of


@public_page
def about(request: HttpRequest, template: str = "kb/about.html") -> HttpResponse:
    """`/about/`: method, vocabularies, who may do what."""
    context = {"current": "about", "vocabularies": vocabularies(), "rights": rights()}
    return page(request, template, context)


@released_page
def data(request: HttpRequest) -> HttpResponse:
    """`/data/`: where the data is, its licence, how to cite it."""
    status = reading.status()
    published_at = timestamp(status.published_at) if status.published_at else ""
    address = absolute(request, request.path)
    itself = structured.data_page(site_of(request), kinds(), published_at, address=address)
    context = {
        "current": "data",
        "status": status,
        "total": sum(reading.counts().values()),
        "structured": data_block(itself),
        "releases": [(each, each.cite_as(absolute(request, ""))) for each in releases()],
        "withdrawn": withdrawn(),
        "citations": OF_CITATIONS,
        "guides": [(f"/data/guide/{name}/", guides.title_of(name)) for name in guides.GUIDES],
    }
    return page(request, "kb/data.html", context)


COLUMNS = (VISITOR, *Role.values)
IN_WORDS = {Whose.ANY: "yes", Whose.OWN: "their own", Whose.OTHERS: "what others wrote"}


def rights() -> list[dict[str, object]]:
    """Who may do what at the desk, from the very table that its buttons read: a row an action.

    `marks`: for visitors, contributors, editors, managing editors and administrators.
    """
    return [
        {
            "label": rule.label,
            "marks": [IN_WORDS[rule.roles[role]] if role in rule.roles else "" for role in COLUMNS],
        }
        for rule in RULES.values()
    ]


def vocabularies() -> list[dict[str, object]]:
    """The vocabularies by which lists can be filtered, with the kinds that use them."""
    used: dict[str, dict[str, object]] = {}
    for kind in kinds():
        for facet in kind.facets:
            if (found := facet.vocabulary) is not None and len(found) < 60:
                used.setdefault(found.name, {"vocabulary": found, "path": f"/{kind.plural}/"})
    return list(used.values())
