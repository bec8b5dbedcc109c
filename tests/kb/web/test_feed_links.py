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
