"""Who belonged where, stood where and took part, on a day or ever."""

import json

import pytest
from django.test import Client

from tests.governance.api.naive import current_positions, earliest, is_member, latest

pytestmark = pytest.mark.usefixtures("dataset")


def get(address, status=200):
    response = Client().get(address)
    assert response.status_code == status, (address, response.content)
    return json.loads(response.content)


def walk(address):
    rows = []
    while address:
        page = get(address)
        rows += page["items"]
        address = page.get("next")
    return rows


def test_the_members_of_cern_on_a_day_each_with_its_sources():
    found = get("/api/v1/bodies/cern/members?on=1962-06-01&role=founding-member&role=member")

    members = {row["actor"]["key"] for row in found["items"]}
    assert members == {
        "austria",
        "belgium",
        "denmark",
        "france",
        "germany",
        "greece",
        "italy",
        "netherlands",
        "norway",
        "spain",
        "sweden",
        "switzerland",
        "united-kingdom",
    }
    assert all(row["certainty"] == "certain" and row["cites"] for row in found["items"])
    assert all(row["body"]["key"] == "cern" for row in found["items"])


@pytest.mark.parametrize("day", ["1954-12-31", "1962-06-01", "1983-01-01", "2024-03-15"])
def test_certain_members_are_those_of_the_naive_rule(day, documents):
    for key, document in documents.items():
        if document["kind"] == "body" and document.get("memberships"):
            rows = walk(f"/api/v1/bodies/{key}/members?on={day}&certainty=certain&page_size=200")
            expected = [
                row["id"] for row in document["memberships"] if is_member(row, documents, [day])
            ]
            assert [row["id"] for row in rows] == expected, key


@pytest.mark.parametrize("day", ["1962-06-01", "2024-03-15"])
def test_a_day_parts_rows_into_certain_and_possible(day, documents):
    for key, document in documents.items():
        if document["kind"] == "body":
            address = f"/api/v1/bodies/{key}/members?on={day}&page_size=200"
            rows = walk(address)
            for certainty in ("certain", "possible"):
                its = [row for row in rows if row["certainty"] == certainty]
                assert walk(f"{address}&certainty={certainty}") == its


def test_an_inexact_date_leaves_some_days_open(documents):
    body, row = next(
        (document["key"], row)
        for document in documents.values()
        for row in document.get("memberships", ())
        if len(row.get("from", "")) == 4 and "to" not in row
    )

    def certainty(day):
        rows = walk(f"/api/v1/bodies/{body}/members?on={day}&page_size=200")
        return next((each["certainty"] for each in rows if each["id"] == row["id"]), None)

    assert certainty(earliest(row["from"])) == "possible"
    assert certainty(latest(row["from"])) == "certain"


@pytest.mark.parametrize("size", [1, 2, 7, 200])
@pytest.mark.parametrize(
    "path",
    [
        "bodies/cern/members",
        "bodies/cern/members?on=1999-12-31",
        "actors/germany/memberships",
        "actors/china/positions",
        "actors/united-states/positions?history=true",
        "instruments/cern-convention/participation",
        "entries/cern/links",
        "entries/cern/backlinks",
        "entries/cern/revisions",
    ],
)
def test_paging_gives_each_row_once_and_back_again(path, size):
    address = f"/api/v1/{path}{'&' if '?' in path else '?'}page_size={size}"
    pages, following = [], address
    while following:
        pages.append(get(following))
        following = pages[-1].get("next")
    rows = [json.dumps(row) for page in pages for row in page["items"]]

    assert len(rows) == len(set(rows)) == pages[0]["total"] > 0
    back: list[str] = []
    previous = pages[-1].get("prev")
    while previous:
        page = get(previous)
        back = [json.dumps(row) for row in page["items"]] + back
        previous = page.get("prev")
    assert back == rows[: len(rows) - len(pages[-1]["items"])]


def test_memberships_of_an_actor_are_those_that_bodies_list(documents):
    rows = walk("/api/v1/actors/germany/memberships?page_size=7")

    expected = {
        (body["key"], row["id"])
        for body in documents.values()
        for row in body.get("memberships", ())
        if row["actor"] == "germany"
    }
    assert {(row["body"]["key"], row["id"]) for row in rows} == expected


@pytest.mark.parametrize("day", [None, "2023-11-02", "2025-01-01"])
def test_positions_on_a_proposal_are_one_an_actor(day, documents):
    on = [day] if day else None
    for key, document in documents.items():
        if document.get("positions"):
            query = f"?on={day}&certainty=certain" if day else "?page_size=200"
            rows = walk(f"/api/v1/proposals/{key}/positions{query}")
            expected = {row["id"] for row in current_positions(document, on, documents)}
            assert {row["id"] for row in rows} == expected, key


def test_the_history_of_positions_is_whole_and_newest_first(documents):
    for key, document in documents.items():
        if document.get("positions"):
            rows = walk(f"/api/v1/proposals/{key}/positions?history=true&page_size=7")
            assert {row["id"] for row in rows} == {row["id"] for row in document["positions"]}
            days = [earliest(row["date"]) if "date" in row else "" for row in rows]
            assert days == sorted(days, reverse=True), key


def test_arguments_are_a_tree_that_holds_each_once(documents):
    for key, document in documents.items():
        if document.get("arguments"):
            found = get(f"/api/v1/proposals/{key}/arguments")
            parents: dict[str, str | None] = {}
            ahead = [(None, tree) for tree in found["items"]]
            while ahead:
                parent, tree = ahead.pop()
                parents[tree["id"]] = parent
                ahead += [(tree["id"], each) for each in tree["answered_by"]]
            assert parents == {row["id"]: row.get("answers") for row in document["arguments"]}
            assert found["total"] == len(found["items"])
            sides = {
                row["side"] for row in get(f"/api/v1/proposals/{key}/arguments?side=for")["items"]
            }
            assert sides <= {"for"}


def test_participation_by_act_and_actor(documents):
    key, document = next(
        (k, d) for k, d in documents.items() if len(d.get("participation", ())) > 5
    )
    row = document["participation"][0]

    address = f"/api/v1/instruments/{key}/participation"
    by_act = walk(f"{address}?action={row['action']}")
    by_actor = walk(f"{address}?actor={row['actor']}")

    expected = [r["id"] for r in document["participation"] if r["action"] == row["action"]]
    assert [each["id"] for each in by_act] == expected
    assert {each["actor"]["key"] for each in by_actor} == {row["actor"]}


@pytest.mark.parametrize(
    ("address", "parameter"),
    [
        ("/api/v1/bodies/cern/members?on=1962", "on"),
        ("/api/v1/bodies/cern/members?on=1962-02-30", "on"),
        ("/api/v1/bodies/cern/members?certainty=certain", "certainty"),
        ("/api/v1/bodies/cern/members?on=1962-06-01&certainty=sure", "certainty"),
        ("/api/v1/bodies/cern/members?actor=germny", "actor"),
        ("/api/v1/bodies/cern/members?actor=cern-convention", "actor"),
        ("/api/v1/bodies/cern/members?role=membr", "role"),
        ("/api/v1/actors/china/positions?on=2024-01-01&history=true", "history"),
        ("/api/v1/actors/china/positions?stance=likes", "stance"),
        ("/api/v1/bodies?on=1999-12-31", "on"),
        ("/api/v1/bodies?member=germny", "member"),
        ("/api/v1/proposals?proposed.from=1954-13", "proposed.from"),
        ("/api/v1/proposals?topic=us-chnia", "topic"),
        ("/api/v1/entries?stage=floated", "stage"),
    ],
)
def test_a_wrong_parameter_is_named(address, parameter):
    found = get(address, 400)

    assert [error["parameter"] for error in found["errors"]] == [parameter]


def test_an_entry_of_another_kind_is_pointed_out():
    assert get("/api/v1/proposals/cern/positions", 404)["suggestions"] == ["cern"]
    assert "kind body" in get("/api/v1/proposals/cern/arguments", 404)["detail"]
