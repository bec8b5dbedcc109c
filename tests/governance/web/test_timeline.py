"""Everything dated, as a page and through the API."""

import json
import re

import pytest
from django.test import Client

from governance.analyses.happenings import WHAT
from tests.governance.web.test_queries import queries  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("dataset")


def get(address, status=200):
    answer = Client().get(address)
    assert answer.status_code == status, (address, answer.content[:300])
    return answer


def timeline(query=""):
    return json.loads(get(f"/api/v1/timeline?{query}").content)


def walk(query):
    page = timeline(query)
    rows = page["items"]
    while "next" in page:
        page = json.loads(get(page["next"]).content)
        rows += page["items"]
    return rows


def naive(documents):
    """What happened to how many, counted from the documents by the simplest of rules."""
    count = dict.fromkeys(WHAT, 0)
    for document in documents.values():
        rows = {n: document.get(n, ()) for n in ("positions", "participation", "memberships")}
        count["position"] += sum("date" in row for row in rows["positions"])
        count["act"] += sum("date" in row for row in rows["participation"])
        count["joined"] += sum("from" in row for row in rows["memberships"])
        count["left"] += sum("to" in row for row in rows["memberships"])
        count["milestone"] += len(document.get("milestones", ()))
        for what, field in (
            ("proposed", "proposed"),
            ("founded", "founded"),
            ("dissolved", "dissolved"),
            ("adopted", "adopted"),
            ("in-force", "in_force"),
            ("ended", "ended"),
            ("published", "issued"),
        ):
            count[what] += bool(document.get(field))
        if document["kind"] == "event":
            count["held"] += bool(document.get("start") or document.get("date"))
    return count


@pytest.mark.parametrize("what", WHAT)
def test_every_date_of_the_documents_is_in_it_once(what, documents):
    assert timeline(f"what={what}&page_size=1")["total"] == naive(documents)[what]


def test_a_filter_gives_exactly_what_fits():
    rows = walk("what=joined&about=cern&from=1959&to=1961&page_size=200")

    assert {row["actor"]["key"] for row in rows} == {"austria", "spain"}
    assert all(row["entry"]["key"] == "cern" for row in rows)


def test_an_inexact_date_fits_wherever_it_may_lie():
    rows = walk("what=left&about=cern&page_size=200")
    spain = [row for row in rows if row["date"] == "1969"]

    for begin, end in (("1969-12-31", "1970"), ("1960", "1969-01-01")):
        found = walk(f"what=left&about=cern&from={begin}&to={end}&page_size=200")
        assert [row for row in found if row["date"] == "1969"] == spain


def test_a_day_before_everything_gives_nothing():
    found = timeline("to=1700")

    assert (found["items"], found["total"], found["years"]) == ([], 0, [])


@pytest.mark.parametrize("size", [1, 7, 200])
@pytest.mark.parametrize("sort", ["date", "-date"])
def test_paging_gives_each_once_in_order_and_back_again(size, sort):
    query = f"topic=us-china&kind=instrument&kind=event&sort={sort}&page_size={size}"
    pages = [timeline(query)]
    while "next" in pages[-1]:
        pages.append(json.loads(get(pages[-1]["next"]).content))
    rows = [row for page in pages for row in page["items"]]

    days = [row["earliest"] for row in rows]
    assert days == sorted(days, reverse=sort == "-date")
    assert len({json.dumps(row) for row in rows}) == len(rows) == pages[0]["total"] > 7
    back: list[object] = []
    page = pages[-1]
    while "prev" in page:
        page = json.loads(get(page["prev"]).content)
        back = page["items"] + back
    assert back == rows[: len(rows) - len(pages[-1]["items"])]


def test_years_add_up_to_the_total():
    found = timeline("kind=instrument&page_size=1")

    assert sum(year["count"] for year in found["years"]) == found["total"]


@pytest.mark.parametrize("date", ["2023-02-30", "23", "2023-13", "soon"])
def test_a_date_that_is_none_is_refused_in_both(date):
    told = json.loads(get(f"/api/v1/timeline?from={date}", 400).content)

    assert told["errors"][0]["parameter"] == "from"
    assert "<code>from</code>" in get(f"/timeline/?from={date}", 400).content.decode()


def test_the_page_groups_by_year_and_puts_together_what_reads_as_one():
    html = get("/timeline/?about=cern-convention&what=act").content.decode()

    years = [int(year) for year in re.findall(r'<h2 id="y_(\d+)"', html)]
    assert years == sorted(set(years), reverse=True)
    assert re.search(r"\d+ actors signed ", html)


def test_nothing_found_says_so_instead_of_an_empty_picture():
    html = get("/timeline/?to=1700").content.decode()

    assert "Nothing dated fits all of these filters." in html
    assert "<svg class=" not in html
    assert "Nothing dated fits" in get("/timeline/density.svg?to=1700").content.decode()
    assert "Nothing dated fits" in get("/embed/timeline/density/?to=1700").content.decode()


def test_pages_lead_from_one_to_the_next_and_back():
    first = get("/timeline/?kind=body").content.decode()
    following = re.search(r'<a href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")

    second = get(following).content.decode()

    back = re.search(r'<a href="([^"]+)" rel="prev"', second)[1].replace("&amp;", "&")
    lines = re.compile(r"<ol>.*?</ol>", re.S)
    assert lines.findall(get(back).content.decode()) == lines.findall(first)


@pytest.mark.parametrize("query", ["", "what=act", "kind=source", "about=united-states"])
def test_no_page_is_heavier_than_it_may_be_and_queries_stay_few(query, queries):  # noqa: F811
    answer = get(f"/timeline/?{query}")

    assert len(answer.content) < 150_000
    assert len(queries) <= 7
