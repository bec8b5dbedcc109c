"""Link headers of entries and revisions lead where they say, in the format they say."""

import re

import pytest

from tests.library.builders import book, publish, reader


@pytest.fixture
def shelf(api):
    publish(book("atlas", "Atlas"), reader("ann"))
    publish(book("atlas", "The Atlas"))
    return api


def links(response):
    for each in response["Link"].split(", <"):
        address, _, rest = each.lstrip("<").partition(">; ")
        yield address, dict(re.findall(r'(\w+)="([^"]*)"', rest))


@pytest.mark.parametrize("suffix", ["", ".jsonld", ".md", ".bib", ".ris", ".csl"])
def test_every_other_format_of_an_entry_is_where_its_signpost_says(shelf, suffix):
    response = shelf.get(f"/api/v1/entries/atlas{suffix}")

    here = response["Content-Type"].partition(";")[0]
    found = [(to, about["type"]) for to, about in links(response) if about["rel"] == "alternate"]
    types = {media_type for _address, media_type in found}
    assert len(types) == len(found) == 6
    assert here not in types
    for address, media_type in found:
        if media_type != "text/html":  # the pages are not routed here
            assert shelf.get(address)["Content-Type"].partition(";")[0] == media_type


def test_what_describes_an_entry_can_be_read(shelf):
    response = shelf.get("/api/v1/entries/atlas")

    found = [
        each for each in links(response) if each[1]["rel"] in ("describedby", "version-history")
    ]
    assert len(found) == 4
    for address, _about in found:
        assert shelf.get(address).status_code == 200


def test_a_revision_leads_to_the_one_before_and_to_the_newest(shelf):
    second, first = (shelf.get(f"/api/v1/entries/atlas/revisions/{number}") for number in (2, 1))

    found = {about["rel"]: to for to, about in links(second)}
    assert found["predecessor-version"] == "/api/v1/entries/atlas/revisions/1"
    assert found["latest-version"] == "/api/v1/entries/atlas"
    assert "predecessor-version" not in {about["rel"] for _to, about in links(first)}
