"""Bodies of public answers, compressed once and then kept: most clients ask for the same few.

A layer around all others. What it compresses is public, tagged and whole: an answer of the API or
a page. What somebody sees alone is left as it is, for length tells of what is inside. A compressed
body is another representation, so its strong tag is another one too: `"x"` becomes `"x-br"`, which
the layers within never see.

Source: RFC 9110, sections 8.4, 8.8.3.3 and 12.5.3
"""

import gzip
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from threading import Lock
from typing import TYPE_CHECKING, Any

import brotli

from kb.kept import Bodies

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LEAST = 1_000  # bytes: less fits into one packet anyway
KEPT = 16 * 2**20  # bytes of compressed bodies that a process keeps
TEXTUAL = re.compile(r"text/|application/([a-z0-9.-]+\+)?(json|xml)|image/svg")
SUFFIX = re.compile(r'-(?:br|gzip)"')

# The one that is sent where a client takes both comes first. Levels: more takes longer than it
# spares; a body that is asked for once is compressed for that one.
CODINGS: Mapping[str, Callable[[bytes], bytes]] = {
    "br": lambda body: bytes(brotli.compress(body, quality=4)),
    "gzip": lambda body: gzip.compress(body, 4, mtime=0),
}


class Compressed:
    """Compressed bodies by what they hold, those that were not asked for longest first to go."""

    def __init__(self, limit: int = KEPT):
        self._bodies, self._lock = Bodies(limit), Lock()

    def of(self, body: bytes, coding: str) -> bytes:
        place = coding, blake2b(body, digest_size=16).digest()
        with self._lock:
            kept = self._bodies.get(place)
        if kept is not None:
            return kept
        made = CODINGS[coding](body)
        with self._lock:
            self._bodies.keep(place, made)
        return made


compressed = Compressed()


def encoded(application: "WSGIApplication") -> "WSGIApplication":
    """`application` with the layer around it."""

    def layered(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        conditions = environ.get("HTTP_IF_NONE_MATCH", "")
        if SUFFIX.search(conditions):
            environ = {**environ, "HTTP_IF_NONE_MATCH": SUFFIX.sub('"', conditions)}
        elif not coding:
            return application(environ, start_response)
        begun: list[Any] = []
        body = application(environ, lambda *said: begun.extend(said))  # type: ignore[arg-type]
        status, headers, *rest = begun
        if status.startswith("304") and coding:
            headers = _tagged_as_asked(headers, coding, conditions)
        elif coding and _is_public(status, body, headers):
            (whole,) = body
            made = compressed.of(whole, coding)
            headers, body = _headers_of(made, coding, headers), (made,)
        start_response(status, headers, *rest)
        return body

    return layered


@lru_cache(maxsize=256)
def coding_for(accepted: str) -> str:
    """The coding to send to whoever sends this Accept-Encoding header, "" for none."""
    refused = {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    named = set()
    for each in accepted.lower().split(","):
        name, *parameters = (piece.strip() for piece in each.split(";"))
        if not refused.intersection(piece.replace(" ", "") for piece in parameters):
            named.add(name)
    return next((coding for coding in CODINGS if coding in named), "")


def _is_public(status: str, body: Iterable[bytes], headers: list[tuple[str, str]]) -> bool:
    if not status.startswith("200") or not isinstance(body, tuple) or len(body[0]) < LEAST:
        return False
    given = {name.lower(): value for name, value in headers}
    return (
        "etag" in given
        and "content-encoding" not in given
        and given.get("cache-control", "").startswith("public")
        and TEXTUAL.match(given.get("content-type", "")) is not None
    )


def _headers_of(made: bytes, coding: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the plain body as they are for the compressed one."""
    changed = dict(headers)
    changed["ETag"] = _tag(changed["ETag"], coding)
    changed["Content-Length"] = str(len(made))
    changed["Content-Encoding"] = coding
    return list(changed.items())


def _tagged_as_asked(
    headers: list[tuple[str, str]], coding: str, conditions: str
) -> list[tuple[str, str]]:
    """With the tag of the copy that is still current, where it is one of a compressed body."""
    return [
        (
            name,
            tag if name.lower() == "etag" and (tag := _tag(value, coding)) in conditions else value,
        )
        for name, value in headers
    ]


def _tag(etag: str, coding: str) -> str:
    """A weak tag says that it stands for all encodings."""
    return etag if etag.startswith("W/") else f'{etag[:-1]}-{coding}"'
