"""The programs that `make run` starts, so that none of them outlives it for long.

Each child is the head of a process group of its own and inherits a lock that it holds as long as
any process of the group lives. If we are killed, the next run sees that the lock is still held, by
the group whose number is written in it, and ends that group; a number that is in use again for
something else cannot be mistaken for it.
"""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from launcher.locks import Lock
from launcher.problems import Problem

GRACE = 10.0  # seconds to end politely


class Children:
    """Starts one program at a time, with what a killed run left cleared away first."""

    def __init__(self, file: Path) -> None:
        """`file`: the lock that the children hold. Raises Problem when an old one will not end."""
        self.lock = Lock(file)
        if not self.lock.take():
            end_group(self.lock)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[self.lock.handle],
            # In the child, so that no kill can come in between; we have no other threads.
            preexec_fn=self.record,  # noqa: PLW1509
            start_new_session=True,
        )

    def record(self) -> None:
        """Write down our own process group: called in the child, just before its program."""
        self.lock.text = str(os.getpid())

    def wait(self) -> int:
        """Exit status of the child, once it has ended."""
        return self.process.wait() if self.process else 0

    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def stop(self) -> None:
        """End the child and everything it has started."""
        if self.process is not None:
            signal_group(self.process.pid, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE)
            signal_group(self.process.pid, signal.SIGKILL)
            self.process.wait()


def end_group(lock: Lock) -> None:
    """End the process group that holds `lock`, left from a killed run, and take the lock."""
    print("Ending what an earlier run has left …")
    text = lock.text
    if text.isdigit():
        signal_group(int(text), signal.SIGTERM)
        if lock.take(wait=GRACE):
            return
        signal_group(int(text), signal.SIGKILL)
    if not lock.take(wait=GRACE):
        raise Problem(f"A process of an earlier run does not end; it holds {lock.file}.")


def signal_group(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
