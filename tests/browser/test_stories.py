"""Whole stories in real browsers: a suggestion that is published, two editors on one entry, and a
merge that is undone.
"""

import json
import re
import time
from contextlib import ExitStack

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import expect

from kb.management.commands.demo_code import STEP

pytestmark = pytest.mark.browser

COUNTRY = "Denmark"
SOURCE, SOURCE_KEY = "Statement on leaving the agency", "statement-on-leaving-the-agency"
WHERE = "https://example.org/leaving-the-agency"


# --- getting about --------------------------------------------------------------------------


@pytest.fixture
def enter(browser, own_site):
    """`enter("ada")`: a page on which she has signed in; `enter()`: that of a visitor."""
    with ExitStack() as stack:

        def entered(name=""):
            context = stack.enter_context(browser.new_context(base_url=own_site.url))
            page = context.new_page()
            if name:
                sign_in(page, name, own_site.accounts)
            return page

        yield entered


def sign_in(page, name, accounts):
    about = re.search(rf"^name +{name}\n(?:\S.*\n)+", accounts, re.M)[0]
    said = dict(line.split(maxsplit=1) for line in about.splitlines())
    page.goto("/accounts/login/?next=/desk/")
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(said["password"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    if "secret" in said:
        counter = int(time.time()) // STEP
        page.get_by_label("Code").fill(format_hotp_value(hotp_value(said["secret"], counter)))
        page.get_by_role("button", name="Sign In").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("For me")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def told(page, text):
    """The message on top of the desk says so."""
    expect(page.locator(".messages").get_by_text(text)).to_be_visible()


def at_tab(page, name):
    page.get_by_role("navigation", name="Changeset").get_by_role("link", name=name).click()


# --- what editors do ------------------------------------------------------------------------


def begin(page, key, title):
    """Begin to edit an entry: the form of its document."""
    page.goto(f"/desk/edit/{key}/")
    page.get_by_label("Title of a new changeset").fill(title)
    press(page, "Begin")
    page.wait_for_url(f"**/documents/{key}/")


def save(page):
    """Save the document, and go to its changeset."""
    page.get_by_role("button", name="Save", exact=True).last.click()
    page.wait_for_url("**saved=*")
    page.locator(".crumbs a").first.click()
    expect(page.get_by_role("navigation", name="Changeset")).to_be_visible()


def submit(page):
    seen = page.get_by_role("button", name="I have seen all of them: submit")
    seen.or_(page.get_by_role("button", name="Submit for review")).click()
    told(page, "Submitted. The board has been told.")
    return page.url


def read(page, title):
    """From the desk to what a changeset changes."""
    page.goto("/desk/")
    page.get_by_role("region", name="To review").get_by_role("link", name=title).click()
    at_tab(page, "Difference")


def approve(page):
    page.get_by_role("button", name="Approve").click()
    told(page, "Approved. It can be published now.")


def publish(page):
    press(page, "Publish now")
    told(page, re.compile("^Published: "))


def read_and_publish(page, title):
    read(page, title)
    approve(page)
    publish(page)


def text_of(page, path):
    """What an address of the API answers, as text."""
    answer = page.request.get(path)
    assert answer.ok, path
    return answer.text()


# --- a visitor suggests ---------------------------------------------------------------------


def suggest(page, country):
    """Write, not yet send, that a country is no member any more."""
    page.goto("/bodies/iaea/")
    page.get_by_role("row").filter(has_text=country).locator(".c a").first.click()
    page.get_by_role("dialog").get_by_role("link", name="Suggest a change").click()
    page.get_by_label("What should change?").fill(f"{country} left the agency on 30 June 2025.")
    page.get_by_label("Where does it say so?").fill(WHERE)


def send(page):
    """Send a suggestion. Whoever does so within three seconds is taken for a robot."""
    page.wait_for_timeout(max(0, 3100 - page.evaluate("performance.now()")))
    press(page, "Send to the board")
    expect(page.get_by_text("Waiting to be read")).to_be_visible()


def open_row(page, title):
    """The fields of a row of statements, which may be closed; `title`: as it begins."""
    row = page.locator("#form .row").filter(has_text=f"{title} · ").first
    expect(row).to_be_visible()
    if not row.get_by_label("Role").is_visible():
        row.get_by_text(re.compile(f"^{title} · ")).first.click()
    expect(row.get_by_label("Role")).to_be_visible()
    return row


def cite_new_source(row, page):
    """Cite a source in an opened row that nobody knew before, without leaving the form."""
    row.get_by_role("button", name="Add a source").click()
    source = row.get_by_label(re.compile("^Source")).last
    source.fill(SOURCE)
    page.get_by_role("option", name=f"Create “{SOURCE}”").click()
    press(page, "Save, and create it")
    expect(source).to_have_value(SOURCE_KEY)


def test_a_visitor_suggests_and_reads_what_became_of_it(enter):
    visitor = enter()
    suggest(visitor, COUNTRY)
    ada, grace = enter("ada"), enter("grace")
    before = head(visitor)
    send(visitor)

    ada.goto("/desk/suggestions/")
    ada.get_by_role("link", name=f"{COUNTRY} left the agency").click()
    press(ada, "Take it up in a new changeset")
    open_row(ada, COUNTRY).get_by_label("To", exact=True).fill("2025-06-30")
    save(ada)
    submit(ada)
    visitor.reload()
    expect(visitor.get_by_text("The board has taken it up.")).to_be_visible()

    read(grace, f"International Atomic Energy Agency: {COUNTRY}")
    grace.locator(".place").filter(has_text=COUNTRY).get_by_role("link", name="Comment").click()
    saying = grace.get_by_role("form", name="Comment")
    saying.get_by_label("Comment").fill("Which source says so? It is not in the one cited.")
    saying.get_by_role("button", name="Request changes").click()
    told(grace, "Its authors have been told.")

    ada.reload()
    expect(ada.get_by_text("Changes requested")).to_be_visible()
    at_tab(ada, "Difference")
    expect(ada.get_by_role("article", name="Objection by Grace (editor)")).to_contain_text(
        "Which source"
    )
    ada.get_by_role("link", name=re.compile("^Edit ")).click()
    cite_new_source(open_row(ada, COUNTRY), ada)
    save(ada)
    ada.get_by_role("link", name=f"Edit {SOURCE}").click()
    ada.get_by_label(re.compile("^Type")).select_option(label="Speech")
    ada.get_by_label("URL", exact=True).fill(WHERE)
    save(ada)
    submit(ada)

    read_and_publish(grace, f"International Atomic Energy Agency: {COUNTRY}")

    visitor.reload()
    expect(visitor.get_by_text("The change that came of it is published.")).to_be_visible()
    visitor.get_by_role("link", name="The history of").click()
    newest = visitor.get_by_role("row").filter(has_text="Written by ada. Approved by grace.").first
    expect(newest).to_contain_text(f"{COUNTRY} left the agency")

    reader = enter()  # whose browser keeps no page of before
    reader.goto("/bodies/iaea/")
    row = reader.get_by_role("row").filter(has_text=COUNTRY)
    expect(row).to_contain_text("30 Jun 2025")
    row.locator(".c a").last.click()
    expect(reader.get_by_role("dialog")).to_contain_text(SOURCE)
    reader.goto("/bodies/iaea/?on=2025-06-29")
    expect(row).to_be_visible()
    reader.goto("/bodies/iaea/?on=2025-07-01")
    expect(reader.get_by_role("row").filter(has_text="Afghanistan")).to_be_visible()
    expect(row).to_have_count(0)
    reader.goto("/changes/")
    listed = reader.get_by_role("listitem").filter(has_text=f"{COUNTRY} left the agency").first
    expect(listed).to_contain_text("written by ada · approved by grace")

    assert members_on(reader, "2025-06-29") - members_on(reader, "2025-07-01") == {COUNTRY.lower()}
    assert {"iaea", SOURCE_KEY} <= {key for key, _act in changes_after(visitor, before)}


def members_on(page, day):
    """Keys of the members of the agency, as the API has them."""
    told = json.loads(text_of(page, f"/api/v1/bodies/iaea/members?on={day}&page_size=200"))
    return {each["actor"]["key"] for each in told["items"]}


def head(page):
    """The sequence number of the newest change."""
    return json.loads(text_of(page, "/api/v1/changes?page_size=1"))["head"]


def changes_after(page, number):
    """(key, act) of each change in the feed since then, in its order."""
    told = json.loads(text_of(page, f"/api/v1/changes?after={number}"))
    return [(each["entry"]["key"], each["act"]) for each in told["items"]]


# --- two editors on one entry ---------------------------------------------------------------

WEBSITE = "https://pugwash.org/about/"


def written(page, title, field, text):
    """A changeset in review in which one field of “pugwash” is written anew. Gives its address."""
    begin(page, "pugwash", title)
    page.get_by_label(field, exact=True).fill(text)
    save(page)
    return submit(page)


def says(page, summary):
    """What both have written is on the public page."""
    page.goto("/bodies/pugwash/")
    expect(page.get_by_text(summary)).to_be_visible()
    expect(page.get_by_role("main").locator(f"[href='{WEBSITE}']")).to_be_visible()


def test_two_editors_of_one_entry_both_have_their_say(enter):
    ada, grace, visitor = enter("ada"), enter("grace"), enter()
    start = head(visitor)

    # Different fields: what is published second is merged with what was published first.
    written(ada, "Pugwash, shorter", "Summary", "Meetings of scientists, since 1957.")
    written(grace, "Pugwash, its pages", "Website", WEBSITE)
    read(ada, "Pugwash, its pages")
    approve(ada)
    read_and_publish(grace, "Pugwash, shorter")
    ada.reload()
    publish(ada)
    says(visitor, "Meetings of scientists, since 1957.")

    # The same field: both are shown, one chooses, and the history has both.
    written(ada, "In the words of Ada", "Summary", "Scientists who meet, says Ada.")
    path = written(grace, "In the words of Grace", "Summary", "Scientists who talk, says Grace.")
    read_and_publish(grace, "In the words of Ada")
    grace.goto(path)
    grace.get_by_role("link", name="Conflict: compare and choose").click()
    sides = grace.get_by_role("group", name="Summary")
    for text in ("since 1957.", "who meet, says Ada.", "who talk, says Grace."):
        expect(sides.get_by_text(text)).to_be_visible()
    press(grace, "Carry over what is chosen")
    expect(grace.get_by_role("alert")).to_be_visible()
    sides.get_by_label("Mine").check()
    press(grace, "Carry over what is chosen")
    expect(grace.get_by_role("link", name="Conflict: compare and choose")).to_have_count(0)
    read_and_publish(ada, "In the words of Grace")

    reader = enter()  # whose browser keeps no page of before
    says(reader, "Scientists who talk, says Grace.")
    reader.goto("/entries/pugwash/history/")
    newest = reader.get_by_role("row").filter(has_text="In the words of Grace")
    newest.get_by_role("link", name="What changed").click()
    expect(reader.locator("del").filter(has_text="Scientists who meet, says Ada.")).to_be_visible()
    expect(reader.locator("ins").filter(has_text="Scientists who talk, says Gra")).to_be_visible()
    assert changes_after(visitor, start) == [("pugwash", "revise")] * 4


# --- a merge, undone ------------------------------------------------------------------------

MERGED, SURVIVOR = "google-deepmind", "google"
REFERRING = ("arthur-mensch", "demis-hassabis", "lewis-ho", "partnership-on-ai")


def links(page):
    """Who refers to the two, and what those say who refer to the first; as the API sends it."""
    paths = [f"{key}/{part}" for key in (MERGED, SURVIVOR) for part in ("links", "backlinks")]
    return [text_of(page, f"/api/v1/entries/{path}") for path in (*paths, *REFERRING)]


def has_link(page, path, name):
    page.goto(path)
    expect(page.get_by_role("main").get_by_role("link", name=name, exact=True)).to_be_visible()


def test_a_merge_of_two_actors_leads_to_the_survivor_until_it_is_undone(enter):
    marie, grace, visitor = enter("marie"), enter("grace"), enter()
    before, start = links(visitor), head(visitor)
    title = "Merge “Google DeepMind” into “Google”"

    marie.goto(f"/desk/entries/{MERGED}/")
    marie.get_by_role("link", name="Merge into another entry").click()
    marie.get_by_label("Key of the one that stays").fill(SURVIVOR)
    press(marie, "Compare")
    press(marie, "Open the changeset")
    submit(marie)
    read_and_publish(grace, title)

    assert sorted(changes_after(visitor, start)) == [(SURVIVOR, "revise"), (MERGED, "merge")]
    told = text_of(visitor, f"/api/v1/entries/{SURVIVOR}/backlinks")
    assert all(f'"key":"{key}"' in told for key in REFERRING)
    assert not any(f'"key":"{MERGED}"' in text for text in links(visitor))
    visitor.goto(f"/actors/{MERGED}/")
    visitor.wait_for_url(f"**/actors/{SURVIVOR}/")
    has_link(visitor, "/actors/demis-hassabis/", "Google")

    marie.goto("/changes/")
    marie.get_by_role("link", name=title).first.click()
    marie.get_by_role("link", name="revert this change").click()
    press(marie, "Open the draft")
    submit(marie)
    read_and_publish(grace, f"Revert “{title}”")

    assert links(visitor) == before
    has_link(enter(), "/actors/demis-hassabis/", "Google DeepMind")
    has_link(enter(), f"/entries/{MERGED}/history/", title)
