"""Open changesets for the desk: some made through the actions, the others copied from those.

A copy has the rows that the actions wrote, in every table, with ids of its own, its times moved
into the past, and a key of its own where it creates an entry. So what stands in the database is
what the actions would have written, in seconds and not in hours.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import orjson
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection, models
from django.db.models import Max
from django.utils import timezone

from bench.routes import rows
from kb import editing
from kb.editing import redaction, suggestions
from kb.editing.checks import refresh_findings, unacknowledged
from kb.editing.emergencies import emergency_retract
from kb.kinds import kind_named
from kb.models import (
    Activity,
    Approval,
    Authorship,
    Changeset,
    Comment,
    Edit,
    Grant,
    Notice,
    Reservation,
    Revision,
    Role,
    Thread,
    User,
    VisitorSuggestion,
)

MODELS = 100  # changesets that are made through the actions
ROLES = {
    "contributor": None,
    "editor": Role.EDITOR,
    "managing editor": Role.MANAGING_EDITOR,
    "administrator": Role.ADMINISTRATOR,
}
JSON = dict[str, Any]


def person(role: str, number: int = 0) -> User:
    """Somebody with a role; with a second factor where the desk asks for one."""
    name = f"bench-{role.replace(' ', '-')}-{number}"
    found: User
    found, is_new = User.objects.get_or_create(username=name, email=f"{name}@example.org")
    if is_new and (granted := ROLES[role]) is not None:
        Grant.objects.create(user=found, role=granted)
    if is_new and role in ("managing editor", "administrator"):
        TOTP.activate(found, generate_totp_secret())
    return found


# --- through the actions ---------------------------------------------------------------------


def make_models() -> None:
    """`MODELS` changesets in the states in which one finds them, and what visitors suggest."""
    authors = cycle(
        [person(role, n) for n in range(3) for role in ("contributor", "editor", "contributor")]
    )
    documents = _documents()
    for number, make in enumerate(islice(cycle(_STATES), MODELS)):
        make(_draft(next(documents), by=next(authors), number=number))
    _suggest(documents)
    _publish_meanwhile(documents)


def _documents() -> Iterator[JSON]:
    """Documents of published entries that have a summary, each once."""
    found = rows(
        "SELECT r.document FROM kb_published p JOIN kb_revision r ON r.id = p.revision_id"
        " WHERE p.kind <> 'source' ORDER BY md5(p.key)"
    )
    return (orjson.loads(text) for (text,) in found)


def _draft(document: JSON, *, by: User, number: int) -> Changeset:
    """Every fourth creates an entry, and half of those have errors; the others change one."""
    changeset = editing.begin(f"Measured {number}", by=by, description="Why it is so.")
    name_field = kind_named(document["kind"]).schema.name_field
    if number % 4 == 3:
        named = f"{document[name_field]} {number}"
        document |= {"key": f"bench-{number}", name_field: named}
        document |= {"summary": 7} if number % 8 == 7 else {}
    else:
        document["summary"] = f"{document.get('summary', '')[:300]} Measured.".strip()
    editing.save(changeset, document["key"], document["kind"], document, by=by)
    return changeset


def submitted(changeset: Changeset) -> Changeset:
    """The same, submitted by its author, who has seen the warnings; a draft if it has errors."""
    author = changeset.created_by
    assert author is not None
    refresh_findings(changeset)
    seen = [finding.identity_in(key) for key, finding in unacknowledged(changeset)]
    editing.acknowledge(changeset, seen, by=author)
    try:
        editing.submit(changeset, by=author)
    except editing.InvalidEdits:
        return changeset
    return Changeset.objects.get(pk=changeset.pk)


def _talked_about(changeset: Changeset) -> None:
    changeset, (key,) = submitted(changeset), changeset.edits.values_list("key", flat=True)
    reviewer = person("editor", 5)
    for number in range(3):
        thread = editing.comment(changeset, f"Is it so? {number}", by=reviewer, key=key)
        editing.reply(thread, "It is.", by=person("editor", 6))
    editing.suggest(changeset, "Shorter.", "Short.", by=reviewer, key=key, path="summary")


def _handed_back(changeset: Changeset) -> None:
    changeset = submitted(changeset)
    if changeset.status == Changeset.Status.IN_REVIEW:
        editing.request_changes(changeset, "Who says so?", by=person("editor", 5))


def _claimed(changeset: Changeset) -> None:
    changeset = submitted(changeset)
    if changeset.status == Changeset.Status.IN_REVIEW:
        editing.claim(changeset, by=person("editor", 5))
        editing.assign(changeset, person("editor", 4), by=person("managing editor", 1))


def approved(changeset: Changeset) -> Changeset:
    changeset = submitted(changeset)
    if changeset.status == Changeset.Status.IN_REVIEW:
        editing.approve(changeset, by=person("editor", 5), digest=changeset.digest())
    return Changeset.objects.get(pk=changeset.pk)


def _scheduled(changeset: Changeset) -> None:
    changeset = approved(changeset)
    if changeset.status == Changeset.Status.APPROVED:
        at = timezone.now() + timedelta(days=30)
        editing.schedule(changeset, at, by=person("managing editor", 1))


_STATES: Sequence[Callable[[Changeset], object]] = (
    *(lambda changeset: changeset,) * 6,
    _talked_about,
    submitted,
    submitted,
    _handed_back,
    submitted,
    approved,
    _claimed,
    _talked_about,
    _scheduled,
    submitted,
    _handed_back,
)


def _suggest(documents: Iterator[JSON]) -> None:
    """What visitors suggest: some of it is taken up."""
    for number in range(20):
        key = next(documents)["key"]
        told = suggestions.receive(
            key, "", f"It is not so, {number}.", "I was there.", "", "",
            nonce=f"bench-{number}", network=f"10.0.{number}.1",
        )  # fmt: skip
        if number % 4 == 0:
            suggestions.turn_into_changeset(told[0], by=person("editor", number % 3))


def _publish_meanwhile(documents: Iterator[JSON]) -> None:
    """Some drafts are stale, some entries were retracted in an emergency or shall be redacted."""
    manager = person("managing editor", 1)
    for key in Edit.objects.filter(base__isnull=False).values_list("key", flat=True)[:5]:
        newest = Revision.objects.filter(entry__key=key).order_by("-number")[0]
        publish_another({**newest.content, "summary": "Published meanwhile."})
        redaction.ask(newest, "A name that should not be there.", by=manager)
    for document in islice(documents, 3):
        emergency_retract(document["key"], "duplicate", "", by=manager)


def publish_another(*documents: JSON) -> Changeset:
    """Published: these documents in one changeset."""
    author = person("editor", 7)
    changeset = editing.begin("Published meanwhile", by=author)
    for document in documents:
        editing.save(changeset, document["key"], document["kind"], document, by=author)
    editing.publish(approved(changeset), by=author)
    return Changeset.objects.get(pk=changeset.pk)


# --- copies ----------------------------------------------------------------------------------

_NEW_KEY = "left({key}, 60) || '-' || n"
_OF_NEW = f"CASE WHEN m.base_id IS NULL THEN {_NEW_KEY.format(key='m.key')} ELSE m.key END"
_CONTENT = (
    "CASE WHEN m.base_id IS NULL THEN replace(m.content, '\"key\":\"' || m.key || '\"',"
    f" '\"key\":\"' || {_NEW_KEY.format(key='m.key')} || '\"') ELSE m.content END"
)
_EARLIER = "{} - n * interval '97 minutes'"

# Which rows are copied, by table, and the columns that a copy has otherwise.
_COPIED: Mapping[type[models.Model], tuple[str, Mapping[str, str]]] = {
    Changeset: (
        "m.id = ANY(%(models)s)",
        {name: _EARLIER.format(f"m.{name}") for name in ("status_since", "changed_at")},
    ),
    Edit: ("m.changeset_id = ANY(%(models)s)", {"key": _OF_NEW, "content": _CONTENT}),
    Authorship: ("m.changeset_id = ANY(%(models)s)", {}),
    Reservation: ("m.changeset_id = ANY(%(models)s)", {"key": _NEW_KEY.format(key="m.key")}),
    Approval: ("m.changeset_id = ANY(%(models)s)", {}),
    Activity: ("m.changeset_id = ANY(%(models)s)", {}),
    Notice: (
        "m.activity_id IN (SELECT id FROM kb_activity WHERE changeset_id = ANY(%(models)s))",
        {},
    ),
    Thread: ("m.changeset_id = ANY(%(models)s)", {}),
    Comment: (
        "m.thread_id IN (SELECT id FROM kb_thread WHERE changeset_id = ANY(%(models)s))",
        {},
    ),
    VisitorSuggestion: (
        "TRUE",
        {name: f"md5(m.{name} || ' ' || n)" for name in ("nonce", "secret_hash")},
    ),
}
_SHIFTED = ("id", "changeset_id", "activity_id", "thread_id")


def copy_models(copies: int) -> None:
    """Each open changeset `copies` times again, with everything that belongs to it."""
    chosen = list(Changeset.objects.open().values_list("pk", flat=True))
    given: dict[str, Any] = {"models": chosen, "copies": copies, "step": _largest_id() + 1}
    with connection.cursor() as cursor:
        for model, (which, otherwise) in _COPIED.items():
            cursor.execute(_copying(model, which, otherwise), given)
            _beyond_the_copies(cursor, model)


def _largest_id() -> int:
    """Of all tables that are copied: a copy is that far from its model, or further."""
    numbered = [model for model in _COPIED if model is not Reservation]
    return max(model._base_manager.aggregate(Max("pk"))["pk__max"] or 0 for model in numbered)


def _copying(model: type[models.Model], which: str, otherwise: Mapping[str, str]) -> str:
    columns = [str(field.column) for field in model._meta.concrete_fields]
    shifted = {name: f"m.{name} + n * %(step)s" for name in _SHIFTED}
    given = [otherwise.get(name) or shifted.get(name) or f"m.{name}" for name in columns]
    table = model._meta.db_table
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(given)}"
        f" FROM {table} m, generate_series(1, %(copies)s) n WHERE {which}"
    )


def _beyond_the_copies(cursor: Any, model: type[models.Model]) -> None:
    """What is written next gets an id that no copy has."""
    if model._meta.auto_field is not None:
        table = model._meta.db_table
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
        )
