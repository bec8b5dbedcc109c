"""The layer that answers public addresses without Django's own layers."""

from urllib.parse import unquote_to_bytes

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.client import RequestFactory
from django.urls import path

from config.front import public_answer, public_first
from kb.web.pages import public_page

pytestmark = pytest.mark.usefixtures("dataset")

TAKEN = [
    "/",
    "/bodies/",
    "/bodies/cern/",
    "/bodies/cern/?on=1962-06-01",
    "/bodies/cern/?on=1962-13-01",
    "/bodies/cerm/",
    "/bodies/cern/card.png",
    "/bodies/cern/membership/?on=1962-06-01",
    "/bodies/cern/membership/map.svg?on=1962-13-01",
    "/bodies/cern/membership/count.csv",
    "/embed/bodies/cern/membership/map/?on=1962-06-01",
    "/actors/cern/",
    "/search/?q=laboratory",
    "/api/v1/",
    "/api/v1/bodies?page_size=3",
    "/api/v1/bodies?page_size=none",
    "/api/v1/entries/cern",
    "/api/v1/entries/c%C3%A9rn",
    "/api/v1/bodies/cern/members?on=1962-06-01",
]
LEFT = ["/nowhere/", "/bodies/cern", "/api/", "/static/site.css", "/api/v1/nowhere", "/desk/"]

ONE_ID = {"x-request-id": "the-same"}  # in answers that tell of a problem; by chance otherwise


def asked(application, address):
    """(status, headers in order of name, body) of an answer."""
    found = []
    path = unquote_to_bytes(address.partition("?")[0]).decode("latin-1")  # as servers hand it over
    environ = {**RequestFactory().get(address, headers=ONE_ID).environ, "PATH_INFO": path}

    def start_response(status, headers, _problem=None):
        found.append((status, sorted(headers)))

    body = b"".join(application(environ, start_response))
    return *found[0], body


def nobody(_environ, _start_response):
    pytest.fail("this was left to Django")


@pytest.mark.parametrize("address", TAKEN)
def test_it_answers_as_django_would(address):
    by_django = Client().get(address, headers=ONE_ID)

    status, headers, body = asked(public_first(nobody), address)

    assert status == f"{by_django.status_code} {by_django.reason_phrase}"
    assert headers == sorted(by_django.items())
    assert body == by_django.content


def test_only_what_is_made_for_it_may_be_put_into_a_frame():
    page, frame = (
        dict(asked(public_first(nobody), address)[1])
        for address in ("/bodies/cern/membership/", "/embed/bodies/cern/membership/map/")
    )

    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors *" in frame["Content-Security-Policy"]


@pytest.mark.parametrize("address", LEFT)
def test_it_leaves_what_is_not_public_or_not_there(address):
    assert public_answer(RequestFactory().get(address).environ) is None


def test_it_leaves_foreign_host_names_and_other_methods_to_django():
    passed_on = []

    def django(environ, _start_response):
        passed_on.append(environ)
        return []

    layer = public_first(django)
    foreign = RequestFactory().get("/api/v1/", HTTP_HOST="evil.example").environ
    post = RequestFactory().post("/api/v1/").environ

    for environ in (foreign, post):
        layer(environ, lambda _status, _headers, _problem=None: passed_on.append)

    assert passed_on == [foreign, post]


@public_page
def broken(_request):
    return HttpResponse(str(1 / 0))


urlpatterns = [path("broken/", broken)]


def test_a_view_that_fails_is_left_to_django(settings):
    settings.ROOT_URLCONF = __name__

    assert public_answer(RequestFactory().get("/broken/").environ) is None
