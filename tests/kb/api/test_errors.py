"""Every error of the API: its status, its code, what it names, and what it keeps to itself."""

import json
import logging

import psycopg
import pytest
from django.db import connection

from kb.api import errors
from kb.api.entries import EntryEndpoint
from tests.library.builders import book, merge, publish, reader, retract

COMMON = {"type", "title", "status", "code", "detail", "request_id"}


def problem(response, status, code):
    """The problem details of a response, after the checks that hold for every one of them."""
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-store"
    found = json.loads(response.content)
    assert found.keys() >= COMMON
    assert (found["status"], found["code"]) == (status, code)
    assert found["type"] == f"/api/#problem-{code}"
    assert found["request_id"] == response["X-Request-ID"]
    return found


def wrong(response):
    """Parameter → code of what is wrong with it."""
    found = problem(response, 400, "invalid-parameter")["errors"]
    assert all(error.keys() == {"parameter", "code", "detail"} for error in found)
    return {error["parameter"]: error["code"] for error in found}


def test_all_wrong_parameters_are_named_at_once(api):
    response = api.get("/api/v1/books?gnre=atlas&page_size=0&sort=size&genre=novle&cursor=")

    assert wrong(response) == {
        "gnre": "unknown",
        "page_size": "invalid",
        "sort": "invalid",
        "genre": "invalid",
        "cursor": "empty",
    }
    details = {e["parameter"]: e["detail"] for e in json.loads(response.content)["errors"]}
    assert "Did you mean “genre”?" in details["gnre"]
    assert "Did you mean “novel”?" in details["genre"]


@pytest.mark.parametrize(
    "query",
    [
        "page_size=201",
        "page_size=-1",
        "page_size=1.0",
        "page_size=1&page_size=2",
        "sort=",
        "fields=title,nmae",
        "facets=gener",
        "changed_since=2020-13-01",
        "changed_since=yesterday",
        "exists.website=yes",
        "cursor=abc",
        "cursor=%C3%A9",
        "q=x",
        "%20page_size=1",
    ],
)
def test_a_wrong_parameter_of_a_list_is_refused(api, query):
    assert len(wrong(api.get(f"/api/v1/books?{query}"))) == 1


def test_a_cursor_with_other_filters_is_refused(api):
    publish(book("atlas-one", genres=["atlas"]), book("atlas-two", genres=["atlas"]))
    following = json.loads(api.get("/api/v1/books?page_size=1").content)["next"]

    assert api.get(following).status_code == 200
    assert wrong(api.get(f"{following}&genre=atlas")) == {"cursor": "invalid"}
    assert wrong(api.get(f"{following}&sort=-name")) == {"cursor": "invalid"}
    assert wrong(api.get(following.replace("/books", "/entries"))) == {"cursor": "invalid"}
    assert api.get(following.replace("page_size=1", "page_size=7")).status_code == 200


def test_an_unknown_key_is_not_found_and_near_ones_are_named(api):
    publish(book("moby-dick"))

    found = problem(api.get("/api/v1/entries/moby-dikc"), 404, "not-found")

    assert found["suggestions"] == ["moby-dick"]
    assert "Did you mean “moby-dick”?" in found["detail"]


@pytest.mark.parametrize(
    ("path", "suggestions"),
    [
        ("/api/v1/boks", ["/api/v1/books"]),
        ("/api/v1/books/", ["/api/v1/books"]),
        ("/api/v1/zzz", []),
        ("/api/v1/entries/a/b/c", ["/api/v1/entries"]),
    ],
)
def test_an_unknown_path_is_not_found(api, path, suggestions):
    assert problem(api.get(path), 404, "not-found")["suggestions"] == suggestions


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/entries/a%00b",
        "/api/v1/entries/%ff",
        "/api/v1/nowhere%ff",
        "/api/v1/books?genre=%ff",
        "/api/v1/books?%00=1",
    ],
)
def test_nul_and_what_is_not_utf_8_are_refused(api, address):
    problem(api.get(address), 400, "invalid-address")


@pytest.mark.parametrize("key", ["A", "x", "ä", "a%25b", "..", "x" * 300, "a%0Ab", "%E2%80%AEb"])
def test_what_cannot_be_a_key_is_not_found(api, key):
    problem(api.get(f"/api/v1/entries/{key}/links"), 404, "not-found")


def test_a_merged_entry_redirects_for_good_and_keeps_path_and_parameters(api):
    publish(book("moby-dick"), book("moby-dick-two"))
    merge("moby-dick-two", into="moby-dick")

    response = api.get("/api/v1/entries/moby-dick-two/links?page_size=3")

    assert response.status_code == 308
    assert response["Location"] == "http://testserver/api/v1/entries/moby-dick/links?page_size=3"
    assert api.get("/api/v1/entries/moby-dick-two").status_code == 308
    assert api.head("/api/v1/entries/moby-dick-two").status_code == 308
    assert api.get("/api/v1/entries/moby-dick-two/revisions").status_code == 200


def test_a_retracted_entry_is_gone_and_leaves_its_tombstone(api):
    publish(book("moby-dick"))
    retract("moby-dick", reason="duplicate")

    found = problem(api.get("/api/v1/entries/moby-dick"), 410, "retracted")

    assert found["tombstone"]["key"] == "moby-dick"
    assert found["tombstone"]["reason"] == "duplicate"
    problem(api.get("/api/v1/entries/moby-dick/links"), 410, "retracted")
    assert api.get("/api/v1/entries/moby-dick/revisions/1").status_code == 200


def test_a_redacted_revision_is_gone_but_for_its_place_in_the_chain(api):
    publish(book("moby-dick", "Secret"))
    publish(book("moby-dick", "Moby-Dick"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kb_revision SET document = NULL, salt = NULL WHERE number = 1")

    response = api.get("/api/v1/entries/moby-dick/revisions/1")

    assert problem(response, 410, "redacted")["revision"]["is_redacted"] is True
    assert b"Secret" not in response.content
    problem(api.get("/api/v1/entries/moby-dick/diff"), 410, "redacted")


@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "99999999999999999999", "1.0", "²"])
def test_a_revision_that_there_is_not_is_not_found(api, number):
    publish(book("moby-dick"))

    problem(api.get(f"/api/v1/entries/moby-dick/revisions/{number}"), 404, "not-found")


def test_a_difference_to_a_revision_that_there_is_not_names_the_parameter(api):
    publish(book("moby-dick"))

    assert wrong(api.get("/api/v1/entries/moby-dick/diff?to=2")) == {"to": "invalid"}
    assert wrong(api.get("/api/v1/entries/moby-dick/diff?from=7")) == {"from": "invalid"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_other_methods_are_refused_and_told_which_work(api, method):
    response = getattr(api, method)("/api/v1/books")

    problem(response, 405, "method-not-allowed")
    assert response["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("query", "accept"), [("?format=xml", "*/*"), ("", "text/html"), ("?format=", "*/*")]
)
def test_a_format_that_there_is_not_lists_those_there_are(api, query, accept):
    response = api.get(f"/api/v1/books{query}", headers={"accept": accept})

    found = problem(response, 406, "not-acceptable")["formats"]
    assert found == ["json", "jsonld", "csv", "csl", "bib", "ris"]


def test_an_address_over_8_kb_is_refused(api):
    problem(api.get("/api/v1/books?genre=" + "x" * 8_192), 414, "address-too-long")
    problem(api.get("/api/v1/" + "x" * 9_000), 414, "address-too-long")


def test_a_query_that_takes_too_long_is_our_bug(api, monkeypatch, caplog):
    def cancelled(*_args):
        raise psycopg.errors.QueryCanceled("canceling statement SELECT secret")

    monkeypatch.setattr(EntryEndpoint, "answer", cancelled)
    with caplog.at_level(logging.ERROR, "kb.api"):
        response = api.get("/api/v1/entries/moby-dick")

    problem(response, 503, "query-too-expensive")
    assert b"SELECT" not in response.content
    assert "too expensive: /api/v1/entries/moby-dick" in caplog.text


def test_an_error_of_ours_tells_its_id_and_nothing_else(api, monkeypatch, caplog):
    def broken(*_args):
        raise RuntimeError("secret /etc/path SELECT")

    monkeypatch.setattr(EntryEndpoint, "answer", broken)
    with caplog.at_level(logging.ERROR, "kb.api"):
        response = api.get(
            "/api/v1/entries/moby-dick", headers={"x-request-id": "from-the-client-1"}
        )

    found = problem(response, 500, "server-error")
    assert found["request_id"] == "from-the-client-1"
    assert b"secret" not in response.content
    assert "from-the-client-1" in caplog.text
    assert "RuntimeError: secret" in caplog.text


def test_a_request_id_with_odd_letters_is_replaced(api):
    response = api.get("/api/v1/zzz", headers={"x-request-id": "<script>\x7f"})

    assert len(problem(response, 404, "not-found")["request_id"]) == 24


def test_a_foreign_host_is_refused(api):
    problem(api.get("/api/v1/books", headers={"host": "evil.example"}), 400, "unknown-host")


# Each breaks several rules at once; the first in the fixed order is the one that is told.
@pytest.mark.parametrize(
    ("method", "address", "accept", "status"),
    [
        ("post", "/api/v1/nowhere?" + "x" * 8_200, "text/csv", 414),
        ("post", "/api/v1/nowhere%ff?size=1", "text/csv", 400),
        ("post", "/api/v1/nowhere?size=1", "text/csv", 404),
        ("post", "/api/v1/entries/nobody?size=1", "text/csv", 405),
        ("get", "/api/v1/entries/nobody?size=1", "text/csv", 406),
        ("get", "/api/v1/entries/nobody?size=1", "*/*", 400),
        ("get", "/api/v1/entries/nobody", "*/*", 404),
    ],
)
def test_the_order_of_checks_is_fixed(api, method, address, accept, status):
    response = getattr(api, method)(address, headers={"accept": accept, "if-none-match": "*"})

    assert response.status_code == status


def test_a_key_in_a_parameter_may_be_that_of_a_merged_entry(api):
    publish(reader("ann"), reader("anne"), book("emma", loans=[{"reader": "anne"}]))
    merge("anne", into="ann", kind="reader")

    found = json.loads(api.get("/api/v1/entries/ann/backlinks").content)

    assert [row["entry"]["key"] for row in found["items"]] == ["emma"]


def test_every_code_is_documented():
    known = {400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 414, 415, 422, 428, 429, 500, 503}

    assert {code.status for code in errors.CODES.values()} <= known
    assert all(code.description.endswith(".") for code in errors.CODES.values())
