"""A moment that is asked for while others publish, and what cannot be answered."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from kb.api import known
from kb.api.errors import Problem
from kb.models import Changeset
from kb.publication import past_rows
from tests.kb.api.test_queries import queries  # noqa: F401  a fixture
from tests.library.builders import book, publish, reader, retract


def now():
    return f"{timezone.now():%Y-%m-%dT%H:%M:%S.%fZ}"


def keys(answer):
    return sorted(row["key"] for row in answer.json()["items"])


@pytest.mark.parametrize(
    ("address", "wrapped"),
    [("/api/v1/books", "of_lists"), ("/api/v1/search?q=atlas", "of_search")],
)
def test_what_is_published_between_two_queries_does_not_show(api, monkeypatch, address, wrapped):
    publish(book("atlas", "Atlas"), book("atlas-two", "Atlas, part two"))
    moment = now()
    computed = getattr(known, wrapped)
    meanwhile = iter([lambda: publish(book("atlas", "Globe")), lambda: retract("atlas-two")])

    def compute(moment):
        past = computed(moment)
        next(meanwhile, lambda: None)()  # somebody publishes before the page is read
        return past

    monkeypatch.setattr(known, wrapped, compute)
    mark = "&" if "?" in address else "?"

    answer = api.get(f"{address}{mark}known_at={moment}")

    assert keys(answer) == ["atlas", "atlas-two"]
    assert {row["name"] for row in answer.json()["items"]} == {"Atlas", "Atlas, part two"}


@pytest.mark.django_db(transaction=True)
def test_nor_does_what_another_connection_publishes(api, monkeypatch):
    publish(book("atlas", "Atlas"))
    moment = now()
    computed = past_rows.of_lists
    published: list[Changeset] = []

    def compute(moment):
        past = computed(moment)
        if not published:
            with ThreadPoolExecutor(1) as pool:
                published.append(pool.submit(elsewhere, book("atlas", "Globe")).result(20))
        return past

    monkeypatch.setattr(known, "of_lists", compute)

    (row,) = api.get(f"/api/v1/books?known_at={moment}").json()["items"]

    assert row["name"] == "Atlas"
    assert api.get("/api/v1/books").json()["items"][0]["name"] == "Globe"


def elsewhere(document):
    """Publish on a connection of its own."""
    try:
        return publish(document)
    finally:
        connection.close()


def test_what_never_holds_still_is_no_answer():
    counted = iter(range(100))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.api.known.reading.state", lambda: str(next(counted)))
        with pytest.raises(Problem, match="kept changing"):
            known.steady(lambda: "found")


@pytest.mark.parametrize("address", ["/api/v1/books?", "/api/v1/search?q=atlas&"])
def test_the_number_of_queries_does_not_grow_with_what_changed(
    api,
    address,
    queries,  # noqa: F811
):
    publish(reader("ann"), *(book(f"atlas-{n}", f"Atlas {n}") for n in range(12)))
    first = now()
    publish(book("atlas-0", "Atlas again"))
    second = now()
    publish(*(book(f"atlas-{n}", f"Atlas {n} again") for n in range(1, 12)))

    asked = [f"{address}page_size={n}&known_at={at}" for at, n in ((second, 2), (first, 12))]
    counts = []
    for each in asked:
        queries.clear()
        assert api.get(each).status_code == 200
        counts.append(len(queries))

    assert len(set(counts)) == 1
    assert counts[0] <= 30


@pytest.mark.parametrize("address", ["/api/v1/books", "/api/v1/search?q=atlas"])
def test_too_much_was_published_since(api, monkeypatch, address):
    monkeypatch.setattr(past_rows, "MOST_LISTED", 1)
    moment = now()
    publish(book("atlas", "Atlas"), book("globe", "Globe"))
    mark = "&" if "?" in address else "?"

    answer = api.get(f"{address}{mark}known_at={moment}")

    assert (answer.status_code, answer.json()["code"]) == (503, "query-too-expensive")
    assert "take a release" in answer.json()["detail"]


def test_a_search_at_a_moment_goes_on_by_its_own_cursors(api):
    publish(*(book(f"atlas-{n}", f"Atlas {n}") for n in range(3)))
    moment = now()
    retract("atlas-1")

    found, address = [], f"/api/v1/search?q=atlas&page_size=1&known_at={moment}"
    while address:
        page = api.get(address).json()
        found += [row["key"] for row in page["items"]]
        address = page.get("next", "")

    assert sorted(found) == ["atlas-0", "atlas-1", "atlas-2"]
    first = api.get(f"/api/v1/search?q=atlas&page_size=1&known_at={moment}").json()
    assert api.get(first["next"].replace(moment[:10], "2020-01-01")).status_code == 400
