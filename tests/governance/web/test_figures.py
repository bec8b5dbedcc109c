"""Figures as charts, over the starter knowledge."""

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("dataset")

CHART = "/entries/cern/figures/budget/CHF"


def test_the_page_of_an_entry_has_its_charts_beside_their_tables():
    html = Client().get("/bodies/cern/").content.decode()

    assert html.count('<figure class="chart">') == 4
    assert "/entries/cern/figures/" in html


def test_a_chart_is_a_file_and_a_table_with_its_sources():
    svg, table = (Client().get(f"{CHART}.{form}") for form in ("svg", "csv"))

    assert svg["Content-Type"] == "image/svg+xml"
    assert b"European Organization for Nuclear Research: Budget, CHF" in svg.content
    assert table.content.splitlines()[1].startswith(b"2013,1240000000,CHF,,Total budget,")


def test_an_entry_that_counted_nothing_twice_says_so_in_words():
    html = Client().get("/entries/ctbt/figures/").content.decode()

    assert "<svg" not in html
    assert "nothing to draw" in html


@pytest.mark.parametrize(
    "path", ["/entries/nobody/figures/", "/entries/cern/figures/budget/EUR.svg"]
)
def test_what_was_never_counted_has_no_chart(path):
    assert Client().get(path).status_code == 404
