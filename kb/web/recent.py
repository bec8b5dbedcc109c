"""Pages as they were sent lately: most visitors ask for the same few."""

from threading import Lock

from kb.kept import Bodies

LIMIT = 16 * 2**20  # bytes of pages that a process keeps


class RecentPages:
    """Bodies of pages by address, all of one state of what is published (`tag`).

    Bounded in bytes; the page that was not asked for longest goes first. With another tag, all go.
    """

    def __init__(self, limit: int = LIMIT):
        self._tag, self._bodies, self._lock = "", Bodies(limit), Lock()

    def clear(self) -> None:
        self._tag = ""
        self._bodies.clear()

    def get(self, tag: str, address: str) -> bytes | None:
        """The page at `address`, None where it was not sent since `tag` came to be."""
        with self._lock:
            if tag != self._tag:
                self.clear()
                self._tag = tag
            return self._bodies.get(address)

    def keep(self, tag: str, address: str, body: bytes) -> None:
        """Keep a page, unless something was published while it was drawn."""
        with self._lock:
            if tag == self._tag:
                self._bodies.keep(address, body)


recent_pages = RecentPages()
