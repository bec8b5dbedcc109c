"""Sessions and tokens against forgery, only where people sign in and work."""

import pytest
from django.test import Client

from tests.people import PASSWORD, person, signed_in

PUBLIC = (
    "/",
    "/proposals/",
    "/bodies/cern/",
    "/search/?q=cern",
    "/changes/",
    "/about/",
    "/api/",
    "/api/v1/",
    "/api/v1/entries/cern",
    "/nowhere/",
    "/desk",
)
PRIVATE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/desk/kept/")


@pytest.mark.parametrize("path", PUBLIC)
def test_public_pages_know_of_no_session(path, dataset, django_assert_max_num_queries):
    client = signed_in(person("ada"))

    with django_assert_max_num_queries(20) as asked:
        response = client.get(path)

    assert response.cookies == {}
    assert "Cookie" not in response.headers.get("Vary", "")
    assert not [query for query in asked.captured_queries if "session" in query["sql"]]


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_the_same_for_everybody(path, dataset):
    signed = signed_in(person("ada")).get(path)
    visitor = Client().get(path)

    assert (signed.status_code, signed.content) == (visitor.status_code, visitor.content)


@pytest.mark.parametrize("path", PRIVATE)
def test_where_people_work_nothing_is_cached(path, db):
    response = signed_in(person("ada")).get(path)

    assert "private" in response.headers["Cache-Control"]
    assert "no-store" in response.headers["Cache-Control"]


def test_the_cookie_of_a_session_is_out_of_reach_of_scripts_and_other_sites(db):
    person("ada")

    response = Client().post("/accounts/login/", {"login": "ada", "password": PASSWORD})

    cookie = response.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 14 * 24 * 60 * 60


def test_a_form_without_its_token_is_refused(db):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/accounts/login/", {"login": "ada", "password": "x"})

    assert response.status_code == 403
    assert "could not be accepted" in response.content.decode()
