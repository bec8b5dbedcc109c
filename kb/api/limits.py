"""How much one may ask of the API, who that one is, and the headers that say how much is left.

Source: IETF draft RateLimit header fields for HTTP (draft-ietf-httpapi-ratelimit-headers-10)
"""

import logging
import math
import time
from functools import cache, lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest

from kb.api.counters import DIGEST, Counted, Counters
from kb.api.errors import Problem
from kb.models import AccessToken
from kb.senders import address_of, network_of

log = logging.getLogger("kb.api")

WINDOW = 300  # seconds, from the first request on
FACTOR_OF_TOKENS = 5


class Policy(NamedTuple):
    """So many requests (`usual`) within WINDOW, or as many times more as the site allows; with a
    token FACTOR_OF_TOKENS times as many.
    """

    name: str
    usual: int

    @property
    def quota(self) -> int:
        return int(self.usual * settings.API_LIMITS_FACTOR)

    @property
    def of_tokens(self) -> "Policy":
        return Policy(f"{self.name}-with-token", self.usual * FACTOR_OF_TOKENS)


READING = Policy("default", 600)
SEARCHING = Policy("search", 120)  # search, match, reconcile


class Account:
    """One request, counted at most once. `headers`: what to say of it, nothing until then."""

    __slots__ = ("_policy", "_request", "headers")

    def __init__(self, policy: Policy, request: HttpRequest):
        self._policy, self._request = policy, request
        self.headers: dict[str, str] = {}

    def count(self, token: AccessToken | None = None) -> None:
        """Count it, for the owner of the token, else for the network that it came from. Raises
        Problem when that one has asked too much."""
        counters = _counters(settings.API_LIMITS)
        if self.headers or counters is None:
            return
        who = f"owner {token.user_id}" if token else network_of(address_of(self._request))
        if not who:  # another part of the site
            return
        policy = self._policy.of_tokens if token else self._policy
        quota = policy.quota
        found = counters.count(_digest(f"{policy.name} {who}"), quota, WINDOW, time.time())
        self.headers = _headers(policy.name, quota, found)
        if not found.is_allowed:
            raise _too_many(quota, found)


@cache
def _counters(file: Path | None) -> Counters | None:
    """None where nothing is counted: it is off, or the file can't be had, which is logged."""
    if file is None:
        return None
    try:
        return Counters(file)
    except OSError as problem:
        log.error("Requests are not limited: %s cannot be used. %s", file, problem)
        return None


@lru_cache(maxsize=4_096)
def _digest(who: str) -> bytes:
    key = settings.SECRET_KEY.encode()[:64]
    return blake2b(who.encode(), digest_size=DIGEST, key=key).digest()


def _headers(name: str, quota: int, found: Counted) -> dict[str, str]:
    return {
        "RateLimit-Policy": f'"{name}";q={quota};w={WINDOW}',
        "RateLimit": f'"{name}";r={found.left};t={math.ceil(found.reset)}',
    }


def _too_many(quota: int, found: Counted) -> Problem:
    seconds = math.ceil(found.reset)
    detail = (
        f"{quota:,} requests of this sort in {WINDOW // 60} minutes are the most. Go on in"
        f" {seconds} seconds."
    )
    return Problem("rate-limited", detail, headers={"Retry-After": str(seconds)})
