"""What every endpoint gets from the frame: methods, formats, bodies, tokens."""

import json
from datetime import date
from types import ModuleType
from typing import Any, ClassVar

import orjson
import pytest
from django.test import Client
from pydantic import BaseModel, Field

from kb.api import bodies
from kb.api.deprecation import Deprecation
from kb.api.endpoints import UNCACHED, Answer, Call, Endpoint, routes
from kb.api.errors import MOST_BYTES
from kb.api.openapi import operation
from kb.filters import Values
from tests.people import token


class Greeting(BaseModel):
    names: list[str] = Field(min_length=1)


class Greet(Endpoint[Values]):
    path = "/greetings"
    name = "greetings"
    method = "POST"
    success = 201
    scope = "draft"

    def body_schema(self) -> dict[str, Any]:
        return Greeting.model_json_schema()

    def answer(self, call: Call[Values]) -> Answer:
        names = bodies.checked(Greeting, call.body).names
        return Answer(orjson.dumps({"names": names}), "", cache=UNCACHED)


class Greetings(Endpoint[Values]):
    path = "/greetings"
    name = "greetings-read"
    formats: ClassVar = {"json": "application/json", "txt": "text/plain; charset=utf-8"}

    def answer(self, call: Call[Values]) -> Answer:
        media_type = self.formats[call.format]
        return Answer(call.format.encode(), call.tag("1"), media_type=media_type)

    def answer_schema(self) -> dict[str, Any]:
        return {"type": "string"}

    def current_tag(self, call: Call[Values]) -> str:
        return call.tag("1")


class OldGreetings(Greetings):
    path = "/old-greetings"
    name = "greetings-old"
    deprecation: ClassVar = Deprecation(
        date(2026, 3, 1), "https://example.org/policy", date(2027, 3, 1)
    )


@pytest.fixture
def client(db, settings):
    addresses = ModuleType("addresses_of_greetings")
    addresses.urlpatterns = routes([Greetings(), Greet(), OldGreetings()])  # type: ignore[attr-defined]
    settings.ROOT_URLCONF = addresses
    return Client()


def post(client, body, secret="", content_type="application/json"):
    headers = {"authorization": f"Bearer {secret}"} if secret else {}
    return client.post("/greetings", body, content_type=content_type, headers=headers)


def code(response):
    return response.status_code, json.loads(response.content)["code"]


@pytest.mark.parametrize(
    ("address", "accept", "format_name"),
    [
        ("/greetings", "*/*", "json"),
        ("/greetings.txt", "*/*", "txt"),
        ("/greetings", "text/plain", "txt"),
        ("/greetings?format=txt", "application/json", "txt"),
        ("/greetings.json?format=txt", "text/plain", "json"),
    ],
)
def test_the_suffix_wins_over_the_parameter_and_that_over_the_header(
    client, address, accept, format_name
):
    response = client.get(address, headers={"accept": accept})

    assert response.content.decode() == format_name


def test_formats_of_one_address_have_tags_of_their_own(client):
    tags = [client.get("/greetings", headers={"accept": a})["ETag"] for a in ("*/*", "text/plain")]

    assert tags[0] != tags[1]
    unchanged = {"accept": "text/plain", "if-none-match": tags[1]}
    assert client.get("/greetings", headers=unchanged).status_code == 304
    assert client.get("/greetings", headers={"if-none-match": tags[1]}).status_code == 200


def test_an_unknown_suffix_is_not_found_and_the_known_ones_are_named(client):
    response = client.get("/greetings.xml")

    assert code(response) == (404, "not-found")
    assert b".json, .txt" in response.content


def test_methods_of_one_address_are_allowed_together(client):
    response = client.delete("/greetings")

    assert code(response) == (405, "method-not-allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert client.options("/greetings")["Access-Control-Allow-Methods"] == response["Allow"]
    assert client.head("/greetings").status_code == 200


def test_what_a_token_allows_is_done(client):
    response = post(client, {"names": ["Ada"]}, token("draft"))

    assert response.status_code == 201
    assert response.json() == {"names": ["Ada"]}
    assert "ETag" not in response.headers


def test_only_what_is_read_can_be_unchanged(client):
    headers = {"authorization": f"Bearer {token('draft')}", "if-none-match": "*"}

    response = client.post("/greetings", {"names": ["Ada"]}, "application/json", headers=headers)

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("scope", "status", "challenge"),
    [
        (None, (401, "unauthorised"), 'Bearer realm="api"'),
        ("", (401, "unauthorised"), 'Bearer realm="api", error="invalid_token"'),
        (
            "read",
            (403, "forbidden"),
            'Bearer realm="api", error="insufficient_scope", scope="draft"',
        ),
    ],
)
def test_without_the_right_token_nothing_is_done(client, scope, status, challenge):
    secret = token(scope) if scope else {None: "", "": "cg_unknown"}[scope]

    response = post(client, {"names": ["Ada"]}, secret)

    assert code(response) == status
    assert response["WWW-Authenticate"] == challenge


def test_a_wrong_token_is_told_of_even_where_none_is_needed(client):
    response = client.get("/greetings", headers={"authorization": "Bearer cg_unknown"})

    assert code(response) == (401, "unauthorised")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", (400, "invalid-body")),
        (b"\xff", "application/json", (400, "invalid-body")),
        (b"{}", "text/plain", (415, "unsupported-media-type")),
        (b" " * (MOST_BYTES + 1), "application/json", (413, "body-too-large")),
        (b"{}", "application/json; charset=utf-8", (422, "invalid-content")),
    ],
)
def test_a_body_that_cannot_be_used_is_refused(client, body, content_type, status):
    assert code(post(client, body, token("draft"), content_type)) == status


def test_every_wrong_place_of_a_body_has_a_pointer(client):
    response = post(client, {"names": ["Ada", 1, None]}, token("draft"))

    places = [error["pointer"] for error in json.loads(response.content)["errors"]]
    assert places == ["/names/1", "/names/2"]


def test_a_pointer_escapes_what_stands_between_its_steps():
    assert bodies.pointer(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"


def test_what_is_to_go_says_since_when_and_until_when(client):
    response = client.get("/old-greetings")

    assert response["Deprecation"] == "@1772323200"
    assert response["Sunset"] == "Mon, 01 Mar 2027 00:00:00 GMT"
    assert response["Link"] == ('<https://example.org/policy>; rel="deprecation"; type="text/html"')
    assert operation(OldGreetings(), None)["deprecated"] is True
    assert "Deprecation" not in client.get("/greetings")
