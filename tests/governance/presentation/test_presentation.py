"""What pages show of a document: plain values, tried without a database."""

from datetime import date
from typing import Any

import pytest

from governance.presentation import presented
from governance.presentation.facts import country_name
from governance.presentation.sentences import sentence
from governance.presentation.sources import authors
from kb.kinds import kind_named
from kb.publication.body import Notes

SAID = [{"source": {"key": "list", "kind": "source", "name": "A list"}}]


def actor(key: str) -> dict[str, str]:
    return {"key": key, "kind": "actor", "name": key.title()}


def shown(kind: str, on: date | None = None, **fields: Any) -> dict[str, Any]:
    document = {"kind": kind, "key": "it", "name": "It", "summary": "It is.", **fields}
    return presented(kind_named(kind), document, Notes(), on)


def position(key: str, stance: str, dated: str | None = None, **more: Any) -> dict[str, Any]:
    when = {"date": dated} if dated else {}
    return {"id": f"p-{key}", "actor": actor(key), "stance": stance, "cites": SAID, **when, **more}


def test_an_actor_stands_where_its_newest_position_is_with_the_earlier_ones_below():
    earlier = position("ruritania", "opposes", "2023", id="p-1")
    newest = position("ruritania", "supports", "2024-05", id="p-2")
    undated = position("ruritania", "mixed", id="p-3")

    groups = shown("proposal", positions=[newest, undated, earlier])["stances"]

    assert [(group["stance"], group["count"]) for group in groups] == [("supports", "1")]
    assert [row["id"] for row in groups[0]["rows"][0]["earlier"]] == ["p-1", "p-3"]


def test_the_bar_of_stances_is_as_wide_as_there_are_actors():
    rows = [position(name, stance) for name, stance in (("a", "supports"), ("b", "opposes"))]

    bar = shown("proposal", positions=rows)["stance_bar"]

    assert [(each["x"], each["width"]) for each in bar] == [("0.00", "50.00"), ("50.00", "50.00")]


def test_arguments_that_answer_each_other_in_a_circle_are_shown_and_end():
    one = {"id": "one", "side": "for", "claim": "Yes.", "cites": SAID}
    two = {"id": "two", "side": "against", "claim": "No.", "answers": "one", "cites": SAID}
    three = {"id": "three", "side": "for", "claim": "Yet.", "answers": "two", "cites": SAID}

    (side,) = shown("proposal", arguments=[one, two, three])["arguments"]

    assert side["rows"][0]["answers"][0]["answers"][0]["id"] == "three"


def test_founders_count_as_members_and_those_who_left_stand_apart():
    def member(key: str, role: str, **when: str) -> dict[str, Any]:
        return {"id": f"m-{key}", "actor": actor(key), "role": role, "cites": SAID, **when}

    rows = [
        member("ruritania", "founding-member", **{"from": "1961"}),
        member("syldavia", "member"),
        member("borduria", "observer", to="1969"),
    ]

    groups = shown("body", memberships=rows)["member_groups"]

    assert [(group["label"], len(group["rows"])) for group in groups] == [
        ("Members", 2),
        ("Former", 1),
    ]
    assert groups[0]["rows"][0]["from"] == '<a class="at" href="#m-ruritania">1961</a>'
    assert "not known" in groups[0]["rows"][1]["from"]
    assert groups[1]["rows"][0]["role"] == "Observer"


def test_on_a_day_the_possible_ones_are_set_apart_from_the_certain():
    row = {"actor": actor("ruritania"), "role": "member", "cites": SAID}
    rows = [
        {**row, "id": "m-1", "certainty": "certain"},
        {**row, "id": "m-2", "certainty": "possible"},
    ]

    groups = shown("body", date(1962, 6, 1), memberships=rows)["member_groups"]

    assert [group["rows"][0]["id"] for group in groups] == ["m-1", "m-2"]
    assert groups[1]["is_open"]


def act(key: str, action: str, dated: str, **more: Any) -> dict[str, Any]:
    row = {"id": f"p-{key}-{action}", "actor": actor(key), "action": action, "date": dated}
    return {**row, "cites": SAID, **more}


def test_what_all_rows_share_is_said_once():
    rows = [act(key, "voted-against", "2025-12-01") for key in ("a", "b", "c", "d")]

    (group,) = shown("instrument", participation=rows)["action_groups"]

    assert group["all_on"] == "1 December 2025"
    assert "note_1" in group["all_marks"]
    assert all(row["marks"] == "" for row in group["rows"])


def test_a_row_with_another_date_keeps_all_dates_apart():
    rows = [act(key, "endorsed", "2025-12-01") for key in ("a", "b", "c")]
    rows.append(act("d", "endorsed", "2026-01-02"))

    (group,) = shown("instrument", participation=rows)["action_groups"]

    assert group["all_on"] == ""
    assert "2 Jan 2026" in group["rows"][3]["own_date"]
    assert "note_1" in group["all_marks"]


def test_a_treaty_has_a_row_an_actor_with_each_step_in_its_column():
    rows = [
        act("a", "signed", "1996-09-24"),
        act("a", "ratified", "1998"),
        act("a", "withdrew", "2023"),
    ]

    table = shown("instrument", participation=rows)["status_table"]

    (row,) = table["rows"]
    assert [
        text in cell
        for text, cell in zip(("24 Sep 1996", "1998", "withdrew"), row["cells"], strict=True)
    ] == [True] * 3
    assert table["counts"] == ["1 signed", "1 ratified", "1 withdrew"]


def test_what_another_source_says_stands_beside_the_value_once():
    dispute = {"field": "founded", "value": "1953", "note": "The year of signature", "cites": SAID}

    values = shown("body", founded="1954", disputed=[dispute])

    founded = dict(values["facts"])["Founded"]
    assert "another source says 1953" in founded
    assert values["disputes"] == []


def test_a_dispute_about_something_that_is_not_shown_is_listed_at_the_end():
    dispute = {"field": "aliases", "value": "Id", "cites": SAID}

    (row,) = shown("body", disputed=[dispute])["disputes"]

    assert "another source says Id" in row["html"]


def test_bars_compare_only_figures_of_one_unit():
    def figure(year: int, value: float, unit: str) -> dict[str, Any]:
        row = {"id": f"f-{year}-{unit}", "metric": "budget", "year": year, "value": value}
        return {**row, "unit": unit, "cites": SAID}

    rows = [figure(2001, 50, "CHF"), figure(2002, 100, "CHF"), figure(2003, 7, "EUR")]

    (table,) = shown("body", figures=rows)["figures"]

    assert [row["bar"] for row in table["rows"]] == ["50.0", "100.0", "100.0"]


def test_values_from_a_document_can_hold_no_markup():
    values = shown("body", aliases=["<b>x</b>"], seat={"city": "<i>y</i>", "country": "CH"})

    assert values["aliases"] == ["&lt;b&gt;x&lt;/b&gt;"]
    assert "&lt;i&gt;y&lt;/i&gt;, Switzerland" in dict(values["facts"])["Seat"]


@pytest.mark.parametrize(
    ("names", "line"),
    [
        ([], ""),
        (["OECD"], "OECD"),
        (["Lovelace, Ada", "Turing, Alan"], "Ada Lovelace and Alan Turing"),
        (["A, B", "C, D", "E"], "B A, D C and E"),
    ],
)
def test_authors_are_named_as_people_say_them(names, line):
    assert authors(names) == line


@pytest.mark.parametrize(
    ("code", "name"),
    [("CH", "Switzerland"), ("EU", "European Union"), ("US-CA", "United States (US-CA)")],
)
def test_countries_go_by_their_names(code, name):
    assert country_name(code) == name


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("memberships[0].cites[0].source", "Ruritania, member since 1961"),
        ("cites[0].source", "The entry as a whole"),
        ("design.funding.cites[0].source", "Funding: By scale."),
        ("field_cites.founded[0].source", "Founded"),
        ("nowhere[9].cites[0].source", "Nowhere"),
    ],
)
def test_a_statement_is_told_in_one_sentence(place, said):
    document = {
        "memberships": [{"actor": actor("ruritania"), "role": "member", "from": "1961"}],
        "design": {"funding": {"text": "By scale."}},
    }

    assert sentence("body", place, document) == said
