"""Entries as Markdown: all that is said, with ids, keys and numbered sources."""

import pytest

from tests.library.builders import book, merge, publish, reader

ATLAS = """\
# Atlas

Book `atlas`, http://testserver/books/atlas/

## Facts

- Title: Atlas
- Genres: atlas

## Loans

- `l-1` Reader: Ann (`ann`); From: 1961 [1][2]
- `l-2` Reader: Ann (`ann`); From: 1970 [1]

## Sources

1. Map (`map`). p. 4. <https://maps.example>
2. Map (`map`). <https://maps.example>

---

Revision 1, MOMENT. Licence: https://creativecommons.org/licenses/by/4.0/

Cite as: CITED
"""


@pytest.fixture
def shelf(api):
    page, whole = {"source": "map", "locator": "p. 4"}, {"source": "map"}
    loans = [
        {"id": "l-1", "reader": "ann", "from": "1961", "cites": [page, whole]},
        {"id": "l-2", "reader": "ann", "from": "1970", "cites": [page]},
    ]
    novel = {"printed": "1954", "website": "https://maps.example"}
    publish(
        reader("ann", "Ann"),
        book("map", "Map", **novel),
        book("atlas", "Atlas", genres=["atlas"], loans=loans),
    )
    return api


def test_an_entry_is_told_whole_with_each_source_once(shelf):
    response = shelf.get("/api/v1/entries/atlas.md")

    meta = shelf.get("/api/v1/entries/atlas").json()["meta"]
    expected = ATLAS.replace("MOMENT", meta["published_at"]).replace("CITED", meta["cite_as"])
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert response.content.decode() == expected


def test_markdown_is_given_to_whom_it_pleases_most(shelf):
    asked = {"accept": "text/markdown, application/json;q=0.5"}

    response = shelf.get("/api/v1/entries/map", headers=asked)

    assert response["Content-Type"] == "text/markdown; charset=utf-8"


def test_what_is_merged_moves_in_this_format_too(shelf):
    merge("map", into="atlas")

    moved = shelf.get("/api/v1/entries/map.md")

    assert moved.status_code == 308
    assert moved["Location"] == "http://testserver/api/v1/entries/atlas.md"
