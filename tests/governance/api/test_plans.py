"""How the database goes about what is asked most."""

import pytest

from kb.publication import lists, reading

pytestmark = pytest.mark.usefixtures("dataset")

PLANS = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s"


@pytest.mark.parametrize("kind", [None, "body"])
@pytest.mark.parametrize("sort", ["name", "-published_at"])
def test_a_page_of_a_list_is_not_planned_anew_each_time(kind, sort):
    asking = lists.asking_for(kind)
    asked = lists.asked_of(asking, {"page_size": ["25"], "sort": [sort]})
    sql, params = lists._page_query(asked)

    for _time in range(10):
        rows = reading._prepared_once(f"{sql} -- {kind} {sort}", params)
        assert rows.ntuples == 26

    assert reading.fetch_row(PLANS, (f"%-- {kind} {sort}",)) == (5, 5)  # the first five always are
