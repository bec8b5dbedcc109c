"""How many queries a page makes: no more for the largest entry than for the smallest."""

import pytest
from django.test import Client

from kb.publication import names, reading

pytestmark = pytest.mark.usefixtures("dataset")

AT_MOST = {
    ("/sources/b-abc-ireland-cern/", "/sources/i-untreaties-dataset/"): 5,
    ("/actors/daniela-diaconu/", "/actors/united-states/"): 9,
    ("/bodies/jet/", "/bodies/cern/"): 10,
    ("/instruments/uk-us-ai-safety-mou/", "/instruments/paris-agreement/"): 6,
    ("/events/waic-2023/", "/events/bletchley-summit-2023/"): 5,
    ("/bodies/jet/?on=1990-01-01", "/bodies/cern/?on=1990-01-01"): 12,
}

SENDERS = (
    (reading, "_execute_once"),
    (reading, "_stored_once"),
    (reading, "_prepared_once"),
    (names, "_labels"),
)


@pytest.fixture
def queries(monkeypatch):
    """What is sent to the database beneath the ORM."""
    sent: list[object] = []
    for module, name in SENDERS:
        send = getattr(module, name)

        def counted(asked, *args, _send=send, **options):
            sent.append(asked)
            return _send(asked, *args, **options)

        monkeypatch.setattr(module, name, counted)
    return sent


@pytest.mark.parametrize(("pair", "most"), AT_MOST.items())
def test_the_largest_entry_takes_no_more_queries_than_its_kind_allows(pair, most, queries):
    for path in pair:
        queries.clear()
        assert Client().get(path).status_code == 200
        assert len(queries) <= most, path


def test_a_copy_that_is_still_good_costs_one_query(queries):
    tag = Client().get("/bodies/cern/")["ETag"]
    queries.clear()

    answer = Client().get("/bodies/cern/", headers={"If-None-Match": tag})

    assert (answer.status_code, len(queries)) == (304, 1)
