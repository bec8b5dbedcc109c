"""Vocabularies, and the term that was probably meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.vocabulary import Term, Vocabulary, nearest

STANCES = Vocabulary(
    "stances",
    "Stances",
    "How somebody stands on a proposal.",
    (
        Term("supports", "Supports", "Is for it."),
        Term("supports-with-conditions", "Supports with conditions", "Is for it, if."),
        Term("opposes", "Opposes", "Is against it."),
    ),
)


def test_a_vocabulary_knows_its_terms_in_their_order():
    assert STANCES.values == ("supports", "supports-with-conditions", "opposes")
    assert [term.label for term in STANCES][-1] == "Opposes"
    assert STANCES["opposes"].definition == "Is against it."
    assert "opposes" in STANCES
    assert "oppose" not in STANCES
    assert len(STANCES) == 3


def test_a_former_term_is_its_own_label():
    assert STANCES.label_of("opposes") == "Opposes"
    assert STANCES.label_of("abstains") == "abstains"


def test_a_vocabulary_with_a_doubled_term_is_refused():
    with pytest.raises(ValueError, match="two terms have the same value"):
        Vocabulary("x", "X", "x", (Term("a", "A", "a"), Term("a", "B", "b")))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("suports", "supports"),
        ("Supports", "supports"),
        ("supports_with_conditions", "supports-with-conditions"),
        ("with conditions", "supports-with-conditions"),
        ("oposes", "opposes"),
        ("opposed", "opposes"),
        ("against", None),
        ("", None),
        ("x" * 100_000, None),
    ],
)
def test_the_nearest_term_is_the_one_that_was_meant(written, meant):
    assert nearest(written, STANCES.values) == meant


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, unique_by=str.casefold), st.data())
def test_a_term_is_nearest_to_itself_or_to_one_that_looks_the_same(choices, data):
    chosen = data.draw(st.sampled_from(choices))

    found = nearest(chosen, choices)

    assert found is not None
    assert found in choices
