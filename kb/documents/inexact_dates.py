"""Dates that are as exact as their source: a year, a month or a day.

Source: Extended Date/Time Format, level 0 (ISO 8601-2:2019, annex A), calendar dates only.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, Literal, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

FORMS = "Write YYYY, YYYY-MM or YYYY-MM-DD."
PATTERN = r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_SHAPE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_SEPARATED = re.compile(r"([0-9]+)([-/. ])([0-9]+)(?:\2([0-9]+))?")

Certainty = Literal["certain", "possible"]


class BadDate(ValueError):
    """A text that is no date. `text` is what was written, `reason` the part that is wrong."""

    def __init__(self, text: str, reason: str = ""):
        self.text, self.reason = text, reason
        super().__init__(f"{self.found}. {FORMS}")

    @property
    def found(self) -> str:
        """What was found, as an error shows it: `“1954-13” is not a date (month 13)`."""
        shown = self.text if len(self.text) <= 40 else f"{self.text[:39]}…"
        return f"“{shown}” is not a date" + (f" ({self.reason})" if self.reason else "")


@dataclass(frozen=True, slots=True, order=True)
class InexactDate:
    """A date with both its ends: "1954" may mean any day from `earliest` to `latest`.

    Dates sort by their first possible day, then by their last, so of two dates the one that ends
    no earlier and begins no earlier never comes first. Make one with `parse`.
    """

    earliest: date
    latest: date
    text: str = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The date written as `text`. Raises BadDate, which names the part that is wrong."""
        earliest, latest = _ends(text)
        return cls(earliest, latest, text)

    @classmethod
    def of(cls, day: date) -> Self:
        """The inexact date that means exactly `day`."""
        return cls(day, day, f"{day.year:04}-{day.month:02}-{day.day:02}")

    def __str__(self) -> str:
        return self.text

    @property
    def readable(self) -> str:
        """For people, in British order: "1954", "September 1954", "29 September 1954"."""
        words = [str(self.earliest.year)]
        if len(self.text) >= len("YYYY-MM"):
            words.append(MONTHS[self.earliest.month - 1])
        if len(self.text) == len("YYYY-MM-DD"):
            words.append(str(self.earliest.day))
        return " ".join(reversed(words))

    @property
    def is_exact(self) -> bool:
        """Whether it means one day."""
        return self.earliest == self.latest

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            _parse_in_document,
            core_schema.str_schema(strict=True),
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {
            "type": "string",
            "pattern": PATTERN,
            "description": "A date as exact as its source: YYYY, YYYY-MM or YYYY-MM-DD.",
        }


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time from `begin` to `end`, both days included.

    No `end` means that it still lasts. No `begin` means that nobody knows since when: it is then
    possibly so on any day up to the end, and certainly so on none.
    """

    begin: InexactDate | None = None
    end: InexactDate | None = None

    @classmethod
    def parse(cls, begin: str | None, end: str | None) -> Self:
        """The span between two written dates. Raises BadDate."""
        return cls(
            InexactDate.parse(begin) if begin else None, InexactDate.parse(end) if end else None
        )

    @property
    def possible(self) -> tuple[date | None, date | None]:
        """The first and last day on which it may have been so; None is unbounded."""
        return (
            self.begin.earliest if self.begin else None,
            self.end.latest if self.end else None,
        )

    @property
    def certain(self) -> tuple[date | None, date | None] | None:
        """The first and last day on which it was so for certain; None when there is no such day."""
        if self.begin is None:
            return None
        first, last = self.begin.latest, self.end.earliest if self.end else None
        return None if last is not None and last < first else (first, last)

    def certainly_on(self, day: date) -> bool:
        """Whether it was so on `day`, whatever day the dates mean."""
        return self.certain is not None and _holds(self.certain, day)

    def possibly_on(self, day: date) -> bool:
        """Whether it may have been so on `day` (also when it certainly was)."""
        return _holds(self.possible, day)

    def on(self, day: date) -> Certainty | None:
        """How sure it is that it was so on `day`; None when it was not."""
        if self.certainly_on(day):
            return "certain"
        return "possible" if self.possibly_on(day) else None


def _holds(bounds: tuple[date | None, date | None], day: date) -> bool:
    first, last = bounds
    return (first is None or first <= day) and (last is None or day <= last)


@lru_cache(maxsize=32_768)
def _ends(text: str) -> tuple[date, date]:
    """First and last day that `text` can mean. Raises BadDate."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise BadDate(text, _what_is_wrong_with_the_form(text))
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year:
        raise BadDate(text, "year 0000")
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise BadDate(text, f"month {month:02}")
    last_day = monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last_day)
    if not 1 <= day <= last_day:
        raise BadDate(text, f"day {day:02} in {MONTHS[month - 1]} {year}")
    return date(year, month, day), date(year, month, day)


def _what_is_wrong_with_the_form(text: str) -> str:
    """A guess at what the writer meant, for the error; empty when there is none."""
    if not text.isascii():
        return "only digits and hyphens"
    if ":" in text or re.match(r"[0-9-]+T", text):
        return "with a time"
    if ".." in text or ("/" in text and text.count("-") >= 1):
        return "an interval; a span has a field for each end"
    if text[-1:] in "~?%" and text:
        return "uncertain dates are written without ~, ? or %"
    if "X" in text.upper().replace("-", "") and re.fullmatch(r"[0-9Xx-]+", text):
        return "unknown digits; leave out the part that is not known"
    if text.isdigit():
        return f"{len(text)} digits" if len(text) != 8 else "no hyphens"
    parts = _SEPARATED.fullmatch(text)
    if parts is None:
        return ""
    if parts[2] != "-":
        return f"parts are separated by hyphens, not by “{parts[2]}”"
    return _wrong_number_of_digits([part for part in (parts[1], parts[3], parts[4]) if part])


def _wrong_number_of_digits(parts: list[str]) -> str:
    wrong = [
        f"{name} {part}"
        for name, part, digits in zip(("year", "month", "day"), parts, (4, 2, 2), strict=False)
        if len(part) != digits
    ]
    return f"{wrong[0]}: the year has four digits, month and day two" if wrong else ""


def _parse_in_document(text: str) -> InexactDate:
    """As `InexactDate.parse`, with the error that the translation of problems understands."""
    try:
        return InexactDate.parse(text)
    except BadDate as bad:
        raise PydanticCustomError(
            "bad-date", "{found}. {remedy}", {"found": bad.found, "remedy": FORMS}
        ) from None
