"""The map of ideas in small worlds whose answer is known, and what holds in any of them."""

from hypothesis import given
from hypothesis import strategies as st

from governance.analyses.ideas import ideas

ROWS = ("f:research", "f:rules", "d:money")
COLUMNS = ("f:research", "f:rules")
WORLD = {
    "one": ["f:research", "d:money"],
    "two": ["f:research", "d:money"],
    "three": ["f:rules"],
    "four": ["f:rules", "d:elsewhere"],
}


def counts_in(found):
    return {(pair.row, pair.column): pair.both for pair in found.pairs}


def test_each_pair_counts_the_proposals_that_have_both():
    found = ideas(WORLD, ROWS, COLUMNS)

    assert counts_in(found) == {
        ("f:research", "f:rules"): 0,
        ("f:rules", "f:research"): 0,
        ("d:money", "f:research"): 2,
        ("d:money", "f:rules"): 0,
    }
    assert found.counts == {"f:research": 2, "f:rules": 2, "d:money": 2}


def test_a_gap_is_what_nobody_proposes_though_chance_alone_would():
    gaps = ideas(WORLD, ROWS, COLUMNS).gaps

    assert [{gap.row, gap.column} for gap in gaps] == [
        {"d:money", "f:rules"},
        {"f:research", "f:rules"},
    ]
    assert all(gap.expected == 1.0 for gap in gaps)


def test_what_no_proposal_has_is_no_row_and_no_gap():
    found = ideas(WORLD, (*ROWS, "d:nothing"), COLUMNS)

    assert "d:nothing" not in found.rows
    assert ideas({}, ROWS, COLUMNS).pairs == []


FEATURES = st.sampled_from(["f:a", "f:b", "d:x", "d:y"])
WORLDS = st.dictionaries(st.text("pqrs", min_size=1, max_size=3), st.frozensets(FEATURES))
ALL = ("f:a", "f:b", "d:x", "d:y")


@given(WORLDS)
def test_rows_and_columns_commute(world):
    one = counts_in(ideas(world, ALL, ("f:a", "f:b")))
    other = counts_in(ideas(world, ("f:a", "f:b"), ALL))

    assert one == {(row, column): count for (column, row), count in other.items()}


@given(WORLDS)
def test_a_pair_is_never_more_than_either_and_silent_proposals_change_no_count(world):
    found = ideas(world, ALL, ALL)

    for pair in found.pairs:
        assert pair.both <= min(found.counts[pair.row], found.counts[pair.column])
    assert counts_in(ideas({**world, "silent": []}, ALL, ALL)) == counts_in(found)
