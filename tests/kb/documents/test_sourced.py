"""Which statements of a document can be compared with a source."""

from typing import Any

import pytest

from governance.schemas import Body
from kb.documents.sourced import sourced

CITES = [{"source": "press"}]
OTHERS = [{"source": "press", "locator": "p. 3"}]
BODY: dict[str, Any] = {
    "kind": "body",
    "key": "observatory",
    "name": "Observatory",
    "summary": "Looks at stars.",
    "founded": "1962",
    "design": {"funding": {"text": "By its members.", "cites": CITES}},
    "memberships": [
        {"id": "m-one", "actor": "ruritania", "role": "member", "cites": CITES},
        {"actor": "graustark", "role": "member", "cites": CITES},
    ],
    "links": [{"id": "l-one", "relation": "related", "target": "cern"}],
    "field_cites": {"founded": OTHERS},
    "cites": CITES,
}


def found(document=BODY):
    return {each.name: each for each in sourced(Body, document)}


def test_rows_fields_with_citations_and_the_summary_are_statements():
    assert list(found()) == ["founded", "summary", "design.funding", "m-one"]


def test_a_statement_is_what_it_says_and_what_it_cites():
    founded, member = found()["founded"], found()["m-one"]

    assert (founded.says, founded.cites, founded.field) == ("1962", OTHERS, "founded")
    assert (member.field, member.cites) == ("memberships", CITES)
    assert "cites" not in member.says


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("summary", {"summary": "Looks at the sky."}),
        ("summary", {"cites": OTHERS}),
        ("founded", {"field_cites": {"founded": CITES}}),
        ("design.funding", {"design": {"funding": {"text": "By all.", "cites": CITES}}}),
        ("m-one", {"memberships": [{**BODY["memberships"][0], "role": "observer"}]}),
        ("m-one", {"memberships": [{**BODY["memberships"][0], "cites": OTHERS}]}),
    ],
)
def test_its_hash_changes_with_it(name, changed):
    assert found({**BODY, **changed})[name].content_hash != found()[name].content_hash


def test_its_hash_stays_when_others_change_or_rows_move():
    moved = {**BODY, "name": "X", "memberships": list(reversed(BODY["memberships"]))}

    assert found(moved)["m-one"].content_hash == found()["m-one"].content_hash
