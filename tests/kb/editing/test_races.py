"""Two publishers at once, on real PostgreSQL with a connection each."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connection, connections, transaction

from kb import editing
from kb.editing.verifying import faults_in_history
from kb.models import Change, Changeset, Published, Revision
from tests.library.builders import approved, draft, person, publish, reader

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("library")]


def together(*actions: Callable[[], Any]) -> list[Any]:
    """What each action gave, or the error it raised, all begun at the same moment."""
    start = Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        try:
            start.wait()
            return action()
        except editing.EditingError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        futures: list[Future[Any]] = [pool.submit(run, action) for action in actions]
        return [future.result(30) for future in futures]


def publishing(changeset: Changeset) -> Callable[[], int]:
    return lambda: editing.publish(changeset, by=person("ada"))


def test_of_two_publications_of_one_changeset_one_wins_and_the_other_is_told():
    changeset = approved(draft(reader("ann")))

    results = together(publishing(changeset), publishing(changeset))

    assert sorted(type(result).__name__ for result in results) == ["AlreadyPublished", "int"]
    assert Revision.objects.count() == 1


def test_of_two_changesets_on_one_entry_the_later_is_a_conflict():
    publish(reader("ann", "Ann"))
    changesets = [approved(draft(reader("ann", name))) for name in ("Anna", "Anne")]

    results = together(*map(publishing, changesets))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "int"]
    assert Published.objects.get(key="ann").number == 2


def test_overlapping_changesets_in_opposite_orders_do_not_wait_for_each_other_for_ever():
    publish(reader("ann"), reader("bob"))
    first = approved(draft(reader("ann", "Ann 2"), reader("bob", "Bob 2")))
    second = approved(draft(reader("bob", "Bob 3"), reader("ann", "Ann 3")))

    results = together(publishing(first), publishing(second))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "int"]


def test_a_reader_of_the_feed_never_sees_a_gap():
    changesets = [approved(draft(reader(f"reader-{n}"), reader(f"other-{n}"))) for n in range(6)]
    done = Event()

    def poll() -> bool:
        seen_whole = True
        while not done.is_set():
            sequences = list(Change.objects.order_by("pk").values_list("pk", flat=True))
            seen_whole &= sequences == list(range(1, len(sequences) + 1))
        return seen_whole

    def publish_all(part: list[Changeset]) -> None:
        for changeset in part:
            editing.publish(changeset, by=person("ada"))

    def publish_and_finish() -> None:
        together(lambda: publish_all(changesets[:3]), lambda: publish_all(changesets[3:]))
        done.set()

    seen_whole, _ = together(poll, publish_and_finish)

    assert seen_whole
    assert Change.objects.count() == 12
    assert list(faults_in_history()) == []


def test_a_publication_that_dies_half_way_leaves_nothing(monkeypatch):
    changeset = approved(draft(reader("ann")))
    in_the_middle = Event()

    def die(_entry_ids: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with connections["default"].copy().cursor() as other:
            other.execute("SELECT pg_terminate_backend(%s)", [pid])
        in_the_middle.set()

    monkeypatch.setattr("kb.editing.publishing.refresh", die)
    with pytest.raises(Exception, match=r"terminat|closed"):
        editing.publish(changeset, by=person("ada"))
    connection.close()
    monkeypatch.undo()

    assert in_the_middle.is_set()
    assert not Revision.objects.exists()
    assert not Change.objects.exists()
    editing.publish(changeset, by=person("ada"))
    assert Published.objects.get().key == "ann"


def test_readers_see_the_old_until_the_new_is_whole():
    publish(reader("ann", "Ann"))
    changeset = approved(draft(reader("ann", "Anna")))

    with transaction.atomic():
        editing.publish(changeset, by=person("ada"))
        (seen,) = together(lambda: Published.objects.get(key="ann").name)

    assert seen == "Ann"
    assert Published.objects.get(key="ann").name == "Anna"
