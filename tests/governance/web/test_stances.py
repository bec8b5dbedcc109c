"""Positions through time, as pages and through the API."""

import json
import re
from itertools import pairwise

import pytest
from django.test import Client

from tests.governance.web.test_queries import queries  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("dataset")


def get(address, status=200):
    answer = Client().get(address)
    assert answer.status_code == status, (address, answer.content[:300])
    return answer


def changes(path):
    return json.loads(get(f"/api/v1/{path}/stance-changes").content)["items"]


def naive_changes(documents, actor):
    """(before, after) of each change of an actor's stance, by whole dates alone."""
    found = []
    for document in documents.values():
        rows = [
            row
            for row in document.get("positions", ())
            if row["actor"] == actor and len(row.get("date", "")) == 10
        ]
        rows.sort(key=lambda row: row["date"])
        found += [(a["id"], b["id"]) for a, b in pairwise(rows) if a["stance"] != b["stance"]]
    return found


def test_a_change_has_the_position_before_and_the_one_after(documents):
    (found,) = changes("actors/gary-marcus")

    assert (found["before"]["stance"], found["after"]["stance"]) == ("proposes", "supports")
    assert found["certainty"] == "certain"
    assert found["before"]["proposal"] == found["after"]["proposal"]
    assert all(found[side]["cites"] for side in ("before", "after"))


def test_exact_changes_of_every_actor_are_those_of_the_naive_rule(documents):
    actors = {
        row["actor"] for document in documents.values() for row in document.get("positions", ())
    }
    for actor in sorted(actors):
        expected = naive_changes(documents, actor)
        if expected:
            found = {(c["before"]["id"], c["after"]["id"]) for c in changes(f"actors/{actor}")}
            assert set(expected) <= found, actor


def test_an_actor_and_its_proposal_tell_of_the_same_change():
    (of_actor,) = changes("actors/gary-marcus")

    assert of_actor in changes(f"proposals/{of_actor['after']['proposal']['key']}")


def test_the_page_shows_the_quote_before_and_after_with_sources():
    html = get("/actors/gary-marcus/positions/").content.decode()

    turns = re.search(r'<ul class="turns">.*?</ul>', html, re.S)[0]
    assert "Before:" in turns
    assert "<q>So, you could imagine an international consortium" in turns
    assert 'href="#note_' in turns
    assert 'id="note_1"' in html


@pytest.mark.parametrize(
    "path", ["/actors/united-states/positions/", "/proposals/cern-for-ai/positions/"]
)
def test_every_position_is_in_the_table_of_the_picture(path, documents):
    html = get(path).content.decode()

    table = re.search(r"<tbody>(.*?)</tbody>", html, re.S)[1]
    of = path.split("/")[1].removesuffix("s")
    key = path.split("/")[2]
    rows = [
        row
        for document in documents.values()
        for row in document.get("positions", ())
        if (row["actor"] if of == "actor" else document["key"]) == key
    ]
    assert table.count("<tr>") == len(rows) > 3


def test_who_never_took_a_position_is_told_so():
    assert "No position is known yet." in get("/actors/malta/positions/").content.decode()
    get("/actors/nobody-of-this-name/positions/", 404)
    assert get("/actors/iaea/positions/", 301)["Location"] == "/bodies/iaea/positions/"


def test_queries_do_not_grow_with_the_positions(queries):  # noqa: F811
    for path in ("/actors/gary-marcus/", "/actors/united-states/", "/proposals/cern-for-ai/"):
        queries.clear()
        get(f"{path}positions/")
        assert len(queries) <= 6
