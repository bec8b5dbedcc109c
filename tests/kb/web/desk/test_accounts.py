"""Signing up and in, the second factor, sessions, tokens, the board, and what a session loses."""

import re
import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config import urls as site
from kb.editing import people
from kb.models import Grant, Role, User
from kb.web.desk import kept
from kb.web.desk.access import desk_page
from tests.people import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db


@desk_page
def echo(request, number=0):
    """A page of the desk that says who is there and what was sent."""
    told = f"{request.user.username} {sorted(request.user.roles())} {request.POST.get('text', '')}"
    return HttpResponse(told)


urlpatterns = [
    path("desk/echo/", echo),
    path("desk/echo/<int:number>/", echo),
    *site.urlpatterns,
]


@pytest.fixture(autouse=True)
def _with_echo(settings):
    settings.ROOT_URLCONF = __name__
    cache.clear()  # what allauth has counted of earlier tests


# --- signing up and in ---------------------------------------------------------------------


def sign_up(client, **changed):
    asked = {
        "username": "ada",
        "email": "ada@example.org",
        "password1": PASSWORD,
        "full_name": "Ada Lovelace",
    }
    return client.post("/accounts/signup/", asked | changed)


def sign_in(client, login, password=PASSWORD, **more):
    return client.post("/accounts/login/", {"login": login, "password": password, **more})


def give_password_again(client):
    """As allauth asks before anything that a thief of the session would like to change."""
    return client.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": "/desk/"})


def link_in(message):
    found = re.search(r"https?://[^/\s]+(/accounts/\S+)", message.body)
    assert found
    return found[1]


def test_whoever_signs_up_confirms_the_address_before_signing_in():
    client = Client()

    sent = sign_up(client)
    assert sent.headers["Location"] == "/accounts/confirm-email/"
    assert sign_in(client, "ada").headers["Location"] == "/accounts/confirm-email/"
    assert client.get("/desk/echo/").headers["Location"].startswith("/accounts/login/")

    client.post(link_in(mail.outbox[0]))
    for login in ("ada", "ada@example.org"):
        browser = Client()
        assert sign_in(browser, login).headers["Location"] == "/desk/"
        assert browser.get("/desk/echo/").content == b"ada ['contributor'] "
    assert User.objects.get().shown_name == "Ada Lovelace"


@pytest.mark.parametrize("name", ["a", "ada@example.org", "аda", "-ada", "ada b", "a" * 31])
def test_a_user_name_that_could_be_taken_for_another_is_refused(name):
    page = sign_up(Client(), username=name)

    assert "Write 2 to 30 of the letters" in page.content.decode()
    assert not User.objects.exists()


def test_signing_up_does_not_tell_whether_an_address_has_an_account():
    person("ada")

    sent = sign_up(Client(), username="other")

    assert sent.headers["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1
    assert "already" in mail.outbox[0].body


def test_the_password_is_set_anew_by_a_link_in_a_mail():
    person("ada")
    client = Client()

    client.post("/accounts/password/reset/", {"email": "ada@example.org"})
    form = client.get(link_in(mail.outbox[0])).headers["Location"]
    new = {"password1": "a new pass phrase", "password2": "a new pass phrase"}
    client.post(form, new)

    assert "Location" not in sign_in(Client(), "ada").headers
    assert sign_in(Client(), "ada", "a new pass phrase").headers["Location"] == "/desk/"


def test_links_in_mails_lead_to_the_permanent_address(settings):
    settings.PUBLIC_URL = "https://kb.example.org"

    sign_up(Client())

    assert "https://kb.example.org/accounts/confirm-email/" in mail.outbox[0].body
    assert "testserver" not in mail.outbox[0].body


def test_a_password_is_not_guessed_for_long():
    person("ada")
    client = Client()

    pages = [sign_in(client, "ada", f"guess {number}") for number in range(6)]

    assert "Too many failed" in pages[-1].content.decode()
    assert "Location" not in sign_in(client, "ada").headers


def test_signing_in_leads_back_to_where_one_came_from():
    person("ada")
    client = Client()

    asked = client.get("/desk/echo/7/?part=2").headers["Location"]
    assert asked == "/accounts/login/?next=%2Fdesk%2Fecho%2F7%2F%3Fpart%3D2"

    page = sign_in(client, "ada", next="/desk/echo/7/?part=2")
    assert page.headers["Location"] == "/desk/echo/7/?part=2"


def test_a_script_is_told_with_a_status_of_its_own():
    response = Client().post("/desk/echo/", {"text": "x"}, headers={"Accept": "application/json"})

    assert response.status_code == 401
    assert response.json()["sign_in"] == "/accounts/login/"


def test_the_roles_of_a_request_are_read_once(django_assert_num_queries):
    client = signed_in(person("ada", Role.EDITOR))

    with django_assert_num_queries(3):  # session, user, roles
        assert b"editor" in client.get("/desk/echo/").content


# --- the second factor ---------------------------------------------------------------------


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.mark.parametrize(
    ("role", "demands"),
    [
        (Role.EDITOR, False),
        (Role.MANAGING_EDITOR, True),
        (Role.ADMINISTRATOR, True),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_trusted_roles_do_nothing_without_a_second_factor(role, demands, method):
    user = person("ada")
    Grant.objects.create(user=user, role=role)
    client = signed_in(user)

    response = getattr(client, method)("/desk/echo/")

    if demands:
        assert response.headers["Location"] == "/accounts/2fa/"
        told = client.get("/accounts/2fa/").content.decode()
        assert f"As {Role(role).label.lower()} you can do" in told
    else:
        assert response.status_code == 200


def test_with_an_authenticator_app_signing_in_asks_for_its_code():
    user = person("ada")
    people.appoint(user, Role.MANAGING_EDITOR)
    client = Client()
    sign_in(client, "ada")
    give_password_again(client)

    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert client.get("/desk/echo/").status_code == 200

    cache.clear()  # a code opens once, and half a minute is long for a test
    browser = Client()
    assert sign_in(browser, "ada").headers["Location"].startswith("/accounts/2fa/authenticate/")
    assert browser.get("/desk/echo/").status_code == 302
    browser.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
    assert b"managing-editor" in browser.get("/desk/echo/").content


@pytest.mark.parametrize(
    "path", ["login/", "signup/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "email/"]
)
def test_pages_of_accounts_hold_nothing_that_the_content_policy_forbids(path):
    client = Client()
    if path not in ("login/", "signup/"):
        person("ada")
        sign_in(client, "ada")
        give_password_again(client)

    page = client.get(f"/accounts/{path}").content.decode()

    assert "<h1" in page
    assert not re.search(r"\sstyle=|\son\w+=|javascript:", page)
    scripts = re.findall(r"<script([^>]*)>", page)
    assert all("src=" in each or "application/json" in each for each in scripts)


# --- what a session loses ------------------------------------------------------------------


LONG = "What I wrote.\nAll of it, “quotes” & <tags>."


def test_what_is_sent_without_a_session_is_kept_until_its_sender_signs_in():
    person("ada")
    client = Client()

    sent = client.post("/desk/echo/7/?x=1", {"text": LONG, "tick": ["a", "b"]})
    assert sent.headers["Location"] == "/accounts/login/?next=%2Fdesk%2Fkept%2F"
    assert "is kept" in client.get(sent.headers["Location"]).content.decode()

    assert sign_in(client, "ada", next="/desk/kept/").headers["Location"] == "/desk/kept/"
    page = client.get("/desk/kept/")
    assert page.context["posts"] == [
        {"path": "/desk/echo/7/?x=1", "fields": [["text", LONG], ["tick", "a"], ["tick", "b"]]}
    ]
    assert 'action="/desk/echo/7/?x=1"' in page.content.decode()

    again = client.post("/desk/echo/7/?x=1", {"text": LONG, "tick": ["a", "b"]})
    assert again.content.decode().endswith(LONG)
    assert client.get("/desk/kept/").headers["Location"] == "/desk/"


def test_what_two_tabs_send_is_kept_twice_and_sent_apart():
    person("ada")
    client = Client()
    client.post("/desk/echo/1/", {"text": "one"})
    client.post("/desk/echo/2/", {"text": "two"})
    client.post("/desk/echo/2/", {"text": "two"})
    sign_in(client, "ada")

    client.post("/desk/echo/1/", {"text": "one"})

    assert [each["path"] for each in client.get("/desk/kept/").context["posts"]] == [
        "/desk/echo/2/"
    ]
    client.post("/desk/kept/")
    assert client.get("/desk/kept/").headers["Location"] == "/desk/"


def test_nothing_is_kept_of_what_does_not_come_from_a_page_of_ours():
    client = Client(enforce_csrf_checks=True)

    response = client.post("/desk/echo/", {"text": "x"}, headers={"Origin": "https://evil.example"})

    assert response.status_code == 403
    assert client.cookies.get("sessionid") is None


def test_a_page_older_than_the_session_sends_in_two_steps():
    ada = person("ada")
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)

    sent = client.post(
        "/desk/echo/",
        {"text": "x", "csrfmiddlewaretoken": "of an earlier session"},
        headers={"Origin": "http://testserver"},
    )

    assert sent.headers["Location"] == "/desk/kept/"
    page = client.get("/desk/kept/")
    assert [each["path"] for each in page.context["posts"]] == ["/desk/echo/"]
    assert "older than your session" in page.content.decode()


def test_more_than_a_mebibyte_is_not_kept_and_that_is_said(settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = None

    response = Client().post("/desk/echo/", {"text": "x" * (kept.MOST_BYTES + 1)})

    assert response.status_code == 413
    assert "larger than 1 MiB" in response.content.decode()


def test_visitors_cannot_fill_the_database_with_what_they_send():
    answers = [Client().post("/desk/echo/", {"text": "x"}).status_code for _ in range(21)]

    assert answers == [302] * 20 + [429]


def test_what_somebody_sent_is_not_shown_to_whoever_signs_in_after_them():
    ada = person("ada")
    client = signed_in(ada)
    ada.set_password("another pass phrase")
    ada.save()  # which ends the session, and what was kept in it
    client.post("/desk/echo/", {"text": "secret of Ada"})
    client.logout()
    person("bea")

    sign_in(client, "bea")

    assert client.get("/desk/kept/").headers["Location"] == "/desk/"


# --- one's own account ---------------------------------------------------------------------


def test_one_sees_where_one_is_signed_in_and_ends_one_session():
    person("ada")
    here, there = Client(), Client(headers={"User-Agent": "Old telephone"})
    for browser in (here, there):
        sign_in(browser, "ada")

    page = here.get("/desk/account/sessions/")
    assert "Old telephone" in page.content.decode()
    mine, other = page.context["rows"]
    assert (mine["is_this"], other["is_this"]) == (True, False)
    here.post("/desk/account/sessions/", {"session": other["session"].pk})

    assert there.get("/desk/echo/").status_code == 302
    assert here.get("/desk/echo/").status_code == 200


def test_nobody_ends_the_session_of_another():
    person("ada")
    person("eve")
    ada, eve = Client(), Client()
    sign_in(ada, "ada")
    sign_in(eve, "eve")
    session = ada.get("/desk/account/sessions/").context["rows"][0]["session"]

    eve.post("/desk/account/sessions/", {"session": session.pk})
    eve.post("/desk/account/sessions/", {"session": "others"})

    assert ada.get("/desk/echo/").status_code == 200


def test_a_profile_says_what_is_wrong_with_what_was_typed_still_there():
    client = signed_in(ada := person("ada"))

    told = client.post(
        "/desk/account/", {"full_name": "Ada L.", "affiliations": "nowhere", "mail": "daily"}
    )
    assert "No active entry is called “nowhere”" in told.content.decode()
    assert 'value="Ada L."' in told.content.decode()

    client.post("/desk/account/", {"full_name": "Ada L.", "affiliations": "", "mail": "daily"})
    ada.refresh_from_db()
    assert (ada.full_name, ada.mail) == ("Ada L.", "daily")


def test_the_secret_of_a_token_is_shown_once():
    client = signed_in(ada := person("ada"))

    page = client.get("/desk/account/tokens/")
    ends = page.context["form"]["ends"].value()
    made = client.post(
        "/desk/account/tokens/", {"name": "script", "scopes": ["read"], "ends": str(ends)}
    )
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in client.get("/desk/account/tokens/").content.decode()

    client.post(f"/desk/account/tokens/{ada.access_tokens.get().pk}/revoke/")
    assert "Revoked" in client.get("/desk/account/tokens/").content.decode()


def test_a_token_of_another_is_not_there():
    client = signed_in(person("eve"))
    signed_in(ada := person("ada")).post(
        "/desk/account/tokens/", {"name": "script", "scopes": ["read"], "ends": in_a_month()}
    )
    token = ada.access_tokens.get()

    assert client.post(f"/desk/account/tokens/{token.pk}/revoke/").status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def in_a_month():
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 24 * 60 * 60))


def test_deleting_the_account_asks_for_its_name_and_signs_out():
    person("ada")
    client = Client()
    sign_in(client, "ada")
    give_password_again(client)

    told = client.post("/desk/account/delete/", {"username": "bea"})
    assert "write its name: ada" in told.content.decode()

    assert client.post("/desk/account/delete/", {"username": "ada"}).headers["Location"] == "/"
    assert client.get("/desk/echo/").status_code == 302
    assert not EmailAddress.objects.exists()


def test_deleting_the_account_asks_for_the_password():
    client = signed_in(person("ada"))

    page = client.post("/desk/account/delete/", {"username": "ada"})

    assert page.headers["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.get().is_active


# --- the board -----------------------------------------------------------------------------


def buttons(page):
    """Act and role of each button that the page has for somebody."""
    text = page.content.decode()
    found = re.findall(
        r"/desk/people/\d+/([a-z-]+)/.*?<button(?: name=\"role\" value=\"(\S+?)\")?", text
    )
    return {act + (f" {role}" if role else "") for act, role in found}


@pytest.mark.parametrize(
    ("holding", "seen"),
    [
        ((), set()),
        ((Role.EDITOR,), set()),
        ((Role.MANAGING_EDITOR,), {"grant editor", "end-grant editor", "block"}),
        (
            (Role.ADMINISTRATOR,),
            {
                *(f"grant {role}" for role in ("editor", "managing-editor", "administrator")),
                *(f"end-grant {role}" for role in ("editor",)),
                "block",
                "delete",
            },
        ),
    ],
)
def test_the_page_of_people_has_the_buttons_of_ones_rights(holding, seen):
    person("grace", Role.EDITOR)
    person("carl")

    page = signed_in(person("reader", *holding)).get("/desk/people/")

    assert "grace" in page.content.decode()
    assert ("carl" in page.content.decode()) is bool(seen)
    assert buttons(page) == seen


def test_an_editor_is_made_on_the_page_and_it_says_by_whom():
    marie = signed_in(person("marie", Role.MANAGING_EDITOR))
    carl = person("carl")

    made = marie.post(f"/desk/people/{carl.pk}/grant/", {"role": "editor"}, follow=True)

    assert "carl is an editor now." in made.content.decode()
    assert Role.EDITOR in carl.roles()
    assert re.search(r"Editor\s*<span class=\"soft\">since [^<]*, by marie", made.content.decode())


def test_what_the_buttons_do_not_offer_is_refused_all_the_same():
    carl = person("carl")
    client = signed_in(person("ada", Role.EDITOR))

    told = client.post(f"/desk/people/{carl.pk}/grant/", {"role": "editor"}, follow=True)

    assert "is for managing editors and administrators" in told.content.decode()
    assert Role.EDITOR not in carl.roles()
    assert client.post(f"/desk/people/{carl.pk}/promote/").status_code == 404


def test_the_page_of_people_asks_as_often_whoever_is_on_it(django_assert_num_queries):
    client = signed_in(person("root", Role.ADMINISTRATOR))
    person("one", Role.EDITOR)
    person("two")
    client.get("/desk/people/")
    with django_assert_num_queries(8) as few:
        client.get("/desk/people/")

    for number in range(20):
        person(f"editor{number}", Role.EDITOR)
        person(f"reader{number}")

    with django_assert_num_queries(len(few)):
        client.get("/desk/people/")
