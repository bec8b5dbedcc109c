"""What caches and browsers of other sites are told, and when a copy is still good."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.client import RequestFactory

from kb.api.errors import OPEN_TO_ALL
from kb.api.unchanged import unchanged_first
from tests.library.builders import book, merge, publish, reader, retract

FRESH = "public, max-age=60, stale-while-revalidate=600"

OF_A_COPY = ("ETag", "Cache-Control", "Vary", *OPEN_TO_ALL)  # headers that a 304 repeats


@pytest.fixture
def shelf(api: Client) -> Client:
    """Two books, one of them lent."""
    publish(
        reader("ann", "Ann"),
        book("moby-dick", "Moby-Dick", genres=["novel"], loans=[{"reader": "ann"}]),
        book("times-atlas", "The Times Atlas", genres=["atlas"]),
    )
    return api


TAGGED = [
    "/api/v1/",
    "/api/v1/entries",
    "/api/v1/books?genre=novel&facets=true",
    "/api/v1/entries/moby-dick",
    "/api/v1/entries/moby-dick?format=json",
    "/api/v1/entries/moby-dick?fields=title",
    "/api/v1/entries/moby-dick?include=backlinks",
    "/api/v1/entries/moby-dick/links",
    "/api/v1/entries/moby-dick/backlinks",
    "/api/v1/entries/moby-dick/revisions",
    "/api/v1/entries/moby-dick/revisions/1",
    "/api/v1/entries/moby-dick/diff",
    "/api/v1/search?q=moby",
    "/api/v1/suggest?prefix=mo",
    "/api/v1/changes",
    "/api/v1/vocabularies",
    "/api/v1/vocabularies/genres",
    "/api/v1/schemas/book.json",
    "/api/v1/openapi.json",
    "/api/v1/status",
]


@pytest.mark.parametrize("address", TAGGED)
def test_a_copy_that_is_still_good_is_not_sent_again(shelf, address):
    first = shelf.get(address)
    assert first.status_code == 200

    again = shelf.get(address, headers={"if-none-match": f'"other", W/{first["ETag"]}'})

    assert (again.status_code, again.content) == (304, b"")
    for name in OF_A_COPY:
        assert again[name] == first[name]
    assert "Content-Type" not in again
    assert shelf.get(address, headers={"if-none-match": '"other"'}).status_code == 200
    assert shelf.get(address, headers={"if-none-match": "*"}).status_code == 304


@pytest.mark.parametrize("address", TAGGED)
def test_head_tells_what_get_would(shelf, address):
    full, head = shelf.get(address), shelf.head(address)

    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(full.headers)
    assert head["Content-Length"] == str(len(full.content))


@pytest.mark.parametrize("address", TAGGED)
def test_options_says_what_may_be_done_from_anywhere(shelf, address):
    response = shelf.options(address)

    assert response.status_code == 204
    assert response["Allow"] == response["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    assert "Set-Cookie" not in shelf.get(address)


def test_an_entry_says_how_long_it_keeps_and_where_else_to_go(shelf):
    response = shelf.get("/api/v1/entries/moby-dick")

    assert response["Content-Type"] == "application/json"
    assert response["Cache-Control"] == FRESH
    assert response["Vary"] == "Accept, Accept-Encoding"
    assert response["Last-Modified"].endswith(" GMT")
    for relation in ("alternate", "cite-as", "describedby", "version-history", "license"):
        assert f'rel="{relation}"' in response["Link"]
    assert "ETag" in response["Access-Control-Expose-Headers"]


def test_revisions_keep_for_ever_and_the_status_not_at_all(shelf):
    revision = shelf.get("/api/v1/entries/moby-dick/revisions/1")

    assert revision["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shelf.get("/api/v1/status")["Cache-Control"] == "no-cache"


def test_a_publication_changes_the_tag_of_what_shows_the_name(shelf):
    tags = {address: shelf.get(address)["ETag"] for address in TAGGED}

    publish(reader("ann", "Anne"))

    changed = {address for address in TAGGED if shelf.get(address)["ETag"] != tags[address]}
    unchanged = {
        "/api/v1/entries/moby-dick/revisions/1",
        "/api/v1/vocabularies",
        "/api/v1/vocabularies/genres",
        "/api/v1/schemas/book.json",
        "/api/v1/openapi.json",
    }
    assert changed == set(TAGGED) - unchanged


def test_a_publication_elsewhere_leaves_the_tag_of_an_entry(shelf):
    before = shelf.get("/api/v1/entries/moby-dick")["ETag"]

    publish(book("emma"))

    assert shelf.get("/api/v1/entries/moby-dick")["ETag"] == before


def test_rendering_what_waited_changes_the_tags_of_lists(shelf):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kb_published SET is_stale = true WHERE key = 'moby-dick'")
    while_waiting = shelf.get("/api/v1/books")["ETag"]

    with connection.cursor() as cursor:
        cursor.execute("UPDATE kb_published SET is_stale = false")

    assert shelf.get("/api/v1/books")["ETag"] != while_waiting


# --- the layer in front of Django ------------------------------------------------------------


def through_the_layer(address, **headers):
    """(status, headers) of the layer's own answer; None when it hands on to Django."""
    answered = []
    environ = RequestFactory().get(address, **headers).environ
    layer = unchanged_first(lambda environ, start_response: [b"from Django"])

    def start_response(status, found, _problem=None):
        answered.append((status, dict(found)))
        return answered.append

    body = layer(environ, start_response)
    assert b"".join(body) == (b"" if answered else b"from Django")
    return answered[0] if answered else None


@pytest.mark.parametrize("address", TAGGED)
def test_the_layer_in_front_answers_as_django_would(shelf, address):
    etag = shelf.get(address)["ETag"]
    by_django = shelf.get(address, headers={"if-none-match": etag})

    by_layer = through_the_layer(address, HTTP_IF_NONE_MATCH=etag)

    if by_layer is not None:
        status, headers = by_layer
        assert status == "304 Not Modified"
        assert {name: headers[name] for name in OF_A_COPY} == {
            name: by_django[name] for name in OF_A_COPY
        }


@pytest.mark.parametrize(
    "address", ["/api/v1/entries/moby-dick", "/api/v1/books?genre=novel", "/api/v1/search?q=moby"]
)
def test_the_layer_in_front_takes_what_is_asked_most(shelf, address):
    etag = shelf.get(address)["ETag"]

    assert through_the_layer(address, HTTP_IF_NONE_MATCH=f'"x", {etag}') is not None
    publish(book("moby-dick", "The Whale", genres=["novel"]))
    assert through_the_layer(address, HTTP_IF_NONE_MATCH=etag) is None


@pytest.mark.parametrize(
    ("address", "headers"),
    [
        ("/api/v1/entries/moby-dick", {}),
        ("/api/v1/entries/moby-dick", {"HTTP_IF_NONE_MATCH": '"other"'}),
        ("/api/v1/entries/moby-dick", {"HTTP_IF_NONE_MATCH": "*", "HTTP_ACCEPT": "text/csv"}),
        ("/api/v1/entries/moby-dick?size=1", {"HTTP_IF_NONE_MATCH": "*"}),
        ("/api/v1/entries/nobody", {"HTTP_IF_NONE_MATCH": "*"}),
        ("/api/v1/entries/gone", {"HTTP_IF_NONE_MATCH": "*"}),
        ("/api/v1/entries/emma", {"HTTP_IF_NONE_MATCH": "*"}),
        ("/books/moby-dick/", {"HTTP_IF_NONE_MATCH": "*"}),
    ],
)
def test_the_layer_in_front_leaves_the_rest_to_django(shelf, address, headers):
    publish(book("gone"), book("emma"))
    retract("gone")
    merge("emma", into="moby-dick")

    assert through_the_layer(address, **headers) is None


def test_what_is_stored_is_what_is_sent(shelf):
    with connection.cursor() as cursor:
        cursor.execute("SELECT json FROM kb_published WHERE key = 'moby-dick'")
        (stored,) = cursor.fetchone()

    assert shelf.get("/api/v1/entries/moby-dick").content == bytes(stored)
    assert json.loads(bytes(stored))["loans"][0]["reader"]["name"] == "Ann"
