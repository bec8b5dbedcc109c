"""Comparing through the API: columns, rows, sources, a model and what is modelled on it."""

import csv
import json
from io import StringIO

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("dataset")

FIVE = "/api/v1/compare?keys=cern,iaea,cern-for-ai,cern-for-ai-cfg,cern-for-ai-cairne"


def get(address, status=200):
    response = Client().get(address)
    assert response.status_code == status, (address, response.content)
    return json.loads(response.content)


def row_of(found, name):
    return next(row for row in found["rows"] if row["name"] == name)


def test_bodies_and_proposals_stand_side_by_side_with_sources_for_every_cell():
    found = get(FIVE)

    assert [column["key"] for column in found["columns"]][:2] == ["cern", "iaea"]
    assert {"stage", "joint-research", "funding", "organs", "count", "budget"} <= {
        row["name"] for row in found["rows"]
    }
    for row in found["rows"]:
        assert len(row["cells"]) == 5
        if not row["name"].startswith("with-"):
            assert all(cell["cites"] for cell in row["cells"] if cell["text"]), row["name"]


def test_members_are_those_of_the_day_and_their_overlap_is_counted():
    found = get(f"{FIVE}&on=1962-06-01")

    assert row_of(found, "count")["cells"][0]["text"] == "13"
    overlap = row_of(found, "with-iaea")["cells"][0]["text"]
    assert overlap.endswith(" of 13")


def test_a_dimension_is_asked_for_alone():
    found = get(f"{FIVE}&dimension=funding&dimension=functions")

    assert {row["section"] for row in found["rows"]} == {"design", "functions"}
    assert [row["name"] for row in found["rows"] if row["section"] == "design"] == ["funding"]


def test_beside_a_model_stands_everything_that_is_modelled_on_it_once():
    first = get("/api/v1/compare?model=cern")
    total = first["beside"]["total"]
    keys = [column["key"] for column in first["columns"][1:]]
    for start in range(9, total, 9):
        page = get(f"/api/v1/compare?model=cern&start={start}")
        keys += [column["key"] for column in page["columns"][1:]]

    listed = get("/api/v1/entries?linked_to=cern&relation=modelled-on&page_size=200")["items"]
    expected = {each["key"] for each in listed if each["kind"] in ("body", "proposal")}
    assert first["columns"][0]["key"] == "cern"
    assert len(keys) == len(set(keys)) == total
    assert set(keys) == expected
    readings = {cell.get("reading") for row in first["rows"] for cell in row["cells"]}
    assert readings == {None, "takes-over", "changes", "leaves-open"}


def test_as_a_table_every_question_is_a_row():
    address = FIVE.replace("/compare", "/compare.csv")
    rows = list(csv.DictReader(StringIO(Client().get(address).content.decode())))

    assert len(rows) == len(get(FIVE)["rows"])
    funding = next(row for row in rows if row["row"] == "funding")
    assert funding["cern"]
    assert funding["cern:sources"]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Give `keys`, such as keys=cern,iaea"),
        ("keys=cern", "One entry was given. Give 2 to 10"),
        ("keys=cern,cern", "One entry was given"),
        ("keys=cern,iaeaa", "Did you mean “iaea”"),
        ("keys=cern,france", "of kind actor; bodies and proposals can be compared"),
        ("keys=cern, iaea", "Write keys of bodies and proposals with commas"),
        ("keys=cern,iaea&dimension=fundng", "Did you mean “funding”"),
        ("keys=cern,iaea&model=cern", "not both"),
        ("model=iter", "Nothing is known to be modelled on"),
        ("model=cern&start=500", "or not that many"),
        ("keys=cern,iaea,itu,who,wto,fatf,icao,esa,eso,embl,iter", "11 entries were given; 10 are"),
    ],
)
def test_what_is_wrong_is_told_with_a_way_to_put_it_right(query, told):
    problem = get(f"/api/v1/compare?{query}", 400)

    assert told in json.dumps(problem, ensure_ascii=False)
