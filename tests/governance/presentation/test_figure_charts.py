from datetime import date

import pytest

from governance.presentation.figure_charts import chart, days_of, series, when


def figure(value, metric="budget", unit="CHF", **more):
    return {"id": "f-1", "metric": metric, "unit": unit, "value": value, **more}


def test_only_what_was_counted_twice_in_one_unit_is_drawn():
    rows = [
        figure(5, year=2020),
        figure(4, year=2010),
        figure(4, unit="EUR", year=2010),
        figure(12, metric="members", unit="states", year=1954),
    ]

    found = series(rows)

    assert [(each.metric, each.unit) for each in found] == [("budget", "CHF")]
    assert [row["year"] for row in found[0].rows] == [2010, 2020]


@pytest.mark.parametrize(
    ("row", "days", "words"),
    [
        ({"year": 2014}, ("2014-01-01", "2014-12-31"), "2014"),
        ({"period": {"from": "2014", "to": "2020"}}, ("2014-01-01", "2020-12-31"), "2014 to 2020"),
        ({"period": {"from": "2014-03", "to": "2014-05"}}, ("2014-03-01", "2014-05-31"), "2014"),
    ],
)
def test_a_figure_is_about_a_year_or_a_period(row, days, words):
    assert days_of(row) == tuple(map(date.fromisoformat, days))
    assert when(row) == words


def test_what_is_approximate_is_hollow_and_the_description_says_the_numbers():
    rows = [
        figure(1000, year=2010, approximate=True),
        figure(2000, period={"from": "2012", "to": "2014"}),
    ]

    drawn = chart(series(rows)[0])

    assert "dot hollow" in drawn.wide.marks
    assert drawn.description == "2010 about 1,000, 2012 to 2014 2,000 CHF."
