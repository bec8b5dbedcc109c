"""Pages lead to their feeds: for programs in the head, for people in sight."""

import re

import pytest

from tests.library.builders import book, publish


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/changes/", "all.atom"),
        ("/books/", "kind/book.atom"),
        ("/books/?genre=novel&sort=-date", "kind/book.atom?genre=novel"),
        ("/search/?q=emma&kind=book", "search.atom?q=emma&amp;kind=book"),
        ("/books/emma/", "entry/emma.atom"),
    ],
)
def test_a_page_leads_to_its_feed(visitor, page, feed):
    publish(book("emma", genres=["novel"]))

    text = visitor.get(page).content.decode()

    address = re.escape(f'href="/api/v1/feeds/{feed}"')
    assert re.search(rf'<link rel="alternate" type="application/atom\+xml"[^>]* {address}>', text)
    assert re.search(rf'<a {address} type="application/atom\+xml">Feed</a>', text)


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("/changes/", "all.{}"),
        ("/books/", "kind/book.{}"),
        ("/books/?genre=novel&genre=atlas&sort=-date", "kind/book.{}?genre=novel&genre=atlas"),
        (
            "/search/?q=emma+%26+%22more%22&kind=book&page=1",
            "search.{}?q=emma+%26+%22more%22&kind=book",
        ),
        ("/search/", None),
        ("/books/emma/", "entry/emma.{}"),
    ],
)
def test_a_header_says_where_the_feed_is_and_it_is_there(visitor, page, feed):
    publish(book("emma", genres=["novel"]))

    first, as_sent_lately = (visitor.get(page).get("Link", "") for _ in range(2))

    assert first == as_sent_lately
    found = re.findall(r'<(/api/v1/feeds/[^>]*)>; rel="alternate"; type="([^"]*)"', first)
    types = {"json": "application/feed+json", "atom": "application/atom+xml"} if feed else {}
    assert found == [(f"/api/v1/feeds/{feed}".format(name), its) for name, its in types.items()]
