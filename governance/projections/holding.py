"""When a statement held: the days on which it certainly did and those on which it may have.

Stretches of days are half-open, `first` to the day `before` which they end, as PostgreSQL keeps
them. So what ends on the day something else begins needs no arithmetic.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from kb.documents.inexact_dates import Certainty, InexactDate
from kb.documents.plans import LabelOf

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` on that lie before `before`; None is unbounded. Never empty."""

    first: date | None = None
    before: date | None = None

    def __contains__(self, day: date) -> bool:
        has_begun = self.first is None or self.first <= day
        return has_begun and (self.before is None or day < self.before)


@dataclass(frozen=True, slots=True)
class Holding:
    """When a statement held. None: on no day. What is certain is possible too."""

    certain: Days | None
    possible: Days | None

    def on(self, day: date) -> Certainty | None:
        """How sure it is that it held on `day`; None when it did not."""
        if self.certain is not None and day in self.certain:
            return "certain"
        return "possible" if self.possible is not None and day in self.possible else None


NEVER_HELD = Holding(None, None)


@dataclass(frozen=True, slots=True)
class Ending:
    """The first day on which something is over lies from `earliest` to `latest`; None: not yet."""

    earliest: date | None = None
    latest: date | None = None

    @classmethod
    def with_(cls, last: InexactDate) -> "Ending":
        """Over on the day after `last`, which is a day on which it still held."""
        return cls(_day_after(last.earliest), _day_after(last.latest))

    @classmethod
    def at(cls, change: InexactDate) -> "Ending":
        """Over from the day of `change` on."""
        return cls(change.earliest, change.latest)


STILL_SO = Ending()


def soonest(endings: Iterable[Ending]) -> Ending:
    """The ending of what any one of `endings` ends; still so when there is none."""
    known = list(endings)
    return Ending(
        min((each.earliest for each in known if each.earliest), default=None),
        min((each.latest for each in known if each.latest), default=None),
    )


def holding(possible_from: date | None, certain_from: date | None, ending: Ending) -> Holding:
    """What begins between the two days and ends with `ending`.

    `possible_from` None: nobody knows since when. `certain_from` None: certain on no day.
    """
    if certain_from is None:
        return Holding(None, _days(possible_from, ending.latest))
    if possible_from is not None:
        possible_from = min(possible_from, certain_from)
    return Holding(_days(certain_from, ending.earliest), _days(possible_from, ending.latest))


def begun(
    begin: str | None, row: Row, label_of: LabelOf, *not_before: str | None
) -> tuple[date | None, date | None]:
    """(possible from, certain from) of a statement that begins at `begin`.

    Without a beginning it is certain from the day its newest source was seen to say so, and
    possible from the day on which all that it is about may have existed: `not_before`, dates.
    """
    if begin is not None:
        written = InexactDate.parse(begin)
        return written.earliest, written.latest
    known = [InexactDate.parse(text).earliest for text in not_before if text]
    return max(known, default=None), last_seen(row, label_of)


def last_seen(row: Row, label_of: LabelOf) -> date | None:
    """The day on which the newest source of a statement was read; None where none says."""
    labels = (label_of(cite["source"]) for cite in row.get("cites", ()))
    days = [
        InexactDate.parse(label["accessed"]).latest
        for label in labels
        if label and "accessed" in label
    ]
    return max(days, default=None)


def with_any_of(*dates: str | None) -> Ending:
    """The ending that comes with the first of these: the last days of those who take part."""
    return soonest(Ending.with_(InexactDate.parse(text)) for text in dates if text)


def lifetime(key: str, label_of: LabelOf) -> tuple[str | None, str | None]:
    """When the entry that `key` means was founded and dissolved, as far as its label says."""
    label = label_of(key) or {}
    return label.get("founded"), label.get("dissolved")


def survivor(key: str, label_of: LabelOf) -> str:
    """The key of the entry that `key` means today."""
    label = label_of(key)
    return str(label["key"]) if label else key


def _days(first: date | None, before: date | None) -> Days | None:
    is_empty = first is not None and before is not None and before <= first
    return None if is_empty else Days(first, before)


def _day_after(day: date) -> date | None:
    return day + timedelta(days=1) if day < date.max else None
