"""Feeds for readers of news: Atom and JSON Feed, from the same items. Pure writers.

Source: RFC 4287 (Atom), RFC 5005 (its pages), RFC 4151 (tag: ids), jsonfeed.org/version/1.1
"""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement, tostring

import orjson

from kb.formats import LICENCE

MEDIA_TYPES = {"json": "application/feed+json", "atom": "application/atom+xml"}
ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
BEGUN = "2026-01-01T00:00:00Z"  # when a feed without items was last changed
# What XML 1.0 cannot hold, escaped or not. Source: XML 1.0, section 2.2
UNWRITABLE = dict.fromkeys(
    [*(n for n in range(0x20) if n not in (0x9, 0xA, 0xD)), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF]
)


@dataclass(frozen=True, slots=True)
class Item:
    """One change. `id` never changes. `address`: the page; `difference`: what changed, or "".

    `updated`: RFC 3339. `summary`: what changed, in words. `tags`: what it may be sorted by.
    """

    id: str
    title: str
    address: str
    difference: str
    updated: str
    summary: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """One page of a feed, newest first. `next`: full address of the page of older items, or ""."""

    id: str
    title: str
    author: str
    home: str
    itself: str
    next: str
    items: Sequence[Item]

    @property
    def updated(self) -> str:
        return self.items[0].updated if self.items else BEGUN


# --- Atom -------------------------------------------------------------------------------------


def atom(feed: Feed) -> bytes:
    """The feed as an Atom document, UTF-8."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "en-GB"})
    _texts(root, id=feed.id, title=feed.title, updated=feed.updated)
    _texts(SubElement(root, "author"), name=feed.author)
    _link(root, "self", feed.itself, MEDIA_TYPES["atom"])
    _link(root, "alternate", feed.home, "text/html")
    _link(root, "license", LICENCE)
    if feed.next:
        _link(root, "next", feed.next, MEDIA_TYPES["atom"])
    for item in feed.items:
        _entry(root, item)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _entry(root: Element, item: Item) -> None:
    entry = SubElement(root, "entry")
    _texts(entry, id=item.id, title=item.title, updated=item.updated, published=item.updated)
    _link(entry, "alternate", item.address, "text/html")
    if item.difference:
        _link(entry, "related", item.difference, "text/html")
    for tag in item.tags:
        SubElement(entry, "category", term=tag)
    _texts(entry, summary=item.summary)


def _texts(parent: Element, **texts: str) -> None:
    for name, text in texts.items():
        SubElement(parent, name).text = text.translate(UNWRITABLE)


def _link(parent: Element, relation: str, address: str, media_type: str = "") -> None:
    link = SubElement(parent, "link", rel=relation, href=address)
    if media_type:
        link.set("type", media_type)


# --- JSON Feed --------------------------------------------------------------------------------


def json_feed(feed: Feed) -> bytes:
    """The feed as a JSON Feed."""
    body = {
        "version": JSON_FEED,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.itself,
        **({"next_url": feed.next} if feed.next else {}),
        "language": "en-GB",
        "authors": [{"name": feed.author}],
        "items": [_json_item(item) for item in feed.items],
    }
    return orjson.dumps(body)


def _json_item(item: Item) -> dict[str, object]:
    return {
        "id": item.id,
        "url": item.address,
        **({"external_url": item.difference} if item.difference else {}),
        "title": item.title,
        "content_text": item.summary,
        "date_published": item.updated,
        "tags": item.tags,
    }
