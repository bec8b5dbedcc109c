"""When JSON values are equal, and one way to write them, so that then their hashes are too.

Source: RFC 8785, JSON Canonicalization Scheme.
"""

from typing import Any

import orjson
import rfc8785

LARGEST_INTEGER = 2**53 - 1


def canonical_json(value: Any) -> bytes:
    """`value` in canonical form, UTF-8.

    Raises ValueError for what canonical JSON cannot hold: NaN, infinity, integers beyond 2^53,
    halves of surrogate pairs, keys that are not text, and values that are not JSON.
    """
    if _is_plain(value):
        try:
            # On plain values orjson, 15 times as fast, gives the same bytes.
            return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError as error:
            raise ValueError(f"no canonical JSON: {error}") from error
    return rfc8785.dumps(value)


def equal(one: Any, other: Any) -> bool:
    """Whether two values are equal as JSON, at any depth: 1 and 1.0 are, 1 and true are not."""
    return one is other or bool(one == other and _has_same_booleans(one, other))


def _has_same_booleans(one: Any, other: Any) -> bool:
    """Of two values that are equal to Python, which takes true for 1."""
    if isinstance(one, dict):
        return all(_has_same_booleans(inner, other[name]) for name, inner in one.items())
    if isinstance(one, list):
        return all(map(_has_same_booleans, one, other))
    return isinstance(one, bool) == isinstance(other, bool)


def _is_plain(value: Any) -> bool:
    """Whether every writer of JSON with sorted keys writes `value` in the same way.

    Not so: numbers that the RFC writes as JavaScript does (1.0, 1e-7, 1e16), and keys beyond
    ASCII, which it sorts by UTF-16 code units.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is dict:
        for name, inner in value.items():  # faster here than all(…)
            if type(name) is not str or not name.isascii() or not _is_plain(inner):
                return False
        return True
    if kind is list:
        for inner in value:  # noqa: SIM110  # faster here than all(…)
            if not _is_plain(inner):
                return False
        return True
    if kind is int:
        return bool(-LARGEST_INTEGER <= value <= LARGEST_INTEGER)
    return kind is float and bool(1e-4 <= abs(value) < 1e15 and not value.is_integer())
