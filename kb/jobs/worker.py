"""The worker: runs the jobs that are due, through restarts of PostgreSQL, until it is stopped."""

import asyncio
import logging
import signal
from contextlib import suppress

import psycopg
from procrastinate.contrib.django import app
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.psycopg_connector import PsycopgConnector

log = logging.getLogger("kb.jobs")

AT_ONCE = 2  # jobs: a long one does not hold up what is published at a set time
PARTING = 8.0  # seconds that a job may take to end when the worker is stopped
LONGEST_PAUSE = 30.0  # seconds between two attempts to reach the database


def work() -> None:
    """Run jobs until SIGTERM or SIGINT."""
    asyncio.run(work_until_stopped())


async def work_until_stopped() -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    pause = 1.0
    while not stopped.is_set():
        began = loop.time()
        await run_jobs(until=stopped)
        pause = 1.0 if loop.time() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), pause)


async def run_jobs(*, until: asyncio.Event | None = None) -> None:
    """Run jobs until the event, or until the database goes away; without one, until none is due."""
    running = asyncio.create_task(_run(wait=until is not None))
    waiting = [asyncio.create_task(until.wait())] if until is not None else []
    await asyncio.wait([running, *waiting], return_when=asyncio.FIRST_COMPLETED)
    for task in (running, *waiting):
        task.cancel()
    try:
        await running
    except asyncio.CancelledError:
        pass
    except (ConnectorException, psycopg.Error, OSError) as problem:
        log.warning("The database cannot be used; jobs wait. %s", problem.__cause__ or problem)


async def _run(*, wait: bool) -> None:
    # Two connections suffice; the pool would open four.
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=2, timeout=10.0)
    with app.replace_connector(connector):
        async with app.open_async():
            await app.run_worker_async(
                wait=wait,
                concurrency=AT_ONCE,
                delete_jobs=DeleteJobCondition.SUCCESSFUL,
                shutdown_graceful_timeout=PARTING,
                install_signal_handlers=False,
            )
