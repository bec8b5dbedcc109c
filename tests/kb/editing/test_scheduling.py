"""Publishing at a set time."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from kb import editing
from kb.editing.scheduling import moment_in, publish_due
from kb.models import Activity, Grant, Published, Revision
from tests.library.builders import (
    approved,
    draft,
    managing_editor,
    person,
    public,
    publish,
    reader,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

LATER = timedelta(hours=1)


def scheduled(changeset, after=LATER):
    editing.schedule(approved(changeset), timezone.now() + after, by=managing_editor())
    changeset.refresh_from_db()
    return changeset


def in_two_hours():
    return timezone.now() + timedelta(hours=2)


def test_a_time_in_the_past_is_refused_with_what_to_do():  # edge case 47
    changeset = approved(draft(reader("ann")))

    with pytest.raises(editing.EditingError, match=r"has passed\. Choose a later time"):
        editing.schedule(changeset, timezone.now() - LATER, by=managing_editor())


def test_only_what_is_approved_is_scheduled():
    with pytest.raises(editing.NotAllowed, match="while it is draft"):
        editing.schedule(draft(reader("ann")), in_two_hours(), by=managing_editor())


def test_nothing_is_published_before_its_time():
    scheduled(draft(reader("ann")))

    assert publish_due() == []
    assert not Published.objects.exists()


def test_a_worker_that_was_down_publishes_late_and_says_so():  # edge case 48
    changeset = scheduled(draft(reader("ann")))

    assert publish_due(in_two_hours()) == [changeset]

    assert Published.objects.get().key == "ann"
    changeset.refresh_from_db()
    assert changeset.status == "published"
    assert changeset.published_by == managing_editor()


def test_how_late_it_was_is_written_down(monkeypatch):  # edge case 48
    changeset = scheduled(draft(reader("ann")))
    now = in_two_hours()
    monkeypatch.setattr("kb.editing.publishing.timezone.now", lambda: now)

    publish_due(now)

    said = Activity.objects.get(changeset=changeset, kind="published")
    assert 3590 <= said.data["late_by"] <= 3610


@pytest.mark.parametrize(
    ("text", "zone", "moment"),
    [
        ("2026-11-25 10:00", "UTC", "2026-11-25T10:00:00+00:00"),
        ("2026-07-01 10:00", "Europe/Berlin", "2026-07-01T08:00:00+00:00"),
        ("2026-10-25T02:30+01:00", "Europe/Berlin", "2026-10-25T01:30:00+00:00"),
        ("2026-10-25T02:30+02:00", "Europe/Berlin", "2026-10-25T00:30:00+00:00"),
    ],
)
def test_a_local_time_is_kept_in_utc(text, zone, moment):
    assert moment_in(text, zone).isoformat() == moment
    assert moment_in(text, zone).tzinfo == UTC


@pytest.mark.parametrize(
    ("text", "zone", "message"),
    [
        ("2026-03-29 02:30", "Europe/Berlin", "02:30 does not exist .* 03:30 comes next"),
        ("2026-10-25 02:30", "Europe/Berlin", r"comes twice .*02:30\+02:00 or .*02:30\+01:00"),
        ("2026-03-08 02:15", "America/New_York", "does not exist"),
        ("tomorrow", "UTC", "“tomorrow” is no time. Write it as"),
        ("2026-11-25 10:00", "Mars/Olympus", "“Mars/Olympus” is no time zone"),
        ("2026-11-25 10:00", "../etc/passwd", "is no time zone"),
    ],
)
def test_a_time_that_clocks_skip_or_show_twice_is_asked_about(text, zone, message):  # edge case 49
    with pytest.raises(editing.EditingError, match=message):
        moment_in(text, zone)


def test_one_that_fails_does_not_stop_the_others():  # edge case 50
    publish(reader("ann", "Ann"))
    failing = scheduled(draft(reader("ann", "Annie")))
    fine = scheduled(draft(reader("bob")))
    publish(reader("ann", "Anna"))

    assert publish_due(in_two_hours()) == [fine]

    failing.refresh_from_db()
    assert failing.status == "approved"
    assert "could not be published at its time" in failing.hold_reason
    assert Activity.objects.filter(changeset=failing, kind="publication-failed").exists()
    assert public("ann")["name"] == "Anna"


def test_one_that_fails_by_a_fault_of_ours_does_not_stop_the_others(monkeypatch):  # edge case 50
    failing, fine = scheduled(draft(reader("ann"))), scheduled(draft(reader("bob")))
    from kb.publication.refresh import refresh

    def refresh_unless_ann(entry_ids, *ahead):
        if Revision.objects.filter(entry__in=entry_ids, entry__key="ann").exists():
            raise RuntimeError("out of paper")
        refresh(entry_ids, *ahead)

    monkeypatch.setattr("kb.editing.publishing.refresh", refresh_unless_ann)

    assert publish_due(in_two_hours()) == [fine]
    failing.refresh_from_db()
    assert failing.hold_reason.endswith("an internal error.")
    assert list(Published.objects.values_list("key", flat=True)) == ["bob"]


def test_what_is_published_by_hand_before_its_time_is_not_published_again():  # edge case 51
    changeset = scheduled(draft(reader("ann")))
    editing.publish(changeset, by=person("ada"))

    assert publish_due(in_two_hours()) == []
    assert Revision.objects.count() == 1
    changeset.refresh_from_db()
    assert changeset.publish_at is None


def test_an_entry_retracted_first_is_not_published_at_its_time():  # edge case 52
    publish(reader("ann", "Ann"))
    changeset = scheduled(draft(reader("ann", "Anna")))
    retract("ann", "reader")

    assert publish_due(in_two_hours()) == []
    changeset.refresh_from_db()
    assert "retracted meanwhile" in changeset.hold_reason


def test_an_entry_in_two_scheduled_changesets_is_published_by_the_first():  # edge case 46
    publish(reader("ann", "Ann"))
    first = scheduled(draft(reader("ann", "Anna")), after=LATER)
    second = scheduled(draft(reader("ann", "Anne")), after=LATER * 1.5)

    assert publish_due(in_two_hours()) == [first]

    second.refresh_from_db()
    assert second.status == "approved"
    assert public("ann")["name"] == "Anna"


def test_two_scheduled_changesets_of_other_fields_both_come_through():  # edge case 46
    publish(reader("ann", "Ann"))
    first = scheduled(draft(reader("ann", "Anna")), after=LATER)
    second = scheduled(draft(reader("ann", "Ann", summary="Reads.")), after=LATER * 1.5)

    assert publish_due(in_two_hours()) == [first, second]
    assert (public("ann")["name"], public("ann")["summary"]) == ("Anna", "Reads.")


def test_an_approver_who_leaves_between_scheduling_and_its_time_stops_it():  # edge case 22
    person("third")
    changeset = scheduled(draft(reader("ann")))
    Grant.objects.filter(user=person("grace")).delete()

    assert publish_due(in_two_hours()) == []
    changeset.refresh_from_db()
    assert changeset.status == "in_review"
    assert Activity.objects.filter(changeset=changeset, kind="publication-failed").exists()


def test_a_schedule_is_moved_and_cancelled():
    changeset = scheduled(draft(reader("ann")))

    editing.schedule(changeset, in_two_hours(), by=managing_editor())
    assert publish_due(timezone.now() + LATER) == []
    editing.cancel_schedule(changeset, by=managing_editor())
    assert publish_due(datetime.max.replace(tzinfo=UTC)) == []

    changeset.refresh_from_db()
    assert (changeset.status, changeset.publish_at) == ("approved", None)
