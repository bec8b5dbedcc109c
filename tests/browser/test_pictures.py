"""Pictures in a real browser: sliding through the years, following by ear, embedding."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CERN = "/bodies/cern/membership/"
# All that a browser can measure of a picture: no text beyond its edge, none over another one.
TROUBLE = """() => {
  const wrong = [];
  for (const picture of document.querySelectorAll("svg.picture")) {
    if (!picture.getBoundingClientRect().width) continue;
    const frame = picture.getBoundingClientRect();
    const boxes = [...picture.querySelectorAll("text")]
      .map((each) => [each.textContent, each.getBoundingClientRect()]);
    boxes.forEach(([words, box], at) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1)
        wrong.push(`${words} is cut`);
      for (const [other, its] of boxes.slice(at + 1))
        if (box.left < its.right - 1 && its.left < box.right - 1
            && box.top < its.bottom - 4 && its.top < box.bottom - 4)
          wrong.push(`${words} lies over ${other}`);
    });
  }
  return wrong;
}"""


def test_the_members_of_cern_from_1954_to_2026_by_keyboard(page):
    page.goto(f"{CERN}?on=1954-12-31", wait_until="load")
    slider, said = page.get_by_label("Year"), page.locator("#said_")
    slider.focus()
    assert slider.input_value() == "1954"

    page.keyboard.press("ArrowRight")
    expect(said).to_have_text("On 31 December 1955: 12 members.")

    for _ in range(7):
        page.keyboard.press("ArrowRight")
    expect(said).to_have_text("On 31 December 1962: 13 members.")
    assert page.url.endswith(f"{CERN}?on=1962-12-31")

    page.keyboard.press("End")
    expect(said).to_have_text(re.compile("2026: 25 members"))
    assert page.locator("#map svg.broad .full").count() == 25 + 1  # and in the legend
    assert page.evaluate("document.activeElement.id") == "year_"


def test_another_body_is_laid_over_without_a_reload(page):
    page.goto(f"{CERN}?on=2026-01-01", wait_until="load")
    page.evaluate("window.isSame = true")

    page.get_by_label("Beside").select_option("iaea")

    expect(page.locator("#said_")).to_have_text(re.compile("in both"))
    assert "with=iaea" in page.url
    assert page.evaluate("window.isSame")


def test_the_slider_is_a_form_without_scripts(browser, site):
    with browser.new_context(base_url=site, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{CERN}?on=1975-12-31")

        page.get_by_label("Year").focus()
        page.keyboard.press("ArrowRight")
        page.get_by_role("button", name="Show").click()

        expect(page).to_have_url(re.compile(r"membership/\?on=1976-12-31$"))


@pytest.mark.parametrize("width", [1440, 768, 360])
@pytest.mark.parametrize(
    "path",
    [
        CERN,
        f"{CERN}?on=2026-01-01&with=iaea",
        "/bodies/gpai/membership/",
        "/bodies/partnership-on-ai/membership/",
        "/instruments/ctbt/participation/",
        "/instruments/bletchley-declaration/participation/",
        "/bodies/cern/",
        "/entries/cern/figures/",
        "/entries/who/figures/",
    ],
)
def test_no_text_in_a_picture_is_cut_or_lies_over_another(page, path, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path, wait_until="load")

    assert page.evaluate(TROUBLE) == []


def test_what_is_to_be_copied_into_another_page_is_a_frame_of_the_picture(page):
    page.goto(f"{CERN}?on=1975-12-31", wait_until="load")
    figure = page.locator("#map")
    figure.get_by_text("Embed", exact=True).click()

    code = figure.get_by_label("HTML to embed").input_value()

    frame = re.search(r'src="([^"]+)"', code)
    page.goto(frame[1].replace("&amp;", "&"))
    assert page.get_by_role("img").count() == 1
    assert "Members of European" in page.title()
