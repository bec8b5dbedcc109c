"""How many queries an address makes: the same for one row as for many."""

import pytest
from django.test import Client

from kb.publication import reading

pytestmark = pytest.mark.usefixtures("dataset")

AT_MOST = {
    "/api/v1/entries?": 1,
    "/api/v1/entries?facets=true&": 2,
    "/api/v1/entries?topic=us-china&": 1,
    "/api/v1/entries?topic=us-china&kind=source&sort=-date&": 1,
    "/api/v1/changes?": 2,
    "/api/v1/entries/cern/links?": 3,
    "/api/v1/entries/cern/backlinks?": 3,
    "/api/v1/entries/cern/revisions?": 3,
    "/api/v1/search?q=laboratory&": 12,
}
ONCE = {
    "/api/v1/": 2,
    "/api/v1/status": 2,
    "/api/v1/entries/cern": 1,
    "/api/v1/entries/cern?include=links,backlinks": 4,
    "/api/v1/entries/cern/diff": 5,
    "/api/v1/vocabularies": 0,
    "/api/v1/openapi.json": 0,
}


@pytest.fixture
def queries(monkeypatch):
    """The statements that reading sends."""
    sent = []
    for name in ("_execute_once", "_stored_once", "_prepared_once"):
        execute = getattr(reading, name)

        def counted(sql, *args, _execute=execute, **options):
            sent.append(sql)
            return _execute(sql, *args, **options)

        monkeypatch.setattr(reading, name, counted)
    return sent


@pytest.mark.parametrize("address", AT_MOST)
def test_a_page_of_many_rows_takes_as_many_queries_as_a_page_of_one(
    address, queries, django_assert_num_queries
):
    counted = []
    for size in (1, 7, 100):
        queries.clear()
        with django_assert_num_queries(0):  # none beside those that reading sends
            assert Client().get(f"{address}page_size={size}").status_code == 200
        counted.append(len(queries))

    assert len(set(counted)) == 1
    assert counted[0] <= AT_MOST[address]


@pytest.mark.parametrize("address", ONCE)
def test_an_address_makes_few_queries(address, queries):
    assert Client().get(address).status_code == 200

    assert len(queries) <= ONCE[address]


def test_a_copy_that_is_still_good_takes_one_short_query(queries):
    etag = Client().get("/api/v1/entries/cern")["ETag"]
    queries.clear()

    assert Client().get("/api/v1/entries/cern", headers={"if-none-match": etag}).status_code == 304

    assert queries == ["SELECT etag FROM kb_published WHERE key = %s"]
