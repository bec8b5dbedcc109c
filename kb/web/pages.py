"""What every public page does: headers, entity tags, 304, and what is put into the frame."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from datetime import UTC, date, datetime
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template import loader
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from kb.formats import structured
from kb.publication import page_reading
from kb.publication.body import text_of
from kb.releases import shelf
from kb.web.outlines import filled
from kb.web.recent import recent_pages

CACHED = "public, max-age=60"

View = Callable[..., HttpResponse]


Links = Callable[..., str]  # a request and the arguments of its view → the value of a Link header


def no_links(*_args: Any, **_arguments: Any) -> str:
    return ""


def public_page(view: View, *, links: Links = no_links) -> View:
    """A page that depends on its address and on what is published, and on nothing else.

    It needs no session and sets no cookie. Its tag changes with every publication, so a copy that
    is still good costs one small query, and so does a page that was sent lately. `links`: where
    else to go from it.
    """

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tag = f'W/"{build()}.{page_reading.state()}"'
        if tag in request.headers.get("If-None-Match", ""):
            return with_headers(HttpResponseNotModified(), tag)
        address = _plain_address(request)
        if address and (body := recent_pages.get(tag, address)) is not None:
            return with_headers(HttpResponse(body), tag, links(request, *args, **kwargs))
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        if address:
            recent_pages.keep(tag, address, response.content)
        return with_headers(response, tag, links(request, *args, **kwargs))

    answer.needs_no_layers = True  # type: ignore[attr-defined]  # see config.front
    answer.is_public_page = True  # type: ignore[attr-defined]  # see kb.web.crawlers
    return answer


def daily_page(view: View) -> View:
    """The same for what depends on today's date too, or is no page: nothing of it is kept."""
    return _page_by(view, lambda: f"{today():%Y%m%d}")


def released_page(view: View) -> View:
    """A public page that depends on which releases there are too: nothing of it is kept."""
    answer = _page_by(view, shelf.state)
    answer.is_public_page = True  # type: ignore[attr-defined]  # see kb.web.crawlers
    return answer


def _page_by(view: View, more: Callable[[], str]) -> View:
    """A page that depends on what is published, and on what `more` says."""

    @require_safe
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tag = f'W/"{build()}.{page_reading.state()}.{more()}"'
        if tag in request.headers.get("If-None-Match", ""):
            return with_headers(HttpResponseNotModified(), tag)
        response = view(request, *args, **kwargs)
        return with_headers(response, tag) if response.status_code == 200 else response

    answer.needs_no_layers = True  # type: ignore[attr-defined]  # see config.front
    return answer


def today() -> date:
    """The day that it is, in UTC."""
    return datetime.now(UTC).date()


def _plain_address(request: HttpRequest) -> str:
    """The whole address of a page without parameters; "" with them: there is no end of those."""
    return "" if request.META.get("QUERY_STRING") else absolute(request, request.path)


def with_headers(response: HttpResponse, tag: str, links: str = "") -> HttpResponse:
    response.headers["ETag"] = tag
    if links:
        response.headers["Link"] = links
    response.headers["Cache-Control"] = CACHED
    response.headers["Vary"] = "Accept-Encoding"  # see config.encodings
    return response


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200
) -> HttpResponse:
    """A page from its template. `address` in it is the permanent address of what is shown.

    `structured` is what it says of itself to search engines: see `kb.formats.structured`.
    """
    address = absolute(request, request.get_full_path())
    own = {"address": address, **context}
    if status == 200 and "structured" not in context:
        own["structured"] = data_block(structured.web_page(site_of(request), address))
    return HttpResponse(loader.get_template(template).render(own), status=status)


def outlined_page(
    request: HttpRequest,
    template: str,
    shape: Mapping[str, Hashable],
    values: Mapping[str, SafeString],
    status: int = 200,
) -> HttpResponse:
    """The same from a template that is rendered once for each `shape`: see `outlines.filled`."""
    own = {"address": text_of(absolute(request, request.get_full_path())), **values}
    return HttpResponse(filled(template, shape, own), status=status)


def site_of(request: HttpRequest) -> structured.Site:
    """This site, as its pages describe it."""
    return structured.Site(settings.SITE_NAME, absolute(request, ""))


def data_block(described: Mapping[str, Any]) -> SafeString:
    """JSON-LD that stands in a page."""
    return SafeString(structured.block(described))


def absolute(request: HttpRequest, path: str) -> str:
    """`path` as a whole address: the permanent one where settings name a host."""
    if settings.PUBLIC_URL:
        return settings.PUBLIC_URL + path
    try:
        return f"{request.scheme}://{request.get_host()}{path}"
    except DisallowedHost:  # the page that says so has an address too
        return path


@cache
def build() -> str:
    """Stands for templates, sheets and guides: a new look or text is a new page."""
    total = hashlib.sha256()
    for name in ("templates", "static", "docs"):
        for path in sorted((settings.BASE_DIR / name).rglob("*")):
            if path.is_file():
                total.update(path.read_bytes())
    return total.hexdigest()[:12]
