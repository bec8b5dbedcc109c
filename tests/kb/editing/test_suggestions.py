"""What becomes of visitors' suggestions: none disappears without an answer."""

from datetime import timedelta
from itertools import count

import pytest
from django.utils import timezone

from kb import editing
from kb.editing import EditingError, NotAllowed, idle, suggestions
from kb.jobs import upkeep
from kb.models import Activity, Changeset, Edit, VisitorSuggestion
from tests.library.builders import (
    administrator,
    approved,
    book,
    contributor,
    draft,
    managing_editor,
    merge,
    person,
    publish,
    reader,
    retract,
    submitted,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

numbers = count(1)


def suggested(key="atlas", what="It was printed in 1948.", email="vi@example.org"):
    number = next(numbers)
    made, _secret = suggestions.receive(
        key, "", what, "", "", email, nonce=f"n{number}", network=f"2001:db8:0:{number}::1"
    )
    return made


def now(suggestion):
    """The suggestion as the database has it."""
    return VisitorSuggestion.objects.get(pk=suggestion.pk)


@pytest.fixture
def atlas():
    return publish(book("atlas", "The Atlas", printed="1947"))


def taken(suggestion, by="grace"):
    return suggestions.turn_into_changeset(suggestion, by=person(by))


def written(changeset, printed="1948"):
    """The change that was suggested, made by whoever took it up."""
    editing.save(
        changeset,
        "atlas",
        "book",
        book("atlas", "The Atlas", printed=printed),
        by=changeset.created_by,
    )
    changeset.refresh_from_db()
    return changeset


# --- taking up ------------------------------------------------------------------------------


def test_taken_up_it_is_a_draft_called_after_it_with_the_published_document(atlas):
    suggestion = suggested()

    changeset = taken(suggestion)

    assert changeset.title == "The Atlas: It was printed in 1948."
    assert (changeset.origin, changeset.status) == ("suggestion", "draft")
    assert Edit.objects.get(changeset=changeset).document == book(
        "atlas", "The Atlas", printed="1947"
    )
    suggestion = now(suggestion)
    assert (suggestion.status, suggestion.changeset) == ("taken", changeset)
    assert suggestion.handled_by == person("grace")


def test_a_long_suggestion_gives_a_title_that_fits(atlas):
    changeset = taken(suggested(what="Long words.\n" * 200))

    assert len(changeset.title) <= 200
    assert changeset.title.endswith("…")


def test_it_can_be_added_to_an_open_draft_of_ones_own(atlas):
    own = editing.begin("Print years", by=person("grace"))
    suggestion = suggested()

    changeset = suggestions.turn_into_changeset(suggestion, by=person("grace"), changeset=own)

    assert changeset == own
    assert own.edits.get().key == "atlas"
    assert now(suggestion).changeset == own


def test_what_is_written_there_already_is_not_written_over(atlas):
    own = written(taken(suggested()), printed="1950")

    suggestions.turn_into_changeset(suggested(), by=person("grace"), changeset=own)

    assert own.edits.get().document["printed"] == "1950"


@pytest.mark.parametrize("whose", ["theirs", "submitted", "closed"])
def test_it_cannot_be_added_to_what_is_no_draft_of_ones_own(atlas, whose):
    changeset = draft(reader("ann"), by=person("ada" if whose == "theirs" else "grace"))
    if whose == "submitted":
        submitted(changeset)
    if whose == "closed":
        editing.withdraw(changeset, by=person("grace"))
    suggestion = suggested()

    with pytest.raises(NotAllowed, match="no draft of yours"):
        suggestions.turn_into_changeset(suggestion, by=person("grace"), changeset=changeset)

    assert now(suggestion).status == "new"


def test_two_do_not_take_up_the_same(atlas):
    suggestion = suggested()
    taken(suggestion)

    with pytest.raises(EditingError, match="grace has taken it up already"):
        taken(suggestion, by="ada")

    assert Changeset.objects.filter(origin="suggestion").count() == 1


def test_of_a_merged_entry_the_one_that_stands_for_it_is_edited(atlas):
    publish(book("map-book"))
    suggestion = suggested("map-book")
    merge("map-book", into="atlas")

    assert taken(suggestion).edits.get().key == "atlas"


@pytest.mark.parametrize("key", ["", "gone"])
def test_about_nothing_in_view_it_is_a_draft_without_an_edit(atlas, key):
    publish(book("gone"))
    suggestion = suggested(key)
    retract("gone")

    assert not taken(suggestion).edits.exists()


@pytest.mark.parametrize("who", [contributor, administrator])
def test_triage_is_for_the_board(atlas, who):
    suggestion, somebody = suggested(), who("carl")
    for act in (
        lambda: suggestions.turn_into_changeset(suggestion, by=somebody),
        lambda: suggestions.put_back(suggestion, by=somebody),
        lambda: suggestions.decline(suggestion, "No.", by=somebody),
        lambda: suggestions.answer(suggestion, "Yes.", by=somebody),
    ):
        with pytest.raises(NotAllowed):
            act()

    assert now(suggestion).status == "new"


# --- answers --------------------------------------------------------------------------------


def test_declined_with_an_answer_which_is_to_be_mailed(atlas):
    suggestion = suggested()

    suggestions.decline(suggestion, "  The title page says 1947. ", by=managing_editor())

    suggestion = now(suggestion)
    assert (suggestion.status, suggestion.answer) == ("declined", "The title page says 1947.")
    assert suggestion.answered_at is not None
    assert suggestion.answer_mailed_at is None
    assert suggestion.handled_by == managing_editor()
    assert Activity.objects.filter(kind="suggestion-answered", user=managing_editor()).exists()


@pytest.mark.parametrize("answer", ["", " \n", "\u200b\ufeff "[1:], "x" * 5_001])
def test_nothing_is_declined_without_an_answer_that_fits(atlas, answer):
    suggestion = suggested()

    with pytest.raises(EditingError, match="answer"):
        suggestions.decline(suggestion, answer, by=person("grace"))

    assert now(suggestion).status == "new"


def test_what_is_being_worked_on_can_still_be_declined_and_is_not_published_then(atlas):
    suggestion = suggested()
    changeset = written(taken(suggestion))

    suggestions.decline(suggestion, "Another change is made instead.", by=person("grace"))
    editing.publish(approved(changeset, by=person("ada")), by=person("ada"))

    assert now(suggestion).status == "declined"


@pytest.mark.parametrize("status", ["declined", "published"])
def test_what_is_settled_is_neither_declined_nor_taken_up(atlas, status):
    suggestion = suggested()
    if status == "declined":
        suggestions.decline(suggestion, "No.", by=person("grace"))
    else:
        editing.publish(approved(written(taken(suggestion)), by=person("ada")), by=person("ada"))

    with pytest.raises(EditingError, match="already"):
        suggestions.decline(suggestion, "No!", by=person("grace"))
    with pytest.raises(EditingError, match="already"):
        taken(suggestion)


def test_an_answer_is_added_to_what_was_said_and_mailed_again(atlas):
    suggestion = suggested()
    suggestions.answer(suggestion, "We are asking the library.", by=person("grace"))
    VisitorSuggestion.objects.update(answer_mailed_at=timezone.now())

    suggestions.answer(suggestion, "They say 1948.", by=person("ada"))

    suggestion = now(suggestion)
    assert suggestion.answer == "We are asking the library.\n\nThey say 1948."
    assert suggestion.answer_mailed_at is None
    assert suggestion.status == "new"


def test_publishing_its_changeset_answers_it_even_after_an_earlier_answer(atlas):
    suggestion = suggested()
    changeset = written(taken(suggestion))
    suggestions.answer(suggestion, "We look into it.", by=person("grace"))
    VisitorSuggestion.objects.update(answer_mailed_at=timezone.now())

    editing.publish(approved(changeset, by=person("ada")), by=person("ada"))

    suggestion = now(suggestion)
    assert suggestion.status == "published"
    assert suggestion.answered_at is not None
    assert suggestion.answer_mailed_at is None


# --- a changeset that comes to nothing ------------------------------------------------------


def declined(changeset):
    submitted(changeset)
    editing.decline(changeset, "Not so.", by=managing_editor())


def withdrawn(changeset):
    editing.withdraw(changeset, by=changeset.created_by)


def left_idle(changeset):
    day = timezone.now() + timedelta(days=100)
    idle.notice_and_withdraw(day)
    idle.notice_and_withdraw(day + timedelta(days=100))


@pytest.mark.parametrize("closed", [declined, withdrawn, left_idle])
def test_when_its_changeset_is_closed_it_waits_again_and_says_of_which(atlas, closed):
    suggestion = suggested()
    changeset = written(taken(suggestion))

    closed(changeset)

    suggestion = now(suggestion)
    assert (suggestion.status, suggestion.changeset) == ("new", changeset)
    again = taken(suggestion, by="ada")
    assert now(suggestion).changeset == again


def test_when_its_changeset_is_opened_again_it_is_worked_on_again(atlas):
    suggestion = suggested()
    changeset = written(taken(suggestion))
    withdrawn(changeset)

    editing.reopen(changeset, by=person("grace"))
    editing.publish(approved(changeset, by=person("ada")), by=person("ada"))

    assert now(suggestion).status == "published"


def test_what_somebody_else_took_up_meanwhile_stays_theirs(atlas):
    suggestion = suggested()
    first = written(taken(suggestion))
    withdrawn(first)
    second = taken(suggestion, by="ada")

    editing.reopen(first, by=person("grace"))
    editing.publish(approved(first, by=person("ada")), by=person("ada"))

    assert (now(suggestion).status, now(suggestion).changeset) == ("taken", second)


def test_whoever_took_it_up_can_let_it_wait_again(atlas):
    suggestion = suggested()
    changeset = taken(suggestion)

    suggestions.put_back(suggestion, by=person("grace"))

    assert (now(suggestion).status, now(suggestion).changeset) == ("new", None)
    assert changeset.activities.filter(kind="visitor-suggestion-put-back").exists()
    with pytest.raises(EditingError, match="being worked on"):
        suggestions.put_back(suggestion, by=person("grace"))


# --- what is forgotten ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "act", "is_kept"),
    [
        (89, "decline", True),
        (91, "decline", False),
        (91, "none", True),  # nobody has answered: it is still needed
        (91, "working", True),
    ],
)
def test_an_address_is_forgotten_ninety_days_after_the_answer(atlas, days, act, is_kept):
    suggestion = suggested()
    if act == "decline":
        suggestions.decline(suggestion, "No.", by=person("grace"))
    if act == "working":
        suggestions.answer(suggestion, "We look into it.", by=person("grace"))
        taken(suggestion)

    upkeep.forget_addresses(timezone.now() + timedelta(days=days))

    assert bool(now(suggestion).email) is is_kept


def test_sending_again_when_the_address_was_forgotten_is_still_the_same(atlas):
    sent = ("atlas", "", "Wrong.", "", "", "vi@example.org")
    first, secret = suggestions.receive(*sent, nonce="n", network="192.0.2.1")
    VisitorSuggestion.objects.update(email="")

    again, same_secret = suggestions.receive(*sent, nonce="n", network="192.0.2.1")

    assert (again, same_secret) == (first, secret)


def test_nothing_is_received_of_an_entry_that_never_was():
    with pytest.raises(suggestions.NotReceived, match="No entry is called “nothing”"):
        suggested("nothing")
