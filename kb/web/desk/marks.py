"""What is computed of changesets and shown beside their state: stale, invalid, overdue, blocked …

For a whole list at once, in the same number of queries whatever its length.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from django.utils import timezone

from kb.documents.problems import path_of, value_at
from kb.editing.transitions import claimant
from kb.kinds import kinds
from kb.models import Changeset, Reservation, User
from kb.publication import reading

Status = Changeset.Status
OVERDUE = timedelta(days=14)  # in review
NAMED = 3  # entries of a changeset that a list names
UNKNOWN = "unknown-reference"  # the code of an error that another changeset may put right

_EDITS = (
    "SELECT e.changeset_id, count(*), (array_agg(e.key ORDER BY e.key))[1:%s],"
    " array_agg(DISTINCT e.kind), bool_or(e.findings @> '[{\"is_error\": true}]'),"
    " bool_or(n.id IS NOT NULL AND e.base_id IS DISTINCT FROM (SELECT r.id FROM kb_revision r"
    "  WHERE r.entry_id = n.id ORDER BY r.number DESC LIMIT 1))"
    " FROM kb_edit e LEFT JOIN kb_entry n ON n.key = e.key"
    " WHERE e.changeset_id = ANY(%s) GROUP BY e.changeset_id"
)
_UNKNOWN = (
    "SELECT changeset_id, content, findings::text FROM kb_edit"
    " WHERE changeset_id = ANY(%s) AND findings @> %s::jsonb"
)
_NAMES_OF_NEW = (
    "SELECT key, (content::json -> (%s::json ->> kind))::text FROM kb_edit"
    " WHERE changeset_id = ANY(%s) AND key = ANY(%s) AND base_id IS NULL AND content <> ''"
)


@dataclass(frozen=True, slots=True)
class Edits:
    """The edits of one changeset in short. `keys`: the first few."""

    count: int = 0
    keys: Sequence[str] = ()
    kinds: Sequence[str] = ()
    is_invalid: bool = False
    is_stale: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A changeset as a row of a list. `names`: of its first entries, `further`: how many more.

    `blocked_by`: the changesets that create what it refers to; None for one that stays unnamed.
    `is_conflicted`: somebody has to choose. Merging tells, which no list does: on its own pages.
    """

    changeset: Changeset
    edits: Edits
    names: Sequence[str]
    further: int
    waiting: str
    is_overdue: bool
    claimed_by: User | None
    blocked_by: Sequence[Changeset | None] = field(default_factory=tuple)
    is_conflicted: bool = False

    @property
    def is_stale(self) -> bool:
        return self.edits.is_stale and not self.changeset.is_closed

    @property
    def is_invalid(self) -> bool:
        return self.edits.is_invalid and not self.changeset.is_closed


def listed(changesets: Sequence[Changeset], user: User) -> list[Listed]:
    """Rows for `changesets`, as `user` may see them. Load created_by and claimed_by with them."""
    now = timezone.now()
    pks = [each.pk for each in changesets]
    edits = edits_of(pks)
    keys = [key for its in edits.values() for key in its.keys]
    names = names_of_new(pks, keys) | names_of(keys)
    blockers = blockers_of(pks, user)
    nothing = Edits()
    return [
        _row(each, edits.get(each.pk, nothing), names, blockers.get(each.pk, ()), now)
        for each in changesets
    ]


def _row(
    changeset: Changeset,
    edits: Edits,
    names: Mapping[str, str],
    blocked_by: Sequence[Changeset | None],
    now: datetime,
) -> Listed:
    return Listed(
        changeset=changeset,
        edits=edits,
        names=[names.get(key, key) for key in edits.keys],
        further=edits.count - len(edits.keys),
        waiting=span_in_words(now - changeset.status_since),
        is_overdue=is_overdue(changeset, now),
        claimed_by=claimant(changeset, now),
        blocked_by=blocked_by,
    )


def is_overdue(changeset: Changeset, now: datetime) -> bool:
    return changeset.status == Status.IN_REVIEW and now - changeset.status_since > OVERDUE


def edits_of(changeset_ids: Sequence[int]) -> dict[int, Edits]:
    """Changeset → what its edits come to."""
    rows = reading.fetch_all(_EDITS, (NAMED, list(changeset_ids)))
    return {row[0]: Edits(*row[1:]) for row in rows}


def names_of(keys: Iterable[str]) -> dict[str, str]:
    """Key → name, of the entries that are published."""
    wanted = list(dict.fromkeys(keys))
    rows = reading.fetch_all(
        "SELECT key, shown ->> 'name' FROM kb_label WHERE key = ANY(%s)", (wanted,)
    )
    return {key: name for key, name in rows if name}


def names_of_new(changeset_ids: Sequence[int], keys: Sequence[str]) -> dict[str, str]:
    """Key → name, of those of `keys` that these changesets create.

    The name is read as JSON and not as text, which a draft can hold and PostgreSQL cannot.
    """
    fields = orjson.dumps({kind.name: kind.schema.name_field for kind in kinds()}).decode()
    rows = reading.fetch_all(_NAMES_OF_NEW, (fields, list(changeset_ids), list(keys)))
    named = {key: orjson.loads(name) for key, name in rows if name is not None}
    return {key: name for key, name in named.items() if name and isinstance(name, str)}


def blockers_of(changeset_ids: Sequence[int], user: User) -> dict[int, list[Changeset | None]]:
    """Changeset → the open changesets that create what it refers to. None: one out of sight."""
    wanted = {pk: keys for pk, keys in _unknown_keys(changeset_ids).items() if keys}
    holders = _holders({key for keys in wanted.values() for key in keys})
    visible = _visible({each.changeset_id for each in holders.values()}, user)
    found = {}
    for pk, keys in wanted.items():
        its = {holders[key].changeset_id for key in sorted(keys) if key in holders} - {pk}
        if its:
            found[pk] = [visible.get(each) for each in sorted(its)]
    return found


def _unknown_keys(changeset_ids: Sequence[int]) -> dict[int, set[str]]:
    """Changeset → keys in it that named nothing when it was last saved."""
    asked = (list(changeset_ids), orjson.dumps([{"code": UNKNOWN}]).decode())
    found: dict[int, set[str]] = defaultdict(set)
    for pk, content, findings in reading.fetch_all(_UNKNOWN, asked):
        document = orjson.loads(content or "{}")
        for each in orjson.loads(findings):
            if each["code"] == UNKNOWN and (key := _text_at(document, each["place"])):
                found[pk].add(key)
    return found


def _text_at(document: Any, place: str) -> str:
    try:
        value = value_at(document, path_of(place))
    except (LookupError, TypeError, ValueError):
        return ""
    return value if isinstance(value, str) else ""


def _holders(keys: set[str]) -> dict[str, Reservation]:
    return {each.key: each for each in Reservation.objects.filter(key__in=sorted(keys))}


def _visible(pks: set[int], user: User) -> dict[int, Changeset]:
    seen = Changeset.objects.visible_to(user).filter(pk__in=sorted(pks))
    return {each.pk: each for each in seen}


_UNITS = ((86_400 * 365, "year"), (86_400, "day"), (3_600, "hour"), (60, "minute"))


def span_in_words(span: timedelta) -> str:
    """How long something has waited: "3 days", "less than a minute"."""
    seconds = int(span.total_seconds())
    for length, name in _UNITS:
        if seconds >= length:
            number = seconds // length
            return f"{number} {name}{'' if number == 1 else 's'}"
    return "less than a minute"
