from datetime import date
from itertools import pairwise
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.pictures import axes, grids, marks
from kb.pictures.scales import Linear, Time, readable
from kb.pictures.svg import Drawing, Picture, element, text
from kb.pictures.widths import width_of, wrapped

SVG = "{http://www.w3.org/2000/svg}"
DAYS = st.dates(date(1800, 1, 1), date(2100, 1, 1))


def parsed(markup):
    return ET.fromstring(markup)  # noqa: S314  it is our own


@given(st.text(max_size=80), st.floats(20, 300))
def test_no_line_is_wider_than_its_place_and_nothing_is_lost(words, width):
    lines = wrapped(words, width, 12)

    assert "".join(lines).replace(" ", "") == "".join(words.split())
    assert all(width_of(line, 12) <= width for line in lines if len(line) > 1)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1))
def test_every_value_lies_on_its_scale(values):
    scale = Linear.over(values, 100, 0)

    assert all(-1e-6 <= scale(value) <= 100 + 1e-6 for value in values)
    assert 0 in [round(tick, 6) for tick in scale.ticks()]
    assert len(scale.ticks()) <= 6


@given(DAYS, st.integers(30, 90_000), st.floats(150, 900))
def test_years_below_an_axis_do_not_touch(first, days, width):
    last = date.fromordinal(first.toordinal() + days)
    scale = Time(first, last, 0, width)

    years = scale.years()

    places = [scale(date(year, 1, 1)) for year in years]
    assert all(b - a >= width_of("0000", 12) for a, b in pairwise(places))
    assert all(first.year <= year <= last.year for year in years)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (1200, "1,200"), (1_500_000, "1.5 million"), (2e9, "2 billion"), (0.25, "0.25")],
)
def test_numbers_on_an_axis_are_short(value, shown):
    assert readable(value) == shown


def test_a_picture_is_an_image_with_a_name_and_a_description():
    picture = Picture(
        "p-1", "Ports <called at>", "Two of them.", Drawing(10, 10, text(0, 5, "A&B"))
    )

    root = parsed(picture.inline())

    assert root.get("role") == "img"
    named = {each.get("id"): each.text for each in root if each.get("id")}
    assert [named[id_] for id_ in root.get("aria-labelledby").split()] == [
        "Ports <called at>",
        "Two of them.",
    ]
    assert root.find("text").text == "A&B"


def test_a_file_holds_its_style_its_title_and_where_it_is_from():
    picture = Picture("p-1", "Ports", "Two.", Drawing(200, 10, ""))

    root = parsed(picture.standalone("a > b { fill: red }", "Atlas, https://x.org"))

    words = [each.text for each in root.iter(f"{SVG}text")]
    assert root.find(f"{SVG}style").text == "a > b { fill: red }"
    assert words == ["Ports", "Atlas, https://x.org"]


def test_the_narrow_drawing_has_names_of_its_own():
    drawing = Drawing(10, 10, "")

    both = parsed(f"<p>{Picture('p', 'T', 'D', drawing, drawing).inline()}</p>")

    ids = [each.get("id") for each in both.iter() if each.get("id")]
    assert len(ids) == len(set(ids)) == 4


def test_each_look_of_a_tile_is_drawn_differently():
    looks: tuple[grids.Look, ...] = get_args(grids.Look)

    drawn = {grids.tile_at(0, 0, 20, grids.Tile(0, 0, "MT", look)) for look in looks}

    assert len(drawn) == len(looks)


@pytest.mark.parametrize(
    ("value", "largest", "level"),
    [(0, 10, 0), (0.1, 10, 1), (2, 10, 1), (2.1, 10, 2), (10, 10, 5), (3, 0, 0)],
)
def test_shades_are_equal_parts_of_the_largest(value, largest, level):
    assert grids.shade(value, largest) == level


def test_a_heat_map_writes_each_number_and_leads_where_it_is_told():
    drawing = grids.heat_map(["Red", "Blue"], ["A", "B"], {(0, 1): 3}, {(0, 1): "/x/"}, width=300)

    root = parsed(drawing.marks)
    assert [each.get("href") for each in root.iter("a")] == ["/x/"]
    assert "3" in [each.text for each in root.iter("text")]


def test_steps_keep_their_height_until_the_next():
    assert marks.corners([(0, 5), (10, 2)], 30) == [(0, 5), (10, 5), (10, 2), (30, 2)]


@pytest.mark.parametrize("shape", marks.SHAPES)
def test_every_shape_can_be_drawn(shape):
    assert parsed(marks.dot(5, 5, "dot", shape)).get("class") == "dot"


def test_a_day_outside_of_an_axis_has_no_line():
    scale = Time(date(1950, 1, 1), date(2000, 1, 1), 0, 100)

    assert axes.day_line(scale, date(2020, 1, 1), 0, 9) == ""
    assert axes.day_line(scale, date(1975, 1, 1), 0, 9) != ""


def test_attributes_are_escaped():
    assert element("a", href='x"y&z') == '<a href="x&quot;y&amp;z"/>'
