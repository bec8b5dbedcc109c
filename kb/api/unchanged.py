"""“Not changed”, answered before Django is reached.

Programs that keep a copy ask again and again with If-None-Match, and mostly nothing has changed.
That answer needs one short query and none of what Django does around a view, so it is given by a
WSGI layer of its own. Whatever it cannot answer goes on to Django, which checks everything; the
tags are the same there (`Endpoint.current_tag`).
"""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import psycopg
from django.db import Error

from kb.api.endpoints import FRESH, HEADERS, matches, tag_of
from kb.publication import reading

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/api/v1/"
STATUS = "/api/v1/status"  # which no cache may keep
ENTRY = re.compile(r"/api/v1/entries/([a-z0-9-]{2,80})\Z")
ACCEPTED = (None, "*/*", "application/json")
ALWAYS = [*HEADERS.items(), ("Cache-Control", FRESH), ("X-Content-Type-Options", "nosniff")]


def unchanged_first(application: "WSGIApplication") -> "WSGIApplication":
    """`application` with the layer in front of it."""

    def layered(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        conditions = environ.get("HTTP_IF_NONE_MATCH")
        if conditions and environ["REQUEST_METHOD"] in ("GET", "HEAD"):
            etag = unchanged_tag(environ, conditions)
            if etag is not None:
                start_response("304 Not Modified", [("ETag", etag), *ALWAYS])
                return (b"",)
        return application(environ, start_response)

    return layered


def unchanged_tag(environ: "WSGIEnvironment", conditions: str) -> str | None:
    """The ETag of what was asked for, if it is among `conditions`; None when Django must look."""
    path: str = environ["PATH_INFO"]
    if not path.startswith(PREFIX) or path == STATUS or environ.get("HTTP_ACCEPT") not in ACCEPTED:
        return None
    query: str = environ.get("QUERY_STRING", "")
    find = _tag_finder(path, query, conditions)
    if find is None:
        return None
    try:
        etag = find()
    except (psycopg.Error, Error):
        return None  # Django's answer tells what is wrong
    return etag if etag is not None and matches(conditions, etag) else None


def _tag_finder(path: str, query: str, conditions: str) -> Callable[[], str | None] | None:
    """What reads the current tag of an address, None where no copy can be current."""
    entry = ENTRY.match(path)
    if entry and not query:
        key = entry[1]
        return lambda: reading.etag_of(key)
    # A tag that we gave for this very address ends with the digest of it: the address was right.
    if tag_of("", path, query)[2:] not in conditions:
        return None
    return lambda: tag_of(reading.state(), path, query)
