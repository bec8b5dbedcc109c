"""Two changes of one document made one."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.documents import lines
from kb.documents.canonical import canonical_json
from kb.documents.lines import merged_texts
from kb.documents.merge import Merged, Undecided, merge, resolved
from kb.documents.problems import path_of, value_at
from tests.voyages import Voyage, cite, landing, voyage

CALLAO, RAROIA, PAPEETE, HILO = (
    landing(id="c", begin="1947"),
    landing("raroia", id="r"),
    landing("papeete", id="p"),
    landing("hilo", id="h"),
)


def merged(base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]) -> Merged:
    return merge(Voyage, voyage(**base), voyage(**theirs), voyage(**mine))


def conflicts(found: Merged) -> list[tuple[str, str, Any, Any, Any]]:
    return [(c.place, c.kind, c.base, c.theirs, c.mine) for c in found.conflicts]


def rows(*landings: dict[str, Any]) -> dict[str, Any]:
    return {"landings": list(landings)}


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        # 29: disjoint fields
        (
            {"left": "1947"},
            {"left": "1948"},
            {"left": "1947", "crew": 6},
            {"left": "1948", "crew": 6},
        ),
        ({"left": "1947", "crew": 6}, {"left": "1947"}, {"crew": 6}, {}),
        # 30: the same field, the same value
        ({"left": "1947"}, {"left": "1948"}, {"left": "1948"}, {"left": "1948"}),
        ({"left": "1947", "crew": 6}, {"left": "1947"}, {"left": "1947"}, {"left": "1947"}),
        ({}, {"value": 1}, {"value": 1.0}, {"value": 1}),
        # fields of a part
        (
            {"berth": {"city": "Oslo"}},
            {"berth": {"city": "Bergen"}},
            {"berth": {"city": "Oslo", "latitude": 59.9}},
            {"berth": {"city": "Bergen", "latitude": 59.9}},
        ),
        (
            {},
            {"berth": {"city": "Oslo"}},
            {"berth": {"latitude": 1}},
            {"berth": {"city": "Oslo", "latitude": 1}},
        ),
        # maps
        (
            {"numbers": {"a": "1", "b": "2"}},
            {"numbers": {"a": "1", "c": "3"}},
            {"numbers": {"a": "x", "b": "2", "d": "4"}},
            {"numbers": {"a": "x", "d": "4", "c": "3"}},
        ),
        ({}, {"numbers": {"a": "1"}}, {"numbers": {"b": "2"}}, {"numbers": {"a": "1", "b": "2"}}),
        (
            {"numbers": {"a": "1", "b": "2"}},
            {"numbers": {"a": "1"}},
            {"numbers": {"b": "2"}},
            {"numbers": {}},
        ),
        ({"numbers": {"a": "1"}}, {}, {"numbers": {"a": "1", "b": "2"}}, {"numbers": {"b": "2"}}),
        (
            {"field_cites": {"left": [cite("log")]}},
            {"field_cites": {"left": [cite("log"), cite("map")]}},
            {"field_cites": {"left": [cite("log", quote="Go!")], "crew": [cite("log")]}},
            {
                "field_cites": {
                    "left": [cite("log", quote="Go!"), cite("map")],
                    "crew": [cite("log")],
                }
            },
        ),
        # sets: the order of mine, then what theirs added; removals of both
        (
            {"aliases": ["a", "b", "c"]},
            {"aliases": ["d", "a", "b"]},
            {"aliases": ["e", "c", "b"]},
            {"aliases": ["e", "b", "d"]},
        ),
        ({"aliases": ["a"]}, {}, {"aliases": ["a", "b"]}, {"aliases": ["b"]}),
        ({"aliases": ["a", "b"]}, {"aliases": ["a"]}, {"aliases": ["b"]}, {"aliases": []}),
        ({"aliases": ["a", "b"]}, {"aliases": ["a"]}, {}, {}),
        ({}, {"ships": ["fram"]}, {"ships": ["gjoa", "fram"]}, {"ships": ["gjoa", "fram"]}),
        # rows
        (rows(CALLAO), rows(CALLAO, RAROIA), rows(CALLAO, PAPEETE), rows(CALLAO, RAROIA, PAPEETE)),
        (rows(CALLAO, RAROIA), rows(RAROIA), rows(CALLAO, RAROIA, HILO), rows(RAROIA, HILO)),
        (rows(CALLAO, RAROIA), rows(CALLAO), rows(RAROIA), {"landings": []}),
        (rows(CALLAO, RAROIA), {}, rows(CALLAO, RAROIA, HILO), rows(HILO)),
        (
            rows(CALLAO, RAROIA),
            rows({**CALLAO, "to": "1948"}, RAROIA),
            rows(RAROIA, {**CALLAO, "note": "calm"}),
            rows(RAROIA, {**CALLAO, "to": "1948", "note": "calm"}),
        ),
        # 33: the same row added on both sides
        (rows(), rows(CALLAO), rows(CALLAO, HILO), rows(CALLAO, HILO)),
        (
            rows(),
            rows(landing(to="1948"), HILO),
            rows(landing(note="calm")),
            rows(landing(to="1948", note="calm"), HILO),
        ),
        # 34: changed key fields here, another field there
        (
            rows(CALLAO),
            rows({**CALLAO, "from": "1948", "port": "lima"}),
            rows({**CALLAO, "note": "calm"}),
            rows({**CALLAO, "from": "1948", "port": "lima", "note": "calm"}),
        ),
        # … and an id that was left out, which the row keeps
        (
            rows(CALLAO),
            rows({**CALLAO, "note": "calm"}),
            rows(landing(begin="1947", to="1948")),
            rows({**CALLAO, "note": "calm", "to": "1948"}),
        ),
        # without ids: by list key, else by content
        (
            rows(landing(), landing("hilo")),
            rows(landing(note="calm"), landing("hilo")),
            rows(landing("hilo"), landing(to="1948")),
            rows(landing("hilo"), landing(note="calm", to="1948")),
        ),
        (
            {"remarks": [{"text": "a"}, {"text": "b"}]},
            {"remarks": [{"text": "b"}, {"text": "c"}]},
            {"remarks": [{"text": "x"}, {"text": "a"}, {"text": "b"}]},
            {"remarks": [{"text": "x"}, {"text": "b"}, {"text": "c"}]},
        ),
        # citations in a row
        (
            rows({**CALLAO, "cites": [cite("log"), cite("map")]}),
            rows({**CALLAO, "cites": [cite("log", locator="2"), cite("log"), cite("map")]}),
            rows({**CALLAO, "cites": [cite("log", quote="Land!")]}),
            rows({**CALLAO, "cites": [cite("log", locator="2"), cite("log", quote="Land!")]}),
        ),
        # unknown fields, kept and merged whole
        (
            {"old": {"a": 1}},
            {"old": {"a": 2}},
            {"old": {"a": 1}, "new": [1]},
            {"old": {"a": 2}, "new": [1]},
        ),
        # the wrong form
        (
            {"aliases": "a"},
            {"aliases": ["b"]},
            {"aliases": "a", "crew": 6},
            {"aliases": ["b"], "crew": 6},
        ),
    ],
)
def test_what_either_side_changed_is_in_the_merged_document(base, theirs, mine, expected):
    found = merged(base, theirs, mine)

    assert conflicts(found) == []
    assert found.document == voyage(**expected)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        # 31: the same field, different
        (
            {"left": "1947"},
            {"left": "1948"},
            {"left": "1949"},
            [("left", "edit-edit", "1947", "1948", "1949")],
        ),
        ({}, {"left": "1948"}, {"left": "1949"}, [("left", "add-add", None, "1948", "1949")]),
        ({"left": "1947"}, {}, {"left": "1949"}, [("left", "delete-edit", "1947", None, "1949")]),
        ({"left": "1947"}, {"left": "1948"}, {}, [("left", "edit-delete", "1947", "1948", None)]),
        ({"value": 2}, {"value": 1}, {"value": True}, [("value", "edit-edit", 2, 1, True)]),
        (
            {"berth": {"city": "Oslo"}},
            {},
            {"berth": {"city": "Bergen"}},
            [("berth", "delete-edit", {"city": "Oslo"}, None, {"city": "Bergen"})],
        ),
        (
            {"numbers": {"a": "1"}},
            {"numbers": {"a": "2"}},
            {},
            [("numbers.a", "edit-delete", "1", "2", None)],
        ),
        # 32: delete against edit of a row
        (
            rows(CALLAO, RAROIA),
            rows(RAROIA),
            rows({**CALLAO, "to": "1948"}, RAROIA),
            [("landings[0]", "delete-edit", CALLAO, None, {**CALLAO, "to": "1948"})],
        ),
        (
            rows(CALLAO, RAROIA),
            rows(CALLAO, {**RAROIA, "to": "1948"}),
            rows(CALLAO),
            [("landings[1]", "edit-delete", RAROIA, {**RAROIA, "to": "1948"}, None)],
        ),
        # … of all rows
        (
            rows(CALLAO, RAROIA),
            {},
            rows({**CALLAO, "to": "1948"}, RAROIA),
            [("landings[0]", "delete-edit", CALLAO, None, {**CALLAO, "to": "1948"})],
        ),
        # … of rows that stood in the same place
        (
            rows(CALLAO, RAROIA, HILO),
            rows({**CALLAO, "to": "1948"}, {**RAROIA, "to": "1948"}),
            rows({**HILO, "to": "1948"}),
            [
                ("landings[0]", "edit-delete", CALLAO, {**CALLAO, "to": "1948"}, None),
                ("landings[0] (2)", "edit-delete", RAROIA, {**RAROIA, "to": "1948"}, None),
                ("landings[0] (3)", "delete-edit", HILO, None, {**HILO, "to": "1948"}),
            ],
        ),
        # 33: the same row added on both sides, in different ways
        (
            rows(),
            rows(landing(to="1948", note="calm"), HILO),
            rows(RAROIA, landing(to="1949", note="calm")),
            [("landings[1].to", "add-add", None, "1948", "1949")],
        ),
        # 34: changed key fields on both sides
        (
            rows(CALLAO),
            rows({**CALLAO, "from": "1948"}),
            rows({**CALLAO, "from": "1949"}),
            [("landings[0].from", "edit-edit", "1947", "1948", "1949")],
        ),
        # citations, by source and locator
        (
            rows({**CALLAO, "cites": [cite("log", quote="a"), cite("map")]}),
            rows({**CALLAO, "cites": [cite("map"), cite("log", quote="b")]}),
            rows({**CALLAO, "cites": [cite("log", quote="c"), cite("map")]}),
            [("landings[0].cites[1].quote", "edit-edit", "a", "b", "c")],
        ),
        # unknown fields, as a whole
        (
            {"old": {"a": 1, "b": 1}},
            {"old": {"a": 2, "b": 1}},
            {"old": {"a": 1, "b": 2}},
            [("old", "edit-edit", {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2})],
        ),
        # the wrong form
        (rows(), rows(CALLAO), {"landings": "?"}, [("landings", "edit-edit", [], [CALLAO], "?")]),
        ({}, {"berth": {"city": 1}}, {"berth": 3}, [("berth", "add-add", None, {"city": 1}, 3)]),
    ],
)
def test_what_both_changed_differently_is_a_conflict_and_mine_stands_until_it_is_decided(
    base, theirs, mine, expected
):
    found = merged(base, theirs, mine)

    assert conflicts(found) == expected
    assert resolved(found, {place: "mine" for place, *_ in expected}) == found.document
    for conflict in found.conflicts:
        if conflict.mine is not None:
            assert value_at(found.document, conflict.path) == conflict.mine


def test_a_conflict_names_the_row_it_is_in():
    base, theirs, mine = (
        rows({**CALLAO, "note": note, "cites": [cite("log", quote=note)]}) for note in "abc"
    )

    found = merged({"log": "a", **base}, {"log": "b", **theirs}, {"log": "c", **mine})

    assert [(c.place, c.label, c.statement, c.is_markdown) for c in found.conflicts] == [
        ("log", "log", None, True),
        ("landings[0].note", "callao · shelter", "c", True),
        ("landings[0].cites[0].quote", "callao · shelter", "c", False),
    ]
    assert all(conflict.path == path_of(conflict.place) for conflict in found.conflicts)


def test_a_row_keeps_to_its_id_although_another_took_its_list_key():
    replaced = {**CALLAO, "id": "new", "note": "another"}

    found = merged(rows(CALLAO), rows(replaced), rows({**CALLAO, "note": "calm"}))

    assert found.document["landings"] == [replaced, {**CALLAO, "note": "calm"}]
    assert conflicts(found) == [
        ("landings[1]", "delete-edit", CALLAO, None, {**CALLAO, "note": "calm"})
    ]


# --- the order of rows -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        # what theirs added follows what it follows there
        ("ab", "axb", "aby", "axby"),
        ("ab", "xab", "yab", "xyab"),
        ("ab", "abx", "bya", "bxya"),
        ("abc", "abxyc", "acb", "acbxy"),
        ("abc", "abxc", "acz", "axcz"),  # b, which mine deleted, stood between
        ("", "xy", "yz", "xyz"),
        # moves of theirs, where mine did not move
        ("abc", "cab", "abcz", "cabz"),
        ("abc", "bca", "zabc", "zbca"),
        # moves of mine stand
        ("abc", "abcx", "cab", "cxab"),
        ("abc", "bacx", "cab", "bcxa"),  # c moved in mine, b in theirs alone
        ("abcd", "bacd", "abdc", "badc"),  # each moved other rows
    ],
)
def test_rows_have_an_order_that_both_sides_recognise(base, theirs, mine, expected):
    versions = (
        voyage(landings=[landing(f"port-{name}", id=name) for name in names])
        for names in (base, theirs, mine)
    )

    found = merge(Voyage, *versions)

    assert "".join(row["id"] for row in found.document["landings"]) == expected
    assert found.conflicts == ()


# --- texts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        ("a\n\nb\n\nc", "x\n\nb\n\nc", "a\n\nb\n\ny", "x\n\nb\n\ny"),
        ("a\n\nb", "a\n\nb\n\nc", "x\n\nb", "x\n\nb\n\nc"),
        ("a\n\nb\n\nc", "b\n\nc", "a\n\nb\n\nc\n", "b\n\nc\n"),
        ("a\nb\nc\nd\ne", "x\nb\ny\nd\nz", "x\nb\nc\nd\nz", "x\nb\ny\nd\nz"),  # some in common
    ],
)
def test_a_text_is_merged_by_lines(base, theirs, mine, expected):
    found = merged({"log": base}, {"log": theirs}, {"log": mine})

    assert found.document["log"] == expected
    assert found.conflicts == ()


def test_a_long_text_is_merged_by_lines_too():
    base = [line for number in range(2000) for line in (f"Paragraph {number}.", "")]
    theirs = ["New.", *base[:100], *base[102:]]
    mine = [*base[:3000], "Another.", "", *base[3000:], "The end."]

    found = merged(*({"log": "\n".join(text)} for text in (base, theirs, mine)))

    assert found.conflicts == ()
    both = ["New.", *base[:100], *base[102:3000], "Another.", "", *base[3000:], "The end."]
    assert found.document["log"] == "\n".join(both)


def test_where_both_changed_a_line_either_choice_keeps_what_was_changed_elsewhere():
    found = merged(
        {"log": "a\n\nb\n\nc\n\nd"},
        {"log": "a, theirs\n\nb\n\nc, theirs\n\nd"},
        {"log": "a\n\nb\n\nc, mine\n\nd, mine"},
    )

    (conflict,) = found.conflicts
    assert (conflict.place, conflict.kind, conflict.is_markdown) == ("log", "edit-edit", True)
    assert found.document["log"] == "a, theirs\n\nb\n\nc, mine\n\nd, mine" == conflict.mine
    chosen = resolved(found, {"log": "theirs"})
    assert chosen["log"] == "a, theirs\n\nb\n\nc, theirs\n\nd, mine" == conflict.theirs


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "is_shown_by_words"),
    [
        ("a\nb", "x\nb", "a\ny", True),  # lines next to each other
        ("a", "a\nx", "a\ny", True),
        (None, "a", "b", True),
        ("a", None, "b", False),
    ],
)
def test_changes_of_a_text_that_touch_are_a_conflict(base, theirs, mine, is_shown_by_words):
    versions = ({"log": text} if text else {} for text in (base, theirs, mine))

    found = merged(*versions)

    assert [(c.place, c.is_markdown) for c in found.conflicts] == [("log", is_shown_by_words)]
    assert found.document["log"] == mine


# --- whole documents -------------------------------------------------------------------------


def test_two_creations_of_one_entry_are_compared_field_by_field():
    found = merge(Voyage, None, voyage(left="1947", crew=6), voyage(left="1948", log="x"))

    assert conflicts(found) == [("left", "add-add", None, "1947", "1948")]
    assert found.document == voyage(left="1948", crew=6, log="x")


def test_a_deleted_document_that_the_other_side_edited_is_a_conflict():
    base, edited = voyage(), voyage(crew=6)

    theirs_gone, mine_gone = merge(Voyage, base, None, edited), merge(Voyage, base, edited, None)

    assert conflicts(theirs_gone) == [("", "delete-edit", base, None, edited)]
    assert (theirs_gone.document, resolved(theirs_gone, {"": "theirs"})) == (edited, {})
    assert conflicts(mine_gone) == [("", "edit-delete", base, edited, None)]
    assert (mine_gone.document, resolved(mine_gone, {"": "theirs"})) == ({}, edited)


def test_a_deleted_document_that_the_other_side_left_alone_is_deleted():
    assert merge(Voyage, voyage(), None, voyage()).document == {}
    assert merge(Voyage, voyage(), voyage(), None).document == {}
    assert merge(Voyage, voyage(), None, None).conflicts == ()


def test_a_merge_tells_which_fields_each_side_changed():
    found = merged(
        {"left": "1947", "crew": 6, "value": 1, **rows(CALLAO)},
        {"left": "1948", "value": True, **rows({**CALLAO, "to": "1948"})},
        {"left": "1948", "crew": 6, "value": 1, "log": "x", **rows(CALLAO)},
    )

    assert found.theirs_fields == {"left", "crew", "value", "landings"}
    assert found.mine_fields == {"left", "log"}


# --- decisions -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "expected"),
    [
        ({"left": "1947"}, {"left": "1948"}, {"left": "1949"}, {"left": "1948"}),
        ({"left": "1947"}, {}, {"left": "1949"}, {}),
        ({"numbers": {"a": "1"}}, {"numbers": {"a": "2"}}, {}, {"numbers": {"a": "2"}}),
        ({"numbers": {"a": "1"}}, {}, {"numbers": {"a": "2"}}, {}),
        (
            {"field_cites": {"left": [cite("log")]}},
            {"field_cites": {"left": [cite("log", quote="a")]}},
            {},
            {"field_cites": {"left": [cite("log", quote="a")]}},
        ),
        (
            rows({"id": "c", "to": "1"}, RAROIA),
            rows({"id": "c"}, {**RAROIA, "to": "1"}),
            rows({"id": "c", "to": "2"}),
            rows({"id": "c"}, {**RAROIA, "to": "1"}),
        ),
        (
            rows(CALLAO, RAROIA, PAPEETE, HILO),
            rows({**CALLAO, "to": "1"}, {**RAROIA, "to": "1"}, {**HILO, "to": "1"}),
            rows({**PAPEETE, "to": "2"}, {**HILO, "to": "2"}),
            rows({**CALLAO, "to": "1"}, {**RAROIA, "to": "1"}, {**HILO, "to": "1"}),
        ),
    ],
)
def test_theirs_can_be_chosen_everywhere(base, theirs, mine, expected):
    found = merged(base, theirs, mine)

    chosen = resolved(found, {conflict.place: "theirs" for conflict in found.conflicts})

    assert found.conflicts
    assert chosen == voyage(**expected)


def test_each_conflict_is_decided_by_itself_and_the_merged_document_stays_as_it_is():
    base, theirs, mine = (rows(CALLAO, {**HILO, "note": note}) for note in "abc")
    found = merged(
        {"left": "1", "crew": 6, **base},
        {"left": "2", "crew": 7, **theirs},
        {"left": "3", "crew": 8, **mine},
    )

    chosen = resolved(found, {"left": "theirs", "crew": "mine", "landings[1].note": "theirs"})

    assert chosen == voyage(left="2", crew=8, **theirs)
    assert found.document == voyage(left="3", crew=8, **mine)


def test_an_undecided_conflict_is_named():
    found = merged({"left": "1", "crew": 1}, {"left": "2", "crew": 2}, {"left": "3", "crew": 3})

    with pytest.raises(Undecided, match="Both sides changed “crew”") as raised:
        resolved(found, {"left": "mine", "elsewhere": "mine"})

    assert raised.value.places == ("crew",)


# --- any documents ---------------------------------------------------------------------------

scalars = (
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from([0.5, 1.0, "a", "b", "a\nb"])
)
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "port", "cites", "a.b"]), inner, max_size=3)
    ),
    max_leaves=6,
)
texts = st.lists(st.sampled_from("abc"), min_size=1, max_size=5).map("\n".join)
cites = st.lists(
    st.fixed_dictionaries(
        {"source": st.sampled_from("st")}, optional={"quote": st.sampled_from("pq")}
    ),
    max_size=2,
    unique_by=lambda row: row["source"],
)
landings = st.lists(
    st.fixed_dictionaries(
        {"port": st.sampled_from("abcd")},
        optional={"to": st.sampled_from("12"), "note": texts, "cites": cites},
    ),
    max_size=4,
    unique_by=lambda row: row["port"],
)
statements = landings.map(lambda rows: [{"id": f"i-{row['port']}", **row} for row in rows])
drafts = st.fixed_dictionaries(
    {},
    optional={
        "left": st.sampled_from("12"),
        "log": texts,
        "aliases": st.lists(st.sampled_from("abc"), max_size=3, unique=True),
        "berth": st.fixed_dictionaries({}, optional={"city": st.sampled_from("xy")}),
        "landings": landings | statements,
        "numbers": st.dictionaries(st.sampled_from("ab"), st.sampled_from("12"), max_size=2),
        "field_cites": st.dictionaries(st.sampled_from("ab"), cites, max_size=2),
    },
)
odd_drafts = st.dictionaries(
    st.sampled_from(["log", "aliases", "berth", "landings", "numbers", "field_cites", "?"]),
    anything,
    max_size=4,
)
documents = (
    st.none()
    | drafts
    | odd_drafts
    | st.tuples(drafts, odd_drafts).map(lambda both: {**both[0], **both[1]})
)


def unordered(value: Any) -> Any:
    """Equal for values that differ in the order of their rows alone, or in what is empty."""
    if isinstance(value, dict):
        inner = {name: unordered(each) for name, each in value.items()}
        return {name: each for name, each in inner.items() if each not in ([], {})}
    if isinstance(value, list):
        return sorted(map(unordered, value), key=canonical_json)
    return value


@given(documents, documents)
def test_what_one_side_left_alone_is_as_the_other_has_it(base, changed):
    for found in (
        merge(Voyage, base, changed, base),
        merge(Voyage, base, base, changed),
        merge(Voyage, base, changed, changed),
    ):
        assert canonical_json(found.document) == canonical_json(changed or {})
        assert found.conflicts == ()


@given(documents, documents, documents)
def test_any_documents_can_be_merged_and_any_conflict_decided(base, theirs, mine):
    before = canonical_json([base, theirs, mine])

    found = merge(Voyage, base, theirs, mine)

    places = [conflict.place for conflict in found.conflicts]
    assert len(set(places)) == len(places)
    assert resolved(found, dict.fromkeys(places, "mine")) == found.document
    resolved(found, dict.fromkeys(places, "theirs"))
    assert canonical_json([base, theirs, mine]) == before


@given(drafts, drafts, drafts)
def test_to_choose_theirs_is_to_choose_mine_with_the_sides_exchanged(base, theirs, mine):
    there, back = merge(Voyage, base, theirs, mine), merge(Voyage, base, mine, theirs)

    chosen = resolved(there, {conflict.place: "theirs" for conflict in there.conflicts})

    assert unordered(chosen) == unordered(back.document)
    assert len(there.conflicts) == len(back.conflicts)
    assert there.theirs_fields == back.mine_fields


@given(drafts, drafts, drafts)
def test_the_order_of_the_sides_is_no_matter_where_they_do_not_meet(base, theirs, mine):
    found = merge(Voyage, base, theirs, mine)
    assume(not found.conflicts)

    assert unordered(found.document) == unordered(merge(Voyage, base, mine, theirs).document)
    assert merge(Voyage, base, mine, theirs).conflicts == ()


@given(drafts, drafts, drafts)
def test_every_value_that_a_side_added_is_in_the_document_or_in_a_conflict(base, theirs, mine):
    found = merge(Voyage, base, theirs, mine)

    kept = scalars_in(found.document) | scalars_in([c.theirs for c in found.conflicts])
    assert scalars_in(theirs) - scalars_in(base) <= kept
    assert scalars_in(mine) - scalars_in(base) <= kept


def scalars_in(value: Any) -> set[Any]:
    """Every line of text in a value."""
    if isinstance(value, dict):
        return scalars_in(list(value.values()))
    if isinstance(value, list):
        return {each for inner in value for each in scalars_in(inner)}
    return set(str(value).split("\n"))


@pytest.mark.parametrize("most", [0, 2, 500])  # lines that are compared each with each
@given(texts, texts, texts)
def test_lines_that_one_side_alone_changed_are_as_it_has_them(most, base, theirs, mine):
    with patch.object(lines, "MOST_LINES", most):
        by_theirs, by_mine = merged_texts(base, theirs, mine)

        assert merged_texts(base, mine, theirs) == (by_mine, by_theirs)
        assert merged_texts(base, base, mine) == (mine, mine)
        assert merged_texts(base, theirs, base) == (theirs, theirs)
        added = (scalars_in(theirs) | scalars_in(mine)) - scalars_in(base)
        assert added <= scalars_in([by_theirs, by_mine])
