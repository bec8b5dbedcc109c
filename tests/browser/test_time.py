"""Timeline, network, positions through time and arguments in a real browser, and by keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

pytestmark = pytest.mark.browser

PAGES = (
    "/timeline/",
    "/timeline/?what=act&topic=us-china&sort=date",
    "/timeline/?to=1700",
    "/timeline/?from=2023-02-30",
    "/network/",
    "/network/?around=cern",
    "/network/?around=china&depth=2&relation=participation.actor",
    "/network/?around=cern&on=1700-01-01",
    "/network/?around=nothing-here",
    "/actors/gary-marcus/positions/",
    "/actors/malta/positions/",
    "/proposals/cern-for-ai/positions/",
    "/proposals/us-china-ai-collaboration-graylin/arguments/",
    "/proposals/cern-for-ai/arguments/",
    "/embed/network/picture/?around=cern",
    "/embed/timeline/density/",
)
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PICTURES = (
    "/timeline/",
    "/network/?around=united-states&depth=2",
    "/network/?around=ctbt",
    "/actors/united-states/positions/",
    "/proposals/cern-for-ai/positions/",
)
OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll("svg.picture")]
    .filter((svg) => svg.getBoundingClientRect().width)
    .flatMap((svg) => [...svg.querySelectorAll("text")])
    .map((text) => [text.textContent, text.getBoundingClientRect()]);
  const found = [];
  boxes.forEach(([one, a], place) => boxes.slice(place + 1).forEach(([other, b]) => {
    const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
    const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
    if (wide > 1 && tall > 3) found.push(`${one} | ${other}`);
  }));
  return found;
}"""
CUT = """() => [...document.querySelectorAll("svg.picture")]
  .filter((svg) => svg.getBoundingClientRect().width)
  .flatMap((svg) => {
    const frame = svg.getBoundingClientRect();
    return [...svg.querySelectorAll("text")].filter((text) => {
      const box = text.getBoundingClientRect();
      return box.left < frame.left - 1 || box.right > frame.right + 1;
    }).map((text) => text.textContent);
  })"""


# In the dark only colours differ, and all other rules would find what they find in the light.
@pytest.mark.parametrize(("scheme", "rules"), [("light", EVERYTHING), ("dark", COLOURS)])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing(page, path, scheme, rules):
    page.emulate_media(color_scheme=scheme)
    page.goto(path, wait_until="load")

    found = Axe().run(page, options={"runOnly": rules}).response["violations"]

    told = [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
    assert told == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_wider_than_a_small_telephone(page, path):
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto(path, wait_until="load")

    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.parametrize("width", [1440, 768, 360])
@pytest.mark.parametrize("path", PICTURES)
def test_no_label_lies_over_another_and_none_is_cut(page, path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path, wait_until="load")

    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(CUT) == []


def test_the_timeline_is_filtered_by_keyboard_and_jumps_to_a_year(page):
    page.goto("/timeline/", wait_until="load")
    page.get_by_label("Adopted").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    page.wait_for_url("**/timeline/?*what=adopted*")
    assert page.locator(".chips").inner_text().startswith("What: Adopted")
    page.locator(".jumps a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"to=\d{4}"))
    year = re.search(r"to=(\d{4})", page.url)[1]
    assert page.locator("section.year h2").first.inner_text() == year


def test_the_network_is_asked_for_by_keyboard_and_leads_on(page):
    page.goto("/network/", wait_until="load")
    page.get_by_role("combobox", name="Around").or_(page.get_by_label("Around")).first.focus()
    page.keyboard.type("cern")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")

    page.wait_for_url("**/network/?around=cern*")
    assert page.get_by_role("img", name="Entries tied to European").is_visible()
    page.get_by_text("Table", exact=True).first.focus()
    page.keyboard.press("Enter")
    assert page.get_by_role("region", name="Table: Entries tied to").is_visible()


def test_an_answer_is_folded_away_by_keyboard(page):
    page.goto("/proposals/us-china-ai-collaboration-graylin/arguments/", wait_until="load")
    answer = page.locator("details h4").first
    assert answer.is_visible()

    page.locator(".tree summary").first.focus()
    page.keyboard.press("Enter")

    assert not answer.is_visible()


def test_the_same_network_is_drawn_the_same_on_every_visit(page):
    def drawn():
        page.goto("/network/?around=china&depth=2", wait_until="load")
        return page.locator("svg.picture").first.evaluate("svg => svg.outerHTML")

    assert drawn() == drawn()
