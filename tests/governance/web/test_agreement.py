"""The page of common ground: sides, counts that lead to their quotes, and what is wrong."""

import re
from html import unescape

import pytest
from django.test import Client

from tests.governance.web.test_queries import queries  # noqa: F401  a fixture

pytestmark = pytest.mark.usefixtures("dataset")

PAIR = "/common-ground/?side=united-states&side=china"
PEOPLE = "/common-ground/?side=country:united-states&side=country:china"


def html_of(path, status=200):
    answer = Client().get(path)
    assert answer.status_code == status, path
    return answer.content.decode()


def counts_in(html):
    """Label → (number, address), from the three counts of a page."""
    found = re.findall(r'<a href="([^"]+)"><b>([\d,]+)</b> ([^<]+)</a>', html)
    return {label: (int(number), unescape(address)) for address, number, label in found}


def subjects_in(html):
    return re.findall(r'<li id="on-([^"]+)">', html)


@pytest.mark.parametrize("path", ["/", PAIR, PEOPLE])
def test_every_count_leads_to_the_subjects_that_it_counts(path):
    counts = counts_in(html_of(path))

    assert set(counts) == {"Agreed", "Contested", "One side silent"}
    for number, address in counts.values():
        shown, following = [], address.partition("#")[0]
        while following:
            html = html_of(following)
            shown += subjects_in(html)
            further = re.search(r'<a href="([^"#]+)#found_" rel="next">', html)
            following = unescape(further[1]) if further else ""
        assert len(set(shown)) == len(shown) == number


def test_the_home_page_says_live_on_what_the_united_states_and_china_agree():
    number, address = counts_in(html_of("/"))["Agreed"]

    html = html_of(address.partition("#")[0])

    assert "bletchley-declaration" in subjects_in(html)
    assert number == len(subjects_in(html))
    assert "The two AI superpowers are going to start talking" in html


def test_counts_of_a_topic_lead_to_what_they_count():
    html = html_of(PAIR)
    cells = re.findall(r'<a href="([^"]+)" aria-label="(\d+) Agreed, [^"]+">', html)

    assert len(cells) > 5
    for address, number in cells[:4]:
        assert len(subjects_in(html_of(unescape(address).partition("#")[0]))) == int(number)


def test_every_statement_leads_to_its_place_and_to_its_sources():
    html = html_of(f"{PAIR}&verdict=agreed")

    marks = re.findall(r'href="#(note_\d+)"', html)
    assert all(f'<li id="{mark}">' in html for mark in marks)
    voices = re.findall(r'<p class="who">(.*?)</p>', html, re.S)
    assert len(voices) == 24
    for voice in voices:
        path, statement = re.search(r'href="(/\w+/[^/]+/)#([^"]+)"', voice).groups()
        assert "note_" in voice
        assert f'id="{statement}"' in html_of(path)


def test_a_country_says_apart_what_it_says_itself_and_shows_all_voices_of_one_subject():
    html = html_of(f"{PEOPLE}&verdict=agreed")
    more = re.search(r'<a href="([^"]+)">(\d+) more voices</a>', html)

    assert re.search(r"Itself: for · others: \d+ for", html)
    whole = html_of(unescape(more[1]).partition("#")[0])
    assert len(subjects_in(whole)) == 1
    assert "more voices" not in whole


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("side=china&on=2020-01-01", "One side was given. Give 2 to 6"),
        ("side=china&side=untied-states", "Did you mean “united-states”"),
        ("side=china&side=country:openai", "“openai” is no country"),
        ("side=china&side=india&on=2020-13-01", "is not a day"),
        ("side=china&side=india&colour=red", "no such parameter"),
        ("side=china&side=india&verdict=agred", "Did you mean “agreed”"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(query, told):
    html = html_of(f"/common-ground/?{query}", 400)

    assert told in html
    assert 'value="china"' in html


def test_one_side_is_a_beginning_and_pages_of_entries_lead_there():
    html = html_of("/actors/china/")

    assert 'href="/common-ground/?side=china"' in html
    assert 'href="/compare/?keys=cern"' in html_of("/bodies/cern/")
    begun = html_of("/common-ground/?side=china")
    assert "Add at least one more" in begun
    assert 'value="china"' in begun


def test_without_sides_it_explains_itself_and_offers_some():
    html = html_of("/common-ground/")

    examples = re.findall(r'<li><a href="(/common-ground/\?[^"]+)">', html)
    assert len(examples) >= 4
    for address in examples:
        assert subjects_in(html_of(unescape(address)))


def test_on_a_day_before_everything_there_is_nothing():
    html = html_of(f"{PAIR}&on=1900-01-01")

    assert subjects_in(html) == []
    assert "Nothing that we know of." in html


@pytest.mark.parametrize(
    "path",
    [
        PAIR,
        PEOPLE,
        f"{PEOPLE}&verdict=silent",
        "/common-ground/?side=members:cern&side=members:iaea",
    ],
)
def test_a_page_stays_under_150_kb(path):
    assert len(Client().get(path).content) < 150_000


def test_many_voices_take_no_more_queries_than_few(queries):  # noqa: F811  the fixture
    taken = []
    few = "/common-ground/?side=country:austria&side=country:peru"
    for path in (few, PEOPLE, f"{PEOPLE}&verdict=silent"):
        queries.clear()
        html_of(path)
        taken.append(len(queries))

    assert max(taken) <= 11
    assert len(set(taken)) == 1


@pytest.mark.parametrize("form", [".svg", ".csv", "/"])
def test_how_it_changed_is_a_picture_that_can_be_taken_away(form):
    query = PAIR.partition("?")[2]
    html = html_of(PAIR)

    answer = Client().get(f"/common-ground/years{form}?{query}")

    assert answer.status_code == 200
    assert b"2026" in answer.content
    assert f"/embed/common-ground/years/?{query}".replace("&", "&amp;amp;") in html
    assert Client().get(f"/embed/common-ground/years/?{query}").status_code == 200
    assert Client().get("/common-ground/years.svg?side=china").status_code == 400


def test_in_a_frame_there_is_no_script_and_any_site_may_hold_it():
    path = "/common-ground/?side=united-states&side=china&topic=us-china"
    codes = re.findall(r"&lt;iframe.*?&lt;/iframe&gt;", html_of(path))
    assert f'src="http://testserver/embed{path}"' in unescape(unescape(codes[-1]))

    answer = Client().get(f"/embed{path}")
    html = answer.content.decode()

    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert answer["X-Robots-Tag"] == "noindex"
    assert "Common ground: United States and China" in html
    assert "<blockquote>" in html
    assert "<script" not in html
    assert not answer.cookies
