"""Feeds: what they hold, in both formats, page by page."""

import json
from datetime import datetime
from xml.etree import ElementTree as ET

import pytest

from kb.editing import redaction
from kb.formats.syndication import Feed, Item, atom
from kb.models import Revision
from tests.library.builders import (
    administrator,
    book,
    managing_editor,
    merge,
    publish,
    reader,
    restore,
    retract,
)

ATOM = {"a": "http://www.w3.org/2005/Atom"}


def items(api, address, status=200):
    response = api.get(f"/api/v1/feeds/{address}")
    assert response.status_code == status, response.content
    return json.loads(response.content).get("items")


def titles(api, address):
    return [item["title"] for item in items(api, address)]


def test_what_was_done_is_told_newest_first(api):
    publish(book("emma", "Emma"), book("emma-two", "Emma II"))
    publish(book("emma", "Émma", printed="1815"))
    merge("emma-two", into="emma")
    retract("emma", reason="wrong")
    restore("emma")

    found = items(api, "all.json")

    assert [item["title"] for item in found] == [
        "Émma: restored",
        "Émma: retracted",
        "Emma II: merged",
        "Émma: changed",
        "Emma II: new",
        "Emma: new",
    ]
    assert "Title: “Emma” became “Émma”" in found[3]["content_text"]
    assert found[3]["external_url"].endswith("/entries/emma/history/?to=2")
    assert found[2]["content_text"] == "Merged into “Émma”."
    assert "Reason: Wrong." in found[1]["content_text"]


def test_both_formats_have_the_same_items(api):
    publish(book("emma", "<Emma> & “sisters”"), reader("ann"))
    publish(book("emma", "Emma"))

    response = api.get("/api/v1/feeds/all.atom")

    root = ET.fromstring(response.content)  # noqa: S314  our own answer
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    ids = [entry.findtext("a:id", namespaces=ATOM) for entry in root.findall("a:entry", ATOM)]
    assert ids == [item["id"] for item in items(api, "all.json")]
    assert len(set(ids)) == 3
    assert all(each.startswith("tag:testserver,2026:entries/") for each in ids)
    for place in (root, *root.findall("a:entry", ATOM)):
        updated = place.findtext("a:updated", default="", namespaces=ATOM)
        assert datetime.fromisoformat(updated).tzinfo
    assert root.findtext("a:author/a:name", namespaces=ATOM).startswith("The board of ")
    last = root.findall("a:entry", ATOM)[-2:]
    assert "<Emma> & “sisters”: new" in [e.findtext("a:title", namespaces=ATOM) for e in last]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("kind/reader.json", ["Ann: new"]),
        ("kind/book.json?genre=atlas", ["World: new"]),
        ("genre/novel.json", ["Persuasion: retracted", "Emma: new", "Persuasion: new"]),
        ("genre/atlas.json", ["World: new"]),
        ("entry/persuasion.json", ["Persuasion: retracted", "Persuasion: new"]),
        ("search.json?q=emma", ["Emma: new"]),
        ("search.json?q=emma&kind=reader", []),
        ("search.json?q=the", []),
    ],
)
def test_a_feed_has_what_it_is_about(api, address, expected):
    publish(book("emma", genres=["novel"]))
    publish(book("world", genres=["atlas"]), reader("ann"))
    publish(book("persuasion", genres=["novel"]))
    retract("persuasion")

    found = titles(api, address)

    assert sorted(found) == sorted(expected)
    assert found[:1] == expected[:1]


def test_the_feed_of_an_entry_tells_of_what_was_merged_into_it(api):
    publish(book("emma"), book("emma-two", "Two"))
    merge("emma-two", into="emma")

    moved = api.get("/api/v1/feeds/entry/emma-two.atom")

    assert titles(api, "entry/emma.json")[0] == "Two: merged"
    assert (moved.status_code, moved["Location"]) == (
        308,
        "http://testserver/api/v1/feeds/entry/emma.atom",
    )


def test_a_redacted_text_is_in_no_feed(api):
    publish(book("emma", "Secret"))
    publish(book("emma", "Emma"))
    revision = Revision.objects.get(entry__key="emma", number=1)
    asked = redaction.ask(revision, "privacy", by=managing_editor())
    redaction.confirm(asked, by=administrator())

    response = api.get("/api/v1/feeds/entry/emma.json")

    assert b"Secret" not in response.content
    found = json.loads(response.content)["items"]
    assert found[0]["title"].endswith(": redacted")
    assert len({item["id"] for item in found}) == 3


def test_pages_lead_through_all_of_it_once(api):
    for number in range(5):
        publish(book(f"book-{number}"))
    seen, address = [], "/api/v1/feeds/all.json?page_size=2"

    while address:
        page = json.loads(api.get(address).content)
        seen += [item["id"] for item in page["items"]]
        address = page.get("next_url")

    assert len(seen) == len(set(seen)) == 5


def test_an_unchanged_feed_is_not_sent_again(api):
    publish(book("emma"))
    first = api.get("/api/v1/feeds/all.atom")

    again = api.get("/api/v1/feeds/all.atom", headers={"If-None-Match": first["ETag"]})
    publish(book("persuasion"))
    changed = api.get("/api/v1/feeds/all.atom", headers={"If-None-Match": first["ETag"]})

    assert first["Last-Modified"]
    assert (again.status_code, changed.status_code) == (304, 200)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("genre/novels.json", 404),
        ("entry/nothing.json", 404),
        ("kind/nothing.json", 404),
        ("all.rss", 404),
        ("search.json", 400),
        ("all.json?before=x", 400),
        ("all.json?genre=novel", 400),
    ],
)
def test_what_there_is_no_feed_of_is_told(api, address, status):
    response = api.get(f"/api/v1/feeds/{address}")

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("size", [1, 10])
def test_the_number_of_queries_is_the_same_for_every_size(api, django_assert_max_num_queries, size):
    for number in range(12):
        publish(book(f"book-{number}"))
        publish(book(f"book-{number}", f"Title {number}"))

    with django_assert_max_num_queries(3):
        assert len(items(api, f"all.json?page_size={size}")) == size


def test_what_xml_cannot_hold_is_left_out():
    item = Item("tag:x", "A\x0bB\x00", "https://x.org/", "", "2026-01-01T00:00:00Z", "<b>&\ufffe")
    feed = Feed("tag:f", "F", "Board", "https://x.org/", "https://x.org/f", "", [item])

    entry = ET.fromstring(atom(feed)).find("a:entry", ATOM)  # noqa: S314  our own

    assert entry.findtext("a:title", namespaces=ATOM) == "AB"
    assert entry.findtext("a:summary", namespaces=ATOM) == "<b>&"
