"""The other clock: what had been published at a moment."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import orjson

from kb.api import finding
from kb.api.endpoints import Moved
from kb.api.errors import Problem
from kb.filters import Parameter, Values
from kb.models.projected import StatementRow
from kb.parameters import one_of
from kb.publication import reading
from kb.publication.lists import MOMENT_SCHEMA, moment_asked
from kb.publication.past_rows import (
    MOST,
    MOST_LISTED,
    Past,
    TooManyChanges,
    of_entry,
    of_everything,
    of_lists,
    of_search,
    references_of,
    references_to,
    today,
)
from kb.publication.reading import Source

KNOWN_AT = Parameter(
    "known_at",
    "As it was published at this moment; a day means its end, UTC. Names of other entries are"
    " today's.",
    MOMENT_SCHEMA,
)


Found = TypeVar("Found")
TRIES = 5


def steady(find: Callable[[], Found]) -> Found:
    """What `find` gives, found again where something was published meanwhile: it takes several
    queries, which must see the same. Raises Problem where that never holds still.
    """
    for _ in range(TRIES):
        before = reading.state()
        found = find()
        if reading.state() == before:
            return found
    detail = "What is published kept changing meanwhile. Ask again in a moment."
    raise Problem("query-too-expensive", detail)


def at_moment(known_at: str | None, find: Callable[[str | None], Found]) -> Found:
    """What `find` gives for a moment, or of today where none is asked for. Raises Problem."""
    return find(None) if known_at is None else steady(lambda: find(known_at))


def check_moment(values: Values) -> None:
    """Raises WrongParameters when `known_at` is there and no moment."""
    if known_at := one_of(values, KNOWN_AT.name):
        moment_asked(KNOWN_AT.name, known_at)


def in_force(key: str, moment: datetime) -> tuple[reading.Known, reading.PastRevision]:
    """The entry called `key`, and the revision that showed it then. Raises Problem, Moved."""
    entry = finding.ever(key)
    revision = reading.revision_in_force(key, moment)
    if revision is None:
        detail = f"Nothing of “{key}” was published by then. Its revisions say when it was."
        raise Problem("not-found", detail, suggestions=[key])
    _refuse_departed(key, revision)
    return entry, revision


def source_of_entry(
    key: str, known_at: str | None, table: type[StatementRow], *kinds: str
) -> tuple[reading.Known, Source]:
    """The entry called `key`, and where the rows of its own statements are read.

    Today's, or those of a moment. Raises Problem, Moved, WrongParameters.
    """
    if known_at is None:
        return finding.active(key, *kinds), today(table)
    moment = moment_asked("known_at", known_at)
    entry, _revision = in_force(key, moment)
    finding.require_kind(entry, *kinds)
    return entry, of_entry(table, entry.entry_id, moment)


def source_naming(
    key: str, known_at: str | None, table: type[StatementRow], *kinds: str
) -> tuple[reading.Known, Source]:
    """The entry called `key`, and where the rows of statements that name it are read."""
    if known_at is None:
        return finding.active(key, *kinds), today(table)
    moment = moment_asked("known_at", known_at)
    entry, _revision = in_force(key, moment)
    finding.require_kind(entry, *kinds)
    try:
        return entry, of_everything(table, entry.survivor_id, moment)
    except TooManyChanges:
        raise _too_many_name(key, known_at) from None


def references(key: str, known_at: str | None, *, inwards: bool) -> tuple[int, Source]:
    """The number of the entry called `key`, and where references from it, or to it, are read."""
    if known_at is None:
        return finding.active(key).entry_id, reading.REFERENCES
    moment = moment_asked("known_at", known_at)
    entry, _revision = in_force(key, moment)
    if not inwards:
        return entry.entry_id, references_of(entry.entry_id, moment)
    try:
        return entry.survivor_id, references_to(entry.survivor_id, moment)
    except TooManyChanges:
        raise _too_many_name(key, known_at) from None


def _too_many_name(key: str, known_at: str) -> Problem:
    detail = f"More than {MOST} entries that name “{key}” were published since {known_at}."
    return Problem("query-too-expensive", detail)


def past_of(known_at: str | None, *, searched: bool = False) -> Past | None:
    """What lists, or search, read otherwise to answer for a moment; None where they read the same,
    since none is asked for or nothing was published after it. Raises Problem, WrongParameters.
    """
    if known_at is None:
        return None
    moment = moment_asked("known_at", known_at)
    try:
        past = of_search(moment) if searched else of_lists(moment)
        return past if past.changed else None
    except TooManyChanges:
        detail = f"More than {MOST_LISTED:,} entries were published since {known_at}. Ask nearer to"
        raise Problem("query-too-expensive", f"{detail} today, or take a release.") from None


def own_kind(revision: reading.PastRevision) -> str:
    """The name of the kind that its entry had."""
    return str(orjson.loads(revision.metadata)["kind"])


def _refuse_departed(key: str, revision: reading.PastRevision) -> None:
    """Raises what tells that the entry was not in view while this revision was in force."""
    if revision.document is None:
        detail = f"Revision {revision.number} of “{key}”, then in force, was redacted."
        raise Problem("redacted", detail)
    content = orjson.loads(revision.document)
    if revision.act == "merge":
        raise Moved(str(content["into"]), orjson.dumps({"key": key, "into": content["into"]}))
    if revision.act == "retract":
        raise Problem("retracted", f"“{key}” was retracted at that moment.")
