"""Comparing and finding common ground in a real browser: by mouse, by keyboard, narrow and dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAIR = "/common-ground/?side=united-states&side=china"
PAGES = (
    "/common-ground/",
    "/common-ground/?side=untied-states",
    PAIR,
    "/common-ground/?side=country:united-states&side=country:china&verdict=agreed",
    "/compare/",
    "/compare/?keys=cern,iaeaa",
    "/compare/?model=cern",
    "/embed/compare/?keys=cern,iaea",
    PAIR.replace("/common-ground/", "/embed/common-ground/"),
    "/ideas/?has=function:joint-research&has=design:funding",
)
FIVE = ("cern", "iaea", "cern-for-ai", "cern-for-ai-cfg", "iaia-and-cern-belfield")
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 360, "height": 800}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(page, path, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(NARROW)
    page.goto(path)
    for fold in page.locator("details").all():
        fold.evaluate("each => { each.open = true; }")

    found = Axe().run(page, options={"runOnly": EVERYTHING}).response["violations"]

    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


def test_from_the_home_page_to_the_quote_behind_agreed_in_three_clicks(page):
    page.goto("/")

    page.get_by_role("link", name="Agreed").click()  # one
    row = page.locator("#on-us-china-ai-dialogue")
    assert row.get_by_text("The two AI superpowers are going to start talking").is_visible()
    row.locator(".c a").first.click()  # two: the source, where the statement stands

    panel = page.get_by_role("dialog", name="Sources of this statement")
    assert panel.get_by_role("link").first.is_visible()
    page.keyboard.press("Escape")
    row.locator(".who .at").first.click()  # three: the statement itself
    assert "/proposals/us-china-ai-dialogue/#" in page.url


def test_by_keyboard_from_the_home_page_to_the_source_of_a_quote(page):
    page.goto("/")
    page.get_by_role("link", name="Agreed").press("Enter")
    page.wait_for_url("**/common-ground/**")

    page.locator("#on-us-china-ai-dialogue .c a").first.press("Enter")

    assert page.get_by_role("dialog", name="Sources of this statement").is_visible()


def test_sides_are_chosen_by_typing_a_part_of_a_name(page):
    page.goto("/common-ground/")
    page.get_by_label("Side 1").fill("united sta")
    page.get_by_role("option", name="United States").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_label("Side 2").fill("china")
    page.get_by_role("button", name="Compare").click()

    assert page.url.endswith("/common-ground/?side=united-states&side=china&on=")
    assert page.get_by_role("heading", level=1).inner_text().endswith("United States and China")


def test_without_scripts_sides_and_days_are_chosen_by_typing(browser, site):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(PAIR)
        page.get_by_text("Change the sides or the day").click()
        page.get_by_label("Side 3").fill("country:france")
        page.get_by_label("As of a day").fill("2024-01-01")
        page.get_by_role("button", name="Compare").click()

        heading = page.get_by_role("heading", level=1).inner_text()
        assert heading.endswith("United States, China and France with all its actors")
        assert "As of 1 January 2024." in page.locator(".lead").inner_text()


def test_comparing_five_and_opening_the_shared_link_elsewhere(page, browser, site):
    page.goto("/compare/")
    page.get_by_label("Entry 1").fill("cern")
    page.get_by_label("Entry 2").fill("iaea")
    page.get_by_role("button", name="Compare").click()
    for number, key in enumerate(FIVE[2:], 3):
        page.get_by_text("Add or take out columns").click()
        page.get_by_label(f"Entry {number}").fill(key)
        page.get_by_role("button", name="Compare").click()
    heads = page.locator("thead th a:not(.drop)").all_inner_texts()
    link = page.locator("link[rel=canonical]").get_attribute("href")

    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        elsewhere = context.new_page()
        elsewhere.goto(link)

        assert len(heads) == len(FIVE)
        assert elsewhere.locator("thead th a:not(.drop)").all_inner_texts() == heads
        assert f"keys={','.join(FIVE)}" in link


def test_a_comparison_is_read_by_keyboard(page):
    page.goto(f"/compare/?keys={','.join(FIVE)}")
    table = page.get_by_role("region", name="Comparison")

    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.querySelector('.across').scrollLeft > 0")
    page.get_by_role("link", name="Differences only").press("Enter")
    page.wait_for_url("**only=differences")
    page.locator("td .c a").first.press("Enter")

    assert page.get_by_role("dialog", name="Sources of this statement").is_visible()


def test_the_first_column_stays_in_view_on_a_telephone(page):
    page.set_viewport_size(NARROW)
    page.goto(f"/compare/?keys={','.join(FIVE)}")

    page.locator(".across").evaluate("each => { each.scrollLeft = 600; }")

    label = page.get_by_role("rowheader", name="Status or stage").bounding_box()
    assert 0 <= label["x"] < NARROW["width"] / 4


def test_a_wide_table_is_printed_whole(page):
    page.goto("/compare/?model=cern")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 1040, "height": 720})

    table, last = page.locator(".sides-of"), page.locator("thead th").last
    assert table.evaluate("each => each.scrollWidth <= each.parentElement.clientWidth")
    assert last.bounding_box()["x"] < 1040
    assert not page.locator(".drop").first.is_visible()
