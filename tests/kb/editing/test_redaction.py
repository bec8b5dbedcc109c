"""Deleting the document of one revision: what goes, what stays, and who is named."""

import json
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from kb import editing
from kb.editing import redaction
from kb.editing.rebasing import resolve_conflicts
from kb.editing.retracting import open_restoration
from kb.editing.reverting import open_revert, open_revert_to
from kb.editing.verifying import faults_in_history
from kb.models import Change, Label, Published, Redaction, Revision, Role, SearchEntry, Tombstone
from tests.library.builders import (
    administrator,
    approved,
    book,
    draft,
    managing_editor,
    person,
    public,
    publish,
    reader,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]

SECRET = "Mrs Secret, 12 Hidden Lane"


def revision(key, number):
    return Revision.objects.get(entry__key=key, number=number)


def redact(key, number):
    asked = redaction.ask(revision(key, number), "A private address.", by=managing_editor())
    return redaction.confirm(asked, by=administrator())


@pytest.fixture
def told():
    """Ann, whose first revision told what it should not have."""
    publish(reader("ann", "Ann", summary=SECRET))
    return publish(reader("ann", "Ann", summary="Reads."))


# edge case 64
def test_the_document_is_gone_and_the_chain_still_verifies(told):
    redact("ann", 1)

    gone = revision("ann", 1)
    assert (gone.document, gone.salt) == (None, None)
    assert len(gone.hash) == 64
    assert list(faults_in_history()) == []
    assert public("ann")["summary"] == "Reads."


# edge case 64
def test_the_feed_carries_it_without_a_gap(told):
    redact("ann", 1)

    publish(reader("bob"))
    lines = list(Change.objects.order_by("pk").values_list("sequence", "act", "revision__number"))
    assert lines == [(1, "revise", 1), (2, "revise", 2), (3, "redact", 1), (4, "revise", 1)]


# edge case 64
def test_no_public_address_has_it_any_more(told):
    client = Client()
    addresses = [
        "/api/v1/changes",
        "/api/v1/entries/ann",
        "/api/v1/entries/ann/revisions",
        "/api/v1/entries/ann/revisions/1",
        "/api/v1/search?q=Hidden",
        "/entries/ann/history/",
        "/readers/ann/",
        "/search/?q=Hidden",
    ]
    before = "".join(client.get(address).content.decode() for address in addresses)
    assert SECRET in before

    redact("ann", 1)

    for address in addresses:
        assert SECRET not in client.get(address).content.decode(), address
    answer = client.get("/api/v1/entries/ann/revisions/1")
    assert (answer.status_code, answer.json()["revision"]["hash"]) == (
        410, revision("ann", 1).hash,
    )  # fmt: skip
    feed = client.get("/api/v1/changes").json()["items"]
    assert [(line["act"], line["revision"], line["document"]) for line in feed][::2] == [
        ("revise", 1, None), ("redact", 1, None),
    ]  # fmt: skip


# edge case 64
def test_no_way_of_finding_gives_it_back():
    publish(reader("ann", SECRET))
    named = timezone.now().isoformat().replace("+00:00", "Z")
    publish(reader("ann", "Ann"))
    client, queries = Client(), json.dumps({"q": {"query": SECRET}})
    addresses = [
        f"/api/v1/entries?known_at={named}&facets=true",
        f"/api/v1/suggest?prefix={quote(SECRET[:20])}",
        f"/api/v1/search?q={quote(SECRET)}",
        f"/api/v1/reconcile?queries={quote(queries)}",
        "/api/v1/feeds/all.atom",
        "/api/v1/feeds/entry/ann.json",
        "/api/v1/entries/ann.jsonld",
        "/api/v1/entries/ann.md",
        "/sitemap.xml",
    ]
    assert SECRET in client.get(addresses[0]).content.decode()

    redact("ann", 1)

    for address in addresses:
        assert SECRET not in client.get(address).getvalue().decode(), address
    body = {"queries": {"q": {"name": SECRET}}}
    matched = client.post("/api/v1/match", body, content_type="application/json")
    assert matched.status_code == 200
    assert SECRET not in matched.content.decode()


# edge case 64
def test_the_tombstone_of_a_redacted_entry_forgets_its_name():
    publish(reader("ann", SECRET))
    retract("ann", "reader")
    assert Tombstone.objects.get().name == SECRET

    redact("ann", 1)

    assert Tombstone.objects.get().name == "ann"
    assert SECRET not in str(Label.objects.get(key="ann").shown)
    assert SECRET not in Client().get("/readers/ann/").content.decode()


def test_what_refers_to_it_forgets_the_name_too():
    publish(reader("ann", SECRET))
    publish(book("emma", loans=[{"reader": "ann", "from": "1990"}]))
    retract("ann", "reader")

    redact("ann", 1)

    row = Published.objects.get(key="emma")
    assert SECRET.encode() not in bytes(row.json) + bytes(row.html)
    assert not SearchEntry.objects.filter(entry__key="ann").exists()


def test_both_people_are_named():
    publish(reader("ann", summary=SECRET))
    publish(reader("ann"))

    done = redact("ann", 1)

    assert (done.asked_by.username, done.decided_by.username) == ("marie", "root")
    assert done.is_confirmed
    page = Client().get("/entries/ann/history/").content.decode()
    assert "marie" in page
    assert "root" in page
    assert "A private address." in page
    answer = Client().get("/api/v1/entries/ann/revisions/1").json()
    assert answer["redaction"] | {"at": ""} == {
        "reason": "A private address.", "asked_by": "marie", "confirmed_by": "root", "at": "",
    }  # fmt: skip


def test_the_newest_revision_has_to_be_replaced_or_retracted_first(told):
    with pytest.raises(editing.EditingError, match="is the newest one of “ann”"):
        redaction.ask(revision("ann", 2), "No.", by=managing_editor())


def test_a_revision_that_became_the_newest_again_does_not_exist(told):
    """Returning to an old document makes a new revision; the old one can still be redacted."""
    change = open_revert_to("ann", 1, by=person("ada"))
    editing.publish(approved(change), by=person("ada"))

    redact("ann", 1)

    assert public("ann")["summary"] == SECRET  # revision 3 has to be replaced as well


@pytest.mark.parametrize(
    ("somebody", "said"),
    [(lambda: person("ada"), "managing editors"), (administrator, "managing editors")],
)
def test_a_managing_editor_asks(told, somebody, said):
    with pytest.raises(editing.NotAllowed, match=said):
        redaction.ask(revision("ann", 1), "Private.", by=somebody())


def test_an_administrator_confirms_who_did_not_ask(told):
    both = person("both", Role.MANAGING_EDITOR, Role.ADMINISTRATOR)
    asked = redaction.ask(revision("ann", 1), "Private.", by=both)

    with pytest.raises(editing.NotAllowed, match="Nobody confirms what they asked for"):
        redaction.confirm(asked, by=both)
    with pytest.raises(editing.NotAllowed, match="administrators"):
        redaction.confirm(asked, by=managing_editor())

    assert not revision("ann", 1).is_redacted
    assert redaction.confirm(asked, by=administrator()).is_confirmed


def test_it_is_asked_for_once_with_a_reason_and_decided_once(told):
    with pytest.raises(editing.EditingError, match="Give a reason"):
        redaction.ask(revision("ann", 1), " ", by=managing_editor())
    asked = redaction.ask(revision("ann", 1), "Private.", by=managing_editor())
    with pytest.raises(editing.EditingError, match="asked for already"):
        redaction.ask(revision("ann", 1), "Private.", by=managing_editor())

    redaction.refuse(asked, "It is in the newspaper.", by=administrator())

    assert Redaction.objects.get().decided_by.username == "root"
    assert not revision("ann", 1).is_redacted
    with pytest.raises(editing.EditingError, match="decided already"):
        redaction.confirm(asked, by=administrator())
    redact("ann", 1)
    with pytest.raises(editing.EditingError, match="deleted already"):
        redaction.ask(revision("ann", 1), "Private.", by=managing_editor())


def test_what_the_desk_kept_of_it_goes_too():
    change = draft(reader("ann", summary=SECRET))
    thread = editing.comment(change, "Is that so?", by=person("grace"), key="ann", path="summary")
    assert thread.value == SECRET
    editing.publish(approved(change), by=person("ada"))
    publish(reader("ann"))

    redact("ann", 1)

    thread.refresh_from_db()
    assert thread.value is None
    assert thread.comments.get().body == "Is that so?"


# edge case 43
def test_a_draft_whose_base_was_redacted_keeps_its_content_and_is_told():
    publish(reader("ann", "Ann", summary=SECRET))
    change = approved(draft(reader("ann", "Ann Elliot", summary=SECRET)))
    publish(reader("ann", "Ann", summary="Reads."))

    redact("ann", 1)

    assert change.edits.get().document["name"] == "Ann Elliot"
    with pytest.raises(editing.Conflict, match=r"base of “ann” was redacted. Begin again from"):
        editing.publish(change, by=person("ada"))
    change.refresh_from_db()
    assert change.status == "in_review"


# edge case 43
def test_an_editor_takes_such_a_draft_on_to_the_newest_revision_place_by_place():
    publish(reader("ann", "Ann", summary=SECRET))
    change = draft(reader("ann", "Ann Elliot", summary=SECRET))
    publish(reader("ann", "Ann", summary="Reads."))
    redact("ann", 1)

    choices = {"name": "mine", "summary": "theirs"}
    resolve_conflicts(change, "ann", 2, choices, by=person("ada"))
    change.refresh_from_db()
    editing.publish(approved(change), by=person("ada"))

    assert (public("ann")["name"], public("ann")["summary"]) == ("Ann Elliot", "Reads.")


def test_there_is_no_way_back_to_what_was_redacted(told):
    redact("ann", 1)

    with pytest.raises(editing.EditingError, match="revision 1 of “ann” was redacted"):
        open_revert_to("ann", 1, by=person("ada"))
    with pytest.raises(editing.EditingError, match="document of revision 1 was redacted"):
        open_revert(told, by=person("ada"))


def test_a_restoration_needs_a_document_that_is_still_there():
    publish(reader("ann", summary=SECRET))
    retract("ann", "reader")
    redact("ann", 1)

    with pytest.raises(editing.EditingError, match="was redacted"):
        open_restoration("ann", by=person("ada"))
