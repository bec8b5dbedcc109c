"""The wiring, seen from outside: the real server with the starter knowledge."""

import http.client
import re
from urllib.parse import urlsplit

import pytest

PAGES = (
    "/",
    "/proposals/",
    "/actors/",
    "/bodies/",
    "/instruments/",
    "/events/",
    "/sources/",
    "/bodies/cern/?on=1962-06-01",
    "/search/?q=cern",
    "/changes/",
    "/api/",
)


def ask(site, path, *, method="GET", **headers):
    """Status, headers in lower case, and body."""
    address = urlsplit(site)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/", "/nowhere", "/api/v1/nowhere"])
def test_every_answer_carries_the_security_headers_and_sets_no_cookie(site, path):
    _, headers, _ = ask(site, path)

    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("path", "form"),
    [("/", "text/html; charset=utf-8"), ("/api/v1/", "application/problem+json")],
)
def test_a_foreign_host_name_is_refused_in_the_form_of_the_reader(site, path, form):
    status, headers, _ = ask(site, path, Host="evil.example")

    assert (status, headers["content-type"]) == (400, form)


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/nowhere/", "text/html; charset=utf-8"),
        ("/api/v1/nowhere", "application/problem+json"),
        ("/api/nowhere", "application/problem+json"),
    ],
)
def test_what_is_not_there_is_told_in_the_form_of_the_reader(site, path, form):
    status, headers, _ = ask(site, path)

    assert (status, headers["content-type"]) == (404, form)


def test_an_address_without_its_slash_leads_to_the_page(site):
    status, headers, _ = ask(site, "/bodies/cern?on=1962-06-01")

    assert (status, headers["location"]) == (301, "/bodies/cern/?on=1962-06-01")


def test_static_files_have_hashed_names_and_are_kept_for_ever(site):
    _, _, home = ask(site, "/")
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', home)

    assert files
    for file in files:
        status, headers, _ = ask(site, file)
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", file)
        assert status == 200
        assert "immutable" in headers["cache-control"]


@pytest.mark.browser
@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_its_own_content_policy_or_fails_in_the_browser(page, path):
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    response = page.goto(path)

    assert response.status == 200
    assert complaints == []
