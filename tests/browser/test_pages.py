"""Every kind of page in a real browser: light, dark, narrow, printed, by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Response

pytestmark = pytest.mark.browser

PAGES = (
    "/",
    "/proposals/",
    "/bodies/?type=network&topic=standards",
    "/bodies/?topic=health&status=planned",
    "/bodies/?topic=x",
    "/proposals/cern-for-ai/",
    "/actors/united-states/",
    "/bodies/cern/",
    "/bodies/cern/?on=1962-06-01",
    "/bodies/cern/?on=1962-13",
    "/bodies/cern/membership/?on=1975-12-31",
    "/bodies/cern/membership/?on=2026-01-01&with=iaea",
    "/bodies/ipcc/membership/",
    "/embed/bodies/cern/membership/map/?on=1975-12-31",
    "/instruments/bletchley-declaration/participation/",
    "/entries/cern/figures/",
    "/map/",
    "/instruments/ctbt/",
    "/instruments/new-delhi-declaration-2026/",
    "/events/bletchley-summit-2023/",
    "/sources/i-untc-ctbt/",
    "/search/?q=cern",
    "/search/?q=qqqxyz",
    "/changes/",
    "/changes/1/",
    "/entries/cern/history/",
    "/entries/cern/history/?to=1",
    "/entries/cern/references/",
    "/bodies/cernn/",
    "/about/",
    "/data/",
    "/data/guide/api/",
    "/api/",
)
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
NARROW = {"width": 360, "height": 800}
WITH_MARKS = "#members_ ~ table .c a"


def open_on(page, path):
    page.goto(path, wait_until="load")
    return page


# In the dark only colours differ, and all other rules would find what they find in the light.
@pytest.mark.parametrize(("scheme", "rules"), [("light", EVERYTHING), ("dark", COLOURS)])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page, path, scheme, rules):
    page.emulate_media(color_scheme=scheme)
    open_on(page, path)

    found = Axe().run(page, options={"runOnly": rules}).response["violations"]

    told = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    assert told == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_small_telephone(page, path):
    page.set_viewport_size(NARROW)
    open_on(page, path)

    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


@pytest.mark.parametrize("path", ["/", "/bodies/cern/", "/bodies/", "/search/?q=cern"])
def test_no_page_breaks_its_own_content_policy(page, path):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))

    open_on(page, path)

    assert said == []


def test_a_note_opens_where_it_stands_and_escape_leads_back(page):
    open_on(page, "/bodies/cern/")
    mark = page.locator(WITH_MARKS).first

    mark.focus()
    page.keyboard.press("Enter")

    panel = page.get_by_role("dialog", name="Sources of this statement")
    assert panel.is_visible()
    assert "Our Member States" in panel.inner_text()
    assert "#" not in page.url

    page.keyboard.press("Escape")
    assert panel.count() == 0
    assert mark.evaluate("each => each === document.activeElement")


def test_without_scripts_a_note_is_a_link_to_the_list_and_back(browser, site):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = open_on(context.new_page(), "/bodies/cern/")

        page.locator(WITH_MARKS).first.click()
        assert page.url.endswith("#note_1")
        page.locator("#note_1 .back").click()
        assert page.url.endswith("#cite_1")


def test_without_scripts_filters_search_and_days_work(browser, site):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = open_on(context.new_page(), "/bodies/")
        page.get_by_label(re.compile("^Network")).check()
        page.get_by_role("button", name="Apply filters").click()
        assert "type=network" in page.url
        assert page.locator(".chips").inner_text().startswith("Type: Network")

        page.get_by_role("searchbox", name="Search everything").fill("particle accelerators")
        page.get_by_role("button", name="Search", exact=True).click()
        assert page.locator("main .rows h2").first.inner_text().startswith("European Organization")

        open_on(page, "/bodies/cern/")
        page.get_by_label("As of a day").fill("1962-06-01")
        page.get_by_role("button", name="Show").click()
        assert "As of 1 June 1962." in page.locator(".banner").inner_text()


def test_suggestions_work_by_keyboard(page):
    open_on(page, "/about/")
    box = page.get_by_role("combobox", name="Search everything")

    box.fill("cern for")
    page.get_by_role("option").first.wait_for()
    assert box.get_attribute("aria-expanded") == "true"

    page.keyboard.press("ArrowDown")
    chosen = box.get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"

    page.keyboard.press("Enter")
    page.wait_for_url("**/proposals/cern-for-ai*/")


def test_suggestions_close_with_escape_and_leave_what_was_typed(page):
    open_on(page, "/about/")
    box = page.get_by_role("combobox", name="Search everything")
    box.fill("cern")
    page.get_by_role("option").first.wait_for()

    page.keyboard.press("Escape")

    assert box.get_attribute("aria-expanded") == "false"
    assert box.input_value() == "cern"


def test_the_first_stop_of_the_keyboard_leads_past_the_header(page):
    open_on(page, "/bodies/cern/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main_"


def test_cern_in_june_1962_has_exactly_its_thirteen_members(page):
    open_on(page, "/bodies/cern/?on=1962-06-01")

    rows = page.locator("table.members tbody:not(.open) tr[id]")

    assert rows.count() == 13
    names = [row.locator("th a").first.inner_text() for row in rows.all()]
    assert sorted(names) == [
        "Austria", "Belgium", "Denmark", "France", "Germany", "Greece", "Italy", "Netherlands",
        "Norway", "Spain", "Sweden", "Switzerland", "United Kingdom",
    ]  # fmt: skip
    assert all(row.locator(".c a").count() for row in rows.all())


def test_print_is_a_clean_citable_page_with_its_notes(page):
    open_on(page, "/proposals/cern-for-ai/")
    page.emulate_media(media="print")

    assert page.locator("#notes_").is_visible()
    assert page.locator("#note_1").is_visible()
    assert page.locator(".cite").is_visible()
    assert "/proposals/cern-for-ai/" in page.locator(".cite").inner_text()
    for hidden in ("nav", ".find", ".foot", ".asof"):
        assert not page.locator(hidden).first.is_visible()
    address = page.locator("#note_1 .out").evaluate("e => getComputedStyle(e, '::after').content")
    assert "https://" in address


def test_nothing_moves_once_a_page_is_shown(page):
    page.add_init_script(
        "window.shift = 0;"
        "new PerformanceObserver(list => list.getEntries().forEach(each => shift += each.value))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    open_on(page, "/bodies/cern/")
    page.wait_for_timeout(300)

    assert page.evaluate("window.shift") < 0.01


def test_scripts_weigh_less_than_40_kb_in_all(page):
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)

    open_on(page, "/bodies/cern/")

    sizes = [len(answer.body()) for answer in answers if ".js" in answer.url]
    assert 0 < sum(sizes) < 40_000
