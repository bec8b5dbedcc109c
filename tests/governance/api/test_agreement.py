"""Common ground through the API: sides, counts, pages and what is told of wrong ones."""

import csv
import json
from io import StringIO

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("dataset")

PAIR = "/api/v1/common-ground?side=united-states&side=china"


def get(address, status=200):
    response = Client().get(address)
    assert response.status_code == status, (address, response.content)
    return json.loads(response.content)


def subjects(answer, verdict=None):
    return [row["subject"]["key"] for row in answer["items"] if verdict in (None, row["verdict"])]


def test_on_what_the_united_states_and_china_agree_and_on_what_they_do_not():
    found = get(f"{PAIR}&page_size=200")

    assert {"bletchley-declaration", "unga-78-265", "npt"} <= set(subjects(found, "agreed"))
    assert {"un-global-dialogue-on-ai-governance", "paris-agreement"} <= set(
        subjects(found, "contested")
    )
    assert found["counts"]["agreed"] == len(subjects(found, "agreed"))
    assert sum(found["counts"].values()) == found["total"] == len(found["items"])


def test_behind_every_count_stands_what_was_said_with_its_sources():
    found = get(f"{PAIR}&page_size=200")

    for row in found["items"]:
        spoken = [side for side in row["sides"] if side["direction"]]
        assert len(spoken) == (len(row["sides"]) if row["verdict"] != "silent" else 1)
        for side in spoken:
            assert all(voice["statement"]["cites"] for voice in side["voices"])
            assert all(voice["actor"]["key"] == side["side"] for voice in side["voices"])


def test_what_is_agreed_opens_the_very_rows_that_its_count_promised():
    found = get(PAIR)

    for group in found["topics"]:
        for verdict in ("agreed", "contested", "silent"):
            address = f"{PAIR}&topic={group['value']}&verdict={verdict}&page_size=1"
            if group["value"] in ("us-china", "military-ai", "frontier-safety"):
                assert get(address)["total"] == group[verdict], address


def test_the_paris_agreement_was_agreed_on_whenever_both_took_part():
    def verdict(day):
        rows = get(f"{PAIR}&on={day}&page_size=200")["items"]
        return next(r["verdict"] for r in rows if r["subject"]["key"] == "paris-agreement")

    days = ["2016-10-01", "2020-12-01", "2021-02-01", "2026-02-01"]
    assert [verdict(day) for day in days] == ["agreed", "contested", "agreed", "contested"]


def test_every_subject_stands_on_one_page_forwards_and_back():
    pages, address = [], f"{PAIR}&page_size=7"
    while address:
        pages.append(get(address))
        address = pages[-1].get("next")

    whole = subjects(get(f"{PAIR}&page_size=200"))
    assert [key for page in pages for key in subjects(page)] == whole
    assert subjects(get(pages[-1]["prev"])) == subjects(pages[-2])


def test_a_country_with_its_actors_says_what_is_its_own_and_counts_no_person_twice():
    found = get("/api/v1/common-ground?side=country:united-states&side=china&page_size=200")

    assert found["sides"][0]["name"] == "United States with all its actors"
    assert found["sides"][0]["actors"] > 50
    rows = {row["subject"]["key"]: row["sides"][0] for row in found["items"]}
    own = [voice for voice in rows["npt"]["voices"] if voice["is_own"]]
    assert [voice["actor"]["key"] for voice in own] == ["united-states"]
    for side in rows.values():
        heard = [voice["actor"]["key"] for voice in side["voices"]]
        heard += [s["actor"]["key"] for voice in side["voices"] for s in voice["also_said_by"]]
        assert len(heard) == len(set(heard))


def test_a_body_with_its_members_has_those_of_the_day():
    def actors(on):
        sides = get(f"/api/v1/common-ground?side=members:cern&side=china&on={on}")["sides"]
        return sides[0]["actors"]

    assert actors("1962-06-01") == 1 + 13
    assert actors("2024-03-15") == 1 + 23


def test_as_a_table_each_statement_is_a_row_and_the_counts_are_tables_too():
    def table(address):
        return list(csv.DictReader(StringIO(Client().get(address).content.decode())))

    voices = table("/api/v1/common-ground.csv?side=united-states&side=china&verdict=agreed")
    years = table("/api/v1/common-ground.csv?side=united-states&side=china&table=years")

    found = get(f"{PAIR}&verdict=agreed")
    assert len(voices) == 2 * found["total"]
    assert all(row["sources"] and row["said"] for row in voices)
    assert [int(row["agreed"]) for row in years] == [each["agreed"] for each in found["years"]]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "This parameter is needed here."),
        ("side=china", "One side was given. Give 2 to 6"),
        ("side=china&side=china", "One side was given"),
        ("side=china&side=untied-states", "Did you mean “united-states”"),
        ("side=china&side=cern-convention", "of kind instrument"),
        ("side=china&side=members:france", "members are known of bodies"),
        ("side=china&side=country:cern", "Try “members:”"),
        ("side=china&side=land:france", "members:KEY"),
        ("side=china&side=india&topic=frontier-safty", "Did you mean “frontier-safety”"),
        ("side=china&side=india&table=years", "ask for `csv` too"),
        ("&".join(f"side={c}" for c in ("china", "india", "france", "germany", "japan", "russia",
                                        "brazil")), "7 different sides were given"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_sides_is_told_with_a_way_to_put_it_right(query, told):
    problem = get(f"/api/v1/common-ground?{query}", 400)

    assert told in json.dumps(problem, ensure_ascii=False)
