"""Pages as they were sent lately: most visitors ask for the same few."""

from collections import OrderedDict
from threading import Lock

LIMIT = 16 * 2**20  # bytes of pages that a process keeps


class RecentPages:
    """Bodies of pages by address, all of one state of what is published (`tag`).

    Bounded in bytes; the page that was not asked for longest goes first. With another tag, all go.
    """

    def __init__(self, limit: int = LIMIT):
        self._limit, self._lock = limit, Lock()
        self.clear()

    def clear(self) -> None:
        self._tag, self._size = "", 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()

    def get(self, tag: str, address: str) -> bytes | None:
        """The page at `address`, None where it was not sent since `tag` came to be."""
        with self._lock:
            if tag != self._tag:
                self.clear()
                self._tag = tag
            body = self._bodies.get(address)
            if body is not None:
                self._bodies.move_to_end(address)
            return body

    def keep(self, tag: str, address: str, body: bytes) -> None:
        """Keep a page, unless something was published while it was drawn."""
        with self._lock:
            if tag != self._tag or address in self._bodies:
                return
            self._bodies[address] = body
            self._size += len(body)
            while self._size > self._limit:
                _address, oldest = self._bodies.popitem(last=False)
                self._size -= len(oldest)


recent_pages = RecentPages()
