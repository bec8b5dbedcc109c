"""Networks as drawings: no name lies over another, whatever the names are."""

import re
from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from kb.pictures.graphs import Edge, Node, graph
from kb.pictures.svg import LINE, TEXT
from kb.pictures.widths import width_of

PARTS = st.floats(0, 1)
NODES = st.lists(
    st.tuples(PARTS, PARTS, st.text("abc WM&<é", min_size=1, max_size=40)), max_size=25
)


def nodes_of(rows):
    return [
        Node(f"n-{n}", name, x, y, "c1", "circle", is_middle=n == 0)
        for n, (x, y, name) in enumerate(rows)
    ]


def boxes(marks):
    """Where each line of text lies: (left, top, right, bottom)."""
    found = []
    for each in ET.fromstring(marks).iter("text"):  # noqa: S314  it is our own
        x, y, wide = (
            float(each.get("x", "")),
            float(each.get("y", "")),
            width_of(each.text or "", TEXT),
        )
        left = {"end": x - wide, "middle": x - wide / 2}.get(each.get("text-anchor", ""), x)
        found.append((left, y - 11.5, left + wide, y - 11.5 + LINE))
    return found


@given(NODES)
def test_no_name_lies_over_another_or_outside(rows):
    drawing, _ = graph(nodes_of(rows), [], width=720, height=500)

    found = boxes(drawing.marks)

    for one, other in combinations(found, 2):
        apart = one[2] <= other[0] + 0.2 or other[2] <= one[0] + 0.2
        below = one[3] <= other[1] + 0.2 or other[3] <= one[1] + 0.2
        assert apart or below
    assert all(box[0] >= -0.2 and box[2] <= 720.2 for box in found)


@given(NODES)
def test_a_name_is_drawn_or_counted_and_always_there_to_point_at(rows):
    nodes = nodes_of(rows)

    drawing, without = graph(nodes, [], width=720, height=500)

    titles = [each.text for each in ET.fromstring(drawing.marks).iter("title")]  # noqa: S314
    assert titles == [node.name for node in nodes]
    assert without <= len(nodes)


def test_a_line_joins_the_places_of_its_nodes():
    nodes = [Node("a", "A", 0, 0, "c1", "circle"), Node("b", "B", 1, 1, "c2", "square")]

    drawing, without = graph(nodes, [Edge("a", "b")], width=120, height=120)

    assert re.search(r'<line x1="10" y1="10" x2="110" y2="110" class="edge"/>', drawing.marks)
    assert without == 0
