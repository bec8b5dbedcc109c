"""Compressed answers: which, how, and what their tags say."""

import gzip

import brotli
import pytest
from django.test.client import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config.encodings import CODINGS, Compressed, coding_for, encoded
from config.wsgi import application

PUBLIC = [("ETag", '"x"'), ("Cache-Control", "public, max-age=60"), ("Vary", "Accept-Encoding")]
JSON = ("Content-Type", "application/json")
BODY = b'{"name": "European Organization for Nuclear Research"}' * 40
OPENED = {"br": brotli.decompress, "gzip": gzip.decompress}


def asked(app, address="/", **headers):
    """(status, headers, body)"""
    said = []
    environ = RequestFactory().get(address, **headers).environ
    body = b"".join(app(environ, lambda *its: said.extend(its)))
    return said[0], dict(said[1]), body


class Inner:
    """A server within that answers so, and notes which conditions reach it."""

    def __init__(self, *headers, body=BODY, status="200 OK"):
        self.headers, self.body, self.status = headers, body, status
        self.seen = []

    def __call__(self, environ, start_response):
        self.seen.append(environ.get("HTTP_IF_NONE_MATCH"))
        start_response(self.status, [*self.headers, ("Content-Length", str(len(self.body)))])
        return (self.body,)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", ""),
        ("identity", ""),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("BR;q=0.1, gzip", "br"),
        ("br; q=0, gzip;q=1.0", "gzip"),
        ("br;q=0.000,gzip;q=0", ""),
        ("broken;;;,,", ""),
        ("*", ""),
    ],
)
def test_the_coding_is_one_that_the_client_takes(accepted, coding):
    assert coding_for(accepted) == coding


@given(st.text())
def test_no_header_breaks_it(accepted):
    assert coding_for(accepted) in ("", *CODINGS)


@pytest.mark.parametrize("coding", CODINGS)
def test_a_compressed_body_is_the_same_with_a_tag_of_its_own(coding):
    app = encoded(Inner(*PUBLIC, JSON))

    status, headers, body = asked(app, HTTP_ACCEPT_ENCODING=coding)

    assert status == "200 OK"
    assert OPENED[coding](body) == BODY
    assert headers["Content-Encoding"] == coding
    assert headers["Content-Length"] == str(len(body))
    assert headers["ETag"] == f'"x-{coding}"'


@pytest.mark.parametrize(
    "inner",
    [
        Inner(*PUBLIC, JSON, body=BODY[:900]),
        Inner(*PUBLIC, ("Content-Type", "image/png")),
        Inner(*PUBLIC, JSON, ("Content-Encoding", "gzip")),
        Inner(JSON, ("ETag", '"x"'), ("Cache-Control", "private, no-store")),
        Inner(JSON, ("Cache-Control", "public, max-age=60")),
        Inner(*PUBLIC, JSON, status="404 Not Found"),
    ],
    ids=["short", "a picture", "compressed already", "somebody's own", "without a tag", "an error"],
)
def test_what_gains_nothing_or_is_not_public_stays_as_it_is(inner):
    headers = {"HTTP_ACCEPT_ENCODING": "br"}

    assert asked(encoded(inner), **headers) == asked(inner)


def test_a_weak_tag_stands_for_all_encodings():
    app = encoded(Inner(*PUBLIC[1:], ("ETag", 'W/"x"'), ("Content-Type", "text/html")))

    _status, headers, _body = asked(app, HTTP_ACCEPT_ENCODING="br")

    assert (headers["ETag"], headers["Content-Encoding"]) == ('W/"x"', "br")


@pytest.mark.parametrize(
    ("sent", "told"), [('"x-br"', '"x-br"'), ('"x"', '"x"'), ('"y", "x-br"', '"x-br"')]
)
def test_a_copy_that_is_current_is_named_by_the_tag_that_it_came_with(sent, told):
    inner = Inner(*PUBLIC, body=b"", status="304 Not Modified")

    status, headers, body = asked(
        encoded(inner), HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=sent
    )

    assert (status, headers["ETag"], body) == ("304 Not Modified", told, b"")
    assert inner.seen == [sent.replace("-br", "")]


def test_what_is_kept_has_a_limit():
    kept = Compressed(limit=100)
    bodies = [bytes(range(place, place + 40)) for place in range(20)]

    for body in bodies:
        assert gzip.decompress(kept.of(body, "gzip")) == body

    its = kept._bodies
    assert sum(map(len, its._bodies.values())) == its.size <= 100
    assert kept.of(bodies[-1], "gzip") is kept.of(bodies[-1], "gzip")


@pytest.mark.usefixtures("dataset")
@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize(
    "address", ["/api/v1/entries/cern", "/api/v1/bodies?page_size=20", "/bodies/cern/"]
)
def test_answers_and_pages_are_sent_compressed_and_need_not_be_sent_again(address, coding):
    _status, plain, whole = asked(application, address)

    _status, headers, body = asked(application, address, HTTP_ACCEPT_ENCODING=coding)
    again = asked(
        application, address, HTTP_ACCEPT_ENCODING=coding, HTTP_IF_NONE_MATCH=headers["ETag"]
    )

    assert OPENED[coding](body) == whole
    assert len(body) < len(whole) / 2
    assert "Accept-Encoding" in plain["Vary"]
    assert again[0].startswith("304")
    assert again[1]["ETag"] == headers["ETag"]
