"""Pages of a list that changes while it is read."""

import json

import pytest

from kb.publication import reading
from tests.library.builders import book, merge, publish, reader, retract


def walk(api, address, between):
    """Keys page by page, with something done after each page."""
    keys = []
    while address:
        page = json.loads(api.get(address).content)
        keys.append([row["key"] for row in page["items"]])
        between(len(keys))
        address = page.get("next")
    return keys


@pytest.mark.parametrize(
    "sort", ["name", "-name", "published_at", "-published_at", "date", "-date"]
)
@pytest.mark.parametrize("size", [1, 2])
def test_what_was_there_comes_once_while_others_publish(api, sort, size):
    before = [f"book-{letter}" for letter in "bdfh"]
    publish(*(book(key, key, printed=f"19{n}0") for n, key in enumerate(before, 1)))

    def publish_around(page):
        if page <= 4:
            publish(book(f"book-a{page}", printed="1900"), book(f"book-i{page}", printed="2000"))

    pages = walk(api, f"/api/v1/books?page_size={size}&sort={sort}", publish_around)

    keys = [key for page in pages for key in page]
    assert len(keys) == len(set(keys))
    assert set(before) <= set(keys)


def test_a_row_that_a_cursor_stands_on_may_go(api):
    publish(*(book(f"book-{letter}", f"Book {letter}") for letter in "abcd"))

    def take_away(page):
        if page == 1:
            retract("book-b")
            merge("book-a", into="book-d")

    assert walk(api, "/api/v1/books?page_size=2", take_away) == [
        ["book-a", "book-b"],
        ["book-c", "book-d"],
    ]


def test_going_back_from_a_page_whose_neighbours_went(api):
    publish(*(book(f"book-{letter}", f"Book {letter}") for letter in "abcd"))
    first = json.loads(api.get("/api/v1/books?page_size=2").content)
    second = json.loads(api.get(first["next"]).content)
    retract("book-a")

    back = json.loads(api.get(second["prev"]).content)

    assert [row["key"] for row in back["items"]] == ["book-b"]
    assert "prev" not in back
    assert [row["key"] for row in json.loads(api.get(back["next"]).content)["items"]] == [
        "book-c",
        "book-d",
    ]


def test_a_list_above_the_bound_is_estimated_and_says_so(api, monkeypatch):
    monkeypatch.setattr(reading, "COUNTED_EXACTLY", 2)
    publish(
        *(
            book(f"book-{letter}", genres=["novel"], website="https://a.example")
            for letter in "abcd"
        )
    )
    publish(reader("ann"))

    kept = json.loads(api.get("/api/v1/books?genre=novel").content)
    counted = json.loads(
        api.get("/api/v1/books?genre=novel&exists.website=true&facets=genre").content
    )

    assert (kept["total"], kept["total_is_exact"]) == (4, True)
    assert counted["total"] >= 3
    assert counted["total_is_exact"] is False
    assert counted["facets"]["genre"]["is_exact"] is False  # under all filters but its own
    narrowed = json.loads(api.get("/api/v1/books?exists.website=true&facets=genre").content)
    assert narrowed["facets"]["genre"]["is_exact"] is False
    assert narrowed["facets"]["genre"]["values"][0]["value"] == "novel"
