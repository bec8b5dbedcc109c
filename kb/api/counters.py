"""How often somebody asked: counts that all processes of a machine share.

They stand in one small file that each process maps into its memory, so that a count costs a few
microseconds and no query. Whoever counts locks the few bytes in question; the system takes the
lock from a process that dies. The file holds no addresses and can be deleted at any time.

A count belongs to a digest, which leads to one of BUCKETS buckets of WAYS slots. In a full bucket
it takes the place of a count whose time is over, else of the smallest one: whoever asks often keeps
theirs, however many others come.
"""

import fcntl
import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import Struct
from threading import Lock
from typing import NamedTuple

BUCKETS, WAYS = 8_192, 8  # 65,536 who asked within a window
DIGEST = 16  # bytes
SLOT = Struct(f"<{DIGEST}sdq")  # digest, when its window began (seconds since 1970), count
BUCKET = WAYS * SLOT.size
SIZE = BUCKETS * BUCKET  # 2 MiB
NOBODY = bytes(DIGEST)


class Counted(NamedTuple):
    """`is_allowed`: whether it was within the limit, and counted. `left`: how many more are.
    `reset`: seconds until the count begins anew.
    """

    is_allowed: bool
    left: int
    reset: float


class Counters:
    """The counts in a file, which is made when it is missing. Raises OSError when it can't be."""

    def __init__(self, file: Path):
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            # Bytes that the disk has no room for would end the process when they are written.
            os.posix_fallocate(self._descriptor, 0, SIZE)
            self._memory = mmap.mmap(self._descriptor, SIZE)
        except OSError:
            os.close(self._descriptor)
            raise
        self._lock = Lock()

    def close(self) -> None:
        self._memory.close()
        os.close(self._descriptor)

    def count(self, who: bytes, most: int, window: float, now: float) -> Counted:
        """Count one more of `who` (a digest), of whom `most` are allowed within `window` seconds
        from the first on. `now`: seconds since 1970. What is refused is not counted.
        """
        place = int.from_bytes(who[:4], "little") % BUCKETS * BUCKET
        with self._locked(place):
            slot, began, count = self._slot_of(who, place, window, now)
            is_allowed = count < most
            count += is_allowed
            SLOT.pack_into(self._memory, slot, who, began, count)
        return Counted(is_allowed, most - count, began + window - now)

    @contextmanager
    def _locked(self, place: int) -> Iterator[None]:
        """No other thread, nor other process at this bucket. Locks of files know no threads."""
        with self._lock:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, BUCKET, place)
            try:
                yield
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, BUCKET, place)

    def _slot_of(self, who: bytes, place: int, window: float, now: float) -> tuple[int, float, int]:
        """(place of the slot, when the window began, count) of `who`, who may be new."""
        fewest, free = -1, place
        for offset in range(place, place + BUCKET, SLOT.size):
            its, began, count = SLOT.unpack_from(self._memory, offset)
            is_over = not began <= now < began + window  # or the clock was put back
            if its == who:
                return (offset, now, 0) if is_over else (offset, began, count)
            count = 0 if is_over or its == NOBODY else count
            if fewest < 0 or count < fewest:
                fewest, free = count, offset
        return free, now, 0
