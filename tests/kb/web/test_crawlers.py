"""robots.txt, the sitemap and llms.txt: all that is public, and nothing else."""

import re
from xml.etree import ElementTree as ET

import pytest

from kb.models import Published
from kb.web import crawlers
from tests.library.builders import book, draft, merge, publish, reader, retract

SITE = "http://testserver"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def shelf(visitor):
    publish(*(book(f"atlas-{n}") for n in "abcdef"), reader("ann"))
    return visitor


def body(response):
    assert response.status_code == 200
    return b"".join(response) if response.streaming else response.content


def listed(visitor, path):
    """Address → day of its last change, "" for none."""
    return {
        each.find(f"{NAMESPACE}loc").text: each.findtext(f"{NAMESPACE}lastmod", "")
        for each in ET.fromstring(body(visitor.get(path)))  # noqa: S314  our own
    }


def whole(visitor):
    """Every address of every part, as a crawler finds them."""
    found = []
    for part in listed(visitor, "/sitemap.xml"):
        found += listed(visitor, part.removeprefix(SITE))
    return found


def entries(visitor):
    return sorted(each.split("/")[-2] for each in whole(visitor) if each.count("/") == 5)


def test_robots_are_shown_the_sitemap_and_kept_from_the_desk(shelf):
    text = body(shelf.get("/robots.txt")).decode()

    assert text.startswith("User-agent: *\n")
    assert "Disallow: /desk/\n" in text
    assert "Disallow: /api" not in text
    (address,) = re.findall(r"^Sitemap: (.*)$", text, re.MULTILINE)
    assert shelf.get(address.removeprefix(SITE)).status_code == 200


def test_the_sitemap_lists_what_is_in_view_and_nothing_else(shelf):
    merge("atlas-a", into="atlas-b")
    retract("atlas-c")
    draft(book("secret"))

    assert entries(shelf) == ["ann", "atlas-b", "atlas-d", "atlas-e", "atlas-f"]
    pages = listed(shelf, "/sitemap-pages.xml")
    assert {f"{SITE}/", f"{SITE}/books/", f"{SITE}/data/", f"{SITE}/api/"} <= pages.keys()
    assert not any("desk" in page or "search" in page for page in pages)
    for page in pages:
        if not page.endswith("/api/"):  # routed elsewhere
            assert shelf.get(page.removeprefix(SITE)).status_code == 200


def test_parts_are_bounded_and_read_a_few_rows_at_a_time(shelf, monkeypatch):
    monkeypatch.setattr(crawlers, "PART", 3)
    monkeypatch.setattr(crawlers, "ROWS", 2)

    parts = [each for each in listed(shelf, "/sitemap.xml") if "pages" not in each]

    sizes = [len(listed(shelf, part.removeprefix(SITE))) for part in parts]
    assert len(sizes) >= 3
    assert max(sizes) <= 3
    assert entries(shelf) == ["ann", *(f"atlas-{n}" for n in "abcdef")]


def test_an_entry_changed_when_it_was_published(shelf):
    day = Published.objects.get(key="ann").published_at.date().isoformat()
    index = listed(shelf, "/sitemap.xml")
    (part,) = (each for each in index if "pages" not in each)

    assert index[part] == day
    assert listed(shelf, part.removeprefix(SITE))[f"{SITE}/readers/ann/"] == day


def test_a_part_that_is_not_there_is_not_found(shelf):
    assert shelf.get("/sitemap-99.xml").status_code == 404
    assert shelf.get("/sitemap-0.xml").status_code == 404
    assert shelf.get(f"/sitemap-{10**30}.xml").status_code == 404


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-pages.xml"])
def test_a_copy_of_the_sitemap_is_good_until_something_is_published(shelf, path):
    tag = shelf.get(path)["ETag"]

    assert shelf.get(path, headers={"if-none-match": tag}).status_code == 304
    publish(reader("ben"))
    assert shelf.get(path, headers={"if-none-match": tag}).status_code == 200


def test_language_models_are_told_how_to_read(shelf):
    text = body(shelf.get("/llms.txt")).decode()

    assert text.startswith("# Common Ground\n\n> ")
    assert f"]({SITE}/api/v1/entries/KEY.md)" in text
    assert f"[Books]({SITE}/api/v1/books)" in text
