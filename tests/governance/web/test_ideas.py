"""The map of ideas: counts that open what they count, as a page, a picture and data."""

import json
import re
from html import unescape

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("dataset")


def html_of(path, status=200):
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def ideas(query=""):
    return json.loads(Client().get(f"/api/v1/ideas{query}").content)


def listed(path):
    """Keys of the proposals that an address of the map lists."""
    html = html_of(path.partition("#")[0])
    if path.startswith("/proposals/"):
        return re.findall(r'<h2><a href="/proposals/([^/]+)/">', html)
    section = re.search(r'<section aria-labelledby="having_">(.*?)</section>', html, re.S)
    return re.findall(r'<a href="/proposals/([^/]+)/">', section[1])


def test_every_count_opens_the_proposals_that_it_counts():
    pairs = [pair for pair in ideas()["items"] if pair["count"]]

    assert len(pairs) > 100
    for pair in pairs[::9]:
        path = "/" + pair["address"].split("/", 3)[3]
        assert len(listed(path)) == pair["count"], pair


def test_the_map_agrees_with_the_documents(documents):
    proposals = [each for each in documents.values() if each["kind"] == "proposal"]
    both = [
        each["key"]
        for each in proposals
        if "joint-research" in each.get("functions", ()) and "funding" in each.get("design", {})
    ]

    found = ideas("?has=function:joint-research&has=design:funding")

    assert sorted(each["key"] for each in found["proposals"]) == sorted(both)
    assert found["total"] == len(proposals)


def test_the_picture_has_a_link_for_every_count_and_none_for_a_gap():
    html = html_of("/ideas/")
    picture = re.search(r'<svg class="picture broad".*?</svg>', html, re.S)[0]

    links = [unescape(each) for each in re.findall(r'<a href="([^"]+)"', picture)]
    counted = [pair for pair in ideas()["items"] if pair["count"]]
    assert len(links) == len(counted)
    assert "Gaps" in html
    assert any(pair["is_gap"] for pair in ideas()["items"])


@pytest.mark.parametrize(
    ("query", "told"),
    [("has=design:fundng", "Did you mean “design:funding”"), ("topic=x", "not one of the values")],
)
def test_what_is_wrong_is_told(query, told):
    assert told in html_of(f"/ideas/?{query}", 400)


def test_a_topic_narrows_the_map_and_its_lists():
    found = ideas("?topic=us-china")
    pair = max(found["items"], key=lambda each: each["count"])

    assert 0 < found["total"] < ideas()["total"]
    assert len(listed("/" + pair["address"].split("/", 3)[3])) == pair["count"]


@pytest.mark.parametrize("path", ["/ideas/map.svg", "/ideas/map.csv", "/embed/ideas/map/"])
def test_the_picture_can_be_taken_away(path):
    answer = Client().get(path)

    assert answer.status_code == 200
    assert b"Joint research" in answer.content


def test_the_page_stays_under_150_kb():
    assert len(Client().get("/ideas/?has=function:joint-research").content) < 150_000
