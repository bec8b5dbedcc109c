from datetime import date

import pytest

from governance.projections import links


def link(relation, **dates):
    return {"relation": relation, "target": "x", **dates, "cites": [{"source": "read-in-2026"}]}


@pytest.mark.parametrize(
    ("row", "day", "expected"),
    [
        (link("modelled-on"), "1800-01-01", "certain"),
        (link("affiliated-with", **{"from": "2009", "to": "2013"}), "2009-06-01", "possible"),
        (link("affiliated-with", **{"from": "2009", "to": "2013"}), "2012-06-01", "certain"),
        (link("affiliated-with", **{"from": "2009", "to": "2013"}), "2014-01-01", None),
        (link("affiliated-with"), "2010-01-01", "possible"),
        (link("affiliated-with"), "2026-11-22", "certain"),
        (link("modelled-on", to="2013"), "2014-01-01", None),
    ],
)
def test_a_link_holds_over_its_dates_and_without_them_always_unless_it_can_end(
    row, day, expected, label_of
):
    (holding,) = links.held({"links": [row]}, label_of)

    assert holding.on(date.fromisoformat(day)) == expected
