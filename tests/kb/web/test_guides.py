"""The guides of `docs/` as pages: with the address of the site, and links that lead somewhere."""

import re

import pytest
from django.conf import settings
from django.test import Client

from kb.web.guides import FILES, GUIDES

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_a_page_whose_links_lead_somewhere(name):
    html = Client().get(f"/data/guide/{name}/").content.decode()
    article = html[html.index("<article") : html.index("</article>")]

    assert "127.0.0.1:8000" not in html
    assert "this site&gt;" not in html
    assert article.count("<h1>") == 1
    for address in re.findall(r'href="([^"]+)"', article):
        if address.startswith("#"):
            assert f'id="{address[1:]}"' in article
        elif address.startswith("/"):
            assert Client().get(address).status_code == 200
        else:
            assert address.startswith("https://")


def test_recipes_stand_in_pages_as_they_are_run():
    html = Client().get("/data/guide/api/").content.decode()

    assert "http://testserver/api/v1" in html
    assert "def get(path, **parameters):" in html


def test_the_page_of_data_leads_to_every_guide():
    html = Client().get("/data/").content.decode()

    assert all(f'href="/data/guide/{name}/"' in html for name in GUIDES)


def test_no_other_file_is_shown():
    for name in ("operations", "..%2FREADME", "nothing"):
        assert Client().get(f"/data/guide/{name}/").status_code == 404


def test_pages_of_entries_lead_to_how_a_statement_is_cited():
    html = Client().get("/data/guide/api/").content.decode()

    template = (settings.BASE_DIR / "templates" / "kb" / "entry.html").read_text()
    (anchor,) = re.findall(r'href="/data/guide/api/#([a-z-]+)"', template)
    assert f'id="{anchor}"' in html


@pytest.mark.parametrize("name", FILES)
def test_what_the_guides_speak_of_can_be_had_from_the_site_as_it_is(name):
    response = Client().get(f"/data/{name}")

    assert response.content == (settings.BASE_DIR / "docs" / name).read_bytes()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    again = Client().get(f"/data/{name}", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    pages = ["/data/", *(f"/data/guide/{guide}/" for guide in GUIDES)]
    assert any(f'href="/data/{name}"' in Client().get(page).content.decode() for page in pages)


def test_the_page_of_data_leads_to_the_programs_that_verify_and_copy():
    html = Client().get("/data/").content.decode()

    for name in ("verify_release.py", "keep_a_copy.py"):
        assert f'href="/data/{name}"' in html
