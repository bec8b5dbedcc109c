"""Drafts that nobody goes on with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kb.editing import reopen, save
from kb.editing.idle import notice_and_withdraw
from kb.models import Activity, Changeset, Notice
from tests.library.builders import draft, person, reader, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def after(days):
    return timezone.now() + timedelta(days=days)


def test_after_90_days_its_authors_are_told_once():
    draft(reader("ann"), by=person("ada"))

    assert notice_and_withdraw(after(89)) == (0, 0)
    assert notice_and_withdraw(after(91)) == (1, 0)
    assert notice_and_withdraw(after(92)) == (0, 0)

    notice = Notice.objects.get(user=person("ada"))
    assert (notice.activity.kind, notice.is_at_once) == ("idle-notice", False)


def test_after_180_days_it_is_withdrawn_and_can_be_reopened():
    changeset = draft(reader("ann"))
    notice_and_withdraw(after(90))

    assert notice_and_withdraw(after(181)) == (0, 1)

    changeset.refresh_from_db()
    assert changeset.status == Changeset.Status.WITHDRAWN
    reopen(changeset, by=person("ada"))
    assert notice_and_withdraw(after(1)) == (0, 0)


def test_a_save_begins_the_time_anew():
    changeset = draft(reader("ann"))
    notice_and_withdraw(after(91))
    Changeset.objects.update(changed_at=after(-100), idle_notice_at=after(-5))

    save(changeset, "ann", "reader", reader("ann", "Anna"), by=person("ada"), version=1)

    assert notice_and_withdraw(after(85)) == (0, 0)
    assert notice_and_withdraw(after(91)) == (1, 0)


def test_nothing_is_withdrawn_without_90_days_of_warning():
    """No job ran for a year: first the warning, then the time to answer it."""
    draft(reader("ann"))

    assert notice_and_withdraw(after(365)) == (1, 0)
    assert notice_and_withdraw(after(365 + 89)) == (0, 0)
    assert notice_and_withdraw(after(365 + 91)) == (0, 1)


def test_what_is_under_review_does_not_lie_idle():
    submitted(draft(reader("ann")))

    assert notice_and_withdraw(after(365)) == (0, 0)
    assert not Activity.objects.filter(kind__startswith="idle").exists()
