"""Two publishers at once, on real PostgreSQL with a connection each."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event
from time import sleep
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from kb import editing
from kb.editing.review import valid_approvals
from kb.editing.scheduling import publish_due
from kb.editing.verifying import faults_in_history
from kb.models import Change, Changeset, Edit, Published, Revision
from tests.library.builders import (
    approved,
    draft,
    managing_editor,
    person,
    publish,
    reader,
    submitted,
)

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


def test_of_two_publications_of_one_changeset_one_wins_and_the_other_is_told():  # edge case 1
    changeset = approved(draft(reader("ann")))

    results = together(publishing(changeset), publishing(changeset))

    assert sorted(type(result).__name__ for result in results) == ["AlreadyPublished", "int"]
    assert Revision.objects.count() == 1


def test_of_two_changesets_on_one_entry_the_later_is_a_conflict():  # edge case 2
    publish(reader("ann", "Ann"))
    changesets = [approved(draft(reader("ann", name))) for name in ("Anna", "Anne")]

    results = together(*map(publishing, changesets))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "int"]
    assert Published.objects.get(key="ann").number == 2


def test_overlapping_changesets_in_opposite_orders_do_not_deadlock():  # edge case 3
    publish(reader("ann"), reader("bob"))
    first = approved(draft(reader("ann", "Ann 2"), reader("bob", "Bob 2")))
    second = approved(draft(reader("bob", "Bob 3"), reader("ann", "Ann 3")))

    results = together(publishing(first), publishing(second))

    assert sorted(type(result).__name__ for result in results) == ["Conflict", "int"]


def test_a_reader_of_the_feed_never_sees_a_gap():  # edge case 12
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


def racing(late: int | None, *actions: Callable[[], Any]) -> list[Any]:
    """Like `together`, but the action numbered `late` begins a moment after the other."""

    def begun(number: int, action: Callable[[], Any]) -> Callable[[], Any]:
        def act() -> Any:
            if number == late:
                sleep(0.05)
            return action()

        return act

    return together(*(begun(number, action) for number, action in enumerate(actions)))


EACH_ORDER = pytest.mark.parametrize("late", [None, 0, 1])


@EACH_ORDER
def test_an_approval_never_lands_on_what_the_author_saves_meanwhile(late):  # edge case 4
    changeset = submitted(draft(reader("ann", "Ann")))
    digest = changeset.digest()

    racing(
        late,
        lambda: editing.approve(changeset, by=person("grace"), digest=digest),
        lambda: editing.save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("ada")),
    )

    changeset.refresh_from_db()
    assert changeset.edits.get().document["name"] == "Anna"
    assert changeset.status in ("in_review", "draft")
    assert valid_approvals(changeset) == []


@EACH_ORDER
def test_an_approver_who_withdraws_while_it_is_published_is_before_or_too_late(late):  # edge case 5
    changeset = approved(draft(reader("ann")))

    published, withdrawn = racing(
        late,
        publishing(changeset),
        lambda: editing.withdraw_approval(changeset, by=person("grace")),
    )

    changeset.refresh_from_db()
    if changeset.status == "published":
        assert (published, type(withdrawn)) == (1, editing.NotAllowed)
    else:
        assert (type(published), withdrawn) == (editing.NotApproved, None)
        assert not Revision.objects.exists()


@EACH_ORDER
def test_taking_it_back_while_it_is_published_is_before_or_too_late(late):  # edge case 6
    changeset = approved(draft(reader("ann")))

    published, taken = racing(
        late, publishing(changeset), lambda: editing.back_to_draft(changeset, by=person("ada"))
    )

    changeset.refresh_from_db()
    if changeset.status == "published":
        assert (published, type(taken)) == (1, editing.NotAllowed)
    else:
        assert (type(published), changeset.status) == (editing.NotApproved, "draft")


@EACH_ORDER
def test_declining_while_it_is_approved_is_before_or_too_late(late):  # edge case 6
    changeset = submitted(draft(reader("ann")))
    marie = managing_editor()

    declined, given = racing(
        late,
        lambda: editing.decline(changeset, "Out of scope.", by=marie),
        lambda: editing.approve(changeset, by=person("grace"), digest=changeset.digest()),
    )

    changeset.refresh_from_db()
    wrong = declined if changeset.status == "approved" else given
    assert changeset.status in ("approved", "declined")
    assert isinstance(wrong, editing.NotAllowed)


def test_of_two_submissions_one_counts():  # edge case 7
    changeset = draft(reader("ann", summary="Reads."))

    results = together(*[lambda: editing.submit(changeset, by=person("ada"))] * 2)

    assert sorted(type(result).__name__ for result in results) == ["Changeset", "NotAllowed"]
    assert changeset.activities.filter(kind="submitted").count() == 1


@EACH_ORDER
def test_a_schedule_cancelled_as_it_fires_is_cancelled_or_too_late(late):  # edge case 8
    changeset, due = _due()

    fired, cancelled = racing(
        late,
        lambda: publish_due(due),
        lambda: editing.cancel_schedule(changeset, by=managing_editor()),
    )

    changeset.refresh_from_db()
    if changeset.status == "published":
        assert (fired, type(cancelled)) == ([changeset], editing.NotAllowed)
    else:
        assert (fired, changeset.status) == ([], "approved")
        assert changeset.hold_reason == ""


def test_of_two_workers_that_fire_one_schedule_one_publishes():  # edge case 9
    changeset, due = _due()

    results = together(lambda: publish_due(due), lambda: publish_due(due))

    assert sorted(results, key=len) == [[], [changeset]]
    assert Revision.objects.count() == 1
    assert changeset.activities.filter(kind="publication-failed").count() == 0


def _due() -> tuple[Changeset, datetime]:
    changeset = approved(draft(reader("ann")))
    editing.schedule(changeset, timezone.now() + timedelta(hours=1), by=managing_editor())
    return changeset, timezone.now() + timedelta(hours=2)


def test_of_two_tabs_of_one_user_the_second_to_save_is_told():  # edge case 10
    changeset = draft(reader("ann", "Ann"))
    seen = changeset.edits.get().version

    def save(name: str) -> Callable[[], Any]:
        return lambda: editing.save(
            changeset, "ann", "reader", reader("ann", name), by=person("ada"), version=seen
        )

    results = together(save("Anna"), save("Anne"))

    assert sorted(type(result).__name__ for result in results) == ["Edit", "StaleSave"]
    kept = next(result for result in results if not isinstance(result, Exception))
    assert changeset.edits.get().document == kept.document


@EACH_ORDER
def test_an_autosave_that_races_with_a_submission_is_in_it_or_voids_nothing(late):  # edge case 11
    changeset = draft(reader("ann", "Ann", summary="Reads."))
    seen = changeset.edits.get().version

    saved, sent = racing(
        late,
        lambda: editing.save(
            changeset,
            "ann",
            "reader",
            reader("ann", "Anna", summary="Reads."),
            by=person("ada"),
            version=seen,
        ),
        lambda: editing.submit(changeset, by=person("ada")),
    )

    changeset.refresh_from_db()
    assert not isinstance(saved, Exception)
    assert not isinstance(sent, Exception)
    assert changeset.status == "in_review"
    assert changeset.edits.get().document["name"] == "Anna"


def test_of_two_drafts_that_create_one_key_at_once_one_gets_it():  # edge case 14
    drafts = [draft(), draft()]

    def create(changeset: Changeset) -> Callable[[], Any]:
        return lambda: editing.save(changeset, "ann", "reader", reader("ann"), by=person("ada"))

    results = together(*map(create, drafts))

    assert sorted(type(result).__name__ for result in results) == ["Edit", "KeyTaken"]
    assert Edit.objects.count() == 1


def test_a_key_is_free_again_once_the_changeset_that_held_it_is_closed():  # edge case 14
    editing.withdraw(draft(reader("ann", "First")), by=person("ada"))

    publish(reader("ann", "Second"))

    assert Published.objects.get().name == "Second"


def test_what_was_withdrawn_is_not_reopened_while_another_holds_its_key():
    first = draft(reader("ann"))
    editing.withdraw(first, by=person("ada"))
    draft(reader("ann"))

    with pytest.raises(editing.KeyTaken):
        editing.reopen(first, by=person("ada"))


def test_a_publication_that_dies_half_way_leaves_nothing(monkeypatch):
    changeset = approved(draft(reader("ann")))
    in_the_middle = Event()

    def die(*_args: Any) -> None:
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
