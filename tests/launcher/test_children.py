import os
import signal
import subprocess
import sys
import time

import psutil

from launcher.children import Children

# Starts a child that starts one of its own, tells its number and waits for ever.
PARENT = """
import os, sys, time
from pathlib import Path
from launcher.children import Children
children = Children(Path(sys.argv[1]))
children.start(["sh", "-c", "sleep 600 & wait"], dict(os.environ))
print(children.process.pid, flush=True)
time.sleep(600)
"""


def sleepers(group):
    """Living processes of a process group."""
    found = []
    for process in psutil.process_iter():
        try:
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def start_and_kill(file):
    """The group that a killed run has left."""
    run = subprocess.Popen([sys.executable, "-c", PARENT, str(file)], stdout=subprocess.PIPE)
    assert run.stdout is not None
    group = int(run.stdout.readline())
    until = time.monotonic() + 10
    while len(sleepers(group)) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    run.send_signal(signal.SIGKILL)
    run.wait(10)
    run.stdout.close()
    return group


def test_what_a_killed_run_has_left_is_ended_by_the_next(tmp_path):
    group = start_and_kill(tmp_path / "children.lock")
    assert len(sleepers(group)) == 2

    Children(tmp_path / "children.lock")

    assert sleepers(group) == []


def test_stopping_ends_what_a_child_has_started_too(tmp_path):
    children = Children(tmp_path / "children.lock")
    children.start(["sh", "-c", "sleep 600 & wait"], dict(os.environ))
    assert children.process is not None
    assert not children.has_ended()

    children.stop()

    assert children.has_ended()
    assert sleepers(children.process.pid) == []


def test_nothing_is_ended_where_nothing_was_left(tmp_path):
    (tmp_path / "children.lock").write_text(str(os.getpgrp()))  # ours, by a number used again

    Children(tmp_path / "children.lock")

    assert os.getpgrp() > 0  # and we still run
