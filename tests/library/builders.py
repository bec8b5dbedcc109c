"""Histories of the toy subject, written through the actions: no state the site cannot reach."""

from typing import Any

from kb import editing
from kb.documents.statements import with_ids
from kb.editing.checks import refresh_findings, unacknowledged
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Grant, Published, Revision, Role, User


def person(name: str, *roles: str) -> User:
    """Somebody on the board (an editor), or with exactly these roles."""
    found: User
    found, _is_new = User.objects.get_or_create(username=name, defaults={"email": f"{name}@x.org"})
    for role in roles or (Role.EDITOR,):
        Grant.objects.get_or_create(user=found, role=role, ended_at=None)
    return found


def contributor(name: str) -> User:
    """Somebody with an account and nothing else."""
    found: User
    found, _is_new = User.objects.get_or_create(username=name, defaults={"email": f"{name}@x.org"})
    return found


def managing_editor(name: str = "marie") -> User:
    return person(name, Role.MANAGING_EDITOR)


def administrator(name: str = "root") -> User:
    return person(name, Role.ADMINISTRATOR)


def book(key: str, title: str | None = None, **fields: Any) -> dict[str, Any]:
    document = {"kind": "book", "key": key, "title": title or key.title(), **fields}
    return with_ids(kind_named("book").schema, document)


def reader(key: str, name: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"kind": "reader", "key": key, "name": name or key.title(), **fields}


def draft(*documents: dict[str, Any], by: User | None = None) -> Changeset:
    """A draft with these whole documents, by Ada unless somebody else is named."""
    author = by or person("ada")
    changeset = editing.begin("A change", by=author)
    for document in documents:
        editing.save(changeset, document["key"], document["kind"], document, by=author)
    changeset.refresh_from_db()
    return changeset


def submitted(changeset: Changeset, *, by: User | None = None) -> Changeset:
    """The same, submitted by its author, who has seen the warnings."""
    author = by or changeset.created_by
    assert author is not None
    refresh_findings(changeset)
    seen = [finding.identity_in(key) for key, finding in unacknowledged(changeset)]
    editing.acknowledge(changeset, seen, by=author)
    editing.submit(changeset, by=author)
    changeset.refresh_from_db()
    return changeset


def approved(changeset: Changeset, *, by: User | None = None) -> Changeset:
    """The same, submitted if it was not, and approved as it is now: by Grace."""
    if changeset.status in ("draft", "changes_requested"):
        submitted(changeset)
    editing.approve(changeset, by=by or person("grace"), digest=changeset.digest())
    changeset.refresh_from_db()
    return changeset


def publish(*documents: dict[str, Any]) -> Changeset:
    changeset = approved(draft(*documents))
    editing.publish(changeset, by=person("ada"))
    changeset.refresh_from_db()
    return changeset


def act(key: str, kind: str, name: Edit.Act, content: dict[str, Any]) -> Changeset:
    """Retract, restore or merge one entry."""
    changeset = editing.begin(f"{name} {key}", by=person("ada"))
    editing.save(changeset, key, kind, content, by=person("ada"), act=name)
    editing.publish(approved(changeset), by=person("ada"))
    changeset.refresh_from_db()
    return changeset


def retract(key: str, kind: str = "book", reason: str = "duplicate") -> Changeset:
    return act(key, kind, Edit.Act.RETRACT, {"reason": reason})


def merge(key: str, into: str, kind: str = "book") -> Changeset:
    return act(key, kind, Edit.Act.MERGE, {"into": into})


def restore(key: str, kind: str = "book") -> Changeset:
    """Back in view with the document it had last."""
    documents = Revision.objects.filter(entry__key=key, act__in=["revise", "restore"])
    return act(key, kind, Edit.Act.RESTORE, documents.order_by("-number")[0].content)


def public(key: str) -> dict[str, Any]:
    """The public JSON of an active entry."""
    import orjson

    found: dict[str, Any] = orjson.loads(Published.objects.get(key=key).json)
    return found
