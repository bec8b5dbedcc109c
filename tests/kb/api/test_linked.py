"""JSON-LD of entries and revisions, read by an independent processor."""

import json

import pytest

from tests.library.builders import book, merge, publish, reader, retract
from tests.linked import SITE, expanded, quads

OWN = f"{SITE}/api/v1/context.jsonld#"
ATLAS = f"<{SITE}/entries/atlas/>"
TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


@pytest.fixture
def shelf(api):
    loan = {"id": "l-1", "reader": "ann", "from": "1961"}
    publish(
        reader("ann", "Ann"),
        book("atlas", "Atlas", genres=["atlas"], printed="1954-09", isbn="9", loans=[loan]),
    )
    return api


def linked(api, address):
    response = api.get(address, headers={"accept": "application/ld+json"})
    assert response["Content-Type"] == "application/ld+json"
    return json.loads(response.content)


def schema(name):
    return f"<https://schema.org/{name}>"


def test_an_entry_says_what_one_expects_and_nothing_else(shelf):
    found = quads(linked(shelf, "/api/v1/entries/atlas"))

    meta = json.loads(shelf.get("/api/v1/entries/atlas").content)["meta"]
    loan = f"<{SITE}/entries/atlas/#l-1>"
    record = f"<{SITE}/api/v1/entries/atlas/revisions/1>"
    terms = "http://purl.org/dc/terms/"
    provenance = "http://www.w3.org/ns/prov#"
    moment = f'"{meta["published_at"]}"^^<http://www.w3.org/2001/XMLSchema#dateTime>'
    assert found == {
        f"{ATLAS} {TYPE} <{OWN}Book> .",
        f"{ATLAS} {TYPE} {schema('Book')} .",
        f'{ATLAS} <{terms}identifier> "atlas" .',
        f'{ATLAS} {schema("name")} "Atlas" .',
        f"{ATLAS} <{OWN}genres> <{SITE}/api/v1/vocabularies/genres#atlas> .",
        f'{ATLAS} {schema("datePublished")} "1954-09"^^{schema("Date")} .',
        f'{ATLAS} <{OWN}isbn> "9" .',
        f"{ATLAS} {schema('sameAs')} <urn:isbn:9> .",
        f"{ATLAS} {schema('mainEntityOfPage')} <{SITE}/books/atlas/> .",
        f"{ATLAS} <{OWN}loans> {loan} .",
        f"{loan} {TYPE} {schema('LendAction')} .",
        f"{loan} {schema('object')} {ATLAS} .",
        f"{loan} {schema('borrower')} <{SITE}/entries/ann/> .",
        f'{loan} {schema("startTime")} "1961"^^{schema("Date")} .',
        f'<{SITE}/entries/ann/> <{terms}identifier> "ann" .',
        f'<{SITE}/entries/ann/> {schema("name")} "Ann" .',
        f"{ATLAS} {schema('subjectOf')} {record} .",
        f"{record} {TYPE} <{provenance}Entity> .",
        f"{record} {TYPE} {schema('CreativeWork')} .",
        f'{record} {schema("version")} "1"^^<http://www.w3.org/2001/XMLSchema#integer> .',
        f"{record} <{provenance}generatedAtTime> {moment} .",
        f'{record} <{OWN}hash> "{meta["hash"]}" .',
        f'{record} <{OWN}origin> "desk" .',
        f'{record} <{terms}bibliographicCitation> "{meta["cite_as"]}" .',
        f"{record} <{terms}license> <https://creativecommons.org/licenses/by/4.0/> .",
    }


def test_a_revision_says_who_made_it_from_what_and_states_its_document_apart(shelf):
    publish(book("atlas", "The Atlas"))

    found = quads(linked(shelf, "/api/v1/entries/atlas/revisions/2.jsonld"))

    record = f"<{SITE}/api/v1/entries/atlas/revisions/2>"
    provenance = "http://www.w3.org/ns/prov#"
    said = {line for line in found if line.endswith(f" {record} .")}
    assert said == {
        f"{ATLAS} {TYPE} <{OWN}Book> {record} .",
        f"{ATLAS} {TYPE} {schema('Book')} {record} .",
        f'{ATLAS} <http://purl.org/dc/terms/identifier> "atlas" {record} .',
        f'{ATLAS} {schema("name")} "The Atlas" {record} .',
    }
    about = found - said
    assert f"{record} <{provenance}specializationOf> {ATLAS} ." in about
    earlier = record.replace("/2>", "/1>")
    assert f"{record} <{provenance}wasRevisionOf> {earlier} ." in about
    names = {line.split('"')[1] for line in about if schema("name") in line}
    assert {"ada", "grace"} < names
    assert {line.split(f"<{OWN}")[1].split(">")[0] for line in about if "hadRole" in line} == {
        "author",
        "approver",
        "publisher",
    }


def test_a_merge_says_what_stands_for_the_entry_now(shelf):
    publish(book("map"))
    merge("map", into="atlas")
    retract("atlas")

    merged = quads(linked(shelf, "/api/v1/entries/map/revisions/2"))
    retracted = quads(linked(shelf, "/api/v1/entries/atlas/revisions/2"))

    replaced = f"<{SITE}/entries/map/> <http://purl.org/dc/terms/isReplacedBy> {ATLAS}"
    assert any(line.startswith(replaced) for line in merged)
    assert any(line.startswith(f'{ATLAS} <{OWN}reason> "duplicate"') for line in retracted)
    assert shelf.get("/api/v1/entries/atlas.jsonld").status_code == 410
    assert shelf.get("/api/v1/entries/map.jsonld").status_code == 308


def test_an_entry_as_it_was_known_is_linked_too(shelf):
    publish(book("atlas", "The Atlas"))
    moment = json.loads(shelf.get("/api/v1/entries/atlas").content)["meta"]["published_at"]

    then = linked(shelf, f"/api/v1/entries/atlas.jsonld?known_at={moment}")

    (node,) = expanded(then)
    assert node["https://schema.org/name"] == [{"@value": "Atlas"}]
    assert then["meta"]["@id"].endswith("/revisions/1")


def test_a_list_is_a_graph_of_its_rows_page_by_page(shelf):
    publish(book("map", "Map", genres=["atlas"]))

    first = shelf.get("/api/v1/books.jsonld?genre=atlas&page_size=1")
    following = shelf.get(first["Link"].split(">")[0].removeprefix(f"<{SITE}"))
    found = [expanded(json.loads(each.content)) for each in (first, following)]

    assert [[node["@id"] for node in page] for page in found] == [
        [f"{SITE}/entries/atlas/"],
        [f"{SITE}/entries/map/"],
    ]
    assert found[0][0]["https://schema.org/name"] == [{"@value": "Atlas"}]


@pytest.mark.parametrize("path", ["entries/atlas", "entries/atlas/revisions/1", "books"])
def test_linked_data_has_a_tag_of_its_own(shelf, path):
    plain, same = shelf.get(f"/api/v1/{path}"), shelf.get(f"/api/v1/{path}.jsonld")

    assert plain["ETag"] != same["ETag"]
    again = shelf.get(f"/api/v1/{path}.jsonld", headers={"if-none-match": same["ETag"]})
    assert again.status_code == 304


def test_what_only_shapes_json_is_refused(shelf):
    response = shelf.get("/api/v1/entries/atlas.jsonld?fields=title")

    assert response.status_code == 400
    assert json.loads(response.content)["errors"][0]["parameter"] == "fields"
