"""Markdown to HTML that may stand in a page: no scripts, no styles, no foreign markup."""

import re
from functools import cache, lru_cache
from html import escape

import nh3
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt

ALLOWED = {
    "a", "abbr", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "s", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr",
    "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto"}

# Most texts are plain paragraphs, and parsing them would be most of the cost of a page: a text
# without any of these characters reads the same as Markdown and as text.
_MARKED_UP = re.compile(
    r"[\\`*_\[\]<>#~|&!]|^[ \t]*(?:[-+=]|\d+[.)])|^(?: {4}|\t)|  $", re.MULTILINE
)
_DEEPER = (("<h5>", "h6"), ("<h4>", "h6"), ("<h3>", "h5"), ("<h2>", "h4"), ("<h1>", "h3"))
_LARGEST = 100_000  # characters; a document's own limits are far below


@lru_cache(maxsize=1024)
def markdown_html(text: str) -> SafeString:
    """`text` as paragraphs, lists, tables and links. Headings begin at the third level."""
    if not _MARKED_UP.search(text):
        paragraphs = (part for part in re.split(r"\n[ \t]*\n", text) if part.strip())
        return SafeString("".join(f"<p>{escape(part.strip())}</p>" for part in paragraphs))
    html = _lowered(_parser().render(text[:_LARGEST]))
    clean = nh3.clean(
        html,
        tags=ALLOWED,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="nofollow noopener",
    )
    return SafeString(clean.strip())


def inline_html(text: str) -> SafeString:
    """As `markdown_html` where it is one paragraph, without its tags: for use within a sentence."""
    html = markdown_html(text)
    is_single = html.startswith("<p>") and html.count("<p>") == 1 and html.endswith("</p>")
    return SafeString(html[3:-4]) if is_single else html


def _lowered(html: str) -> str:
    """Headings two levels down: a page's own are the first and the second."""
    for opening, deeper in _DEEPER:
        if opening in html:
            html = html.replace(opening, f"<{deeper}>")
            html = html.replace(opening.replace("<", "</"), f"</{deeper}>")
    return html


@cache
def _parser() -> MarkdownIt:
    # No raw HTML in, so that nh3 is the second lock and not the only one.
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
