"""Taking entries out of view and bringing them back."""

from datetime import timedelta

import orjson
import pytest
from django.utils import timezone

from kb import editing
from kb.editing.checks import refresh_findings, warnings_of
from kb.editing.consequences import open_changesets, referring_keys
from kb.editing.retracting import open_restoration, open_retraction
from kb.editing.scheduling import publish_due
from kb.models import Published, Tombstone
from tests.library.builders import (
    approved,
    book,
    contributor,
    draft,
    managing_editor,
    merge,
    person,
    public,
    publish,
    reader,
    restore,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def lent(key="emma", to="ann"):
    return book(key, loans=[{"reader": to, "from": "1990"}])


def test_a_retraction_leaves_a_tombstone_with_its_reason_and_note():
    publish(book("emma", "Emma"))

    change = open_retraction("emma", "unsourced", "Nobody has seen it.", by=person("ada"))
    editing.publish(approved(change), by=person("ada"))

    stone = orjson.loads(Tombstone.objects.get().json)
    assert (stone["name"], stone["reason"], stone["note"]) == (
        "Emma", "unsourced", "Nobody has seen it.",
    )  # fmt: skip
    assert not Published.objects.filter(key="emma").exists()


@pytest.mark.parametrize(
    ("reason", "note", "said"),
    [
        ("because", "", "Choose a reason: Duplicate, Out of scope"),
        ("", "", "Choose a reason"),
        ("other", " ", "Say in the note which other reason"),
        ("wrong", "x" * 1001, "1,001 characters"),
    ],
)
def test_a_reason_is_one_of_a_list(reason, note, said):
    publish(book("emma"))

    with pytest.raises(editing.EditingError, match=said):
        open_retraction("emma", reason, note, by=person("ada"))


def test_a_reason_that_is_not_in_the_list_cannot_be_submitted_either():
    publish(book("emma"))
    change = editing.begin("Retract Emma", by=person("ada"))

    editing.save(change, "emma", "book", {"reason": "because"}, by=person("ada"), act="retract")

    with pytest.raises(editing.InvalidEdits, match="“because” is not a reason"):
        editing.submit(change, by=person("ada"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: None, "No entry is called"),
        (lambda: (publish(book("emma")), retract("emma")), "is retracted. Restore it first"),
        (
            lambda: (publish(book("emma"), book("emma-2")), merge("emma", "emma-2")),
            "was merged into “emma-2” already",
        ),
    ],
)
def test_only_what_is_in_view_can_be_retracted(given, said):
    given()

    with pytest.raises(editing.EditingError, match=said):
        open_retraction("emma", "wrong", "", by=person("ada"))


# edge case 55
def test_retracting_what_others_refer_to_lists_them_and_has_to_be_acknowledged():
    publish(reader("ann", "Ann"))
    publish(lent("emma"), lent("persuasion"))
    change = open_retraction("ann", "wrong", "", by=person("ada"))

    with pytest.raises(editing.UnacknowledgedWarnings):
        editing.submit(change, by=person("ada"))

    (warning,) = warnings_of(change)["ann"]
    assert warning.code == "still-named"
    assert warning.detail.startswith("2 entries name it: emma, persuasion.")
    editing.acknowledge(change, [warning.identity_in("ann")], by=person("ada"))
    assert editing.submit(change, by=person("ada")).status == "in_review"


# edge case 55
def test_an_acknowledgement_lapses_when_another_entry_refers_to_it():
    publish(reader("ann"), book("persuasion"))
    publish(lent("emma"))
    change = open_retraction("ann", "wrong", "", by=person("ada"))
    (warning,) = warnings_of(change)["ann"]
    editing.acknowledge(change, [warning.identity_in("ann")], by=person("ada"))
    publish(lent("persuasion"))

    with pytest.raises(editing.UnacknowledgedWarnings):
        editing.submit(change, by=person("ada"))


# edge case 55
@pytest.mark.parametrize("how", ["the other one is retracted, too", "the reference is taken out"])
def test_what_the_same_changeset_settles_is_no_longer_listed(how):
    publish(reader("ann"))
    publish(lent("emma"))
    change = open_retraction("ann", "wrong", "", by=person("ada"))

    if "retracted" in how:
        editing.save(change, "emma", "book", {"reason": "wrong"}, by=person("ada"), act="retract")
    else:
        editing.save(change, "emma", "book", book("emma"), by=person("ada"))

    refresh_findings(change)
    assert warnings_of(change) == {}


# edge case 53
def test_a_draft_on_an_entry_that_was_retracted_is_told_and_goes_on_once_it_is_restored():
    publish(book("emma", "Emma"))
    change = approved(draft(book("emma", "Emma Woodhouse")))
    retract("emma")

    with pytest.raises(editing.Conflict, match=r"retracted meanwhile. Restore it first"):
        editing.publish(change, by=person("ada"))
    change.refresh_from_db()
    assert (change.status, change.edits.get().document["title"]) == (
        "in_review", "Emma Woodhouse",
    )  # fmt: skip

    restore("emma")
    editing.publish(approved(change), by=person("ada"))
    assert public("emma")["title"] == "Emma Woodhouse"


# edge case 52
def test_a_scheduled_change_of_an_entry_that_is_retracted_first_is_held_with_the_reason():
    publish(book("emma", "Emma"))
    change = approved(draft(book("emma", "Emma Woodhouse")))
    soon = timezone.now() + timedelta(hours=1)
    editing.schedule(change, soon, by=managing_editor())
    assert open_changesets(["emma"]) == {"emma": [change]}
    retract("emma")

    assert publish_due(soon + timedelta(minutes=1)) == []

    change.refresh_from_db()
    assert change.status == "approved"
    assert "retracted meanwhile" in change.hold_reason
    assert not Published.objects.filter(key="emma").exists()


# edge case 54
def test_a_restoration_brings_back_the_document_there_was_last():
    publish(book("emma", "Emma", printed="1815"))
    retract("emma")

    change = open_restoration("emma", by=person("ada"))
    editing.publish(approved(change), by=person("ada"))

    assert public("emma")["printed"] == "1815"
    assert not Tombstone.objects.exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: None, "No entry is called"),
        (lambda: publish(book("emma")), "in view already"),
        (
            lambda: (publish(book("emma"), book("emma-2")), merge("emma", "emma-2")),
            "undo that merge",
        ),
    ],
)
def test_only_what_was_retracted_can_be_restored(given, said):
    given()

    with pytest.raises(editing.EditingError, match=said):
        open_restoration("emma", by=person("ada"))


def test_two_restorations_at_once_make_one():
    publish(book("emma"))
    retract("emma")
    first = approved(open_restoration("emma", by=person("ada")))
    second = approved(open_restoration("emma", by=person("ada")))
    editing.publish(first, by=person("ada"))

    with pytest.raises(editing.Conflict, match="back in view already"):
        editing.publish(second, by=person("ada"))


def test_a_contributor_may_propose_a_retraction():
    publish(book("emma"))

    change = open_retraction("emma", "wrong", "", by=contributor("carol"))

    assert change.created_by.username == "carol"


def test_what_was_merged_into_an_entry_brings_its_references_along():
    publish(reader("ann"), reader("anne"))
    publish(lent("emma", to="ann"))
    merge("ann", into="anne", kind="reader")

    assert referring_keys("anne") == ["emma"]
