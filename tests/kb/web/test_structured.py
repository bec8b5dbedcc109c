"""What pages say of themselves to search engines and reference managers, and their signposts."""

import json
import re

import pytest

from kb.formats import LICENCE
from kb.web.recent import recent_pages
from tests.library.builders import book, publish, reader

SITE = "http://testserver"


@pytest.fixture
def shelf(visitor):
    publish(
        reader("ann", "Ann </script><b>", summary="Reads."),
        book("atlas", "Atlas & more", isbn="9", printed="1954-09"),
    )
    return visitor


def described(response):
    (text,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', response.content.decode()
    )
    return json.loads(text)


def links(response):
    """(relation, media type) → addresses."""
    found: dict[tuple[str, str], list[str]] = {}
    for each in response["Link"].split(", <"):
        address, _, rest = each.lstrip("<").partition(">; ")
        given = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        found.setdefault((given["rel"], given.get("type", "")), []).append(address)
    return found


def test_the_page_of_an_entry_says_what_the_entry_is(shelf):
    found = described(shelf.get("/books/atlas/"))

    assert (found["@type"], found["version"], found["license"]) == ("WebPage", "1", LICENCE)
    assert found["url"] == f"{SITE}/books/atlas/"
    assert found["mainEntity"] == {
        "@type": "Book",
        "@id": f"{SITE}/entries/atlas/",
        "name": "Atlas & more",
        "url": f"{SITE}/books/atlas/",
        "datePublished": "1954-09",
        "sameAs": ["urn:isbn:9"],
    }


def test_no_name_gets_out_of_the_data_block(shelf):
    html = shelf.get("/readers/ann/").content.decode()

    assert "</script><b>" not in html
    assert described(shelf.get("/readers/ann/"))["mainEntity"]["name"] == "Ann </script><b>"


def test_a_list_says_how_many_there_are_and_names_those_on_the_page(shelf):
    found = described(shelf.get("/books/?genre=novel"))
    whole = described(shelf.get("/books/"))["mainEntity"]

    assert found["mainEntity"] == {"@type": "ItemList", "numberOfItems": 0, "itemListElement": []}
    assert whole["numberOfItems"] == 1
    assert whole["itemListElement"][0]["url"] == f"{SITE}/books/atlas/"


def test_the_first_page_offers_its_search_and_the_page_of_data_a_dataset(shelf):
    website, catalogue = described(shelf.get("/"))["@graph"]
    dataset = described(shelf.get("/data/"))["mainEntity"]

    target = website["potentialAction"]["target"]["urlTemplate"]
    assert shelf.get(target.replace("{search_term_string}", "atlas")).status_code == 200
    assert catalogue["dataset"]["@id"] == dataset["@id"]
    assert 50 <= len(dataset["description"]) <= 5000
    assert {each["encodingFormat"] for each in dataset["distribution"]} == {
        "application/json",
        "text/csv",
    }


@pytest.mark.parametrize(
    "path",
    ["/search/?q=atlas", "/changes/", "/about/", "/entries/atlas/history/", "/books/atlas/"],
)
def test_every_page_is_part_of_the_website(shelf, path):
    found = described(shelf.get(path))

    assert found["isPartOf"] == {"@id": f"{SITE}/#website"}
    assert found["url"].startswith(SITE)


def test_reference_managers_read_what_one_cites(shelf):
    html = shelf.get("/books/atlas/").content.decode()

    assert '<meta name="citation_title" content="Atlas &amp; more">' in html
    assert f'<meta name="citation_public_url" content="{SITE}/books/atlas/">' in html


@pytest.mark.parametrize("is_recent", [False, True])
def test_a_page_has_signposts_also_when_it_was_sent_lately(shelf, is_recent):
    recent_pages.clear()
    if is_recent:
        shelf.get("/books/atlas/")

    found = links(shelf.get("/books/atlas/"))

    assert found["cite-as", ""] == ["/books/atlas/"]
    assert found["license", ""] == [LICENCE]
    assert found["type", ""] == ["https://schema.org/AboutPage"]
    assert found["collection", "text/html"] == ["/books/"]
    assert found["version-history", "application/json"] == ["/api/v1/entries/atlas/revisions"]
    alternates = {media: address for (rel, media), address in found.items() if rel == "alternate"}
    assert alternates["application/ld+json"] == ["/api/v1/entries/atlas.jsonld"]
    assert alternates["application/x-bibtex"] == ["/api/v1/entries/atlas.bib"]
    assert alternates["application/atom+xml"] == ["/api/v1/feeds/entry/atlas.atom"]
    assert len(alternates) == 8
    assert ("describedby", "application/ld+json") in found
