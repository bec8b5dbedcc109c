"""What changed between two documents."""

import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.difference import Change, difference, text_pieces
from tests.voyages import Voyage, cite, landing, voyage

CALLAO, RAROIA, PAPEETE = (
    landing(id="c", begin="1947"),
    landing("raroia", id="r"),
    landing("papeete", id="p"),
)


def changes(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, Any, Any]]:
    found = difference(voyage(**before), voyage(**after), Voyage)
    return [(change.place, change.kind, change.before, change.after) for change in found]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({}, {}, []),
        ({"left": "1947"}, {"left": "1947-04"}, [("left", "changed", "1947", "1947-04")]),
        ({}, {"left": "1947"}, [("left", "added", None, "1947")]),
        ({"left": "1947"}, {}, [("left", "removed", "1947", None)]),
        (
            {"berth": {"city": "Oslo"}},
            {"berth": {"city": "Oslo", "latitude": 59.9}},
            [("berth.latitude", "added", None, 59.9)],
        ),
        ({}, {"berth": {"city": "Oslo"}}, [("berth", "added", None, {"city": "Oslo"})]),
        (
            {"numbers": {"imo": "1", "b": "x"}},
            {"numbers": {"imo": "2", "c": "y"}},
            [
                ("numbers.b", "removed", "x", None),
                ("numbers.c", "added", None, "y"),
                ("numbers.imo", "changed", "1", "2"),
            ],
        ),
        # 1 and true are different things, 1 and 1.0 are not
        ({"value": 1}, {"value": True}, [("value", "changed", 1, True)]),
        ({"value": 1}, {"value": 1.0}, []),
        # lists of texts
        (
            {"aliases": ["a", "b"]},
            {"aliases": ["a", "b", "c"]},
            [("aliases[2]", "added", None, "c")],
        ),
        ({"aliases": ["a", "b"]}, {"aliases": ["b"]}, [("aliases[0]", "removed", "a", None)]),
        ({"aliases": ["a", "b"]}, {"aliases": ["b", "a"]}, [("aliases[0]", "moved", 1, 0)]),
        (
            {"aliases": ["a", "b"]},
            {"aliases": ["x", "b"]},
            [("aliases[0]", "removed", "a", None), ("aliases[0]", "added", None, "x")],
        ),
        # rows
        ({}, {"landings": [CALLAO]}, [("landings[0]", "added", None, CALLAO)]),
        ({"landings": [CALLAO]}, {}, [("landings[0]", "removed", CALLAO, None)]),
        (
            {"landings": [CALLAO, RAROIA]},
            {"landings": [RAROIA]},
            [("landings[0]", "removed", CALLAO, None)],
        ),
        (
            {"landings": [CALLAO, RAROIA, PAPEETE]},
            {"landings": [PAPEETE, CALLAO, RAROIA]},
            [("landings[0]", "moved", 2, 0)],  # one row moved, not three
        ),
        (
            {"landings": [CALLAO, RAROIA]},
            {"landings": [RAROIA, {**CALLAO, "to": "1948"}]},
            [("landings[0]", "moved", 1, 0), ("landings[1].to", "added", None, "1948")],
        ),
        (  # the same row, by its id, although its list key has changed
            {"landings": [CALLAO]},
            {"landings": [{**CALLAO, "from": "1947-04-28"}]},
            [("landings[0].from", "changed", "1947", "1947-04-28")],
        ),
        (  # without ids: the same row by its list key
            {"landings": [landing(note="calm"), landing("raroia")]},
            {"landings": [landing("raroia"), landing(note="rough")]},
            [
                ("landings[0]", "moved", 1, 0),
                ("landings[1].note", "changed", "calm", "rough"),
            ],
        ),
        (  # a citation in a row, by source and locator
            {"landings": [{**CALLAO, "cites": [cite("log", locator="1"), cite("map")]}]},
            {"landings": [{**CALLAO, "cites": [cite("log", locator="1", quote="Land!")]}]},
            [
                ("landings[0].cites[1]", "removed", cite("map"), None),
                ("landings[0].cites[0].quote", "added", None, "Land!"),
            ],
        ),
        (  # what the schema does not know (any more)
            {"retired": {"x": [1]}},
            {"retired": {"x": [1, 2]}},
            [("retired.x[1]", "added", None, 2)],
        ),
        ({}, {"landings": []}, [("landings", "added", None, [])]),
        # a draft may hold what its schema does not allow
        ({}, {"landings": {"a": 1}}, [("landings", "added", None, {"a": 1})]),
        (
            {"landings": [{"id": [1]}]},
            {"landings": [{"id": [2]}]},
            [("landings[0].id[0]", "removed", 1, None), ("landings[0].id[0]", "added", None, 2)],
        ),
        (
            {"aliases": ["a"]},
            {"aliases": [2**60]},
            [
                ("aliases[0]", "removed", "a", None),
                ("aliases[0]", "added", None, 2**60),
            ],
        ),
    ],
)
def test_a_change_has_its_place_and_both_values(before, after, expected):
    assert changes(before, after) == expected


def test_a_change_names_the_row_it_is_in():
    before = voyage(landings=[CALLAO], field_cites={"left": [cite("log")]}, log="x")
    after = voyage(
        landings=[{**CALLAO, "note": "calm", "cites": [cite("map")]}],
        field_cites={"left": [cite("log", quote="We leave.")]},
        log="y",
    )

    found = difference(before, after, Voyage)

    assert [(c.place, c.label, c.statement, c.is_markdown) for c in found] == [
        ("log", "log", None, True),
        ("landings[0].note", "callao · shelter", "c", False),
        ("landings[0].cites[0]", "callao · shelter", "c", False),
        ("field_cites.left[0].quote", "log", None, False),
    ]


def test_a_changed_markdown_text_of_a_row_is_marked_as_such():
    before, after = (voyage(landings=[{**CALLAO, "note": note}]) for note in ("calm", "rough"))

    (change,) = difference(before, after, Voyage)

    assert change == Change(
        path=("landings", 0, "note"),
        kind="changed",
        before="calm",
        after="rough",
        label="callao · shelter",
        statement="c",
        is_markdown=True,
    )


def test_a_new_entry_is_all_additions():
    found = difference(None, voyage(left="1947"), Voyage)

    assert {change.kind for change in found} == {"added"}
    assert [change.place for change in found] == ["kind", "key", "name", "left"]
    assert difference(voyage(), None, Voyage)[0].kind == "removed"


scalars = st.booleans() | st.integers(0, 3) | st.sampled_from([0.5, 1.0]) | st.sampled_from("abc")
some_rows = st.lists(
    st.fixed_dictionaries(
        {"port": st.sampled_from(["callao", "raroia"])},
        optional={
            "id": st.sampled_from("xyz"),
            "from": st.sampled_from(["1947", "1948"]),
            "cites": st.lists(st.sampled_from("st").map(lambda s: {"source": s}), max_size=3),
        },
    ),
    max_size=4,
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "value": scalars,
        "aliases": st.lists(st.sampled_from("abc"), max_size=4),
        "landings": some_rows,
        "numbers": st.dictionaries(st.sampled_from("ab"), st.sampled_from("12"), max_size=2),
        "unknown": st.recursive(
            scalars, lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("ab"), inner)
        ),
    },
)


def as_json(value: Any) -> Any:
    """A form in which Python's equality is that of JSON: true is not 1."""
    if isinstance(value, dict):
        return {name: as_json(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return (isinstance(value, bool), value)


@given(documents, documents)
def test_there_is_a_difference_exactly_where_documents_are_not_equal(before, after):
    found = difference(before, after, Voyage)

    assert (found == []) is (as_json(before) == as_json(after))


@given(documents, documents)
def test_there_and_back_are_the_same_number_of_additions_and_removals(before, after):
    there = [change.kind for change in difference(before, after, Voyage)]
    back = [change.kind for change in difference(after, before, Voyage)]

    assert there.count("added") == back.count("removed")
    assert there.count("removed") == back.count("added")
    assert there.count("changed") == back.count("changed")
    assert there.count("moved") == back.count("moved")


@given(st.permutations(range(8)))
def test_no_more_rows_are_moved_than_need_to_be(order):
    rows = [landing(f"port-{number}", id=f"i-{number}") for number in range(8)]

    found = changes({"landings": rows}, {"landings": [rows[number] for number in order]})

    assert {kind for _, kind, _, _ in found} <= {"moved"}
    rising = max(
        sum(1 for bit, number in enumerate(order) if mask >> bit & 1)
        for mask in range(256)
        if (kept := [number for bit, number in enumerate(order) if mask >> bit & 1]) == sorted(kept)
    )
    assert len(found) == 8 - rising


# edge case 72
def test_a_large_document_is_compared_in_less_than_two_seconds():
    rows = [
        landing(f"port-{n}", id=f"i-{n}", note=f"{n} " * 60, cites=[cite("s-1")] * 2)
        for n in range(3000)
    ]
    after = [{**row, "note": row["note"] + "x"} for row in reversed(rows)]
    started = time.perf_counter()

    found = changes({"landings": rows, "log": "word " * 3000}, {"landings": after, "log": "x"})

    assert len(found) == 2999 + 3000 + 1
    assert time.perf_counter() - started < 2


# --- texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("a", "a", [("same", "a")]),
        ("", "a", [("added", "a")]),
        ("a", "", [("removed", "a")]),
        (
            "Twelve states signed.",
            "Thirteen states signed.",
            [("removed", "Twelve"), ("added", "Thirteen"), ("same", " states signed.")],
        ),
        (
            "One.\n\nTwo two.\n\nThree.",
            "One.\n\nTwo too.\n\nThree.",
            [
                ("same", "One.\n\nTwo "),
                ("removed", "two"),
                ("added", "too"),
                ("same", ".\n\nThree."),
            ],
        ),
        ("Not a word", "Not word", [("same", "Not "), ("removed", "a "), ("same", "word")]),
    ],
)
def test_two_texts_are_laid_over_each_other_word_by_word(before, after, pieces):
    assert text_pieces(before, after) == pieces


@given(st.text(st.sampled_from("ab \n.")), st.text(st.sampled_from("ab \n.")))
def test_the_pieces_make_both_texts(before, after):
    pieces = text_pieces(before, after)

    assert "".join(text for kind, text in pieces if kind != "added") == before
    assert "".join(text for kind, text in pieces if kind != "removed") == after
    assert all(text for _, text in pieces)
    assert all(one[0] != other[0] for one, other in pairwise(pieces))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 250_000, "b " * 250_000),
        ("".join(f"{n}\n" for n in range(50_000)), "".join(f"{n}\n" for n in range(1, 50_000))),
        ("\n" * 500_000, "x\n" * 250_000),
    ],
)
def test_huge_texts_are_compared_in_less_than_two_seconds(before, after):
    started = time.perf_counter()

    pieces = text_pieces(before, after)

    assert time.perf_counter() - started < 2
    assert "".join(text for kind, text in pieces if kind != "added") == before
