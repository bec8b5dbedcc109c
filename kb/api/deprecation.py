"""How an endpoint says that it is to go. See docs/versioning.md.

Source: RFC 9745 (Deprecation), RFC 8594 (Sunset)
"""

from datetime import UTC, date, datetime, time
from typing import NamedTuple

from django.utils.http import http_date


class Deprecation(NamedTuple):
    """`since`: the day on which it was announced; `until`: from which it may be gone, if known.

    `policy`: the address where people read about it.
    """

    since: date
    policy: str
    until: date | None = None

    def headers(self) -> dict[str, str]:
        """The headers of every answer; the Link is to be added to those that an answer has."""
        found = {"Deprecation": f"@{_seconds(self.since)}"}
        if self.until is not None:
            found["Sunset"] = http_date(_seconds(self.until))
        return found

    @property
    def link(self) -> str:
        return f'<{self.policy}>; rel="deprecation"; type="text/html"'


def _seconds(day: date) -> int:
    """Of the first moment of a day, UTC, since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp())
