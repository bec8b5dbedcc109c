"""Comparisons of small hand-made documents whose answer is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.comparison import Members, beside_model, rows_of, tally

CITE = {"source": {"key": "charter", "kind": "source", "name": "Charter"}}


def entry(key, **fields):
    return {"kind": "body", "key": key, "name": key.capitalize(), "cites": [CITE], **fields}


def feature(text):
    return {"text": text, "cites": [CITE]}


def figure(year, value, **more):
    return {
        "metric": "budget",
        "year": year,
        "value": value,
        "unit": "CHF",
        "cites": [CITE],
        **more,
    }


def found(rows, name):
    return next(row for row in rows if row.name == name)


LABORATORY = entry(
    "laboratory",
    type="research-facility",
    status="active",
    founded="1954-09-29",
    functions=["joint-research", "scientific-consensus"],
    design={"openness": feature("Results are published."), "safeguards": feature("No weapons.")},
    organs=[{"name": "Council", "decision_rule": "One vote each.", "cites": [CITE]}],
    figures=[figure(2014, 1_000.0), figure(2024, 1_200.5, approximate=True)],
    memberships=[{"id": "m-1", "cites": [CITE]}],
)
VARIANT = entry(
    "variant",
    kind="proposal",
    form="new-institution",
    stage="floated",
    functions=["joint-research", "enforcement"],
    design={"openness": feature("Closed."), "purpose": feature("A Laboratory for thinking.")},
)


def test_a_row_differs_where_two_say_different_things_and_silence_is_none():
    rows = rows_of([LABORATORY, VARIANT], {})

    assert {row.name for row in rows if row.differs} == {
        "type", "stage", "enforcement", "scientific-consensus", "openness",
    }  # fmt: skip
    assert found(rows, "joint-research").is_same
    assert (found(rows, "safeguards").stated, found(rows, "safeguards").differs) == (1, False)


def test_every_cell_that_says_something_has_its_sources():
    for row in rows_of([LABORATORY, VARIANT], {}):
        assert all(cell.cites for cell in row.cells if cell.is_stated)


def test_the_newest_figure_counts():
    cell = found(rows_of([LABORATORY, VARIANT], {}), "budget").cells[0]

    assert cell.text == "about 1,200.5 CHF (2024)"


def test_members_are_counted_and_those_of_two_bodies_set_beside_each_other():
    club = entry("club", memberships=[{"id": "m-2", "cites": [CITE]}])
    members = {
        "laboratory": Members({1: "Austria", 2: "Belgium", 3: "Chile"}, {4: "Denmark"}),
        "club": Members({2: "Belgium", 3: "Chile", 5: "Egypt"}),
    }

    rows = rows_of([LABORATORY, VARIANT, club], members)

    texts = {row.name: [cell.text for cell in row.cells] for row in rows}
    assert texts["count"] == ["3 (and possibly 1 more)", "", "3"]
    assert texts["with-laboratory"] == ["", "", "2 of 3"]
    assert texts["with-club"] == ["2 of 3", "", ""]


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("joint-research", "takes-over"),
        ("scientific-consensus", "leaves-open"),
        ("openness", "changes"),
        ("safeguards", "leaves-open"),
        ("purpose", None),  # the model says nothing about it
        ("enforcement", None),  # nor has it this function
        ("stage", None),
    ],
)
def test_what_a_variant_makes_of_each_feature_of_its_model(name, reading):
    rows = beside_model(rows_of([LABORATORY, VARIANT], {}), ["Laboratory"])

    assert found(rows, name).cells[1].reading == reading
    assert found(rows, name).cells[0].reading is None
    assert tally(rows, 2)[1] == {"takes-over": 1, "changes": 1, "leaves-open": 2}


def test_who_describes_a_feature_by_naming_the_model_takes_it_over():
    alike = entry("alike", design={"openness": feature("Open, as the Laboratory is.")})
    unlike = entry("unlike", design={"openness": feature("Open like Laboratoryland.")})

    rows = beside_model(rows_of([LABORATORY, alike, unlike], {}), ["Laboratory"])

    readings = [cell.reading for cell in found(rows, "openness").cells]
    assert readings == [None, "takes-over", "changes"]


TEXTS = st.sampled_from(["one", "two"])
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "functions": st.lists(st.sampled_from(["enforcement", "joint-research"]), unique=True),
            "design": st.dictionaries(
                st.sampled_from(["purpose", "funding"]), TEXTS.map(feature), min_size=1
            ),
        },
    ),
    min_size=2,
    max_size=5,
)


@given(ENTRIES)
def test_columns_commute(several):
    documents = [entry(f"e{number}", **fields) for number, fields in enumerate(several)]

    forwards, backwards = rows_of(documents, {}), rows_of(documents[::-1], {})

    assert [row.cells for row in forwards] == [row.cells[::-1] for row in backwards]
    assert [row.differs for row in forwards] == [row.differs for row in backwards]


@given(ENTRIES)
def test_an_entry_that_says_nothing_changes_what_differs_nowhere(several):
    documents = [entry(f"e{number}", **fields) for number, fields in enumerate(several)]

    before = {row.name: row.differs for row in rows_of(documents, {})}

    assert {r.name: r.differs for r in rows_of([*documents, entry("mute")], {})} == before
