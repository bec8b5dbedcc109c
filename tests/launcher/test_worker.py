"""The worker that `make run` starts beside the server."""

import os
import signal
import sys
import time
from itertools import pairwise

import psutil
import pytest
from django.conf import settings

from launcher.children import Children
from launcher.locks import Lock
from launcher.worker import LONGEST_PAUSE, Worker

LASTING = (sys.executable, "-c", "import time; time.sleep(600)")
ENDING = (sys.executable, "-c", "pass")


@pytest.fixture
def children(tmp_path):
    children = Children(tmp_path / "worker.lock")
    yield children
    children.stop()


def tended(worker, condition, seconds=10.0):
    """Whether the condition came true while the worker was tended."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        worker.tend()
        time.sleep(0.02)
    return condition()


def test_a_worker_is_started_once(children):
    worker = Worker(children, os.environ, LASTING)

    worker.tend()
    first = children.process.pid
    worker.tend()

    assert children.process.pid == first
    assert not children.has_ended()


def test_a_worker_that_ended_by_itself_is_started_again_and_that_is_said(children, capfd):
    worker = Worker(children, os.environ, LASTING)
    worker.tend()
    first = children.process

    first.send_signal(signal.SIGKILL)

    assert tended(worker, lambda: children.process is not first and not children.has_ended())
    assert "The worker (mail, schedules) ended by itself; it starts again in 2 s." in (
        capfd.readouterr().err
    )


def test_one_that_ends_at_once_is_not_started_all_the_time(children, monkeypatch):
    clock = 1000.0
    monkeypatch.setattr("launcher.worker.time.monotonic", lambda: clock)
    worker, starts = Worker(children, os.environ, ENDING), []
    for _second in range(600):
        before = children.process
        worker.tend()
        if children.process is not before:
            starts.append(clock)
            children.wait()
        clock += 1

    pauses = [later - earlier for earlier, later in pairwise(starts)]
    assert pauses == sorted(pauses)
    assert pauses[0] <= 4
    assert pauses[-1] == pytest.approx(LONGEST_PAUSE, abs=1)


def test_a_site_has_a_worker_beside_it(site):
    group = Lock(settings.DATA_DIR / "test" / "site" / "worker.lock")
    end = time.monotonic() + 20
    while not group.text and time.monotonic() < end:
        time.sleep(0.1)

    worker = psutil.Process(int(group.text))

    assert worker.cmdline()[-1] == "work"
    assert worker.environ()["CG_LOCAL_URL"] == site.rstrip("/")
