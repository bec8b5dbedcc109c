"""What every picture gets from `picture_routes`, over the toy subject."""

from datetime import date
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from kb.filters import WrongValue
from kb.pictures.svg import Drawing, Picture, text
from kb.web import pages
from kb.web.pictured import Column, Pictured, picture_routes, sheet

pytestmark = pytest.mark.django_db

ROWS: list[dict[str, Any]] = [
    {"port": {"key": "lima", "kind": "book", "name": "Lima & Callao"}, "ships": 1200},
    {"port": "=SUM(1)", "ships": None, "secret": "s-1"},
]


def draw(request, name, empty):
    wanted = request.GET.get("on", "")
    if wanted == "never":
        raise WrongValue("on", "“never” is no day. Write YYYY-MM-DD.")
    if name == "unknown":
        return HttpResponse("no such thing", status=404)
    return Pictured(
        picture=Picture("ports", "Ports <all>", "Two.", Drawing(50, 20, text(0, 12, "Lima"))),
        columns=(
            Column("port", "Port"),
            Column("ships", "Ships", is_number=True),
            Column("secret"),
        ),
        rows=[] if empty else ROWS,
        path=f"/ports/{name}",
        query=f"on={wanted}" if wanted else "",
        page=f"/ports/{name}/page/",
        file_name=f"ports-{name}",
        version="revision 3",
        said="Two ports.",
        empty="No port is known." if empty else "",
    )


urlpatterns = [
    *picture_routes("ports/<str:name>", draw, empty=False),
    *picture_routes("deserts/<str:name>", draw, empty=True),
]


@pytest.fixture(autouse=True)
def ports(settings, library):
    settings.ROOT_URLCONF = __name__


def html_of(path):
    return Client().get(path).content.decode()


def test_the_file_holds_its_style_and_where_it_is_from():
    answer = Client().get("/ports/all.svg?on=1835-01-01")

    assert answer["Content-Disposition"] == 'inline; filename="ports-all.svg"'
    assert "Ports &lt;all&gt;" in answer.content.decode()
    assert "http://testserver/ports/all/page/" in answer.content.decode()
    assert "prefers-color-scheme: dark" in sheet()


def test_the_table_is_escaped_in_pages_and_safe_in_spreadsheets():
    page, table = html_of("/ports/all/"), html_of("/ports/all.csv")

    assert "Lima &amp; Callao</a>" in page
    assert '<td class="num">1,200</td>' in page
    assert "s-1" not in page
    assert table.splitlines() == ["port,ships,secret", "lima,1200,", "'=SUM(1),,s-1"]


def test_the_part_says_how_to_cite_embed_and_download_it():
    page = html_of("/ports/all/?on=1835-01-01")

    assert (
        "“Ports &lt;all&gt;”, Common Ground, revision 3, http://testserver/ports/all/page/" in page
    )
    assert "http://testserver/embed/ports/all/?on=1835-01-01" in page
    assert 'href="/ports/all.svg?on=1835-01-01" download="ports-all.svg"' in page
    assert 'data-said="Two ports."' in page


def test_where_there_is_nothing_to_draw_it_is_said_in_words():
    page = html_of("/deserts/all/")

    assert "No port is known." in page
    assert "<svg" not in page


def test_what_is_wrong_is_told_in_plain_text():
    answer = Client().get("/ports/all.svg?on=never")

    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert "Write YYYY-MM-DD" in answer.content.decode()


@pytest.mark.parametrize("form", [".svg", ".csv", "/"])
def test_an_answer_of_the_drawing_itself_is_sent_as_it_is(form):
    answer = Client().get(f"/ports/unknown{form}")

    assert (answer.status_code, answer.content) == (404, b"no such thing")
    assert "ETag" not in answer


def test_tomorrow_a_copy_is_no_longer_good(monkeypatch):
    tag = {"If-None-Match": Client().get("/ports/all.svg")["ETag"]}
    assert Client().get("/ports/all.svg", headers=tag).status_code == 304

    monkeypatch.setattr(pages, "today", lambda: date(2100, 1, 1))

    assert Client().get("/ports/all.svg", headers=tag).status_code == 200
