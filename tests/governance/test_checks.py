"""What the subject looks for beyond its schemas: rows of documents and what is found."""

from typing import Any

import pytest

from governance import checks
from kb.kinds import Checked

LABELS: dict[str, dict[str, Any]] = {
    "openai": {"key": "openai", "kind": "actor", "name": "OpenAI"},
    "france": {"key": "france", "kind": "actor", "name": "France"},
    "french-republic": {"key": "france", "kind": "actor", "name": "France"},  # merged
    "blog": {"key": "blog", "kind": "source", "publisher": "OpenAI Inc."},
    "letter": {"key": "letter", "kind": "source", "authors": ["OpenAI"], "publisher": "The Times"},
    "joint": {"key": "joint", "kind": "source", "authors": ["OpenAI", "Ada Example"]},
    "press": {"key": "press", "kind": "source", "publisher": "The Times"},
}
NAMES = {"openai": ["openai", "openai inc"], "france": ["france"], "french-republic": ["france"]}


def found(check, document):
    checked = Checked(document, LABELS.get, lambda key: NAMES.get(key, ()))
    return [(finding.place, finding.code) for finding in check(checked)]


def cites(*sources):
    return [{"source": source} for source in sources]


@pytest.mark.parametrize(
    ("proposed", "taken", "is_older"),
    [
        ("2023", "2022-12-31", True),
        ("2023-05", "2023", False),  # it may have been in May or after
        ("2023", "2023-01", False),
        ("2023", None, False),
        (None, "1990", False),
    ],
)
def test_a_position_is_older_than_its_proposal_only_for_certain(proposed, taken, is_older):
    row = {"id": "p-1", "actor": "openai", **({"date": taken} if taken else {})}
    document = {"positions": [row], **({"proposed": proposed} if proposed else {})}

    places = found(checks.positions_before_the_proposal, document)

    assert places == [("positions[0].date", "position-before-proposal")] * is_older


@pytest.mark.parametrize(
    ("other", "conflicts"),
    [
        ({"value": 20}, True),
        ({"value": 10}, False),
        ({"value": 20, "year": 2021}, False),
        ({"value": 20, "unit": "EUR"}, False),
        ({"value": 20, "metric": "construction-cost"}, False),
    ],
)
def test_figures_conflict_where_they_count_the_same_at_the_same_time(other, conflicts):
    first = {"metric": "budget", "unit": "CHF", "year": 2020, "value": 10}

    places = found(checks.conflicting_figures, {"figures": [first, first | other]})

    assert places == [("figures[1].value", "conflicting-figures")] * conflicts


def test_figures_of_one_period_conflict_too():
    row = {"metric": "budget", "unit": "CHF", "period": {"from": "2020", "to": "2024"}, "value": 1}

    assert found(checks.conflicting_figures, {"figures": [row, row | {"value": 2}]})


def test_each_disputed_value_is_named():
    document = {"disputed": [{"id": "d-1", "field": "founded", "value": "1953"}]}

    assert found(checks.disputed_values, document) == [("disputed[0]", "disputed-value")]


@pytest.mark.parametrize(
    ("second", "overlaps"),
    [
        ({"actor": "french-republic", "from": "1955"}, True),
        ({"actor": "french-republic", "from": "1961"}, False),
        ({"actor": "french-republic", "from": "1960"}, False),  # 1960 may follow on 1960
        ({"actor": "french-republic", "from": "1955", "role": "observer"}, False),
        ({"actor": "france", "from": "1955"}, False),  # the schema sees to one key
        ({"actor": "openai", "from": "1955"}, False),
    ],
)
def test_memberships_of_actors_that_were_merged_overlap_for_certain(second, overlaps):
    first = {"id": "m-1", "actor": "france", "role": "member", "from": "1954", "to": "1960"}
    document = {"memberships": [first, {"id": "m-2", "role": "member", **second}]}

    places = found(checks.overlapping_memberships, document)

    assert places == [("memberships[1]", "overlapping-memberships")] * overlaps


@pytest.mark.parametrize(
    ("row", "own"),
    [
        ({"cites": cites("blog")}, True),  # published by one of its names
        ({"cites": cites("letter")}, True),  # written by it
        ({"cites": cites("blog", "letter")}, True),
        ({"cites": cites("blog", "press")}, False),
        ({"cites": cites("joint")}, False),  # somebody else wrote it too
        ({"cites": cites("unknown")}, False),
        ({"cites": cites("blog"), "quote": "We support it."}, False),  # its own words are the point
        ({"cites": []}, False),
    ],
)
def test_a_statement_that_only_its_actor_makes(row, own):
    document = {"positions": [{"id": "p-1", "actor": "openai", **row}]}

    places = found(checks.own_word_of_actors, document)

    assert places == [("positions[0].cites", "own-word-only")] * own


@pytest.mark.parametrize(
    "names", [{"name": "OpenAI Inc."}, {"name": "X", "aliases": ["OpenAI Inc"]}]
)
def test_what_an_entry_says_of_itself_alone(names):
    figures = [{"id": "f-1", "cites": cites("blog")}, {"id": "f-2", "cites": cites("press")}]

    places = found(checks.own_word_of_itself, {**names, "figures": figures})

    assert places == [("figures[0].cites", "own-word-only")]


@pytest.mark.usefixtures("dataset")
def test_the_starter_knowledge_has_no_errors():
    from kb.editing.knowledge import refresh_findings_of_everything

    counted = refresh_findings_of_everything()

    assert [code for code, is_error in counted if is_error] == []
    assert counted["possible-duplicate", False] > 10
