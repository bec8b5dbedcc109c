"""Every source of the starter knowledge as a citation, read back."""

import json

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from django.test import Client

from governance.vocabularies import SOURCE_TYPES
from kb.formats.bibtex import bibtex
from kb.formats.ris import TYPES, ris


@pytest.mark.usefixtures("dataset")
def test_every_source_is_read_back_by_reference_managers():
    items, following = [], "/api/v1/sources.csl?page_size=200"
    while following:
        response = Client().get(following)
        items += json.loads(response.content)
        pages = [link for link in response.get("Link", "").split(", ") if 'rel="next"' in link]
        following = pages[0].split(">")[0].removeprefix("<http://testserver") if pages else ""

    assert len(items) > 1_000
    library = parse_string(bibtex(items))
    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == [item["id"] for item in items]
    records = rispy.loads(ris(items))
    assert [record["title"] for record in records] == [item["title"] for item in items]


@pytest.mark.usefixtures("dataset")
def test_a_source_is_cited_as_what_it_is():
    (found,) = json.loads(Client().get("/api/v1/entries/p-claire-cern.csl").content)

    assert found == {
        "id": "p-claire-cern",
        "type": "webpage",
        "title": "CERN for AI",
        "publisher": "CLAIRE",
        "URL": "https://claire-ai.org/cern-for-ai/",
        "language": "en",
        "accessed": {"date-parts": [[2026, 11, 22]]},
    }


def test_every_type_of_source_has_a_type_in_ris():
    assert set(SOURCE_TYPES.values) <= set(TYPES)
