"""Suggesting a change in a real browser, with scripts and without."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 360, "height": 800}
MARK = "#members_ ~ table .c a"


def read_for(seconds, page):
    """Nobody writes faster than that: the form takes it for a robot."""
    page.wait_for_timeout(seconds * 1000)


def is_fit(page):
    """Axe finds nothing, and nothing is wider than a small telephone."""
    found = Axe().run(page, options={"runOnly": EVERYTHING}).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_note_of_a_statement_to_the_form_and_its_errors(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(NARROW)
    page.goto("/bodies/cern/")

    page.locator(MARK).first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("link", name="Suggest a change").press("Enter")
    page.wait_for_url(re.compile(r"/suggest/\?key=cern&statement=m-"))
    assert page.get_by_role("heading", name="Memberships: Belgium").is_visible()
    assert page.get_by_label("Leave this empty").is_hidden()
    is_fit(page)

    page.get_by_label("What should change?").fill("Belgium left in 2020.")
    page.get_by_label("Your e-mail address").fill("nonsense")
    read_for(3.1, page)
    page.get_by_role("button", name="Send to the board").click()
    assert page.get_by_role("alert").is_visible()
    assert page.get_by_label("What should change?").input_value() == "Belgium left in 2020."
    is_fit(page)


def test_without_scripts_the_statement_is_chosen_from_a_list_and_stays_chosen(browser, site):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/instruments/ctbt/")

        page.get_by_role("link", name="Suggest a change").click()
        chosen = page.locator("#statement_ option").nth(1)
        label = chosen.inner_text()
        page.get_by_label("What is it about?").select_option(chosen.get_attribute("value"))
        page.get_by_role("button", name="Send to the board").click()

        assert page.get_by_role("alert").is_visible()
        assert label in page.locator("#stated_").inner_text()
