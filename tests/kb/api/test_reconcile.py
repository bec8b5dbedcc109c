"""The Reconciliation Service API 0.2, checked against the schemas that its specification has."""

import json
from pathlib import Path
from urllib.parse import urlencode

import pytest
from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from kb.api.errors import MOST_BYTES
from tests.library.builders import book, draft, merge, publish, reader, retract

FOLDER = Path(__file__).with_name("reconciliation-0.2")
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
REGISTRY = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema, default_specification=DRAFT7))
    for schema in SCHEMAS.values()
)
SERVICE = "/api/v1/reconcile"
ODD = ["/", ":", "(", '"', "\\", "%", "_", "'", "\0", "a\0b", "\u202eabc", "שלום", "x" * 10_000]


@pytest.fixture
def service(api):
    publish(
        book("world-atlas", "World Atlas", genres=["atlas"], isbn="12-X", website="https://a.org"),
        book("moby-dick", "Moby Dick", genres=["novel"], printed="1851"),
        reader("ann", "Ann Abel", summary="Reads **maps**."),
    )
    return api


def valid(schema, found):
    Draft7Validator(SCHEMAS[schema], registry=REGISTRY).validate(found)
    return found


def post(client, path=SERVICE, **fields):
    texts = {n: v if isinstance(v, str) else json.dumps(v) for n, v in fields.items()}
    return client.post(path, urlencode(texts), content_type="application/x-www-form-urlencoded")


def results(client, queries):
    response = post(client, queries=valid("reconciliation-query-batch", queries))
    assert response.status_code == 200, response.content
    return valid("reconciliation-result-batch", response.json())


def code(response):
    return response.status_code, response.json()["code"]


def test_the_manifest_names_what_there_is(service):
    response = service.get(SERVICE)

    found = valid("manifest", response.json())
    assert response["Access-Control-Allow-Origin"] == "*"
    assert found["batchSize"] == 100
    assert [each["id"] for each in found["defaultTypes"]] == ["book", "reader"]
    for suggestion in found["suggest"].values():
        path = suggestion["service_url"] + suggestion["service_path"]
        assert (
            service.get(path.removeprefix("http://testserver"), {"prefix": "b"}).status_code == 200
        )


def test_a_batch_is_answered_by_the_names_of_its_queries(service):
    found = results(
        service,
        {
            "q0": {"query": "Wrold Atlas", "type": "book", "limit": 1, "type_strict": "should"},
            "q1": {"query": "moby-dick", "type": ["book", "reader"]},
            "q2": {"query": "Nobody at all"},
            "q3": {"properties": [{"pid": "isbn", "v": "12-x"}]},
        },
    )

    assert list(found) == ["q0", "q1", "q2", "q3"]
    (atlas,) = found["q0"]["result"]
    assert (atlas["id"], atlas["type"]) == ("world-atlas", [{"id": "book", "name": "Book"}])
    assert found["q1"]["result"][0]["match"] is True
    assert found["q2"]["result"] == []
    assert found["q3"]["result"][0]["id"] == "world-atlas"
    assert found["q3"]["result"][0]["match"] is True


def test_an_entry_is_found_by_its_own_name_and_by_its_key(service):
    for name in ("Ann Abel", "ann"):
        (found,) = results(service, {"q": {"query": name}})["q"]["result"]
        assert (found["id"], found["match"]) == ("ann", True)
        assert found["description"] == "Reads maps."


@pytest.mark.parametrize(
    ("value", "score"),
    [("atlas", 100.0), ("Atlas", 100.0), (["novel", {"id": "atlas"}], 100.0), ("novel", 0.0)],
)
def test_properties_speak_for_or_against_a_candidate(service, value, score):
    query = {"query": "World Atlas", "properties": [{"pid": "genre", "v": value}]}

    (found,) = results(service, {"q": query})["q"]["result"]

    assert {"id": "genre", "value": score} in found["features"]
    assert found["match"] is (score == 100.0)


@pytest.mark.parametrize("value", ["no genre", 12, True, {"id": "x"}, []])
def test_values_that_mean_nothing_are_left_out(service, value):
    query = {"query": "World Atlas", "properties": [{"pid": "genre", "v": value}]}

    (found,) = results(service, {"q": query})["q"]["result"]

    assert [each["id"] for each in found["features"]] == ["name"]


def test_a_property_may_be_given_twice(service):
    properties = [{"pid": "isbn", "v": "99"}, {"pid": "isbn", "v": "12-X"}]

    (found,) = results(service, {"q": {"properties": properties}})["q"]["result"]

    assert (found["id"], found["match"]) == ("world-atlas", True)


def test_a_batch_in_the_address_is_answered_alike(service):
    batch = {"q": {"query": "World Atlas"}}

    response = service.get(SERVICE, {"queries": json.dumps(batch)})

    assert response.json() == results(service, batch)
    again = service.get(
        SERVICE, {"queries": json.dumps(batch)}, headers={"if-none-match": response["ETag"]}
    )
    assert again.status_code == 304


def test_nothing_of_drafts_and_of_what_was_retracted_is_told(service):
    publish(book("gone", "Vanished Tome"), book("globe", "Terrestrial Globe"))
    retract("gone")
    merge("globe", into="world-atlas")
    draft(book("secret", "Clandestine Volume"))

    found = results(
        service,
        {name: {"query": name} for name in ("Vanished Tome", "Clandestine Volume", "globe")},
    )

    assert found["Vanished Tome"]["result"] == found["Clandestine Volume"]["result"] == []
    assert [each["id"] for each in found["globe"]["result"]] == ["world-atlas"]


@pytest.mark.parametrize(
    ("queries", "status"),
    [
        ("{", (400, "invalid-body")),
        ("[]", (422, "invalid-content")),
        ({"q": {}}, (422, "invalid-content")),
        ({"q": {"query": " "}}, (422, "invalid-content")),
        ({"q": {"query": "a", "type": "planet"}}, (422, "invalid-content")),
        ({"q": {"query": "a", "limit": 0}}, (422, "invalid-content")),
        ({"q": {"query": "a", "properties": [{"pid": "moon", "v": 1}]}}, (422, "invalid-content")),
        (
            {"q": {"query": "a", "properties": [{"pid": "isbn", "v": ["1"] * 21}]}},
            (422, "invalid-content"),
        ),
        ({"q": {"query": "a", "colour": "red"}}, (422, "invalid-content")),
        ({str(n): {"query": "a"} for n in range(101)}, (413, "too-many")),
    ],
)
def test_a_batch_that_cannot_be_used_is_refused(service, queries, status):
    assert code(post(service, queries=queries)) == status


def test_what_is_wrong_is_told_with_its_place_and_number(service):
    wrong = post(service, queries={"q": {"query": "a", "type": "planet"}}).json()
    many = post(service, queries={str(n): {"query": "a"} for n in range(101)}).json()

    assert wrong["errors"][0]["pointer"] == "/queries/q"
    assert "book, reader" in wrong["errors"][0]["detail"]
    assert "101 queries" in many["detail"]


def test_other_bodies_are_refused(service):
    assert code(service.post(SERVICE, "{}", content_type="application/json"))[0] == 415
    assert code(post(service, other="x")) == (400, "invalid-body")
    assert code(post(service, queries="x" * (MOST_BYTES + 1))) == (413, "body-too-large")


@pytest.mark.parametrize("text", ODD)
def test_odd_names_and_values_are_only_odd(service, text):
    properties = [{"pid": "isbn", "v": text}, {"pid": "genre", "v": text}]

    results(service, {"q": {"query": text}, "r": {"query": text, "properties": properties}})
    extension = {"ids": [text], "properties": [{"id": "isbn"}]}
    assert post(service, extend=extension).json()["rows"] == {text: {"isbn": []}}


# --- suggest, preview, extend ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "schema", "prefix", "ids"),
    [
        ("entity", "suggest-entities-response", "worl", ["world-atlas"]),
        ("entity", "suggest-entities-response", "moby-dick", ["moby-dick"]),
        ("type", "suggest-types-response", "bo", ["book"]),
        ("type", "suggest-types-response", "Reader", ["reader"]),
        ("property", "suggest-properties-response", "gen", ["genre"]),
        ("property", "suggest-properties-response", "isbn", ["isbn"]),
    ],
)
def test_suggestions_begin_with_what_was_typed(service, what, schema, prefix, ids):
    found = valid(schema, service.get(f"{SERVICE}/suggest/{what}", {"prefix": prefix}).json())

    assert [each["id"] for each in found["result"]] == ids


def test_suggestions_go_on_from_a_place(service):
    publish(*(reader(f"smith-{n:02}", f"Smith {n:02}") for n in range(15)))

    pages = [
        service.get(f"{SERVICE}/suggest/entity", {"prefix": "smith", "cursor": skipped}).json()
        for skipped in (0, 10)
    ]

    ids = [each["id"] for page in pages for each in page["result"]]
    assert len(ids) == len(set(ids)) == 15


def test_the_preview_may_be_shown_in_the_page_of_a_client(service):
    response = service.get(f"{SERVICE}/preview/ann")

    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "Reads maps." in response.content.decode()
    assert code(service.get(f"{SERVICE}/preview/nobody")) == (404, "not-found")


def test_the_preview_of_a_merged_entry_is_that_of_its_survivor(service):
    publish(book("globe"))
    merge("globe", into="world-atlas")

    response = service.get(f"{SERVICE}/preview/globe")

    assert response.status_code == 308
    assert response["Location"].endswith(f"{SERVICE}/preview/world-atlas")


def test_what_is_shown_in_a_preview_is_escaped(service):
    publish(reader("odd", "<script>alert(1)</script>"))

    html = service.get(f"{SERVICE}/preview/odd").content.decode()

    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_properties_are_proposed_for_a_type_and_fetched(service):
    proposed = service.get(f"{SERVICE}/extend", {"type": "book"}).json()
    valid("data-extension-property-proposal", proposed)
    wanted = [{"id": each["id"]} for each in proposed["properties"]]
    asked = valid("data-extension-query", {"ids": ["world-atlas", "nobody"], "properties": wanted})

    answers = [post(service, path, extend=asked).json() for path in (SERVICE, f"{SERVICE}/extend")]

    found = valid("data-extension-response", answers[0])
    assert answers[0] == answers[1]
    assert found["rows"]["world-atlas"]["genre"] == [{"str": "atlas"}]
    assert found["rows"]["world-atlas"]["isbn"] == [{"str": "12-X"}]
    assert found["rows"]["world-atlas"]["website"] == [{"str": "https://a.org"}]
    assert set(map(str, found["rows"]["nobody"].values())) == {"[]"}
    assert [each["id"] for each in found["meta"]] == [each["id"] for each in wanted]


@pytest.mark.parametrize(
    ("extension", "status"),
    [
        ({"ids": ["a"]}, (422, "invalid-content")),
        ({"ids": ["a"], "properties": [{"id": "moon"}]}, (422, "invalid-content")),
        ({"ids": ["a"] * 101, "properties": []}, (413, "too-many")),
        ("nothing", (400, "invalid-body")),
    ],
)
def test_an_extension_that_cannot_be_used_is_refused(service, extension, status):
    assert code(post(service, extend=extension)) == status
