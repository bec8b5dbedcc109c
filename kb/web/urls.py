"""The addresses of the engine's pages. A subject puts its own before these."""

from django.urls import URLPattern, URLResolver, include, path

from kb.kinds import kinds
from kb.web import (
    cards,
    changes,
    crawlers,
    entries,
    guides,
    history,
    home,
    lists,
    references,
    search,
    stop_mail,
    suggest,
    texts,
)
from kb.web.additions import Additions
from kb.web.references import plain_sections

PLAIN = Additions(sections=plain_sections)


def patterns(additions: Additions = PLAIN) -> list[URLPattern | URLResolver]:
    """All routes: a function, so that a subject can hand down what it adds."""
    own = {"additions": additions}
    return [
        path("", home.home, name="home"),
        path("robots.txt", crawlers.robots, name="robots"),
        path("llms.txt", crawlers.llms, name="llms"),
        path("sitemap.xml", crawlers.sitemap, name="sitemap"),
        path("sitemap-pages.xml", crawlers.sitemap_pages, name="sitemap-pages"),
        path("sitemap-<int:number>.xml", crawlers.sitemap_part, name="sitemap-part"),
        path("search/", search.search_page, name="search"),
        path("changes/", changes.change_list, name="changes"),
        path("changes/<int:pk>/", changes.change, name="change"),
        path("about/", texts.about, name="about"),
        path("data/", texts.data, name="data"),
        path("data/guide/<str:name>/", guides.guide, name="guide"),
        *(path(f"data/{name}", guides.file, {"name": name}) for name in guides.FILES),
        path("suggest/", suggest.suggest, name="suggest"),
        path("suggestions/<str:secret>/", suggest.status_page, name="suggestion"),
        path("watching/stop/<str:secret>/", stop_mail.stop_page, name="stop-mail"),
        path("entries/<str:key>/", entries.canonical, name="canonical"),
        path("entries/<str:key>/history/", history.history_page, name="history"),
        path("entries/<str:key>/references/", references.references_page, own, name="references"),
        *(
            path(f"{kind.plural}/", lists.entry_list, {"kind": kind}, name=kind.plural)
            for kind in kinds()
        ),
        *(
            path(f"{kind.plural}/<str:key>/", entries.entry_page, {**own, "plural": kind.plural})
            for kind in kinds()
        ),
        *(_card(kind.plural, own) for kind in kinds()),
        path("desk/", include("kb.web.desk.urls")),
    ]


def _card(plural: str, own: dict[str, Additions]) -> URLPattern:
    return path(f"{plural}/<str:key>/{cards.NAME}", cards.card_file, {**own, "plural": plural})


urlpatterns = patterns()
