"""One client that asks one thing at a time, and keeps its connection."""

import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any, NamedTuple, Self

import orjson

from bench.pressure import Ask
from bench.servers import Server
from launcher.run import HOST

PATIENCE = 60.0  # seconds for an answer


class Answer(NamedTuple):
    """What came, and after how many seconds."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def keys(self) -> list[str]:
        """The keys of a list's items."""
        return [item["key"] for item in self.json["items"]]


class Client:
    """Asks one server. Use it in a `with` statement."""

    def __init__(self, server: Server):
        self._connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: object) -> None:
        self._connection.close()

    def get(self, ask: Ask) -> Answer:
        begun = time.perf_counter()
        self._connection.request(ask.method, ask.path, ask.body or None, ask.headers)
        response = self._connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - begun
        found = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, found, body, seconds)


@dataclass(frozen=True)
class Latency:
    """How long single requests took, in milliseconds. `stopped`: those at the time limit (503)."""

    requests: int
    p50: float
    p95: float
    worst: float
    stopped: int = 0

    @classmethod
    def of(cls, seconds: Sequence[float], stopped: int = 0) -> "Latency":
        """Raises ValueError when there are none."""
        if not seconds:
            raise ValueError("no request, no latency")
        ordered = sorted(1000 * each for each in seconds)
        return cls(
            len(ordered), quantile(ordered, 0.5), quantile(ordered, 0.95), ordered[-1], stopped
        )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The smallest of the sorted values that is not below `share` of them."""
    return ordered[max(0, ceil(len(ordered) * share) - 1)]
