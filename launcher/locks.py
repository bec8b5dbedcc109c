"""Locks on files, which the system takes back when their holder dies, kill -9 included."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Lock:
    """A lock on `file`, held from `take` or `share` until `release` or the end of the process."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        self.handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o644)

    def take(self, *, wait: float = 0) -> bool:
        """Hold it alone. False when others still hold it after `wait` seconds."""
        until = time.monotonic() + wait
        while not self._lock(fcntl.LOCK_EX | fcntl.LOCK_NB):
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        return True

    def share(self) -> None:
        """Hold it beside others who share it; waits for one who holds it alone."""
        self._lock(fcntl.LOCK_SH)

    def release(self) -> None:
        os.close(self.handle)

    def _lock(self, operation: int) -> bool:
        try:
            fcntl.flock(self.handle, operation)
        except BlockingIOError:
            return False
        return True

    @property
    def text(self) -> str:
        """What its holder has written into it."""
        return os.pread(self.handle, 1000, 0).decode()

    @text.setter
    def text(self, text: str) -> None:
        os.ftruncate(self.handle, 0)
        os.pwrite(self.handle, text.encode(), 0)


@contextmanager
def alone(file: Path) -> Iterator[None]:
    """Run the block while nobody else runs one under the lock on `file`."""
    lock = Lock(file)
    fcntl.flock(lock.handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        lock.release()
