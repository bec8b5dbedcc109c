"""Search and suggestions over the starter knowledge."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytestmark = pytest.mark.usefixtures("dataset")

ODD = [
    "/",
    ":",
    "(",
    '"',
    "\\",
    "%",
    "_",
    "'",
    "a & !b",
    "<->",
    ":*",
    "\u202eabc",
    "שלום",
    "x" * 2_000,
]


def get(address, status=200):
    response = Client().get(address)
    assert response.status_code == status, (address, response.content)
    return json.loads(response.content)


def test_an_entry_is_found_by_its_short_name_with_the_passage_that_answers():
    found = get("/api/v1/search?q=CERN&page_size=5")

    assert found["items"][0]["key"] == "cern"
    assert found["total"] > 20
    assert any(piece["is_match"] for row in found["items"] for piece in row["passage"])
    assert found["items"][0]["meta"]["url"] == "/bodies/cern/"


def test_filters_narrow_and_facets_count_a_search():
    whole = get("/api/v1/search?q=laboratory&facets=kind,topic")
    counts = {each["value"]: each["count"] for each in whole["facets"]["kind"]["values"]}

    for kind, count in counts.items():
        narrowed = get(f"/api/v1/search?q=laboratory&kind={kind}&facets=kind")
        assert narrowed["total"] == count
        assert all(row["kind"] == kind for row in narrowed["items"])
        again = {each["value"]: each["count"] for each in narrowed["facets"]["kind"]["values"]}
        assert again == counts
    topic = whole["facets"]["topic"]["values"][0]
    assert get(f"/api/v1/search?q=laboratory&topic={topic['value']}")["total"] == topic["count"]


@pytest.mark.parametrize("size", [7, 50])
def test_paging_gives_each_entry_once_and_back_again(size):
    pages, address = [], f"/api/v1/search?q=governance&page_size={size}&fields=key"
    while address:
        pages.append(get(address))
        address = pages[-1].get("next")
    keys = [row["key"] for page in pages for row in page["items"]]

    assert len(keys) == len(set(keys)) == pages[0]["total"]
    assert get(pages[1]["prev"])["items"] == pages[0]["items"]


def test_a_cursor_is_bound_to_the_words_and_the_filters():
    following = get("/api/v1/search?q=governance&page_size=2")["next"]

    for wrong in (following.replace("governance", "laboratory"), f"{following}&kind=body"):
        assert [e["parameter"] for e in get(wrong, 400)["errors"]] == ["cursor"]


def test_nothing_found_is_an_empty_list_with_names_that_come_close():
    found = get("/api/v1/search?q=Untied+Natoins")

    assert (found["items"], found["total"]) == ([], 0)
    assert found["did_you_mean"]


def test_names_are_suggested_while_typing_typing_errors_forgiven():
    assert "cern" in [row["key"] for row in get("/api/v1/suggest?prefix=CER")["items"]]
    assert get("/api/v1/suggest?prefix=Germny")["items"][0]["key"] == "germany"
    assert {row["kind"] for row in get("/api/v1/suggest?prefix=ger&kind=actor")["items"]} == {
        "actor"
    }


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("address", ["/api/v1/search?q=", "/api/v1/suggest?prefix="])
def test_no_text_is_wrong(address, text):
    get(address + quote(text, safe=""))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=60).filter(lambda text: "\0" not in text))
def test_any_text_gets_an_answer(text):
    get("/api/v1/search?q=" + quote(text, safe=""))
    get("/api/v1/suggest?prefix=" + quote(text, safe=""))


def test_what_is_too_long_or_missing_is_told():
    get("/api/v1/search?q=" + "x" * 10_000, 414)
    assert get("/api/v1/search", 400)["errors"][0]["code"] == "missing"
    assert get("/api/v1/suggest?prefix=", 400)["errors"][0]["code"] == "empty"
