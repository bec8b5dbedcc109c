"""The page of comparisons: columns, marks, sources, a model, and what is wrong."""

import re
from html import unescape
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from tests.governance.web.test_queries import queries  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("dataset")

FIVE = "/compare/?keys=cern,iaea,cern-for-ai,cern-for-ai-cfg,iaia-and-cern-belfield"
TEN = "/compare/?keys=cern,iaea,itu,who,wto,fatf,icao,esa,eso,embl"


def html_of(path, status=200):
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def columns_in(html):
    heading = re.search(r"<thead>(.*?)</thead>", html, re.S)[1]
    return re.findall(r'<a href="/\w+/([^/"]+)/">', heading)


def row_in(html, label):
    """The marks of a row and its cells."""
    row = next(each for each in re.findall(r"<tr.*?</tr>", html, re.S) if f"{label}<" in each)
    return row, re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)


def test_what_differs_is_marked_by_a_sign_and_said_in_words():
    row, cells = row_in(html_of(FIVE), "Enforcement")

    assert len(cells) == 5
    assert "≠" in row
    assert "They differ" in row
    assert [re.match(r"\w+", cell)[0] for cell in cells] == ["no", "yes", "no", "no", "yes"]


def test_every_number_of_a_cell_leads_to_a_note_that_is_there():
    html = html_of(FIVE)

    marks = set(re.findall(r'href="#(note_\d+)"', html))
    assert len(marks) > 20
    assert all(f'<li id="{mark}">' in html for mark in marks)
    _row, cells = row_in(html, "Funding")
    assert all("note_" in cell or "not stated" in cell for cell in cells)


def test_differences_only_leaves_out_what_all_say_alike():
    whole = html_of("/compare/?keys=cern,embl,eso")
    only = html_of("/compare/?keys=cern,embl,eso&only=differences")

    assert "All say the same" in whole
    assert "All say the same: " not in only
    assert re.search(r"\d+ rows in which all say the same are left out", only)


def test_a_column_is_left_out_by_an_address():
    html = html_of(FIVE)
    drop = re.search(
        r'<a class="drop" href="([^"]+)" aria-label="Leave out International Atomic', html
    )

    assert columns_in(html_of(unescape(drop[1]))) == [
        key for key in columns_in(html) if key != "iaea"
    ]


def test_members_of_a_day_are_counted():
    _row, cells = row_in(html_of(f"{FIVE}&on=1962-06-01"), "Members")

    assert cells[0].startswith("13<")


def test_everything_modelled_on_cern_is_beside_it_page_by_page():
    shown, address = [], "/compare/?model=cern"
    while address:
        html = html_of(address)
        assert columns_in(html)[0] == "cern"
        assert "takes over" in html
        assert "leaves open" in html
        shown += columns_in(html)[1:]
        further = re.search(r'<a href="([^"]+)" rel="next">', html)
        address = unescape(further[1]) if further else ""

    assert len(shown) == len(set(shown)) == 20
    assert {"cern-for-ai", "cern-for-ai-brundage", "embl"} <= set(shown)


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("", 200, "Every cell has its sources."),
        ("keys=cern", 200, "Add at least one more body or proposal"),
        ("keys=cern,iaeaa", 400, "Did you mean “iaea”"),
        ("keys=cern,france", 400, "of kind actor; bodies and proposals can be compared"),
        ("keys=cern,iaea&on=1962-13-01", 400, "is not a day"),
        ("keys=cern,iaea&only=diferences", 400, "Did you mean “differences”"),
        ("keys=cern,iaea,itu,who,wto,fatf,icao,esa,eso,embl,iter", 400, "11 entries were given"),
    ],
)
def test_what_is_wrong_or_missing_is_said_and_what_was_typed_is_kept(query, status, told):
    html = html_of(f"/compare/?{query}", status)

    assert told in html
    assert not query or 'value="cern"' in html


def test_the_first_rows_of_a_list_are_compared_at_a_click():
    html = html_of("/proposals/?modelled_on=cern&sort=-date")
    address = re.search(r'<a href="(/compare/[^"]+)">The first 10 side by side</a>', html)[1]

    listed = re.findall(r'<h2><a href="/proposals/([^/]+)/">', html)
    assert columns_in(html_of(unescape(address))) == listed[:10]
    assert "side by side" not in html_of("/actors/")


def test_the_fields_of_the_form_are_an_address_too():
    assert columns_in(html_of("/compare/?keys=cern&keys=iaea&keys=&on=")) == ["cern", "iaea"]


def test_in_a_frame_there_is_no_script_and_any_site_may_hold_it():
    answer = Client().get("/embed/compare/?keys=cern,iaea")
    html = answer.content.decode()

    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert columns_in(html) == ["cern", "iaea"]
    assert "<script" not in html
    assert not answer.cookies


@pytest.mark.parametrize(
    "path", [FIVE, TEN, "/compare/?model=cern", "/compare/?model=cern&start=9"]
)
def test_a_page_stays_under_150_kb(path):
    assert len(Client().get(path).content) < 150_000


def test_ten_columns_take_no_more_queries_than_two(queries):  # noqa: F811  the fixture
    taken = []
    for path in ("/compare/?keys=jet,ill", TEN, FIVE):
        queries.clear()
        html_of(path)
        taken.append(len(queries))

    assert len(set(taken)) == 1
    assert taken[0] <= 7


def test_the_same_table_is_there_as_a_picture_that_can_be_cited():
    address = "/compare.svg?keys=cern,iaea,iaia-and-cern-belfield"
    assert unescape(address) in unescape(html_of(address.replace(".svg", "/")))

    answer = Client().get(address)
    svg = answer.content.decode()

    assert answer["Content-Type"] == "image/svg+xml"
    assert (
        'filename="compare-cern-iaea-iaia-and-cern-belfield.svg"' in answer["Content-Disposition"]
    )
    assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314  our own
    assert ">≠ Enforcement</text>" in svg
    assert "/compare/?keys=cern,iaea,iaia-and-cern-belfield" in re.sub(r"</?text[^>]*>", "", svg)
    assert "<p>" not in unescape(svg)
    assert Client().get(address, HTTP_IF_NONE_MATCH=answer["ETag"]).status_code == 304


def test_beside_a_model_the_picture_has_its_signs_and_says_what_they_mean():
    svg = Client().get("/compare.svg?model=cern").content.decode()

    assert "● takes over" in svg
    assert re.search(r">[●◐○] ", svg)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "keys: Name what is to be compared."),
        ("keys=cern,cerm", "Did you mean “cern”"),
        ("keys=cern,iaea&shape=x", "shape: "),
        ("keys=%ff", "UTF-8"),
    ],
)
def test_what_is_wrong_with_a_picture_is_said_in_plain_text(query, said):
    answer = Client().get(f"/compare.svg?{query}")

    assert answer.status_code == 400
    assert said in answer.content.decode()
