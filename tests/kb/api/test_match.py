"""Matching tables of names, and leading from numbers and addresses to entries."""

import json

import pytest

from kb.api.errors import MOST_BYTES
from kb.editing import redaction
from kb.models import Revision
from tests.library.builders import (
    administrator,
    book,
    draft,
    managing_editor,
    merge,
    publish,
    reader,
    retract,
)

ODD = ["/", ":", "(", '"', "\\", "%", "_", "'", "\0", "a\0b", "\u202eabc", "שלום", "x" * 10_000]


@pytest.fixture
def shelves(api):
    publish(
        book("world-atlas", "World Atlas", isbn="12-X", website="https://www.a.org/atlas/"),
        book("moby-dick", "Moby Dick", isbn="34", website="https://b.org"),
        book("moby-dick-2", "The Whale", website="http://b.org/#whale"),
        reader("ann", "Ann Abel"),
    )
    return api


def match(client, queries, **more):
    body = json.dumps({"queries": queries, **more})
    return client.post("/api/v1/match", body, content_type="application/json")


def candidates(client, **query):
    response = match(client, {"q": query})
    assert response.status_code == 200, response.content
    return response.json()["results"]["q"]["candidates"]


def code(response):
    return response.status_code, response.json()["code"]


def test_queries_are_answered_by_their_names_with_reasons(shelves):
    response = match(
        shelves,
        {
            "a": {"name": "Moby Dick", "kind": "book", "identifiers": {"isbn": "34"}},
            "b": {"name": "Nothing of the kind"},
        },
    )

    found = response.json()["results"]
    assert found["b"] == {"candidates": []}
    (moby,) = found["a"]["candidates"]
    assert (moby["key"], moby["score"], moby["match"]) == ("moby-dick", 100.0, True)
    assert moby["url"] == "http://testserver/books/moby-dick/"
    assert moby["features"] == [
        {
            "id": "name",
            "score": 100.0,
            "weight": 6,
            "detail": "“Moby Dick” is the name “Moby Dick”.",
        },
        {"id": "isbn", "score": 100.0, "weight": 12, "detail": "Its number in isbn is 34."},
    ]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-cache"


def test_no_more_candidates_come_than_were_asked_for(shelves):
    publish(*(reader(f"smith-{letter}", f"Jane Smith {letter}") for letter in "abcdefgh"))

    counts = {
        limit: len(
            match(shelves, {"q": {"name": "Jane Smith"}}, limit=limit).json()["results"]["q"][
                "candidates"
            ]
        )
        for limit in (1, 5, 20)
    }

    assert counts == {1: 1, 5: 5, 20: 8}


def test_nothing_is_told_of_drafts_and_of_what_is_gone(shelves):
    retract("moby-dick")
    merge("moby-dick-2", into="world-atlas")
    draft(reader("secret", "Clandestine Person"))

    assert candidates(shelves, name="Moby Dick") == []
    assert candidates(shelves, name="Clandestine Person") == []
    assert candidates(shelves, identifiers={"isbn": "34"}) == []
    assert [each["key"] for each in candidates(shelves, name="moby-dick-2")] == ["world-atlas"]


def test_a_name_that_was_redacted_leads_to_nothing(shelves):
    publish(reader("eve", "Evelyn Formername"))
    publish(reader("eve", "Eve Newname"))
    redacted = Revision.objects.get(entry__key="eve", number=1)
    asked = redaction.ask(redacted, "A private name.", by=managing_editor())
    redaction.confirm(asked, by=administrator())

    assert candidates(shelves, name="Evelyn Formername") == []
    assert [each["key"] for each in candidates(shelves, name="Eve Newname")] == ["eve"]
    assert b"Formername" not in match(shelves, {"q": {"name": "eve"}}).content


@pytest.mark.parametrize(
    ("body", "status", "pointers"),
    [
        ({"queries": {"q": {}}}, 422, ["/queries/q"]),
        ({"queries": {"q": {"name": "\t"}}}, 422, ["/queries/q"]),
        ({"queries": {"q": {"name": 1}}}, 422, ["/queries/q/name"]),
        ({"queries": {"q": {"name": "a", "kind": "boook"}}}, 422, ["/queries/q/kind"]),
        (
            {"queries": {"a": {"name": "a", "colour": "red"}, "b": {"identifiers": {"x/y": "1"}}}},
            422,
            ["/queries/a/colour", "/queries/b/identifiers/x~1y"],
        ),
        ({"queries": {"q": {"name": "a"}}, "limit": 21}, 422, ["/limit"]),
        ({"queries": {"q": {"name": "a"}}, "more": 1}, 422, ["/more"]),
        ({}, 422, ["/queries"]),
        ([], 422, [""]),
    ],
)
def test_every_wrong_place_is_named(shelves, body, status, pointers):
    response = shelves.post("/api/v1/match", json.dumps(body), content_type="application/json")

    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


def test_a_slip_in_a_word_of_ours_gets_the_right_one(shelves):
    response = match(shelves, {"q": {"name": "a", "kind": "boook"}})

    assert response.json()["errors"][0]["detail"].endswith("Did you mean “book”?")


def test_a_batch_and_a_body_have_bounds(shelves):
    many = {str(number): {"name": "Ann"} for number in range(101)}

    refused = match(shelves, many)

    assert code(refused) == (413, "too-many")
    assert "101 queries" in refused.json()["detail"]
    many.popitem()
    assert match(shelves, many).status_code == 200
    assert code(match(shelves, {"q": {"name": "x" * MOST_BYTES}})) == (413, "body-too-large")


@pytest.mark.parametrize("text", ODD)
def test_odd_names_and_numbers_are_only_odd(shelves, text):
    response = match(shelves, {text: {"name": f"a{text}", "identifiers": {"isbn": text}}})

    assert response.status_code == 200
    assert list(response.json()["results"]) == [text]


def test_it_is_asked_by_post_alone(shelves):
    response = shelves.get("/api/v1/match")

    assert code(response) == (405, "method-not-allowed")
    assert response["Allow"] == "POST, OPTIONS"
    headers = {"if-none-match": "*"}
    body = '{"queries": {}}'
    again = shelves.post("/api/v1/match", body, content_type="application/json", headers=headers)
    assert again.json() == {"results": {}}


# --- resolve ---------------------------------------------------------------------------------


def resolve(client, **parameters):
    return client.get("/api/v1/resolve", parameters)


@pytest.mark.parametrize(
    ("parameters", "key"),
    [
        ({"scheme": "isbn", "value": "12-X"}, "world-atlas"),
        ({"scheme": "isbn", "value": "12-x"}, "world-atlas"),
        ({"scheme": "isbn", "value": "https://isbn.example/12-X"}, "world-atlas"),
        ({"url": "http://a.org/atlas"}, "world-atlas"),
        ({"url": "https://a.org/atlas/?utm_source=x#top"}, "world-atlas"),
        ({"url": "http://testserver/books/moby-dick/"}, "moby-dick"),
        ({"url": "http://testserver/api/v1/entries/ann?fields=name"}, "ann"),
        ({"url": "http://testserver/entries/old-atlas/"}, "world-atlas"),  # merged
    ],
)
def test_one_entry_is_led_to(shelves, parameters, key):
    publish(book("old-atlas"))
    merge("old-atlas", into="world-atlas")

    response = resolve(shelves, **parameters)

    assert response.status_code == 307
    assert response["Location"] == f"http://testserver/api/v1/entries/{key}"
    assert [each["key"] for each in response.json()["items"]] == [key]


def test_several_entries_are_listed(shelves):
    response = resolve(shelves, url="https://b.org/")

    assert response.status_code == 200
    assert {each["key"] for each in response.json()["items"]} == {"moby-dick", "moby-dick-2"}


@pytest.mark.parametrize(
    ("public", "there"), [("", "http://testserver"), ("https://books.example",) * 2]
)
def test_the_page_of_an_entry_is_told_by_its_full_address(shelves, settings, public, there):
    settings.PUBLIC_URL = public

    matched = match(shelves, {"a": {"name": "Moby Dick", "identifiers": {"isbn": "34"}}}).json()
    listed = resolve(shelves, url="https://b.org/").json()["items"]
    led = resolve(shelves, scheme="isbn", value="34").json()["items"]

    page = f"{there}/books/moby-dick/"
    assert matched["results"]["a"]["candidates"][0]["url"] == page
    assert {each["url"] for each in listed} == {page, f"{there}/books/moby-dick-2/"}
    assert [each["url"] for each in led] == [page]


def test_what_is_gone_is_said_to_be(shelves):
    retract("moby-dick")

    assert code(resolve(shelves, url="http://testserver/books/moby-dick/")) == (410, "retracted")
    assert code(resolve(shelves, scheme="isbn", value="34")) == (404, "not-found")
    assert resolve(shelves, url="https://b.org/")["Location"].endswith("/moby-dick-2")


@pytest.mark.parametrize(
    ("parameters", "wrong"),
    [
        ({}, ("url", "missing")),
        ({"scheme": "isbn"}, ("value", "missing")),
        ({"value": "1"}, ("scheme", "missing")),
        ({"url": "https://b.org", "value": "1"}, ("url", "invalid")),
        ({"scheme": "ibsn", "value": "1"}, ("scheme", "invalid")),
    ],
)
def test_either_a_number_or_an_address_is_needed(shelves, parameters, wrong):
    response = resolve(shelves, **parameters)

    assert code(response) == (400, "invalid-parameter")
    error = response.json()["errors"][0]
    assert (error["parameter"], error["code"]) == wrong


@pytest.mark.parametrize("text", [each for each in ODD if "\0" not in each and len(each) < 500])
def test_odd_addresses_and_numbers_are_only_unknown(shelves, text):
    assert code(resolve(shelves, url=text)) == (404, "not-found")
    assert code(resolve(shelves, url=f"http://testserver/books/{text}/"))[0] in (400, 404)
    assert code(resolve(shelves, scheme="isbn", value=text)) == (404, "not-found")
