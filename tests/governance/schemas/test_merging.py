"""Two changes of one entry made one: which rows of our kinds are the same row."""

from typing import Any

import pytest

from governance.schemas.body import Body
from governance.schemas.instrument import Instrument
from governance.schemas.parts import SourcedDocument
from governance.schemas.proposal import Proposal
from kb.documents.merge import merge

YEARS_1 = {"from": "2025", "to": "2030"}
YEARS_2 = {"from": "2031", "to": "2035"}


@pytest.mark.parametrize(
    ("schema", "name", "row", "told_apart_by"),
    [
        (
            Body,
            "memberships",
            {"actor": "france", "role": "member", "from": "1954"},
            {"actor": "italy", "role": "observer", "from": "1955"},
        ),
        (
            Proposal,
            "positions",
            {"actor": "france", "date": "2025"},
            {"actor": "italy", "date": "2026"},
        ),
        (
            Instrument,
            "participation",
            {"actor": "france", "action": "made-reservation", "date": "1970", "part": "Article 1"},
            {"actor": "italy", "action": "signed", "date": "1971", "part": "Article 2"},
        ),
        (
            Body,
            "figures",
            {"metric": "budget", "year": 2025, "unit": "CHF"},
            {"metric": "construction-cost", "year": 2026, "unit": "EUR"},
        ),
        (
            Body,
            "figures",
            {"metric": "budget", "period": YEARS_1, "unit": "CHF"},
            {"period": YEARS_2},
        ),
        (Proposal, "arguments", {"id": "cost"}, {"id": "speed"}),
        (
            Body,
            "links",
            {"relation": "related", "target": "itu", "from": "1990"},
            {"relation": "part-of", "target": "iaea", "from": "1991"},
        ),
        (
            Body,
            "cites",
            {"source": "charter", "locator": "p. 1"},
            {"source": "x", "locator": "p. 2"},
        ),
        (
            Body,
            "milestones",
            {"date": "1954", "title": "Founded"},
            {"date": "1955", "title": "Moved"},
        ),
    ],
)
def test_rows_are_one_row_exactly_where_their_list_key_is_the_same(
    schema: type[SourcedDocument], name: str, row: dict[str, Any], told_apart_by: dict[str, Any]
):
    def merged(other: dict[str, Any]) -> Any:
        theirs, mine = ({name: [{**each, "x": side}]} for each, side in ((row, "1"), (other, "2")))
        return merge(schema, {}, theirs, mine)

    assert [conflict.place for conflict in merged(row).conflicts] == [f"{name}[0].x"]
    for field, other_value in told_apart_by.items():
        found = merged({**row, field: other_value})
        assert (found.conflicts, len(found.document[name])) == ((), 2), field


def test_the_design_and_the_identifiers_are_merged_feature_by_feature():
    charter, press = {"source": "charter"}, {"source": "press"}
    purpose = {"text": "Peace.\n\nScience.", "cites": [charter]}

    found = merge(
        Body,
        {"design": {"purpose": purpose}, "identifiers": {"wikidata": "Q1"}},
        {
            "design": {"purpose": {**purpose, "text": "Peace.\n\nScience for all."}},
            "identifiers": {"wikidata": "Q2", "ror": "r"},
        },
        {
            "design": {
                "purpose": {"text": "Lasting peace.\n\nScience.", "cites": [charter, press]},
                "funding": {"text": "Dues.", "cites": [press]},
            },
            "identifiers": {"wikidata": "Q3"},
        },
    )

    assert [conflict.place for conflict in found.conflicts] == ["identifiers.wikidata"]
    assert found.document == {
        "identifiers": {"wikidata": "Q3", "ror": "r"},
        "design": {
            "purpose": {
                "text": "Lasting peace.\n\nScience for all.",
                "cites": [charter, press],
            },
            "funding": {"text": "Dues.", "cites": [press]},
        },
    }
