"""Who belongs, as pictures, over the starter knowledge."""

import csv
import io
import re
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from kb.publication import reading

pytestmark = pytest.mark.usefixtures("dataset")

CERN, CTBT = "/bodies/cern/membership/", "/instruments/ctbt/participation/"


def answer(path, status=200, **headers):
    found = Client().get(path, headers=headers)
    assert found.status_code == status, path
    return found


def standings(path):
    text = answer(path).content.decode()
    return {row["actor"]: row["standing"] for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.parametrize(
    ("day", "members"), [("1954-09-28", 0), ("1962-06-01", 13), ("1975-12-31", 12)]
)
def test_the_map_of_a_day_shows_who_belonged_on_it(day, members):
    found = standings(f"{CERN}map.csv?on={day}")

    assert list(found.values()).count("Member") == members


def test_who_left_and_who_may_have_belonged_are_told_apart():
    found = standings(f"{CERN}map.csv?on=1975-12-31")

    assert (found["spain"], found["france"]) == ("No longer", "Member")
    assert "Possibly" in standings(f"{CERN}map.csv?on=1961-07-01")["yugoslavia"]
    assert standings(f"{CERN}map.csv?on=1975-12-31")["chile"].startswith("Possibly other role")


def test_two_bodies_over_each_other():
    found = standings(f"{CERN}map.csv?on=2026-01-01&with=iaea")

    assert (found["france"], found["norway"], found["brazil"]) == (
        "Both",
        "Only European Organization for Nuclear Research",
        "Only International Atomic Energy Agency",
    )
    assert "Possibly" in found["united-states"]  # nobody dates its membership of the agency


@pytest.mark.parametrize("page", [CERN, CTBT])
@pytest.mark.parametrize("name", ["map", "bars", "count"])
def test_each_picture_is_a_file_a_table_a_part_and_a_frame(page, name):
    svg = answer(f"{page}{name}.svg")
    table = answer(f"{page}{name}.csv")
    part = answer(f"{page}{name}/")
    frame = answer(f"/embed{page}{name}/")

    assert ET.fromstring(svg.content).get("role") == "img"  # noqa: S314  it is our own
    assert svg["Content-Type"] == "image/svg+xml"
    assert re.search(r'filename="[a-z0-9-]+\.svg"', svg["Content-Disposition"])
    assert len(table.content.splitlines()) > 10
    assert part.content.startswith(b"<figure")
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert b"<script" not in frame.content
    assert not frame.cookies


def test_a_picture_that_is_still_good_is_not_sent_again():
    tag = answer(f"{CERN}map.svg?on=1975-12-31")["ETag"]

    again = answer(f"{CERN}map.svg?on=1975-12-31", 304, if_none_match=tag)

    assert again.content == b""


def test_a_year_leads_to_the_permanent_address_of_its_last_day():
    moved = answer(f"{CERN}?year=1975&with=", 302)

    assert moved["Location"] == f"{CERN}?on=1975-12-31"


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        (f"{CERN}?on=1975-13-01", 400, "month 13"),
        (f"{CERN}map.svg?on=1975-13-01", 400, "month 13"),
        (f"{CERN}?with=nobody", 400, "There is no body “nobody”"),
        ("/bodies/cernn/membership/", 404, ""),
        ("/bodies/ctbt/membership/", 404, ""),
    ],
)
def test_what_cannot_be_shown_is_explained(path, status, told):
    assert told in answer(path, status).content.decode()


def test_where_nobody_belongs_it_is_said_in_words():
    html = answer("/bodies/ipcc/membership/").content.decode()

    assert "<svg" not in html
    assert "Nobody is recorded as belonging to" in html


@pytest.mark.parametrize("page", [CERN, "/bodies/iaea/membership/", CTBT])
def test_pages_are_light_before_their_pictures(page):
    html = answer(page).content.decode()

    assert len(re.sub(r"<svg.*?</svg>", "", html, flags=re.S).encode()) < 150_000


@pytest.mark.parametrize("page", [CERN, "/bodies/jet/membership/", CTBT])
def test_the_number_of_queries_does_not_grow_with_the_rows(page, monkeypatch):
    answer(page)  # what can be chosen is kept until something is published
    sent = []
    send = reading._execute_once

    def counted(*args, **more):
        sent.append(args)
        return send(*args, **more)

    monkeypatch.setattr(reading, "_execute_once", counted)

    answer(f"{page}?on=1990-01-01")

    assert len(sent) <= 2


def test_the_map_lists_all_that_there_is_a_map_of():
    html = answer("/map/").content.decode()

    assert f'<a href="{CERN}">European Organization for Nuclear Research</a>' in html
    assert f'<a href="{CTBT}">' in html
    assert "/bodies/ipcc/membership/" not in html


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("of=cern&on=1962-06-01", 302, f"{CERN}?on=1962-06-01"),
        ("of=ctbt&on=", 302, CTBT),
        ("of=nobody", 400, "There is no map of “nobody”"),
        ("of=cern&on=1962-13", 400, "month 13"),
    ],
)
def test_a_body_or_instrument_and_a_day_lead_to_a_map(query, status, told):
    found = answer(f"/map/?{query}", status)

    assert told in found.headers.get("Location", "") + found.content.decode()


def test_the_page_of_a_body_shows_who_still_belongs_and_on_a_day_who_belonged_then():
    today, then = (
        answer(f"/bodies/cern/{asked}").content.decode() for asked in ("", "?on=1962-06-01")
    )

    assert '25 members. <a href="/bodies/cern/membership/">' in today
    assert 'On 1 June 1962: 13 members. <a href="/bodies/cern/membership/?on=1962-06-01">' in then
