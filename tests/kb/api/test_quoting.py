"""One statement of an entry: in words, with how it is cited and what it rests on."""

import json

import pytest
import rispy
from bibtexparser.entrypoint import parse_string

from tests.library.builders import book, merge, publish, reader, retract

LOAN = "/api/v1/entries/atlas/statements/l-1"
PAGE = "http://testserver/books/atlas/#l-1"


@pytest.fixture
def shelf(api):
    cites = [{"source": "map", "locator": "p. 4"}, {"source": "map"}]
    loan = {"id": "l-1", "reader": "ann", "from": "1961", "cites": cites}
    publish(reader("ann", "Ann"), book("map", "Map"), book("atlas", "Atlas", loans=[loan]))
    return api


def test_a_statement_is_given_with_its_words_its_address_and_how_to_cite_it(shelf):
    found = json.loads(shelf.get(LOAN).content)

    meta = json.loads(shelf.get("/api/v1/entries/atlas").content)["meta"]
    assert (found["id"], found["list"]) == ("l-1", "loans")
    assert found["entry"] == {"key": "atlas", "kind": "book", "name": "Atlas"}
    assert found["text"] == "Reader: Ann; From: 1961"
    assert found["statement"]["reader"] == {"key": "ann", "kind": "reader", "name": "Ann"}
    assert found["meta"] == {
        "revision": 1,
        "published_at": meta["published_at"],
        "hash": meta["hash"],
        "url": PAGE,
        "cite_as": (
            f"“Reader: Ann; From: 1961”, in “Atlas”, Common Ground, revision 1,"
            f" {meta['published_at'][:10]}, {PAGE}"
        ),
    }


def test_it_is_cited_before_the_sources_it_rests_on_each_once(shelf):
    items = json.loads(shelf.get(f"{LOAN}.csl").content)
    read_back = rispy.loads(shelf.get(f"{LOAN}.ris").content.decode())
    entries = parse_string(shelf.get(f"{LOAN}?format=bib").content.decode()).entries

    assert [item["id"] for item in items] == ["atlas-l-1", "map"]
    assert (items[0]["title"], items[0]["container-title"]) == ("Reader: Ann; From: 1961", "Atlas")
    assert (items[0]["URL"], items[0]["version"]) == (PAGE, "1")
    assert [each["id"] for each in read_back] == ["atlas-l-1", "map"]
    assert [entry.key for entry in entries] == ["atlas-l-1", "map"]


def test_an_unknown_id_is_not_found_and_the_nearest_is_named(shelf):
    response = shelf.get("/api/v1/entries/atlas/statements/l-2")

    assert response.status_code == 404
    assert json.loads(response.content)["suggestions"] == ["l-1"]


def test_a_statement_goes_where_its_entry_goes(shelf):
    merge("atlas", into="map")
    moved = shelf.get(f"{LOAN}.bib")
    retract("map")

    assert moved.status_code == 308
    assert moved["Location"] == "http://testserver/api/v1/entries/map/statements/l-1.bib"
    assert shelf.get("/api/v1/entries/map/statements/l-1").status_code == 410


@pytest.mark.parametrize("suffix", ["", ".csl", ".bib", ".ris"])
def test_a_copy_is_good_until_something_is_published(shelf, suffix):
    tag = shelf.get(LOAN + suffix)["ETag"]

    assert shelf.get(LOAN + suffix, headers={"if-none-match": tag}).status_code == 304
    publish(reader("ann", "Anna"))
    assert shelf.get(LOAN + suffix, headers={"if-none-match": tag}).status_code == 200
