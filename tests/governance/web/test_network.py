"""The network around an entry, as a page and through the API."""

import json
import re

import pytest
from django.test import Client

from tests.governance.web.test_queries import queries  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("dataset")


def get(address, status=200):
    answer = Client().get(address)
    assert answer.status_code == status, (address, answer.content[:300])
    return answer


def network(query):
    return json.loads(get(f"/api/v1/network?{query}").content)


def test_the_network_around_a_body_holds_its_members_and_what_is_modelled_on_it():
    found = network("around=cern")

    keys = {node["key"] for node in found["nodes"]}
    assert {"cern", "switzerland", "cern-for-ai"} <= keys
    assert {
        "from": "cern-for-ai",
        "relation": "modelled-on",
        "label": "modelled on",
        "to": "cern",
    }.items() <= next(
        tie for tie in found["ties"] if tie["from"] == "cern-for-ai" and tie["to"] == "cern"
    ).items()


def test_on_a_day_only_ties_that_held_are_given():
    found = network("around=cern&on=1955-01-01&relation=memberships.actor")

    keys = {node["key"] for node in found["nodes"]}
    assert "yugoslavia" in keys
    assert "spain" not in keys
    assert {tie["certainty"] for tie in found["ties"]} <= {"certain", "possible"}


def test_a_day_before_everything_leaves_the_entry_alone():
    found = network("around=cern&on=1700-01-01&depth=2")

    assert [node["key"] for node in found["nodes"]] == ["cern"]
    assert found["ties"] == []


def test_shown_and_left_out_are_all_there_is():
    found = network("around=cern&relation=memberships.actor")

    near = sum(node["steps"] == 1 for node in found["nodes"])
    everyone = json.loads(get("/api/v1/bodies/cern/members?page_size=200").content)["items"]
    assert near + found["left_out"]["near"] == len({row["actor"]["key"] for row in everyone})
    assert found["is_exact"] is True


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("depth=2", "around"),
        ("around=cern&depth=3", "depth"),
        ("around=cern&relation=friend-of", "relation"),
        ("around=cern&on=2020-01-01&relation=participants", "on"),
        ("around=no-such-entry", "around"),
        ("around=cern&colour=red", "colour"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_in_both(query, parameter):
    told = json.loads(get(f"/api/v1/network?{query}", 400).content)

    assert [error["parameter"] for error in told["errors"]] == [parameter]
    page = get(f"/network/?{query}", 400).content.decode()
    assert f"<code>{parameter}</code>" in page


@pytest.mark.parametrize("form", ["csv", "graphml", "gexf"])
def test_a_suffix_gives_a_file_and_the_same_bytes_again(form):
    first = get(f"/api/v1/network.{form}?around=cern")

    assert f'filename="network-cern.{form}"' in first["Content-Disposition"]
    assert get(f"/api/v1/network.{form}?around=cern").content == first.content


def test_every_entry_and_every_tie_of_the_page_is_in_a_table_or_list():
    found = network("around=china&depth=2")

    html = get("/network/?around=china&depth=2").content.decode()

    assert all(f"/{node['key']}/" in html for node in found["nodes"])
    table = re.search(r"<tbody>(.*?)</tbody>", html, re.S)
    assert table[1].count("<tr>") == len(found["ties"])


def test_an_entry_without_ties_says_so_instead_of_an_empty_picture():
    html = get("/network/?around=cern&on=1700-01-01").content.decode()

    assert "is tied to nothing here that we know of" in html
    assert "<svg class=" not in html


@pytest.mark.parametrize("key", ["china", "united-states", "iaea", "paris-agreement"])
def test_no_page_is_heavier_than_it_may_be(key):
    assert len(get(f"/network/?around={key}&depth=2").content) < 150_000


def test_the_number_of_queries_does_not_grow_with_the_network(queries):  # noqa: F811
    for key in ("jet", "cern", "united-states"):
        queries.clear()
        get(f"/network/?around={key}&depth=2")
        assert len(queries) <= 8, key
