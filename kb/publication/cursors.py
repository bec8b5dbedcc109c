"""Cursors: a place in a sorted list, sealed so that only we can have made it.

A cursor holds the sort values and the unique key of the row it stands at, whether to go on or back
from there, and a digest of what was asked. The signature is over all of that.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
from django.conf import settings

SIGNATURE_BYTES = 16
DIGEST_LETTERS = 16

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Place:
    """A row of a list: its sort values, the unique one last. `backwards`: go back from there."""

    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True, slots=True)
class Window(Generic[Row]):
    """The rows of a page in reading order, and whether there is a page after and before it."""

    rows: Sequence[Row]
    has_next: bool
    has_prev: bool


def window(found: Sequence[Row], size: int, place: Place | None) -> Window[Row]:
    """The page in `found`: up to `size` rows from `place` on, and one more if there are more.

    Going backwards, `found` runs backwards too.
    """
    shown, has_more = found[:size], len(found) > size
    if place is not None and place.backwards:
        return Window(shown[::-1], has_next=bool(shown), has_prev=has_more)
    return Window(shown, has_next=has_more, has_prev=place is not None and bool(shown))


class WrongCursor(ValueError):
    """A cursor that we did not make, or made for another list. `str()` says which."""


def sealed(place: Place, asked: str) -> str:
    """The cursor for `place` in the list that `asked` (its address, filters and sort) stands for.

    Values are strings or whole numbers.
    """
    content = [int(place.backwards), _digest(asked), *place.values]
    payload = orjson.dumps(content)
    return _text(_signature(payload, settings.SECRET_KEY) + payload)


def opened(cursor: str, asked: str) -> Place:
    """The place that `cursor` holds. Raises WrongCursor."""
    backwards, digest, *values = _content(cursor)
    if digest != _digest(asked):
        raise WrongCursor(
            "This cursor belongs to a list with other filters or another order."
            " Keep them as they were, or begin again without a cursor."
        )
    return Place(tuple(values), bool(backwards))


def _content(cursor: str) -> Sequence[Any]:
    broken = WrongCursor("This is not a cursor that we made. Take it from “next” or “prev”.")
    try:
        sealed_bytes = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
    except (UnicodeError, binascii.Error):
        raise broken from None
    signature, payload = sealed_bytes[:SIGNATURE_BYTES], sealed_bytes[SIGNATURE_BYTES:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(hmac.compare_digest(signature, _signature(payload, key)) for key in keys):
        raise broken
    if _text(sealed_bytes) != cursor:  # base64 has several spellings of the same bytes
        raise broken
    content: Sequence[Any] = orjson.loads(payload)
    return content


def _signature(payload: bytes, key: str | bytes) -> bytes:
    secret = key if isinstance(key, bytes) else key.encode()
    return hmac.digest(b"kb.cursors " + secret, payload, "sha256")[:SIGNATURE_BYTES]


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode("ascii").rstrip("=")


def _digest(asked: str) -> str:
    return hashlib.sha256(asked.encode()).hexdigest()[:DIGEST_LETTERS]
