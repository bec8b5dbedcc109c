"""What one managing editor does alone, and the second review of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kb import editing
from kb.editing.emergencies import emergency_retract, emergency_revert
from kb.editing.second_reviews import escalate_overdue, review
from kb.models import Activity, Changeset, Grant, Published, Revision, SecondReview, Tombstone
from tests.library.builders import (
    administrator,
    book,
    contributor,
    managing_editor,
    person,
    public,
    publish,
    reader,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


@pytest.fixture
def retracted():
    """Emma, retracted by Marie alone."""
    publish(book("emma", "Emma"))
    return emergency_retract("emma", "privacy", "A private address.", by=managing_editor())


def test_a_managing_editor_retracts_at_once_and_a_second_review_is_opened(retracted):
    assert (retracted.status, retracted.origin) == ("published", "emergency")
    assert Tombstone.objects.get().key == "emma"
    waiting = SecondReview.objects.get()
    assert waiting.changeset == retracted
    assert waiting.due_at - waiting.opened_at == pytest.approx(
        timedelta(hours=72), abs=timedelta(seconds=5)
    )
    assert Activity.objects.filter(kind="second-review-opened", changeset=retracted).exists()


def test_the_history_says_who_acted_and_that_nobody_approved(retracted):
    about = Revision.objects.get(changeset=retracted).about

    assert (about["authors"], about["approvers"], about["published_by"]) == (
        ["marie"], [], "marie",
    )  # fmt: skip
    assert about["changeset"]["origin"] == "emergency"


def test_a_managing_editor_returns_to_what_was_published_before():
    publish(book("emma", "Emma"))
    publish(book("emma", "Nonsense"))

    emergency_revert("emma", 1, by=managing_editor(), why="Vandalism.")

    assert public("emma")["title"] == "Emma"
    assert SecondReview.objects.count() == 1


@pytest.mark.parametrize("somebody", [person, contributor, administrator])
def test_nobody_but_a_managing_editor_acts_alone(somebody):
    publish(book("emma"))
    publish(book("emma", "E"))
    before = Changeset.objects.count()

    with pytest.raises(editing.NotAllowed, match="managing editors"):
        emergency_retract("emma", "wrong", "", by=somebody("sam"))
    with pytest.raises(editing.NotAllowed, match="managing editors"):
        emergency_revert("emma", 1, by=somebody("sam"), why="Now.")

    assert Changeset.objects.count() == before


def test_what_was_never_published_cannot_be_published_alone():
    publish(book("emma"))

    with pytest.raises(editing.EditingError, match="has no revision 7"):
        emergency_revert("emma", 7, by=managing_editor(), why="Now.")


def test_an_emergency_that_cannot_be_published_leaves_nothing_behind():
    publish(reader("ann"))
    publish(book("emma", loans=[{"reader": "ann", "from": "1990"}]))
    publish(book("emma"))
    retract("ann", "reader")
    before = Changeset.objects.count()

    with pytest.raises(editing.BrokenReferences, match="“ann” is retracted"):
        emergency_revert("emma", 1, by=managing_editor(), why="Now.")

    assert Changeset.objects.count() == before
    assert not SecondReview.objects.exists()


def test_it_needs_a_word_on_why():
    publish(book("emma", "Emma"))
    publish(book("emma", "E"))

    with pytest.raises(editing.EditingError, match="why this cannot wait"):
        emergency_revert("emma", 1, by=managing_editor(), why=" ")


def test_a_second_member_of_the_board_reviews_it(retracted):
    done = review(retracted.second_review, "confirmed", "", by=person("grace"))

    assert (done.verdict, done.reviewed_by.username) == ("confirmed", "grace")
    assert done.reviewed_at is not None


@pytest.mark.parametrize(
    ("somebody", "said"),
    [
        (managing_editor, "Nobody reviews their own work"),
        (lambda: administrator("root"), "editors"),
        (lambda: contributor("carol"), "editors"),
    ],
)
def test_who_may_not_review_it(retracted, somebody, said):
    with pytest.raises(editing.NotAllowed, match=said):
        review(retracted.second_review, "confirmed", "", by=somebody())


def test_a_verdict_is_given_once_and_to_revert_needs_a_note(retracted):
    with pytest.raises(editing.EditingError, match="Choose"):
        review(retracted.second_review, "hm", "", by=person("grace"))
    with pytest.raises(editing.EditingError, match="why it is to be taken back"):
        review(retracted.second_review, "to-revert", "", by=person("grace"))
    review(retracted.second_review, "to-revert", "It was public anyway.", by=person("grace"))
    with pytest.raises(editing.EditingError, match="already"):
        review(retracted.second_review, "confirmed", "", by=person("ada"))


def test_after_72_hours_it_is_escalated_once(retracted):
    person("grace")
    now = timezone.now()

    assert escalate_overdue(now + timedelta(hours=71)) == 0
    assert escalate_overdue(now + timedelta(hours=73)) == 1
    assert escalate_overdue(now + timedelta(hours=74)) == 0

    activity = Activity.objects.get(kind="second-review-overdue")
    assert activity.changeset == retracted
    assert "grace" in activity.notices.values_list("user__username", flat=True)


def test_what_was_reviewed_is_not_escalated(retracted):
    review(retracted.second_review, "confirmed", "", by=person("grace"))

    assert escalate_overdue(timezone.now() + timedelta(days=9)) == 0


def test_an_emergency_needs_no_board_of_two_but_the_right_of_this_moment():
    publish(book("emma"))
    marie = managing_editor()
    Grant.objects.filter(user=marie).update(ended_at=timezone.now())

    with pytest.raises(editing.NotAllowed):
        emergency_retract("emma", "wrong", "", by=marie)

    assert Published.objects.filter(key="emma").exists()
