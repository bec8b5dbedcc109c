"""Pages of the six kinds over the starter knowledge."""

import re

import pytest
from django.test import Client

pytestmark = pytest.mark.usefixtures("dataset")

ORIGINAL_TWELVE = {
    "belgium", "denmark", "france", "germany", "greece", "italy", "netherlands", "norway",
    "sweden", "switzerland", "united-kingdom", "yugoslavia",
}  # fmt: skip
HEAVIEST = (
    "/bodies/cern/",
    "/bodies/iaea/",
    "/instruments/paris-agreement/",
    "/instruments/ctbt/",
    "/instruments/chemical-weapons-convention/",
    "/actors/united-states/",
    "/actors/france/",
    "/actors/china/",
    "/proposals/cern-for-ai/",
    "/sources/i-untreaties-dataset/",
)


def html_of(path: str) -> str:
    answer = Client().get(path)
    assert answer.status_code == 200, path
    html: str = answer.content.decode()
    return html


def members_in(html: str) -> dict[str, list[str]]:
    """Heading of a group → keys of its members."""
    table = re.search(r'<table class="data members">.*?</table>', html, re.S)
    assert table
    groups = re.findall(r'scope="rowgroup">([^<]+?) ?<span class="n">(.*?)</tbody>', table[0], re.S)
    return {name: re.findall(r'<a href="/\w+/([^/]+)/">', rows) for name, rows in groups}


def test_the_members_of_cern_on_a_day_are_exactly_those_of_that_day():
    groups = members_in(html_of("/bodies/cern/?on=1962-06-01"))

    certain = {key for name, keys in groups.items() if "Possibly" not in name for key in keys}
    assert certain == (ORIGINAL_TWELVE - {"yugoslavia"}) | {"austria", "spain"}


def test_what_the_dates_leave_open_is_set_apart():
    groups = members_in(html_of("/bodies/cern/?on=1961-07-01"))

    assert any("yugoslavia" in keys for name, keys in groups.items() if "Possibly" in name)


def test_every_member_of_that_day_has_its_sources():
    html = html_of("/bodies/cern/?on=1962-06-01")

    table = re.search(r'<table class="data members">.*?</table>', html, re.S)
    assert table
    for row in re.findall(r'<tr id="[^"]+">.*?</tr>', table[0], re.S):
        marks = re.findall(r'href="#(note_\d+)"', row)
        assert marks
        assert all(f'<li id="{mark}">' in html for mark in marks)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("1962-13", "month 13"),
        ("1962", "Write YYYY-MM-DD"),
        ("yesterday", "is not a date"),
        ("1962-02-30", "day 30 in February 1962"),
    ],
)
def test_a_wrong_day_is_explained_and_kept(typed, told):
    answer = Client().get("/bodies/cern/", {"on": typed})
    html = answer.content.decode()

    assert answer.status_code == 400
    assert told in html
    assert f'value="{typed}"' in html


def test_an_actor_shows_what_others_say_of_it():
    html = html_of("/actors/united-states/")

    assert "opposes <a" in html.replace("</span> opposes <a", "opposes <a")
    assert 'href="/instruments/ctbt/#' in html
    assert 'id="positions_"' in html


def test_an_actor_as_of_a_day_has_only_what_held_then():
    now, then = html_of("/actors/spain/"), html_of("/actors/spain/?on=1962-06-01")

    assert 'href="/bodies/cern/"' in then
    assert 'href="/bodies/eurohpc-ju/"' in now
    assert 'href="/bodies/eurohpc-ju/"' not in then


def test_a_body_names_the_proposals_that_are_modelled_on_it():
    html = html_of("/bodies/cern/")

    section = html.split('id="links_here_"', 1)[1].split("</section>", 1)[0]
    assert "Modelled on it" in section
    assert 'href="/proposals/cern-for-ai/"' in section


def test_a_source_names_the_statements_that_rest_on_it():
    html = html_of("/sources/b-cern-timeline-yugoslavia-quits/")

    assert "Yugoslavia, founding member 29 September 1954 to 1961" in html
    assert re.search(r'href="/bodies/cern/#m-[a-z2-7]+"', html)


def test_a_proposal_shows_positions_by_stance_and_answers_below_arguments():
    html = html_of("/proposals/cern-for-ai/")

    assert html.index('id="stance_supports"') < html.index('id="stance_opposes"')
    pooling = html.split('id="pooling"', 1)[1]
    assert pooling.index('id="model-security"') < pooling.index('id="web-precedent"')


def test_a_treaty_is_a_table_of_actors_and_a_vote_a_list_by_action():
    treaty, vote = html_of("/instruments/ctbt/"), html_of("/instruments/unga-laws-2025/")

    assert '<table class="data status">' in treaty
    assert "Voted against" in vote


def test_what_came_with_the_founding_import_is_marked():
    assert "no second person has checked them against these yet" in html_of("/bodies/cern/")


@pytest.mark.parametrize("path", HEAVIEST)
def test_no_page_is_heavier_than_150_kb_before_its_pictures(path):
    html = Client().get(path).content

    assert len(re.sub(rb"<svg.*?</svg>", b"", html, flags=re.S)) < 150_000


@pytest.mark.parametrize("path", HEAVIEST)
def test_every_mark_has_its_note_and_no_id_stands_twice(path):
    html = html_of(path)
    ids = re.findall(r' id="([^"]+)"', html)
    targets = set(re.findall(r' href="#([^"]+)"', html))

    assert len(ids) == len(set(ids))
    assert targets <= set(ids)


def test_links_from_the_first_page_lead_somewhere():
    for path in set(re.findall(r'href="(/[^"]*)"', html_of("/"))):
        if not path.startswith(("/static/", "/api/")):
            assert Client().get(path.replace("&amp;", "&"), follow=True).status_code == 200, path


def test_ways_in_lead_to_lists_that_are_not_empty():
    from governance.web.home import WAYS_IN

    for way in WAYS_IN:
        assert "Nothing here fits" not in html_of(way.address)


@pytest.mark.parametrize(
    "path", ["/", "/bodies/cern/", "/bodies/", "/search/?q=cern", "/changes/", "/about/", "/data/"]
)
def test_no_page_sets_a_cookie_or_holds_a_script_or_a_style(path):
    answer = Client().get(path)
    html = answer.content.decode()

    assert not answer.cookies
    assert not re.search(r"<script(?![^>]* src=|[^>]*json\">)|<style| style=| on[a-z]+=", html)
