"""Killed at each step of publishing: the whole change, or nothing of it. Edge case 13."""

import inspect
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from kb import editing
from kb.editing import publishing
from kb.editing.verifying import faults_in_history
from kb.models import Activity, Change, Changeset, Entry, Notice, Published, Revision
from tests.library.builders import approved, book, draft, person, public, publish, reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("library")]

# Every step of `_publish` and, within it, of `_settled`, in their order.
OWN = [
    "_locked",
    "_settled",
    "render_ahead",
    "_settle_around",
    "take_publish_lock",
    "_make_entries",
    "_lock_entries",
    "_append_revisions",
    "refresh",
    "_mark_published",
]
SETTLING = [
    "require_approval",
    "_require_newest_bases",
    "_drop_unchanged",
    "require_valid",
    "require_references",
]
STEPS = [*OWN, *SETTLING]
COUNTED = (Entry, Revision, Change, Published, Activity, Notice)


def test_the_steps_are_those_of_publishing():
    for function, steps in ((publishing._publish, OWN), (publishing._settled, SETTLING)):
        named = inspect.unwrap(function).__code__.co_names
        assert [name for name in named if name in STEPS] == steps


@pytest.fixture
def changeset() -> Changeset:
    """Approved: a new name for Ann, who is named elsewhere, and a new entry."""
    publish(reader("ann", "Ann"), book("moby-dick", loans=[{"reader": "ann", "from": "1990"}]))
    return approved(draft(reader("ann", "Anna"), reader("bob")))


def counts() -> list[int]:
    return [model.objects.count() for model in COUNTED]


def after(step: str, strike: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Strike once `step` has done its work."""
    original = getattr(publishing, step)

    def struck(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs)
        strike()
        return result

    monkeypatch.setattr(publishing, step, struck)


def end_our_database_session() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connections["default"].copy().cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])


def assert_nothing_happened(changeset: Changeset, before: list[int]) -> None:
    connection.close()
    assert counts() == before
    assert public("moby-dick")["loans"][0]["reader"]["name"] == "Ann"
    changeset.refresh_from_db()
    assert changeset.status == "approved"
    assert list(faults_in_history()) == []


def assert_it_can_be_published_still(changeset: Changeset) -> None:
    editing.publish(changeset, by=person("ada"))
    assert public("moby-dick")["loans"][0]["reader"]["name"] == "Anna"
    assert Published.objects.filter(key="bob").exists()
    assert list(faults_in_history()) == []


@pytest.mark.parametrize("step", STEPS)
def test_the_database_ends_at_a_step_and_nothing_has_happened(step, changeset, monkeypatch):
    before = counts()
    with monkeypatch.context() as patched:
        after(step, end_our_database_session, patched)
        with pytest.raises(Exception, match=r"terminat|closed"):
            editing.publish(changeset, by=person("ada"))

    assert_nothing_happened(changeset, before)
    assert_it_can_be_published_still(changeset)


@pytest.mark.parametrize("step", STEPS)
def test_the_server_is_killed_at_a_step_and_nothing_has_happened(step, changeset, monkeypatch):
    before = counts()
    connections.close_all()
    child = os.fork()
    if child == 0:
        after(step, lambda: os.kill(os.getpid(), signal.SIGKILL), monkeypatch)
        editing.publish(changeset, by=person("ada"))
        os._exit(1)  # not reached
    _pid, status = os.waitpid(child, 0)

    assert os.WTERMSIG(status) == signal.SIGKILL
    assert_nothing_happened(changeset, before)
    assert_it_can_be_published_still(changeset)


def test_the_server_is_killed_right_after_and_everything_has_happened(changeset):
    connections.close_all()
    child = os.fork()
    if child == 0:
        editing.publish(changeset, by=person("ada"))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)

    changeset.refresh_from_db()
    assert changeset.status == "published"
    assert public("moby-dick")["loans"][0]["reader"]["name"] == "Anna"
    assert Activity.objects.filter(changeset=changeset, kind="published").count() == 1
    assert Notice.objects.filter(activity__kind="published").exists()
    assert list(faults_in_history()) == []
