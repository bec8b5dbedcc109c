"""A progress bar for commands: a line that is rewritten on a terminal, silence elsewhere."""

import time
from types import TracebackType
from typing import Self

from django.core.management.base import OutputWrapper

WIDTH = 30


class Progress:
    """`total` of 0 means that it is not known; then only the count and the pace are shown."""

    def __init__(self, out: OutputWrapper, title: str, total: int = 0):
        self._out, self._title, self._total = out, title, total
        self._begun = time.monotonic()
        self._is_shown = out.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_shown:
            self._out.write("", ending="\n")

    def show(self, done: int) -> None:
        if self._is_shown:
            self._out.write(f"\r{self.line(done)}", ending="")
            self._out.flush()

    def line(self, done: int) -> str:
        """`Importing [#####     ] 1,024 of 1,773 · 900 a second`."""
        pace = done / max(time.monotonic() - self._begun, 0.001)
        if not self._total:
            return f"{self._title} {done:,} · {pace:,.0f} a second"
        filled = "#" * round(WIDTH * min(done / self._total, 1))
        return (
            f"{self._title} [{filled:<{WIDTH}}] {done:,} of {self._total:,} · {pace:,.0f} a second"
        )
