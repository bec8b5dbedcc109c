"""A changeset from its first word to its approval, in real browsers without scripts."""

import re
import time

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

NARROW = {"width": 360, "height": 800}
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TABS = ("", "difference/", "checks/", "conversation/")


def password_of(name, accounts):
    """Of a demo account, as the text says that tells of them."""
    found = re.search(rf"name +{name}\nrole .*\npassword +(\S+)", accounts)
    assert found is not None
    return found[1]


@pytest.fixture
def signed_in(browser, own_site):
    """`signed_in("ada")`: a page without scripts on which she has signed in."""
    contexts = []

    def page_of(name):
        context = browser.new_context(base_url=own_site.url, java_script_enabled=False)
        contexts.append(context)
        page = context.new_page()
        page.goto("/accounts/login/?next=/desk/")
        page.get_by_label("User name or e-mail address").fill(name)
        page.get_by_label("Password").fill(password_of(name, own_site.accounts))
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("For me")
        return page

    yield page_of
    for context in contexts:
        context.close()


@pytest.fixture
def checked(browser, own_site):
    """`checked(page, path)`: axe finds nothing there, and nothing is wider than a telephone."""
    contexts = []

    def check(page, path):
        for scheme in ("light", "dark"):
            # Axe is a script: it looks at what the page of somebody without scripts looks like.
            context = browser.new_context(base_url=own_site.url, color_scheme=scheme)
            contexts.append(context)
            context.add_cookies(page.context.cookies())
            looked = context.new_page()
            looked.goto(path)
            found = Axe().run(looked, options={"runOnly": EVERYTHING}).response["violations"]
            assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == [], path
            looked.set_viewport_size(NARROW)
            width = looked.evaluate("document.documentElement.scrollWidth")
            assert width <= NARROW["width"], path

    yield check
    for context in contexts:
        context.close()


def begin_a_source(page, name):
    page.goto("/desk/new/")
    page.get_by_role("radio", name="Source").check()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_role("button", name="Begin").click()
    page.get_by_label(re.compile("^Type")).select_option(label="Report")
    page.locator("#f-publisher").fill("CERN")
    page.get_by_role("button", name="Save", exact=True).last.click()


def test_one_writes_the_other_asks_and_approves(signed_in, checked):
    ada, grace = signed_in("ada"), signed_in("grace")
    name = f"A report of {time.time_ns()}"
    begin_a_source(ada, name)
    path = re.search(r"/desk/changesets/\d+/", ada.url)[0]

    ada.goto(path)
    button = ada.get_by_role("button", name=re.compile("^(Submit for review|I have seen all)"))
    button.click()
    expect(ada.locator(".messages")).to_contain_text("Submitted")

    grace.goto("/desk/queue/?state=in_review&sort=newest")
    grace.get_by_role("link", name=f"Source: {name}").click()
    grace.get_by_role("link", name="Difference", exact=True).click()
    grace.get_by_role("link", name="Comment on Title").click()
    checked(grace, grace.url)
    grace.get_by_role("link", name="Title", exact=True).click()
    expect(grace.get_by_label("What should stand there")).to_have_value(name)
    grace.get_by_label("What should stand there").fill(f"{name}, revised")
    grace.get_by_role("button", name="Suggest").click()
    expect(grace.locator(".thread.suggestion")).to_contain_text("revised")

    for tab in TABS:
        checked(ada, f"{path}{tab}")
    ada.goto(f"{path}conversation/")
    ada.get_by_role("button", name="Take it").click()
    expect(ada.locator(".thread")).to_contain_text("Taken by")

    grace.goto(f"{path}difference/")
    expect(grace.locator(".entry-difference")).to_contain_text(f"{name}, revised")
    grace.get_by_role("button", name="Approve").click()
    expect(grace.locator(".messages")).to_contain_text("Approved. It can be published now.")

    ada.goto(path)
    ada.get_by_role("button", name="Take back to draft").click()
    ada.locator("summary", has_text="Withdraw").click()
    ada.get_by_role("button", name="Withdraw").click()
    expect(ada.locator(".standing")).to_contain_text("Withdrawn")


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk/queue/", "/desk/new/?q=cern", "/desk/edit/cern/"]
)
def test_the_pages_that_lead_to_changesets_are_for_everyone(signed_in, checked, path):
    checked(signed_in("grace"), path)
