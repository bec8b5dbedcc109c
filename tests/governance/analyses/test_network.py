"""Networks of small worlds whose answer is known, and what holds in any of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from governance.analyses.network import Chosen, Neighbour, Reach, Tie, chosen, network, places
from governance.analyses.network_files import written

KEYS = [f"e-{number}" for number in range(9)]
TIES = st.lists(
    st.builds(Tie, st.sampled_from(KEYS), st.sampled_from(KEYS), st.sampled_from(["a", "b"])),
    max_size=20,
)


def near_of(*pairs):
    return [Neighbour(key, ties) for key, ties in pairs]


def made(ties, around="e-0"):
    """The network of all entries that these ties reach in two steps."""
    near = {end for tie in ties for end in _other_ends(tie, around)} - {around}
    reaches = [Reach(one, far) for tie in ties for one in near for far in _other_ends(tie, one)]
    picked = chosen(around, [Neighbour(key, 1) for key in near], reaches)
    return network(around, picked, ties)


def _other_ends(tie, key):
    ends = (tie.source, tie.target)
    return [ends[1 - place] for place in (0, 1) if ends[place] == key]


def test_those_with_most_ties_are_shown_and_the_others_counted():
    found = chosen("cern", near_of(("a", 1), ("b", 3), ("c", 2)), most_near=2)

    assert found == Chosen({"cern": 0, "b": 1, "c": 1}, near_left_out=1)


def test_of_equals_the_better_known_is_shown():
    near = [Neighbour("a", 1, 0.1), Neighbour("z", 1, 5.0)]

    assert list(chosen("cern", near, most_near=1).steps) == ["cern", "z"]


def test_two_steps_away_those_that_join_most_come_first():
    reaches = [Reach("a", "lonely"), Reach("a", "shared"), Reach("b", "shared")]

    found = chosen("cern", near_of(("a", 1), ("b", 1)), reaches, most_far=1)

    assert found.steps == {"cern": 0, "a": 1, "b": 1, "shared": 2}
    assert found.far_left_out == 1


def test_who_is_one_step_away_is_never_two():
    reaches = [Reach("a", "b"), Reach("a", "cern"), Reach("unseen", "c")]

    found = chosen("cern", near_of(("a", 2), ("b", 1)), reaches)

    assert found.steps == {"cern": 0, "a": 1, "b": 1}


def test_ties_beyond_the_bound_are_counted_and_those_they_alone_held_are_left_out():
    picked = Chosen({"cern": 0, "a": 1, "b": 2})
    ties = [Tie("cern", "a", "related"), Tie("a", "b", "related"), Tie("x", "a", "related")]

    found = network("cern", picked, ties, most_ties=1)

    assert found.steps == {"cern": 0, "a": 1}
    assert found.left_out == {"near": 0, "far": 1, "ties": 1}


def test_an_entry_without_ties_stands_alone_in_the_middle():
    found = network("cern", chosen("cern", []), [])

    assert places(found) == {"cern": (0.5, 0.5)}


@settings(deadline=None)  # the first call imports networkx
@given(TIES, st.randoms())
def test_the_order_of_the_ties_does_not_matter(ties, random):
    found = made(ties)

    again = made(random.sample(ties, len(ties)))

    assert (again, places(again)) == (found, places(found))


@settings(deadline=None)
@given(TIES)
def test_everything_that_is_shown_has_a_place_in_the_square(ties):
    network = made(ties)

    found = places(network)

    assert set(found) == set(network.steps)
    assert all(0 <= part <= 1 for place in found.values() for part in place)


@given(TIES)
def test_every_entry_but_the_middle_has_a_tie_and_every_tie_has_both_ends(ties):
    found = made(ties)

    ends = {end for tie in found.ties for end in (tie.source, tie.target)}
    assert ends | {"e-0"} == set(found.steps)


@pytest.mark.parametrize("newcomer", ["n-1", "n-2", "n-3"])
def test_one_more_entry_moves_the_others_little(newcomer):
    ties = [Tie("e-0", key, "related") for key in KEYS[1:]]
    before = places(made(ties))

    after = places(made([*ties, Tie("e-0", newcomer, "related")]))

    moved = [abs(before[key][axis] - after[key][axis]) for key in before for axis in (0, 1)]
    assert max(moved) < 0.25


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_other_programs_read_back_every_entry_and_tie(form, tmp_path):
    import networkx as nx  # type: ignore[import-untyped]  # it has no types

    ties = [Tie("e-0", "e-1", "related", "l-1"), Tie("e-1", "e-0", "memberships.actor", "m-1")]
    shown = {key: {"key": key, "kind": "body", "name": f"“{key}” & <co>"} for key in KEYS}

    file = tmp_path / "network"
    file.write_text(written(made(ties), shown, form), encoding="utf-8")

    read = nx.read_graphml(file) if form == "graphml" else nx.read_gexf(file)
    assert sorted(read.nodes) == ["e-0", "e-1"]
    assert read.nodes["e-1"]["label"] == "“e-1” & <co>"
    assert sorted(data["relation"] for *_, data in read.edges(data=True)) == [
        "memberships.actor",
        "related",
    ]


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_the_same_network_is_the_same_bytes(form):
    ties = [Tie("e-0", "e-1", "related", "l-1"), Tie("e-2", "e-0", "related", "l-2")]
    shown = {key: {"key": key, "kind": "body", "name": key} for key in KEYS}

    assert written(made(ties), shown, form) == written(made(ties[::-1]), shown, form)
    assert "lastmodified" not in written(made(ties), shown, form)
