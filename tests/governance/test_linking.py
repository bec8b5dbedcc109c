"""The six kinds as linked data: classes and properties that others know, and nothing lost."""

import json

import pytest
from django.test import Client

from kb.formats import json_ld
from kb.kinds import kind_named, kinds
from tests.linked import SITE, expanded, loader, quads, values

pytestmark = pytest.mark.usefixtures("dataset")

ORG = "http://www.w3.org/ns/org#"
PRIMARY = "http://www.w3.org/ns/prov#qualifiedPrimarySource"
SCHEMA = "https://schema.org/"


def linked(key):
    return json.loads(Client().get(f"/api/v1/entries/{key}.jsonld").content)


@pytest.mark.parametrize(
    ("key", "classes"),
    [
        ("cern", {SCHEMA + "Organization", ORG + "Organization"}),
        ("germany", {SCHEMA + "Country"}),
        ("cern-for-ai", {SCHEMA + "CreativeWork"}),
        ("cern-convention", {SCHEMA + "Legislation"}),
        ("b-cern-convention", {SCHEMA + "Legislation"}),
    ],
)
def test_an_entry_is_of_classes_that_others_know(key, classes):
    (node,) = expanded(linked(key))

    own = f"{SITE}/api/v1/context.jsonld#"
    assert {each for each in node["@type"] if not each.startswith(own)} == classes


def test_a_membership_says_who_belongs_to_what_as_what_and_when():
    found = quads(linked("cern"))

    spain = [line.split()[0] for line in found if f"<{ORG}member> <{SITE}/entries/spain/>" in line]
    assert len(spain) == 2
    for membership in spain:
        said = {line.split()[1]: line.split()[2] for line in found if line.startswith(membership)}
        assert said[f"<{ORG}organization>"] == f"<{SITE}/entries/cern/>"
        assert said[f"<{ORG}role>"].startswith(f"<{SITE}/api/v1/vocabularies/membership-roles#")
        assert said[f"<{SCHEMA}startDate>"].endswith(f"^^<{SCHEMA}Date>")
        assert "<http://www.w3.org/ns/prov#qualifiedPrimarySource>" in said


def test_a_source_is_a_publication_with_its_authors_in_order():
    page = json.loads(Client().get("/api/v1/sources?exists.authors=true&exists.doi=true").content)
    source = next(each for each in page["items"] if len(each["authors"]) > 2)

    (node,) = expanded(linked(source["key"]))

    authors = node[SCHEMA + "author"][0]["@list"]
    assert [each["@value"] for each in authors] == source["authors"]
    assert {"@id": f"https://doi.org/{source['doi']}"} in node[SCHEMA + "sameAs"]


def test_a_field_keeps_the_sources_that_stand_beside_it():
    public = json.loads(Client().get("/api/v1/entries/cern").content)
    source = public["cites"][0]["source"]
    public["field_cites"] = {"founded": [{"source": source, "locator": "p. 4"}]}

    (node,) = expanded(json_ld.entry(kind_named("body"), public, site=SITE))

    own = f"{SITE}/api/v1/context.jsonld#"
    (beside,) = (each for each in node[PRIMARY] if own + "field" in each)
    assert beside[own + "field"] == [{"@value": "founded"}]
    assert beside[own + "locator"] == [{"@value": "p. 4"}]
    entity = beside["http://www.w3.org/ns/prov#entity"][0]
    assert entity["@id"] == f"{SITE}/entries/{source['key']}/"


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.plural)
def test_nothing_that_a_document_says_is_lost(kind):
    load = loader()
    rows = json.loads(Client().get(f"/api/v1/{kind.plural}?page_size=12").content)["items"]
    for row in rows:
        public = json.loads(Client().get(f"/api/v1/entries/{row['key']}").content)
        for for_programs in ("url", "links"):
            del public["meta"][for_programs]

        (node,) = expanded(linked(row["key"]), load)

        said = {str(value).rpartition("#")[2] for value in values(node)}
        wanted = {str(value).rpartition("#")[2] for value in values(public, without=("kind",))}
        assert wanted <= said  # a kind is a class
