"""For those that read the site by program: robots.txt, the sitemap, llms.txt.

Source: RFC 9309; sitemaps.org, Sitemap protocol 0.9; llmstxt.org
"""

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from django.views.decorators.http import require_safe

from kb.formats import LICENCE
from kb.kinds import kind_named, kinds
from kb.publication import page_reading
from kb.web.guides import GUIDES
from kb.web.pages import CACHED, absolute, build

PART = 50_000  # addresses in one file at most, as the protocol has it
ROWS = 1_000  # read at once
MOST_PARTS = 50_000  # that one index can list
XML = "application/xml; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

# Not for the public, endless, or of no use to anybody who did not ask for it.
DISALLOWED = (
    "/desk/",
    "/accounts/",
    "/suggest/",
    "/suggestions/",
    "/watching/",
    "/search/",
    "/*cursor=",
)
UNLISTED = frozenset({"search/"})

View = Callable[..., HttpResponseBase]


def until_published(view: View) -> View:
    """A file that changes only with the software and with what is published."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        tag = f'W/"{build()}.{page_reading.state()}"'
        is_known = tag in request.headers.get("If-None-Match", "")
        response = HttpResponseNotModified() if is_known else view(request, *args, **kwargs)
        response.headers["ETag"] = tag
        response.headers["Cache-Control"] = CACHED
        response.headers["Vary"] = "Accept-Encoding"
        return response

    return answer


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """`/robots.txt`: everything public may be read, the API too."""
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in DISALLOWED),
        "",
        f"Sitemap: {absolute(request, '/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type=TEXT)


# --- the sitemap -----------------------------------------------------------------------------


@until_published
def sitemap(request: HttpRequest) -> HttpResponse:
    """`/sitemap.xml`: the parts that there are."""
    parts = [
        _item("sitemap", absolute(request, f"/sitemap-{number}.xml"), newest.date().isoformat())
        for number, newest in page_reading.sitemap_parts(PART)
    ]
    pages = _item("sitemap", absolute(request, "/sitemap-pages.xml"))
    return HttpResponse(_document("sitemapindex", [pages, *parts]), content_type=XML)


@until_published
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    """`/sitemap-pages.xml`: pages that are no entries."""
    paths = [*pages_without_arguments(), "/api/", *(f"/data/guide/{name}/" for name in GUIDES)]
    items = [_item("url", absolute(request, path)) for path in paths]
    return HttpResponse(_document("urlset", items), content_type=XML)


@until_published
def sitemap_part(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """`/sitemap-<n>.xml`: up to 50,000 entries, sent as they are read."""
    if not 0 < number <= MOST_PARTS or not any(page_reading.sitemap_rows(number, PART, most=1)):
        raise Http404
    site = absolute(request, "")
    items = (
        _item("url", f"{site}/{kind_named(kind).plural}/{key}/", at.date().isoformat())
        for key, kind, at in page_reading.sitemap_rows(number, PART, most=ROWS)
    )
    return StreamingHttpResponse(_document("urlset", items), content_type=XML)


def _document(name: str, items: Iterable[str]) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<{name} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
    yield from items
    yield f"</{name}>\n"


def _item(name: str, address: str, changed_on: str = "") -> str:
    changed = f"<lastmod>{changed_on}</lastmod>" if changed_on else ""
    return f"<{name}><loc>{escape(address)}</loc>{changed}</{name}>\n"


def pages_without_arguments() -> list[str]:
    """The paths of all public pages that are one page each, in the order of the addresses."""
    return list(dict.fromkeys(f"/{route}" for route in _routes(get_resolver(), "")))


def _routes(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each, route)
        elif _is_one_page(each) and "<" not in route and route not in UNLISTED:
            yield route


def _is_one_page(pattern: URLPattern) -> bool:
    return getattr(pattern.callback, "is_public_page", False)


# --- for language models ---------------------------------------------------------------------


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """`/llms.txt`: what is here, and how a language model reads it best."""
    site = absolute(request, "")
    return HttpResponse("\n".join(_llms(site)) + "\n", content_type=TEXT)


def _llms(site: str) -> Iterator[str]:
    api = f"{site}/api/v1"
    listed = ", ".join(kind.label_plural.lower() for kind in kinds())
    yield f"# {settings.SITE_NAME}"
    yield ""
    yield f"> A knowledge base in which every statement has its source and its date: {listed}."
    yield ""
    yield (
        "Every entry has a key, such as `cern`, and its statements have ids. Reading is open to"
        " everyone, without a key or an account. Cite the address and the revision that an entry"
        f" names; the licence is {LICENCE}. What no second person has checked is marked as “not yet"
        " verified”: say so when you use it. An inexact date makes an answer `certain` or"
        " `possible`: keep the difference."
    )
    yield ""
    yield "## How to read"
    yield ""
    yield (
        f"- [An entry as Markdown]({api}/entries/KEY.md): put its key for KEY. Statements with"
        " ids, numbered sources, the keys of all entries named"
    )
    yield f"- [Search]({api}/search?q=WORDS): ranked, with the passage that was found"
    yield f"- [Match]({api}/openapi.json): POST /match finds the entries that names stand for"
    yield f"- [Guide]({site}/data/guide/api/): the API from the first request on, with recipes"
    yield f"- [The API]({site}/api/): every endpoint with its parameters, to be tried"
    yield f"- [The contract]({api}/openapi.json): OpenAPI 3.1"
    yield f"- [Changes]({api}/changes?after=0): everything that was ever published, in order"
    yield f"- [Vocabularies]({api}/vocabularies): every term with its definition"
    yield f"- [Data]({site}/data/): copies, licence, how to cite"
    yield ""
    yield "## Lists"
    yield ""
    for kind in kinds():
        about = f": {kind.description}" if kind.description else ""
        yield f"- [{kind.label_plural}]({api}/{kind.plural}){about}"
