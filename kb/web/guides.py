"""Guides for those who use the data: the files of `docs/` that are written for them, as pages, and
the programs that they speak of.
"""

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from kb.publication.markdown import markdown_html
from kb.web.pages import absolute, daily_page, page, public_page

FOLDER = Path(settings.BASE_DIR) / "docs"
GUIDES = ("api", "webhooks", "reconciliation", "versioning")
FILES = ("verify_release.py", "keep_a_copy.py", "import_spreadsheet.py", "api-promises.txt")
EXAMPLE = re.compile(r"http://127\.0\.0\.1:8000|https://<this site>")  # what guides call the site


class Part(NamedTuple):
    """A section of a guide. `id`: its anchor."""

    id: str
    title: str
    html: SafeString


class Guide(NamedTuple):
    """A guide without its title in `intro`; its recipes ask the site itself."""

    title: str
    intro: SafeString
    parts: tuple[Part, ...]


@public_page
def guide(request: HttpRequest, name: str) -> HttpResponse:
    """`/data/guide/<name>/`."""
    if name not in GUIDES:
        raise Http404
    context = {"current": "data", "guide": guide_named(name, absolute(request, ""))}
    return page(request, "kb/guide.html", context)


@daily_page
def file(_request: HttpRequest, name: str) -> HttpResponse:
    """`/data/<name>`: a program or list that the guides speak of, as it is."""
    text = (FOLDER / name).read_bytes()
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@cache
def title_of(name: str) -> str:
    """What a guide is called: its first line."""
    first, _, _ = (FOLDER / f"{name}.md").read_text(encoding="utf-8").partition("\n")
    return first.lstrip("# ")


@lru_cache(maxsize=8 * len(GUIDES))  # by address of the site, which visitors may name oddly
def guide_named(name: str, site: str) -> Guide:
    """The guide with the address of this site in place of the example's."""
    text = EXAMPLE.sub(site, (FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    head, *sections = re.split(r"^## ", text, flags=re.MULTILINE)
    title, _, intro = head.lstrip("# ").partition("\n")
    return Guide(title, _html(intro), tuple(map(_part, sections)))


def _part(text: str) -> Part:
    title, _, body = text.partition("\n")
    anchor = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
    return Part(anchor, title, _html(body))


def _html(text: str) -> SafeString:
    """Markdown as HTML. Links between guides lead to pages; what is too wide can be scrolled, and
    a table that can is called by the heads of its columns.
    """
    html = str(markdown_html(text))
    html = re.sub(r'href="(?:docs/)?openapi\.json"', 'href="/api/v1/openapi.json"', html)
    html = re.sub(rf'href="({"|".join(GUIDES)})\.md"', r'href="/data/guide/\1/"', html)
    html = re.sub(rf'href="({"|".join(map(re.escape, FILES))})"', r'href="/data/\1"', html)
    html = re.sub(r'<a href="(?!/|https?:|#)[^"]*"[^>]*>(.*?)</a>', r"\1", html)
    html = html.replace("<pre>", '<pre tabindex="0">')
    return SafeString(re.sub(r"<table>.*?</table>", _scrolled, html, flags=re.DOTALL))


def _scrolled(table: re.Match[str]) -> str:
    heads = re.findall(r"<th\b[^>]*>(.*?)</th>", table[0], flags=re.DOTALL)
    name = ", ".join(filter(None, map(strip_tags, heads)))
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{table[0]}</div>'
