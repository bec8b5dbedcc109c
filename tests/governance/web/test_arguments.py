"""The arguments about a proposal as a page, taken away and taken in."""

import json
import re
from itertools import pairwise

import pytest
from django.test import Client

from governance.analyses.argdown import arguments_in
from kb.models import Changeset, Edit
from tests.governance.web.test_queries import queries  # noqa: F401  a fixture
from tests.people import person, signed_in

pytestmark = pytest.mark.usefixtures("dataset")

KEY = "us-china-ai-collaboration-graylin"
API = f"/api/v1/proposals/{KEY}/arguments"
BOX = f"/desk/arguments/{KEY}/"


def get(address, status=200):
    answer = Client().get(address)
    assert answer.status_code == status, (address, answer.content[:300])
    return answer


def test_every_argument_stands_under_what_it_answers(documents):
    html = get(f"/proposals/{KEY}/arguments/").content.decode()

    for row in documents[KEY]["arguments"]:
        place = html.index(f'<li id="{row["id"]}"')
        if "answers" in row:
            assert html.index(f'<li id="{row["answers"]}"') < place
    levels = [int(level) for level in re.findall(r"<h(\d)[ >]", html)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_what_is_taken_away_in_argdown_is_the_document(documents):
    text = get(f"{API}.argdown").content.decode()

    read = {row["id"]: row for row in arguments_in(text)}

    assert read == {row["id"]: row for row in documents[KEY]["arguments"]}


@pytest.mark.parametrize("side", ["for", "against"])
def test_one_side_in_argdown_has_the_arguments_of_the_json(side):
    def ids(rows):
        for row in rows:
            yield row["id"]
            yield from ids(row["answered_by"])

    read = arguments_in(get(f"{API}.argdown?side={side}").content.decode())

    listed = json.loads(get(f"{API}?side={side}").content)["items"]
    assert [row["id"] for row in read] == list(ids(listed))


def test_aif_has_a_node_for_every_argument(documents):
    graph = json.loads(get(f"{API}.aif").content)

    texts = {node["text"] for node in graph["nodes"] if node["type"] == "I"}
    assert {row["claim"] for row in documents[KEY]["arguments"]} <= texts


def test_what_is_no_proposal_has_no_arguments():
    get("/proposals/cern/arguments/", 404)
    get("/proposals/no-such-proposal/arguments/", 404)


def test_queries_do_not_grow_with_the_arguments(queries):  # noqa: F811
    for key in (KEY, "cern-for-ai"):
        queries.clear()
        get(f"/proposals/{key}/arguments/")
        assert len(queries) <= 5


def test_what_is_imported_becomes_a_draft_that_keeps_all_the_rest(documents):
    ada = signed_in(person("ada"))
    first = documents[KEY]["arguments"][0]["id"]
    text = (
        f"[The proposal]: x\n  + [{first}]: Said better.\n"
        '    - [brand-new]: An answer. {"cites": [{"source": "p-yc-6451"}]}\n'
    )

    answer = ada.post(BOX, {"text": text})

    edit = Edit.objects.get(key=KEY, changeset__status=Changeset.Status.DRAFT)
    assert answer.status_code == 303
    assert answer["Location"] == f"{edit.changeset.get_absolute_url()}documents/{KEY}/"
    rows = {row["id"]: row for row in edit.document["arguments"]}
    assert rows[first]["claim"] == "Said better."
    assert rows["brand-new"]["answers"] == first
    assert set(rows) == {row["id"] for row in documents[KEY]["arguments"]} | {"brand-new"}
    others = {name: value for name, value in edit.document.items() if name != "arguments"}
    assert others == {n: v for n, v in documents[KEY].items() if n != "arguments"}
    assert ada.get(answer["Location"]).status_code == 200


def test_taking_in_what_was_taken_away_changes_nothing(documents):
    ada = signed_in(person("ada"))

    ada.post(BOX, {"text": get(f"{API}.argdown").content.decode()})

    edit = Edit.objects.get(key=KEY, changeset__status=Changeset.Status.DRAFT)
    assert edit.document == documents[KEY]


def test_faults_are_told_by_line_and_what_was_typed_stays():
    ada = signed_in(person("ada"))

    answer = ada.post(BOX, {"text": "[The proposal]: x\n  + [Not an id]: y\n  + [b]:\n"})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2: “Not an id” is no id." in html
    assert "Line 3: “b” says nothing." in html
    assert "+ [Not an id]: y" in html
    assert not Edit.objects.filter(changeset__status=Changeset.Status.DRAFT).exists()


def test_who_has_not_signed_in_is_led_there_and_what_was_typed_is_kept():
    assert Client().get(BOX)["Location"].startswith("/accounts/login/")
    assert Client().post(BOX, {"text": "x"}).status_code in (302, 303)
