"""References in a document, their expansion, and the order of fields."""

from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.plans import plan
from kb.documents.schema import (
    Line,
    Mention,
    Part,
    expand,
    in_order,
    reference,
    references,
    validate,
)
from tests.voyages import Voyage, cite, landing, voyage

FULL = voyage(
    ships=["raft"],
    landings=[
        landing(id="l-1", cites=[cite("log-book", locator="p. 1"), cite("chart")]),
        landing("raroia"),
    ],
    remarks=[{"id": "r-1", "text": "x", "about": "crew"}],
    field_cites={"left": [cite("diary")]},
)


def test_every_reference_is_found_with_its_place_and_statement():
    assert list(references(Voyage, FULL)) == [
        Mention("raft", ("ship",), ("ships", 0), "ships", None),
        Mention("callao", ("port", "island"), ("landings", 0, "port"), "landings.port", "l-1"),
        Mention(
            "log-book",
            ("source",),
            ("landings", 0, "cites", 0, "source"),
            "landings.cites.source",
            "l-1",
        ),
        Mention(
            "chart",
            ("source",),
            ("landings", 0, "cites", 1, "source"),
            "landings.cites.source",
            "l-1",
        ),
        Mention("raroia", ("port", "island"), ("landings", 1, "port"), "landings.port", None),
        Mention("crew", (), ("remarks", 0, "about"), "remarks.about", "r-1"),
        Mention(
            "diary", ("source",), ("field_cites", "left", 0, "source"), "field_cites.source", None
        ),
    ]


def test_expanding_puts_a_label_in_the_place_of_each_reference():
    labels = {key: {"key": key, "name": key.title()} for key in ("raft", "callao", "log-book")}

    expanded = expand(Voyage, FULL, labels.get)

    assert expanded["ships"] == [{"key": "raft", "name": "Raft"}]
    assert expanded["landings"][0]["port"] == {"key": "callao", "name": "Callao"}
    assert expanded["landings"][0]["cites"] == [
        {"source": {"key": "log-book", "name": "Log-Book"}, "locator": "p. 1"},
        {"source": {"key": "chart"}},  # unknown: the key alone
    ]
    assert expanded["field_cites"]["left"][0]["source"] == {"key": "diary"}
    assert expanded["name"] == "Kon-Tiki"


def test_expanding_leaves_the_document_as_it_was():
    before = repr(FULL)

    expand(Voyage, FULL, lambda key: {"key": key, "name": key})

    assert repr(FULL) == before


def test_a_schema_without_references_expands_to_itself():
    class Note(Part):
        text: Annotated[str, Line(20)]

    assert expand(Note, {"text": "x"}, lambda _key: None) == {"text": "x"}
    assert list(references(Note, {"text": "x"})) == []


def test_references_are_found_in_every_shape_of_field():
    class Shapes(Part):
        one: Annotated[str, reference("a")]
        perhaps: Annotated[str, reference("b")] | None = None
        also: Annotated[str | None, reference("c")] = None
        many: list[Annotated[str, reference("d")]] | None = None
        named: dict[str, Annotated[str, reference("e")]] | None = None
        rows_by_name: dict[str, list["Inner"]] | None = None

    class Inner(Part):
        to: Annotated[str, reference("f")]

    Shapes.model_rebuild(_types_namespace={"Inner": Inner})
    document = validate(
        Shapes,
        {
            "one": "k-1",
            "perhaps": "k-2",
            "also": "k-3",
            "many": ["k-4", "k-5"],
            "named": {"y": "k-7", "x": "k-6"},
            "rows_by_name": {"z": [{"to": "k-8"}]},
        },
    )

    found = [(mention.key, mention.kinds) for mention in references(Shapes, document)]

    assert found == [
        ("k-1", ("a",)),
        ("k-2", ("b",)),
        ("k-3", ("c",)),
        ("k-4", ("d",)),
        ("k-5", ("d",)),
        ("k-6", ("e",)),
        ("k-7", ("e",)),
        ("k-8", ("f",)),
    ]


def test_a_field_that_is_either_text_or_rows_is_refused():
    class Either(Part):
        value: str | list[str]

    with pytest.raises(TypeError, match="either values, or fields, or rows"):
        plan(Either)


def test_fields_come_in_the_order_of_the_schema_and_unknown_ones_last():
    jumbled = {
        "retired_field": 1,
        "landings": [{"cites": [], "rank": "shelter", "port": "callao"}],
        "name": "x",
        "numbers": {"b": "1", "a": "2"},
        "kind": "voyage",
    }

    ordered = in_order(Voyage, jumbled)

    assert ordered == jumbled
    assert list(ordered) == ["kind", "name", "numbers", "landings", "retired_field"]
    assert list(ordered["landings"][0]) == ["port", "rank", "cites"]
    assert list(ordered["numbers"]) == ["a", "b"]


@given(st.permutations(list(FULL.items())))
def test_the_order_of_writing_does_not_matter(items: list[tuple[str, Any]]):
    assert repr(in_order(Voyage, dict(items))) == repr(in_order(Voyage, FULL))
