"""Histories of the toy subject, written through the actions: no state the site cannot reach."""

from typing import Any

from kb import editing
from kb.documents.statements import with_ids
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Published, Revision, User


def person(name: str) -> User:
    found, _is_new = User.objects.get_or_create(username=name)
    return found


def book(key: str, title: str | None = None, **fields: Any) -> dict[str, Any]:
    document = {"kind": "book", "key": key, "title": title or key.title(), **fields}
    return with_ids(kind_named("book").schema, document)


def reader(key: str, name: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"kind": "reader", "key": key, "name": name or key.title(), **fields}


def draft(*documents: dict[str, Any]) -> Changeset:
    """A draft by Ada with these whole documents."""
    changeset = editing.begin("A change", by=person("ada"))
    for document in documents:
        editing.set_edit(changeset, document["key"], document["kind"], document)
    return changeset


def approved(changeset: Changeset) -> Changeset:
    """The same, approved by Grace as it is now."""
    editing.approve(changeset, by=person("grace"), digest=changeset.digest())
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
    editing.set_edit(changeset, key, kind, content, act=name)
    editing.publish(approved(changeset), by=person("ada"))
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
