"""Bodies of answers that a process keeps, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Hashable


class Bodies:
    """Bodies by any name; what was not asked for longest goes first. Not safe between threads."""

    def __init__(self, limit: int):
        self._limit, self.size = limit, 0
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()

    def get(self, name: Hashable) -> bytes | None:
        body = self._bodies.get(name)
        if body is not None:
            self._bodies.move_to_end(name)
        return body

    def keep(self, name: Hashable, body: bytes) -> None:
        """Keep a body, unless one of that name is kept already."""
        if name in self._bodies:
            return
        self._bodies[name] = body
        self.size += len(body)
        while self.size > self._limit:
            _name, oldest = self._bodies.popitem(last=False)
            self.size -= len(oldest)

    def clear(self) -> None:
        self._bodies.clear()
        self.size = 0
