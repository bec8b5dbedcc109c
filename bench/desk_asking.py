"""What it costs to ask for something: time, processor time of us and of the database, queries."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import psutil
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kb.models import User
from kb.publication import names, reading

# Where queries are sent beneath the ORM.
BENEATH = ((reading, "_execute_once"), (names, "_labels"))


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one time, on average. Milliseconds: from beginning to end, and of processors.

    `queries` and `kilobytes`: of a page; 0 for what is no page.
    """

    milliseconds: float
    processor: float
    queries: int = 0
    kilobytes: float = 0.0


def measured(act: Callable[[], object], times: int = 1) -> Cost:
    """What `act` costs, done `times` times."""
    begun, before = time.perf_counter(), _processor_seconds()
    for _ in range(times):
        act()
    after = _processor_seconds()
    processor = sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
    return Cost(1000 * (time.perf_counter() - begun) / times, 1000 * processor / times)


def _processor_seconds() -> dict[int, float]:
    """Process → its seconds: this one, and the server's for this database if they run here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        pids = [pid for (pid,) in cursor.fetchall()]
    return {os.getpid(): time.process_time()} | {pid: _seconds_of(pid) for pid in pids}


def _seconds_of(pid: int) -> float:
    try:
        used = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(used.user + used.system)


def cost_of_page(client: Client, path: str, times: int) -> tuple[Cost | None, int]:
    """(cost, status) of a page; no cost where it is not shown. Asked once before, to warm up."""
    with _sent() as sent, CaptureQueriesContext(connection) as caught:
        answer = client.get(path)
    if answer.status_code != 200:
        return None, answer.status_code
    queries, size = len(caught) + len(sent), len(answer.content) / 1000
    cost = measured(lambda: client.get(path), times)
    return Cost(cost.milliseconds, cost.processor, queries, size), 200


def signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    return client


@contextmanager
def _sent() -> Iterator[list[None]]:
    """One more element for each query that is sent beneath the ORM."""
    sent: list[None] = []

    def counted(send: Callable[..., Any]) -> Callable[..., Any]:
        def counting(*args: Any, **more: Any) -> Any:
            sent.append(None)
            return send(*args, **more)

        return counting

    (one, first), (other, second) = BENEATH
    with (
        patch.object(one, first, counted(getattr(one, first))),
        patch.object(other, second, counted(getattr(other, second))),
    ):
        yield sent
