"""The worker beside the server: mail, schedules, upkeep. Reading goes on while it is away."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from launcher.children import Children

COMMAND = (sys.executable, str(Path(__file__).resolve().parent.parent / "manage.py"), "work")
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds until it is started again


class Worker:
    """Kept running: one that ends by itself is started again, after pauses that grow."""

    def __init__(
        self,
        children: Children,
        environment: Mapping[str, str],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self.children = children
        self.environment = environment
        self.command = command
        self.pause = SHORTEST_PAUSE
        self.started_at = 0.0
        self.start_at: float | None = 0.0  # None while it runs

    def tend(self) -> None:
        """Start it when it is time. To be called again and again."""
        now = time.monotonic()
        if self.start_at is not None:
            if now >= self.start_at:
                self._start(now)
        elif self.children.has_ended():
            self._plan_another_start(now)

    def _start(self, now: float) -> None:
        self.children.start(self.command, self.environment)
        self.started_at, self.start_at = now, None

    def _plan_another_start(self, now: float) -> None:
        lasted = now - self.started_at > LONGEST_PAUSE
        self.pause = SHORTEST_PAUSE if lasted else min(self.pause * 2, LONGEST_PAUSE)
        self.start_at = now + self.pause
        print(
            f"The worker (mail, schedules) ended by itself; it starts again in {self.pause:.0f} s.",
            file=sys.stderr,
        )
