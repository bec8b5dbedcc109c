"""Somebody watches an entry, and stops again, in a real browser."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 800}
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(page):
    """What every page must be: without complaint from axe, and not too wide."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": EVERYTHING}).response["violations"]
        assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size(before)


def test_from_the_page_of_an_entry_by_signing_in_to_the_list_and_out_of_it(browser, own_site):
    password = re.search(r"name +carl\nrole .*\npassword +(\S+)", own_site.accounts)
    assert password is not None
    with browser.new_context(base_url=own_site.url) as context:
        page = context.new_page()
        page.goto("/bodies/cern/")
        page.get_by_role("link", name="Watch, by mail").focus()
        page.keyboard.press("Enter")
        page.get_by_label("User name or e-mail address").fill("carl")
        page.get_by_label("Password").fill(password[1])
        page.get_by_role("button", name="Sign in", exact=True).click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("Nuclear Research")
        check(page)
        page.get_by_label("Once a week, on Mondays").check()
        page.get_by_role("button", name="Watch").click()

        expect(page.get_by_role("listitem").filter(has_text="Body · once a week")).to_have_count(1)
        check(page)
        page.get_by_role("link", name=re.compile("Nuclear Research")).click()
        expect(page.get_by_text("Nothing.")).to_be_visible()
        check(page)
        page.get_by_role("button", name="Stop watching").click()
        expect(page.get_by_text("Nothing yet.")).to_be_visible()
        check(page)
