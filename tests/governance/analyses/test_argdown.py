"""Arguments as trees, in Argdown and back, and in AIF."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.aif import aif
from governance.analyses.argdown import ROOT, Fault, UnreadableArgdown, argdown, arguments_in
from governance.analyses.argument_trees import joined, trees_of, walked
from governance.schemas.proposal import Argument

ABOUT = {"title": "Arguments about a “CERN for AI”"}
# What one line may hold, with all that means something in Argdown, JSON or YAML.
TEXT = st.text(
    st.one_of(
        st.sampled_from("[]{}<>()#@*_/\\\"':+-=~ "),
        st.characters(blacklist_categories=["Cs", "Cc", "Zl", "Zp"]),
    ),
    min_size=1,
    max_size=30,
).filter(lambda text: text.strip() == text and text != "")
CITES = st.lists(
    st.fixed_dictionaries(
        {"source": st.just("a-source")}, optional={"locator": TEXT, "quote": TEXT}
    ),
    max_size=2,
)


@st.composite
def arguments(draw):
    """Rows of a document, each before its answers."""
    rows: list[dict[str, Any]] = []
    for number in range(draw(st.integers(1, 8))):
        row = {"id": f"a-{number}", "side": draw(st.sampled_from(["for", "against"]))}
        row["claim"] = draw(TEXT)
        above = draw(st.sampled_from([None, *(each["id"] for each in rows)]))
        if above:
            row["answers"] = above
        if draw(st.booleans()):
            row["made_by"] = ["an-actor"]
        if cites := draw(CITES):
            row["cites"] = cites
        rows.append(row)
    return rows


def in_tree_order(rows):
    return [dict(tree.row) for _depth, tree in walked(trees_of(rows))]


@given(TEXT, arguments())
def test_what_is_written_is_read_back_whole(name, rows):
    text = argdown(name, rows, about={**ABOUT, "name": name})

    assert arguments_in(text) == in_tree_order(rows)


@given(arguments())
def test_reading_and_writing_again_gives_the_same_text(rows):
    text = argdown("X", rows, about=ABOUT)

    assert argdown("X", arguments_in(text), about=ABOUT) == text


@given(arguments())
def test_windows_line_ends_and_a_byte_order_mark_change_nothing(rows):
    text = argdown("X", rows, about=ABOUT)

    assert arguments_in("\ufeff" + text.replace("\n", "\r\n")) == arguments_in(text)


@given(arguments())
def test_every_argument_is_in_the_trees_once(rows):
    found = [tree.row["id"] for _depth, tree in walked(trees_of(rows))]

    assert sorted(found) == sorted(row["id"] for row in rows)


@given(st.text(max_size=200))
def test_any_text_gives_arguments_or_says_what_is_wrong(text):
    rows: list[Any] = []
    faults: tuple[Fault, ...] = ()
    try:
        rows = arguments_in(text)
    except UnreadableArgdown as problem:
        faults = problem.faults

    assert bool(rows) != bool(faults)
    assert all(fault.line >= 1 and fault.remedy for fault in faults)


def test_a_small_text_reads_as_it_looks():
    rows: list[dict[str, Any]] = [
        {"id": "pooling", "side": "for", "claim": "Pool {money}.", "made_by": ["gary-marcus"]},
        {"id": "slow", "side": "against", "claim": "It is slow.", "answers": "pooling"},
        {"id": "fast", "side": "for", "claim": "Not ITER #2.", "answers": "slow"},
        {"id": "worse", "side": "against", "claim": "And dear.", "answers": "slow"},
        {"id": "broad", "side": "against", "claim": "Too broad."},
    ]

    text = argdown("CERN", rows, about=ABOUT)

    assert text.split("===\n\n")[1] == (
        f"[{ROOT}]: CERN\n"
        '  + [pooling]: Pool \\{money\\}. {"made_by": ["gary-marcus"]}\n'
        "    - [slow]: It is slow.\n"
        "      - [fast]: Not ITER \\#2.\n"
        "      + [worse]: And dear.\n"
        "  - [broad]: Too broad.\n"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("  + [Too slow]: It is.", "Line 3: “Too slow” is no id. Write a to z"),
        ("  + [a]: Again.", "Line 3: “a” is there already. Give each argument an id of its own."),
        ("  + [b]:", "Line 3: “b” says nothing. Write the claim behind the colon."),
        ("  + b, without a title", "Line 3: “+ b, without a title” is no statement with an id."),
        ("\t+ [b]: It is.", "Line 3: a tab before the text. Indent with spaces"),
        ("[b]: It is.", "Line 3: “[b]” stands below nothing."),
        ("  + [b]: It is. {made_by: x}", "Line 3: “{made_by: x}” cannot be read. Write JSON"),
        ('  + [b]: It is. {"by": []}', "Line 3: an argument has no field “by” here."),
        ('  + [b]: It is. {} x', "Line 3: “{} x” cannot be read."),
    ],
)  # fmt: skip
def test_a_fault_names_its_line_and_how_to_put_it_right(line, said):
    text = f"[{ROOT}]: CERN\n  + [a]: Good.\n{line}\n"

    with pytest.raises(UnreadableArgdown) as caught:
        arguments_in(text)

    assert str(caught.value.faults[0]).startswith(said)


def test_all_faults_come_at_once():
    text = f"[{ROOT}]: X\n  + [A]: a\n  + [b]:\n  + [c]: right\n"

    with pytest.raises(UnreadableArgdown) as caught:
        arguments_in(text)

    assert [fault.line for fault in caught.value.faults] == [2, 3]


@pytest.mark.parametrize("text", ["", "\n\n", f"[{ROOT}]: X", "===\ntitle: x\n==="])
def test_nothing_to_import_says_so(text):
    with pytest.raises(UnreadableArgdown, match="no argument is here"):
        arguments_in(text)


@given(arguments())
def test_what_comes_back_has_only_fields_of_an_argument(rows):
    read = arguments_in(argdown("X", rows, about=ABOUT))

    assert all(set(row) <= set(Argument.model_fields) for row in read)


def test_in_aif_each_claim_stands_for_or_against_what_it_answers():
    maker = {"key": "yoshua-bengio", "kind": "actor", "name": "Yoshua Bengio"}
    rows: list[dict[str, Any]] = [
        {"id": "pooling", "side": "for", "claim": "Pool.", "made_by": [maker]},
        {"id": "slow", "side": "against", "claim": "Slow.", "answers": "pooling"},
    ]

    graph = aif({"key": "cern", "name": "CERN"}, rows, timestamp="2026-01-01 00:00:00")

    kinds = {node["nodeID"]: node["type"] for node in graph["nodes"]}
    assert kinds == {
        "cern": "I",
        "cern#pooling": "I",
        "cern#pooling/RA": "RA",
        "cern#pooling/L/yoshua-bengio": "L",
        "cern#pooling/YA/yoshua-bengio": "YA",
        "cern#slow": "I",
        "cern#slow/CA": "CA",
    }
    ties = [(edge["fromID"], edge["toID"]) for edge in graph["edges"]]
    assert ("cern#pooling/RA", "cern") in ties
    assert ("cern#slow/CA", "cern#pooling") in ties
    assert [each["personID"] for each in graph["locutions"]] == ["yoshua-bengio"]
    assert graph["participants"] == [
        {"participantID": "yoshua-bengio", "firstname": "", "surname": "Yoshua Bengio"}
    ]


@given(arguments())
def test_in_aif_every_edge_joins_two_nodes_and_no_two_claims_touch(rows):
    public = [
        {**row, "made_by": [{"key": k, "name": k} for k in row.get("made_by", ())]} for row in rows
    ]

    graph = aif({"key": "x", "name": "X"}, public, timestamp="")

    kinds = {node["nodeID"]: node["type"] for node in graph["nodes"]}
    assert len(kinds) == len(graph["nodes"])
    for edge in graph["edges"]:
        assert {kinds[edge["fromID"]], kinds[edge["toID"]]} != {"I"}


def test_what_is_imported_takes_the_place_of_what_has_its_id_and_loses_nothing():
    present = [{"id": "a", "claim": "Old."}, {"id": "b", "claim": "Stays."}]

    found = joined(present, [{"id": "new", "claim": "New."}, {"id": "a", "claim": "Better."}])

    assert [row["claim"] for row in found] == ["Better.", "Stays.", "New."]
