"""The form in a real browser: it saves itself, rows come and go, and nothing typed is lost."""

import os
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client

from kb import editing
from kb.models import Edit
from tests.kb.web.desk.test_documents import MOBY, path_of
from tests.library.builders import draft, person, publish, reader

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Playwright runs an event loop in this thread, from before the test database is made. Django would
# refuse to ask the database beside one; here nothing else runs in it.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PATIENCE = 15_000  # milliseconds
SAVED = re.compile("^Saved [0-9]")


@pytest.fixture
def address(visitor: Client, live_server: Any, settings: Any) -> str:
    """Of a site about books, which serves its files under their plain names."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    return str(live_server.url)


@pytest.fixture
def changeset(address: str) -> Any:
    publish(reader("ada-l", "Ada Lovelace"), reader("grace-h", "Grace Hopper"))
    return draft({**MOBY, "loans": [{"reader": "ada-l"}, {"reader": "grace-h", "from": "1900"}]})


@pytest.fixture
def signed_in(visitor: Client) -> list[dict[str, str]]:
    visitor.force_login(person("ada"))
    return [{"name": "sessionid", "value": visitor.cookies["sessionid"].value}]


@pytest.fixture
def ada(browser: Any, address: str, changeset: Any, signed_in: list[dict[str, str]]) -> Any:
    """The form, open in Ada's browser."""
    with browser.new_context(base_url=address) as context:
        context.add_cookies([{**cookie, "url": address} for cookie in signed_in])
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(path_of(changeset))
        yield page


def saved(page: Any) -> None:
    """Wait until the form says so."""
    page.locator("#form_status").filter(has_text=SAVED).wait_for()


def kept(changeset: Any) -> dict[str, Any]:
    return Edit.objects.get(changeset=changeset, key="moby").document


def test_what_is_typed_is_saved_by_itself(ada, changeset):
    ada.fill("#f-title", "The Whale")
    saved(ada)

    assert kept(changeset)["title"] == "The Whale"
    assert ada.evaluate("localStorage.length") == 0


def test_a_row_is_added_and_its_reader_found_by_name_with_keys_alone(ada, changeset):
    found = {"items": [{"key": "grace-h", "kind": "reader", "name": "Grace Hopper"}]}
    ada.route(
        "**/api/v1/suggest?kind=reader&prefix=hopper", lambda route: route.fulfill(json=found)
    )
    ada.focus("button[value='add:loans']")
    ada.keyboard.press("Enter")
    ada.keyboard.type("hopper")
    ada.wait_for_selector("[role=option]")
    ada.keyboard.press("ArrowDown")
    ada.keyboard.press("Enter")
    name = ada.locator(":focus ~ output").inner_text()
    ada.keyboard.press("Tab")
    ada.keyboard.type("1954-09")
    told = ada.locator(":focus ~ output").inner_text()
    saved(ada)

    assert (name, told) == ("Grace Hopper", "September 1954")
    last = kept(changeset)["loans"][-1]
    assert (last["reader"], last["from"]) == ("grace-h", "1954-09")


def test_rows_move_and_a_removed_one_can_be_put_back(ada, changeset):
    ada.click("button[value='down:loans.0']")
    ada.click("button[value='remove:loans.1']")
    saved(ada)
    assert [row["reader"] for row in kept(changeset)["loans"]] == ["ada-l"]

    ada.click("text=Put back")
    saved(ada)
    assert [row["reader"] for row in kept(changeset)["loans"]] == ["grace-h", "ada-l"]


def test_a_problem_is_told_at_its_row_after_rows_have_moved(ada):
    ada.click("button[value='down:loans.0']")
    ada.fill("[id='f-loans.0.from']", "1954-13")
    ada.wait_for_selector("[id='e-f-loans.0.from']")

    assert "month 13" in ada.locator("[id='e-f-loans.0.from']").inner_text()
    ada.click("#form_problems a")
    assert ada.evaluate("document.activeElement.id") == "f-loans.0.from"


def test_what_was_typed_without_a_connection_is_saved_later(ada, changeset):
    ada.context.set_offline(True)
    ada.fill("#f-title", "Typed on a train")
    ada.wait_for_selector("#form_status:has-text('no connection')")

    ada.context.set_offline(False)
    saved(ada)

    assert kept(changeset)["title"] == "Typed on a train"


def test_what_was_typed_when_the_session_had_ended_is_saved_after_signing_in(
    ada, address, changeset, visitor
):
    ada.context.clear_cookies(name="sessionid")
    ada.fill("#f-title", "Typed too late")
    ada.wait_for_selector("#form_status:has-text('You were signed out')")

    visitor.force_login(person("ada"))
    cookie = {"name": "sessionid", "value": visitor.cookies["sessionid"].value, "url": address}
    ada.context.add_cookies([cookie])
    saved(ada)

    assert kept(changeset)["title"] == "Typed too late"


def test_what_the_browser_kept_is_brought_back(ada, changeset):
    ada.context.route(
        f"**{path_of(changeset)}",
        lambda route: route.abort() if route.request.method == "POST" else route.continue_(),
    )
    ada.fill("#f-title", "Kept here")
    ada.wait_for_selector("#form_status:has-text('no connection')")
    ada.on("dialog", lambda dialog: dialog.accept())
    ada.reload()
    ada.context.unroute(f"**{path_of(changeset)}")
    assert ada.input_value("#f-title") == "Moby-Dick"

    ada.click("text=Bring it back")

    saved(ada)
    assert kept(changeset)["title"] == "Kept here"


def test_somebody_elses_save_is_shown_and_neither_is_lost(ada, changeset):
    theirs = kept(changeset) | {"title": "Theirs"}
    editing.save(changeset, "moby", "book", theirs, by=person("grace"))
    ada.fill("#f-title", "Mine")
    ada.wait_for_selector("#form_status:has-text('saved by grace')")
    ada.click("text=See both")

    ada.wait_for_selector(".bothsides")
    assert ada.input_value("#f-title") == "Mine"
    assert "Theirs" in ada.locator(".bothsides").inner_text()
    assert kept(changeset)["title"] == "Theirs"

    ada.click("button.main")
    ada.wait_for_url("**?saved=*")
    assert kept(changeset)["title"] == "Mine"


# --- rows that are closed --------------------------------------------------------------------

LOANS = [{"reader": "ada-l"}, *({"reader": "grace-h", "from": f"190{n}"} for n in range(4))]


@pytest.fixture
def long_list(ada: Any, changeset: Any) -> Any:
    """The form of a book with five loans, each closed."""
    editing.save(changeset, "moby", "book", MOBY | {"loans": LOANS}, by=person("ada"))
    ada.reload()
    return ada


def test_a_row_is_opened_in_place_with_keys_alone(long_list, changeset):
    before = kept(changeset)
    long_list.focus("button[value='open:loans.3']")
    long_list.keyboard.press("Enter")
    long_list.wait_for_selector("[id='f-loans.3.reader']")

    assert long_list.evaluate("document.activeElement.id") == "f-loans.3.reader"
    assert kept(changeset) == before  # opened is not changed
    long_list.keyboard.press("Tab")
    long_list.keyboard.type("1950-01")
    saved(long_list)
    assert [row.get("from") for row in kept(changeset)["loans"]] == [
        None, "1900", "1901", "1950-01", "1903",
    ]  # fmt: skip


def test_closed_rows_move_and_a_removed_one_can_be_put_back(long_list, changeset):
    ids = [row["id"] for row in kept(changeset)["loans"]]
    long_list.click("button[value='down:loans.0']")
    long_list.click("button[value='remove:loans.4']")
    saved(long_list)
    assert [row["id"] for row in kept(changeset)["loans"]] == [ids[1], ids[0], ids[2], ids[3]]

    long_list.click("text=Put back")
    saved(long_list)
    assert [row["id"] for row in kept(changeset)["loans"]] == [ids[1], ids[0], *ids[2:]]


def test_a_row_that_cannot_be_opened_says_so_and_opens_later(long_list):
    long_list.context.set_offline(True)
    long_list.click("button[value='open:loans.3']")
    long_list.wait_for_selector(".closed [role=alert]:has-text('no connection')")

    long_list.context.set_offline(False)
    long_list.click("button[value='open:loans.3']")
    long_list.wait_for_selector("[id='f-loans.3.reader']")


def test_a_problem_in_a_closed_row_opens_it(long_list, changeset):
    answer = {"saved_at": "2026-01-01T00:00:00Z", "version": "9", "created": None, "problems": [
        {"label": "Loans 4: From", "place": "loans[3].from", "id": "f-loans.3.from", "detail": "x"},
    ]}  # fmt: skip
    long_list.route(
        f"**{path_of(changeset)}",
        lambda route: (
            route.fulfill(json=answer)
            if "x-autosave" in route.request.headers
            else route.continue_()
        ),
    )
    long_list.fill("#f-title", "The Whale")
    long_list.click("#form_problems a")
    long_list.wait_for_selector("[id='e-f-loans.3.from']")

    assert long_list.evaluate("document.activeElement.id") == "f-loans.3.from"


def test_what_is_missing_is_created_from_the_picker_and_the_page_stays(ada, changeset):
    ada.route("**/api/v1/suggest*", lambda route: route.fulfill(json={"items": []}))
    ada.click("button[value='add:loans']")
    ada.keyboard.type("Queequeg Élan")
    ada.wait_for_selector("[role=option]:has-text('Create “Queequeg Élan” as a new reader')")
    ada.keyboard.press("ArrowUp")
    ada.keyboard.press("Enter")
    assert ada.input_value("[name='new.key']") == "queequeg-elan"
    ada.click("button[value=create]")
    ada.wait_for_selector("#form_said:has-text('part of this changeset now')")

    assert ada.evaluate("document.activeElement.value") == "queequeg-elan"
    assert kept(changeset)["loans"][-1]["reader"] == "queequeg-elan"
    assert Edit.objects.get(changeset=changeset, key="queequeg-elan").kind == "reader"
    ada.click("button[value='add:loans']")
    ada.keyboard.type("queeq")
    ada.wait_for_selector("[role=option]:has-text('Queequeg Élan'):visible")


def test_all_of_it_works_without_a_script(browser, address, changeset, signed_in):
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        context.add_cookies([{**cookie, "url": address} for cookie in signed_in])
        page = context.new_page()
        page.goto(path_of(changeset))
        page.click("button[value='add:loans']")
        page.fill("[id='f-loans.2.reader']", "ada-l")
        page.click("button[value='up:loans.2']")
        page.click("button[value='remove:loans.0']")
        page.click("button[value='put-back:0']")
        page.click("button.main")

    assert [row["reader"] for row in kept(changeset)["loans"]] == ["ada-l", "ada-l", "grace-h"]


def test_a_row_is_opened_and_moved_without_a_script(browser, address, changeset, signed_in):
    editing.save(changeset, "moby", "book", MOBY | {"loans": LOANS}, by=person("ada"))
    with browser.new_context(base_url=address, java_script_enabled=False) as context:
        context.add_cookies([{**cookie, "url": address} for cookie in signed_in])
        page = context.new_page()
        page.goto(path_of(changeset))
        page.click("button[value='open:loans.4']")
        page.fill("[id='f-loans.4.from']", "1950")
        page.click("button[value='up:loans.4']")
        page.click("button.main")

    dates = [row.get("from") for row in kept(changeset)["loans"]]
    assert dates == [None, "1900", "1901", "1950", "1902"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_a_form_with_problems(ada, scheme):
    ada.emulate_media(color_scheme=scheme)
    ada.click("button[value='add:loans']")
    ada.fill("#f-title", "")
    ada.fill("#f-printed", "1851-13")
    saved(ada)

    found = Axe().run(ada, context="main").response["violations"]

    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []


def test_the_form_is_not_wider_than_a_small_telephone(ada):
    ada.set_viewport_size({"width": 360, "height": 800})

    assert ada.evaluate("document.documentElement.scrollWidth") <= 360
