"""Nobody without the right sees a draft by any address, public or private. Edge case 66.

Every route there is, as every role, with everything that could name a draft put into its address.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from kb import editing
from kb.editing.suggestions import receive
from kb.models import Changeset, Published, User
from tests.library.builders import (
    administrator,
    approved,
    contributor,
    managing_editor,
    person,
    submitted,
)

ASKED_FOR = "Zyzzyvan"  # what is searched for, and may be repeated in an answer
SECRET = "quuxbloom"  # beside it in every text of every draft, and in nothing that is published
TEXT = f"{ASKED_FOR} {SECRET}"
HIDDEN = "hidden-zyzzyvan"
PUBLIC_QUESTIONS: tuple[dict[str, str], ...] = (
    {},
    {"q": ASKED_FOR},
    {"prefix": ASKED_FOR[:6]},
    {"known_at": "2030-01-01"},
    {"key": HIDDEN, "statement": "summary"},
)
DESK_QUESTIONS: tuple[dict[str, str], ...] = (
    {},
    {"q": ASKED_FOR, "from": HIDDEN, "into": "known", "show": HIDDEN, "at": "name"},
)


def actor(key: str, name: str, **fields: Any) -> dict[str, Any]:
    cites = [{"source": "report"}]
    document = {"kind": "actor", "key": key, "name": name, "type": "state", "country": "CH"}
    return {**document, "summary": f"{name}, a state.", "cites": cites, **fields}


SOURCE = {
    "kind": "source",
    "key": "report",
    "title": "A report",
    "type": "report",
    "url": "https://example.org/report",
    "accessed": "2026-01-01",
}


def write(by: User, title: str, *documents: dict[str, Any]) -> Changeset:
    changeset = editing.begin(title, by=by, description=f"{title} at length")
    for document in documents:
        editing.save(changeset, document["key"], document["kind"], document, by=by)
    changeset.refresh_from_db()
    return changeset


@pytest.fixture
def drafts(db: None) -> list[Changeset]:
    """Drafts of Carl's in several states, with threads, beside one published entry."""
    ada, grace, carl = person("ada"), person("grace"), contributor("carl")
    known = write(ada, "Known", SOURCE, actor("known", "Known"))
    editing.publish(approved(known, by=grace), by=ada)
    hidden = write(carl, f"{TEXT} 1", actor(HIDDEN, f"{TEXT} one"))
    changed = submitted(write(carl, f"{TEXT} 2", actor("known", f"{TEXT} two")))
    editing.comment(changed, f"{TEXT} is right", by=grace, key="known", path="name")
    editing.suggest(changed, TEXT, f"{TEXT} three", by=grace, key="known", path="name")
    timed = approved(write(carl, f"{TEXT} 4", actor("timed", f"{TEXT} four")), by=grace)
    editing.schedule(timed, timezone.now() + timedelta(days=1), by=managing_editor())
    closed = editing.withdraw(write(carl, f"{TEXT} 5", actor("gone", TEXT)), by=carl)
    receive("known", "", f"{TEXT} six", "", "", "v@example.org", nonce="n", network="1.2.3.4")
    return [hidden, changed, timed, closed]


def routes(patterns: list[Any] | None = None, before: str = "/") -> Iterator[str]:
    """Every address of the site, with its converters: "/entries/<str:key>/history/"."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, path)
        elif isinstance(each, URLPattern):
            yield path


def addresses(drafts: list[Changeset]) -> Iterator[str]:
    """Every route with numbers and keys of drafts, of their threads, and of what is published."""
    numbers = {str(each.pk) for each in drafts} | {"1", "2"}
    numbers |= {str(pk) for each in drafts for pk in each.threads.values_list("pk", flat=True)}
    keys = (HIDDEN, "known", "timed")
    for route in routes():
        parts = route.replace(">", "<").split("<")
        wanted = parts[1::2]
        choices = [numbers if each.startswith("int") else keys for each in wanted]
        for chosen in product(*choices):
            filled = [*parts]
            filled[1::2] = chosen
            yield "".join(filled).replace("^", "").replace("$", "")


def signed_in(user: User | None) -> Client:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user)
    return client


WHO = {
    "a visitor": lambda: None,
    "another contributor": lambda: contributor("stranger"),
    "an administrator": lambda: administrator("adam"),
    "a former editor": lambda: former_editor("fred"),
    "a blocked editor": lambda: blocked_editor("bob"),
}


def former_editor(name: str) -> User:
    user = person(name)
    user.grants.update(ended_at=timezone.now())
    return user


def blocked_editor(name: str) -> User:
    user = person(name)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return user


def leaks(client: Client, drafts: list[Changeset]) -> list[str]:
    """The addresses whose answers hold anything of a draft, or fail."""
    found = []
    for address in sorted(set(addresses(drafts))):
        for asked in DESK_QUESTIONS if address.startswith("/desk/") else PUBLIC_QUESTIONS:
            answer = client.get(address, asked)
            if SECRET in said(answer) or answer.status_code >= 500:
                found.append(f"{answer.status_code} {address} {asked}")
    return found


def said(answer: Any) -> str:
    """All that an answer says, in its head and its body."""
    body = b"".join(answer) if answer.streaming else answer.content
    return (body.decode(errors="replace") + repr(answer.headers)).lower()


@pytest.mark.parametrize("who", WHO)
def test_nobody_without_the_right_sees_anything_of_a_draft(who, drafts, monkeypatch):
    monkeypatch.setattr("kb.web.desk.access.has_second_factor", lambda _person: True)
    client = signed_in(WHO[who]())

    assert leaks(client, drafts) == []


@pytest.mark.parametrize("who", ["carl", "ada"])
def test_its_author_and_the_board_do(who, drafts):
    client = signed_in(User.objects.get(username=who))

    for changeset in drafts:
        assert SECRET in client.get(changeset.get_absolute_url()).content.decode()


def test_every_route_of_the_site_was_asked():
    found = set(routes())

    assert len(found) > 90
    assert {"/desk/queue/", "/api/v1/search", "/entries/<str:key>/", "/suggest/"} <= found


def test_public_tables_hold_nothing_of_drafts(drafts):
    assert {row.key for row in Published.objects.all()} == {"known", "report"}
    assert SECRET.encode() not in b"".join(bytes(row.json) for row in Published.objects.all())
