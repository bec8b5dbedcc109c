"""The page on which the API is described and can be tried."""

import re

import pytest
from django.test import Client

from kb.api import openapi
from kb.api.errors import CODES


@pytest.fixture
def html():
    return Client().get("/api/").content.decode()


def test_every_address_and_every_problem_is_on_the_page(html):
    for endpoint in (each for each in openapi.endpoints() if each.on_page):
        assert f'<details id="{endpoint.name}"' in html
        is_tried = f'<details id="{endpoint.name}" data-path="/api/v1{endpoint.path}"' in html
        assert is_tried == (endpoint.method == "GET")
        assert all(f'data-name="{name}"' in html for name in endpoint.declared)
    assert all(f'id="problem-{code}"' in html for code in CODES)


def test_the_page_obeys_its_own_policy_and_is_light(html):
    assert not re.search(r"<style|\bstyle=|\son[a-z]+=|<script(?![^>]*(\bsrc=\"/|json\">))", html)
    assert not re.search(r"(src|href)=\"(https?:)?//(?!creativecommons\.org)", html)
    assert len(html.encode()) < 150_000


@pytest.mark.browser
def test_an_address_can_be_tried_where_it_is_described(page):
    page.goto("/api/#members")
    members = page.locator("#members")

    members.get_by_label("key of").fill("cern")
    members.get_by_label("on of").fill("1962-06-01")
    members.get_by_role("button", name="Try it").click()

    answer = members.get_by_role("region")
    answer.wait_for()
    assert '"key": "belgium"' in answer.inner_text()
    assert "members?on=1962-06-01 200" in members.get_by_role("status").inner_text()
