"""Somebody joins: signs up, confirms, signs in, sets up a second factor, and ends a session."""

import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from conftest import SITE

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
NARROW = {"width": 360, "height": 800}
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_PAGES = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def mail_to(address):
    """The newest mail to somebody, from the folder where mails go without a server."""
    for _ in range(100):
        files = sorted(Path(SITE / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime)
        texts = [file.read_text() for file in files]
        found = [text for text in texts if f"To: {address}" in text]
        if found:
            return found[-1]
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address} in {SITE / 'mail'}")


def check(page):
    """What every page must be: without complaint from axe, and not too wide."""
    found = Axe().run(page, options={"runOnly": EVERYTHING}).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found] == []
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"], page.url
    page.set_viewport_size(before)


def sign_up(page, name):
    page.goto("/desk/account/")
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("User name").fill(name)
    page.get_by_label("E-mail address").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Full name").fill("Nell Newcomer")
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mail")


def sign_in(page, name):
    page.goto("/accounts/login/?next=/desk/account/")
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("path", OPEN_PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_for_signing_in_are_for_everyone(page, path, scheme):
    page.emulate_media(color_scheme=scheme)
    said = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(path)

    check(page)
    assert said == []


def test_somebody_joins_and_looks_after_their_account(page, browser, site):
    name = f"nell{time.time_ns()}"[:30]
    said = []
    page.on("console", lambda message: said.append(message.text))

    sign_up(page, name)
    check(page)
    link = re.search(r"https?://\S+/accounts/confirm-email/\S+", mail_to(f"{name}@example.org"))
    assert link
    page.goto(link[0])
    check(page)
    page.get_by_role("button", name="Confirm").click()

    sign_in(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nell Newcomer")
    check(page)

    page.get_by_role("link", name="App, passkeys, recovery codes").click()
    check(page)
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    secret = page.get_by_label("Secret").input_value()
    check(page)
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery Codes")
    check(page)

    with browser.new_context(base_url=site, user_agent="An old telephone") as other:
        there = other.new_page()
        sign_in(there, name)
        check(there)
        # The code that was just used opens nothing again; the next one is not yet refused.
        there.get_by_label("Code").fill(format_hotp_value(hotp_value(secret, in_half_a_minute())))
        there.get_by_role("button", name="Sign In").click()
        expect(there.get_by_role("heading", level=1)).to_have_text("Nell Newcomer")

        page.goto("/desk/account/sessions/")
        check(page)
        row = page.get_by_role("listitem").filter(has_text="An old telephone")
        row.get_by_role("button").click()
        expect(page.get_by_text("The session has ended.")).to_be_visible()

        there.goto("/desk/account/")
        expect(there.get_by_role("heading", level=1)).to_have_text("Sign in")

    page.goto("/desk/account/tokens/")
    check(page)
    page.get_by_role("textbox", name="Name").fill("reading list")
    page.get_by_role("button", name="Make the token").click()
    expect(page.get_by_text(re.compile(r"^cg_\w{40}$"))).to_be_visible()
    check(page)
    page.goto("/desk/people/")
    check(page)
    page.get_by_role("button", name="Sign out").click()
    page.goto("/desk/account/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    assert said == []


def in_half_a_minute():
    return int(time.time()) // 30 + 1


def test_a_passkey_signs_in_with_nothing_to_type(browser, site):
    """Browsers give passkeys to names, not to numbers: so at localhost."""
    name = f"pat{time.time_ns()}"[:30]
    with browser.new_context(base_url=site.replace("127.0.0.1", "localhost")) as context:
        page = context.new_page()
        authenticator = context.new_cdp_session(page)
        authenticator.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
        }
        authenticator.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        sign_up(page, name)
        link = re.search(r"/accounts/confirm-email/\S+", mail_to(f"{name}@example.org"))
        assert link
        page.goto(link[0])
        page.get_by_role("button", name="Confirm").click()
        sign_in(page, name)

        page.goto("/accounts/2fa/webauthn/add/")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        check(page)
        page.get_by_label("Passwordless").check()
        page.get_by_role("button", name="Add it").click()
        page.wait_for_url(re.compile("recovery-codes|webauthn/$"))
        page.get_by_role("button", name="Sign out").click()

        page.goto("/accounts/login/?next=/desk/account/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Nell Newcomer")


def test_what_was_written_survives_the_end_of_the_session_without_scripts(browser, site):
    name = f"kim{time.time_ns()}"[:30]
    options = {"base_url": site, "java_script_enabled": False}
    with browser.new_context(**options) as context:
        page = context.new_page()
        sign_up(page, name)
        link = re.search(r"https?://\S+/accounts/confirm-email/\S+", mail_to(f"{name}@example.org"))
        assert link
        page.goto(link[0])
        page.get_by_role("button", name="Confirm").click()
        sign_in(page, name)

        page.get_by_label("Full name").fill("Kim, who wrote a lot")
        context.clear_cookies(name="sessionid")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("What you sent is kept: sign in")).to_be_visible()
        page.get_by_label("User name or e-mail address").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.get_by_text("Kim, who wrote a lot")).to_be_visible()
        page.get_by_role("button", name="Send it").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Kim, who wrote a lot")
