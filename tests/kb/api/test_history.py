"""Revisions, differences, what was known when, and the feed that a copy can be built from."""

import json
from datetime import timedelta
from hashlib import sha256

import orjson
import pytest
import rfc8785
from django.db import connection

from kb.models import Revision
from tests.library.builders import book, merge, publish, reader, restore, retract


def get(api, address, status=200):
    response = api.get(address)
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_revisions_come_newest_first_and_in_pages(api):
    for title in ("One", "Two", "Three"):
        publish(book("emma", title))

    first = get(api, "/api/v1/entries/emma/revisions?page_size=2")
    second = get(api, first["next"])

    numbers = [row["number"] for row in first["items"] + second["items"]]
    assert (numbers, first["total"]) == ([3, 2, 1], 3)
    assert [row["number"] for row in get(api, second["prev"])["items"]] == [3, 2]
    assert "next" not in second
    assert first["items"][0]["metadata"]["authors"] == ["ada"]


def test_a_revision_holds_all_that_its_hash_covers(api):
    publish(reader("ann"))
    publish(book("emma", "Émma", loans=[{"reader": "ann", "from": "1990-05"}]))
    publish(book("emma", "Emma"))
    previous = None

    for number in (1, 2):
        found = get(api, f"/api/v1/entries/emma/revisions/{number}")
        document = sha256(bytes.fromhex(found["salt"]) + rfc8785.dumps(found["document"]))
        parts = [bytes.fromhex(found["previous_hash"]), document.digest()]
        parts.append(rfc8785.dumps(found["metadata"]))
        assert document.hexdigest() == found["document_hash"]
        assert sha256(b"".join(parts)).hexdigest() == found["hash"]
        assert previous in (None, found["previous_hash"])
        previous = found["hash"]


def test_a_difference_is_by_field_and_by_row(api):
    publish(reader("ann"), reader("bob"))
    publish(book("emma", "Emma", loans=[{"reader": "ann", "from": "1990"}]))
    row = Revision.objects.get(entry__key="emma").content["loans"][0]
    publish(book("emma", "Émma", loans=[{**row, "from": "1991"}, {"reader": "bob"}]))

    found = get(api, "/api/v1/entries/emma/diff?from=1&to=2")

    assert (found["from"], found["to"]) == (1, 2)
    changes = {change["pointer"]: change for change in found["changes"]}
    title = changes["/title"]
    assert (title["before"], title["after"]) == ("Emma", "Émma")
    assert changes["/loans/0/from"]["kind"] == "changed"
    assert changes["/loans/1"]["kind"] == "added"
    assert get(api, "/api/v1/entries/emma/diff") == found
    assert get(api, "/api/v1/entries/emma/diff?from=2&to=2")["changes"] == []
    assert get(api, "/api/v1/entries/emma/diff?to=1")["from"] == 0


def moments_of(key):
    return list(
        Revision.objects.filter(entry__key=key)
        .order_by("number")
        .values_list("published_at", flat=True)
    )


def test_what_was_known_at_a_moment(api):
    publish(book("emma", "One"))
    publish(book("emma", "Two"))
    retract("emma")
    restore("emma")
    first, second, gone, back = moments_of("emma")
    tick = timedelta(microseconds=1)

    def known_at(moment, status=200):
        address = f"/api/v1/entries/emma?known_at={moment:%Y-%m-%dT%H:%M:%S.%fZ}"
        return get(api, address, status)

    assert known_at(first, 404)["code"] == "not-found"
    assert known_at(first + tick)["title"] == "One"
    assert known_at(second)["title"] == "One"
    assert known_at(second + tick)["title"] == "Two"
    assert known_at(gone + tick, 410)["code"] == "retracted"
    assert known_at(back + tick)["title"] == "Two"
    assert known_at(back + tick)["meta"]["revision"] == 4


def test_a_day_means_its_end(api):
    publish(book("emma", "One"))
    (moment,) = moments_of("emma")
    day, before = moment.date(), moment.date() - timedelta(days=1)

    assert get(api, f"/api/v1/entries/emma?known_at={day}")["title"] == "One"
    assert get(api, f"/api/v1/entries/emma?known_at={day}&fields=title").keys() == {
        "key",
        "kind",
        "title",
    }
    get(api, f"/api/v1/entries/emma?known_at={before}", 404)
    for wrong in ("2020", "2020-02-30", "9999-12-31", "now"):
        get(api, f"/api/v1/entries/emma?known_at={wrong}", 400)


def test_a_merged_entry_is_shown_as_it_was_before_the_merge(api):
    publish(book("emma", "One"), book("emma-two", "Two"))
    merge("emma-two", into="emma")
    before, after = moments_of("emma-two")

    moment = f"{before + timedelta(microseconds=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    assert get(api, f"/api/v1/entries/emma-two?known_at={moment}")["title"] == "Two"
    later = f"{after + timedelta(microseconds=1):%Y-%m-%dT%H:%M:%S.%fZ}"
    assert api.get(f"/api/v1/entries/emma-two?known_at={later}").status_code == 308


def all_changes(api, size):
    rows, address = [], f"/api/v1/changes?page_size={size}"
    while address:
        page = get(api, address)
        rows += page["items"]
        address = page.get("next")
    return rows


@pytest.mark.parametrize("size", [1, 2, 7, 200])
def test_a_copy_built_from_the_feed_alone_equals_the_lists(api, size):
    publish(reader("ann"), book("emma", loans=[{"reader": "ann"}]), book("persuasion"))
    publish(book("emma", "Émma", genres=["novel"]))
    publish(book("sanditon"), book("emma-two"))
    retract("sanditon")
    merge("emma-two", into="emma")
    retract("persuasion")
    restore("persuasion")

    copy = {}
    for row in all_changes(api, size):
        if row["act"] in ("revise", "restore"):
            copy[row["entry"]["key"]] = row["document"]
        else:
            copy.pop(row["entry"]["key"])

    listed = get(api, "/api/v1/entries?page_size=200")
    assert copy.keys() == {row["key"] for row in listed["items"]}
    for row in listed["items"]:
        newest = get(api, f"/api/v1/entries/{row['key']}/revisions/{row['meta']['revision']}")
        assert newest["document"] == copy[row["key"]]


def test_the_feed_is_gapless_and_says_how_far_it_is(api):
    publish(book("emma"), book("persuasion"))
    publish(book("emma", "Émma"))

    rows = all_changes(api, 2)

    assert [row["sequence"] for row in rows] == [1, 2, 3]
    assert get(api, "/api/v1/changes?after=3") == {"items": [], "head": 3}
    assert get(api, "/api/v1/changes?after=2")["items"] == rows[2:]
    assert get(api, "/api/v1/status")["head"] == 3


def test_a_redacted_document_is_not_in_the_feed(api):
    publish(book("emma", "Secret"))
    publish(book("emma", "Emma"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kb_revision SET document = NULL, salt = NULL WHERE number = 1")

    rows = all_changes(api, 50)

    assert [row["document"] is None for row in rows] == [True, False]
    assert b"Secret" not in orjson.dumps(rows)


def test_the_root_and_the_status_count_what_is_in_view(api):
    publish(book("emma"), book("persuasion"), reader("ann"))
    retract("emma")

    status, root = get(api, "/api/v1/status"), get(api, "/api/v1/")

    assert status["entries"] == root["entries"] == {"books": 1, "readers": 1}
    assert (status["retracted"], status["merged"], status["waiting"]) == (1, 0, 0)
    assert root["links"]["books"] == "http://testserver/api/v1/books"


def test_links_and_backlinks_name_relation_and_place_in_both_directions(api):
    publish(reader("ann", "Ann"), book("emma", "Emma"))
    publish(book("emma-again", loans=[{"reader": "ann"}], sequel_of="emma"))

    links = get(api, "/api/v1/entries/emma-again/links")["items"]
    backlinks = get(api, "/api/v1/entries/ann/backlinks")["items"]

    assert [(row["relation"], row["entry"]["key"]) for row in links] == [
        ("loans.reader", "ann"),
        ("sequel_of", "emma"),
    ]
    assert backlinks[0]["entry"]["key"] == "emma-again"
    assert backlinks[0]["statement"] == links[0]["statement"]
    assert get(api, "/api/v1/entries/emma-again/links?relation=sequel_of")["total"] == 1


def test_includes_and_fields_shape_an_entry(api):
    publish(reader("ann", "Ann"))
    publish(book("emma", "Emma", loans=[{"reader": "ann"}]))

    found = get(api, "/api/v1/entries/emma?fields=title,meta&include=links,backlinks")

    assert found.keys() == {"key", "kind", "title", "meta", "included"}
    assert found["included"]["links"][0]["entry"]["name"] == "Ann"
    assert found["included"]["backlinks"] == []
