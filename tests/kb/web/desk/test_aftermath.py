"""The pages for what follows a publication: revert, retract, merge, bulk edits, second looks."""

import pytest

from kb.editing import redaction
from kb.editing.emergencies import emergency_retract
from kb.models import Changeset, Edit, Redaction, Revision, Role, SecondReview, User
from tests.library.builders import book, draft, merge, publish, reader, retract
from tests.people import person, signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("visitor")]


@pytest.fixture
def editor():
    return signed_in(person("ed", Role.EDITOR))


@pytest.fixture
def manager():
    return signed_in(person("max", Role.MANAGING_EDITOR))


@pytest.fixture
def contributor():
    return signed_in(person("cleo"))


def text(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def send(client, address, status=303, **fields):
    response = client.post(address, fields)
    assert response.status_code == status, response.content.decode()[:3000]
    return response


def newest():
    return Changeset.objects.order_by("-pk")[0]


def lent(key, to):
    return book(key, loans=[{"reader": to, "from": "1990"}])


# --- one entry --------------------------------------------------------------------------------


def test_the_page_of_an_entry_says_what_rests_on_it_and_who_is_editing_it(editor):
    publish(reader("ann", "Ann"))
    publish(lent("emma", to="ann"))
    change = draft(reader("ann", "Anne"))

    page = text(editor, "/desk/entries/ann/")

    assert "In view" in page
    assert '<a href="/entries/emma/">Emma</a>' in page
    assert change.get_absolute_url() in page
    assert "by ada since" in page
    assert 'href="/desk/merge/?from=ann"' in page


def test_somebody_elses_draft_is_counted_for_a_contributor_and_not_named(contributor):
    publish(reader("ann", "Ann"))
    change = draft(reader("ann", "Anne"))

    page = text(contributor, "/desk/entries/ann/")

    assert "1 draft of somebody else" in page
    assert change.get_absolute_url() not in page


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        (Role.CONTRIBUTOR, ["retract"], ["return", "emergency-retract", "redact", "unmerge"]),
        (Role.EDITOR, ["retract", "return"], ["emergency-retract", "redact"]),
        (Role.MANAGING_EDITOR, ["retract", "return", "emergency-retract", "redact"], ["restore"]),
    ],
)
def test_everyone_is_shown_what_they_may_do(who, shown, hidden):
    publish(book("emma", "Emma"))
    publish(book("emma", "E"))
    client = signed_in(person("somebody", *([who] if who != Role.CONTRIBUTOR else [])))

    page = text(client, "/desk/entries/emma/")

    assert all(f'name="do" value="{do}"' in page for do in shown)
    assert not any(f'name="do" value="{do}"' in page for do in hidden)


def test_a_retraction_is_opened_as_a_draft_once(editor):
    publish(book("emma"))

    first = send(editor, "/desk/entries/emma/", do="retract", reason="duplicate", note="See Emma.")
    second = send(editor, "/desk/entries/emma/", do="retract", reason="duplicate", note="")

    assert first["Location"] == second["Location"] == newest().get_absolute_url()
    assert Edit.objects.get(changeset=newest()).document == {
        "reason": "duplicate", "note": "See Emma.",
    }  # fmt: skip


def test_what_is_wrong_is_shown_with_what_was_typed(editor):
    publish(book("emma"))

    response = send(
        editor, "/desk/entries/emma/", 422, do="retract", reason="other", note="  "
    ).content.decode()

    assert "Say in the note which other reason" in response
    assert '<option value="other" selected>' in response


def test_no_reason_is_chosen_for_a_retraction_before_somebody_chooses(editor):
    publish(reader("ann"))

    page = text(editor, "/desk/entries/ann/")
    answer = send(editor, "/desk/entries/ann/", 422, do="retract", reason="", note="")

    assert '<option value="" selected>Choose a reason</option>' in page
    assert "Choose a reason: Duplicate" in answer.content.decode()


def test_a_retracted_entry_is_restored_and_a_merged_one_unmerged(editor):
    publish(book("emma"), reader("ann", "Ann Radcliffe"), reader("anne"))
    retract("emma")
    merge("ann", into="anne", kind="reader")

    assert "Retracted (duplicate)" in text(editor, "/desk/entries/emma/")
    merged = text(editor, "/desk/entries/ann/")
    assert "Merged into" in merged
    assert "<h1>Ann Radcliffe " in merged
    send(editor, "/desk/entries/emma/", do="restore")
    assert newest().edits.get().act == "restore"
    send(editor, "/desk/entries/ann/", do="unmerge")
    assert (newest().edits.get().key, newest().edits.get().act) == ("ann", "restore")


def test_an_entry_returns_to_a_revision(editor):
    publish(book("emma", "Emma"))
    publish(book("emma", "E"))

    send(editor, "/desk/entries/emma/", do="return", number="1")

    assert newest().edits.get().document["title"] == "Emma"
    send(editor, "/desk/entries/emma/", 422, do="return", number="x")


def test_a_managing_editor_acts_at_once(manager):
    publish(book("emma", "Emma"))
    publish(book("emma", "E"))

    send(manager, "/desk/entries/emma/", 422, do="emergency-return", number="1", why="")
    send(manager, "/desk/entries/emma/", do="emergency-return", number="1", why="Vandals.")

    assert SecondReview.objects.get().changeset.status == "published"
    page = text(manager, "/desk/entries/emma/")
    assert "Awaiting second review" in page


@pytest.mark.parametrize("do", ["emergency-retract", "emergency-return", "redact"])
def test_an_editor_who_sends_it_anyway_is_refused(editor, do):
    publish(book("emma", "Emma"))
    publish(book("emma", "E"))

    page = send(
        editor, "/desk/entries/emma/", 422, do=do, reason="privacy", number="1", why="Now."
    ).content.decode()

    assert "is for managing editors" in page
    assert Revision.objects.count() == 2
    assert not Redaction.objects.exists()


@pytest.mark.parametrize("key", ["nobody", "x", "Ü"])
def test_an_entry_that_there_is_not_is_not_found(editor, key):
    text(editor, f"/desk/entries/{key}/", 404)


def test_what_is_not_found_is_said_in_the_frame_of_the_desk(editor):
    page = editor.get("/desk/entries/nobody/")

    assert page.status_code == 404
    assert 'class="desk-nav"' in page.content.decode()


def test_an_entry_is_found_by_its_name(editor, contributor):
    publish(book("emma", "Emma Woodhouse"))

    assert 'href="/desk/entries/emma/"' in text(editor, "/desk/after/?q=Woodhouse")
    assert "/desk/bulk/" in text(editor, "/desk/after/")
    assert "/desk/bulk/" not in text(contributor, "/desk/after/")


def test_a_form_that_is_not_known_is_said_to_be_so(editor):
    publish(book("emma"))

    page = send(editor, "/desk/entries/emma/", 422, do="burn").content.decode()

    assert "not known here" in page


# --- merging ----------------------------------------------------------------------------------


def test_two_entries_are_compared_side_by_side_before_they_are_merged(editor):
    publish(reader("ann", "Ann", summary="Reads."), reader("anne", "Anne"))
    publish(lent("emma", to="ann"))

    page = text(editor, "/desk/merge/?from=ann&into=anne")

    assert "they disagree" in page  # on the name
    assert page.count("Reads.") == 2  # where it stands, and among what can be carried over
    assert "1 entry refers" in page


def test_a_merge_is_opened_once_with_what_is_carried_over(editor):
    publish(reader("ann", "Ann", summary="Reads."), reader("anne", "Anne"))
    fields = {"from": "ann", "into": "anne", "carry": "1"}

    first = send(editor, "/desk/merge/", **fields)
    second = send(editor, "/desk/merge/", **fields)

    assert first["Location"] == second["Location"]
    edits = {edit.key: edit for edit in newest().edits.all()}
    assert edits["ann"].act == "merge"
    assert edits["anne"].document["summary"] == "Reads."


def test_what_carries_no_document_is_not_offered_to_be_edited(editor):
    publish(book("emma"), reader("ann"), reader("anne"))
    for address, fields in (
        ("/desk/entries/emma/", {"do": "retract", "reason": "duplicate"}),
        ("/desk/merge/", {"from": "ann", "into": "anne"}),
    ):
        opened = send(editor, address, **fields)["Location"]
        assert "/documents/" not in text(editor, f"{opened}difference/")


def test_only_entries_of_the_same_kind_are_offered_to_merge_into(editor):
    publish(reader("ann"))

    assert 'data-pick="reader"' in text(editor, "/desk/merge/?from=ann")


def test_why_two_cannot_be_merged_is_said(editor):
    publish(reader("ann"), book("emma"))

    assert "only entries of the same kind" in text(editor, "/desk/merge/?from=ann&into=emma")
    page = send(editor, "/desk/merge/", 422, **{"from": "ann", "into": "emma"}).content.decode()
    assert "only entries of the same kind" in page
    assert 'value="ann"' in page
    text(editor, "/desk/merge/?from=<&into=ann")


def test_a_contributor_sees_the_comparison_and_no_button(contributor):
    publish(reader("ann"), reader("anne"))

    page = text(contributor, "/desk/merge/?from=ann&into=anne")

    assert "Merging is for editors" in page
    send(contributor, "/desk/merge/", 422, **{"from": "ann", "into": "anne"})


# --- reverting --------------------------------------------------------------------------------


def test_entries_of_a_changeset_are_chosen_and_taken_back_once(editor):
    publish(book("emma", "Emma"), book("persuasion", "Persuasion"))
    change = publish(book("emma", "E"), book("persuasion", "P"))
    address = f"/desk/changesets/{change.pk}/revert/"
    assert text(editor, address).count('name="key"') == 2

    first = send(editor, address, key=["emma"], why="A slip.")
    second = send(editor, address, key=["emma"], why="A slip.")

    assert first["Location"] == second["Location"]
    assert [edit.key for edit in newest().edits.all()] == ["emma"]
    assert newest().description == "A slip."
    assert newest().get_absolute_url() in text(editor, address)


def test_a_revert_of_nothing_keeps_what_was_typed(editor):
    change = publish(book("emma", "Emma"))

    page = send(editor, f"/desk/changesets/{change.pk}/revert/", 422, why="Hm.").content.decode()

    assert "Choose at least one entry" in page
    assert "Hm.</textarea>" in page


def test_a_draft_has_nothing_to_revert_and_a_contributor_no_right(editor, contributor):
    change = publish(book("emma"))
    text(editor, f"/desk/changesets/{draft(book('emma', 'E')).pk}/revert/", 404)

    assert "Reverting is for editors" in text(contributor, f"/desk/changesets/{change.pk}/revert/")
    send(contributor, f"/desk/changesets/{change.pk}/revert/", 422, key=["emma"])


# --- bulk edits -------------------------------------------------------------------------------


# edge case 82
def test_a_preview_shows_every_difference_and_names_open_changesets(editor):
    publish(book("emma", genres=["novel"]), book("persuasion", genres=["novel"]))
    change = draft(book("emma", "E", genres=["novel"]))

    page = text(editor, "/desk/bulk/?what=term&field=genres&old=novel&new=atlas")

    assert page.count('name="key"') == 2
    assert page.count("Open changesets") == 1
    assert change.get_absolute_url() in page


def test_terms_are_offered_from_the_start_and_say_their_field_themselves(editor):
    publish(reader("ann"), book("emma", genres=["novel"]))

    first = text(editor, "/desk/bulk/")
    page = text(editor, "/desk/bulk/?what=term&old=genres:novel&new=genres:atlas")

    assert '<optgroup label="Genres"><option value="genres:novel">Novel</option>' in first
    assert '<option value="genres:novel" selected>' in page
    assert page.count('name="key"') == 1
    assert "<del>Novel</del>" in page
    assert "<ins>Atlas</ins>" in page


def test_a_term_of_the_past_can_still_be_replaced(editor):
    publish(book("emma", genres=["novel"]))

    page = text(editor, "/desk/bulk/?what=term&field=genres&old=saga&new=atlas")

    assert '<option value="genres:saga" selected>saga (no longer a term)</option>' in page


# edge case 66
@pytest.mark.parametrize(
    "path",
    [
        "/desk/bulk/?what=term&field=genres&old=novel&new=atlas",
        "/desk/merge/?from=emma&into=persuasion",
        "/desk/entries/emma/",
    ],
)
def test_a_contributor_is_not_shown_which_drafts_of_others_are_concerned(contributor, path):
    publish(book("emma", genres=["novel"]), book("persuasion", genres=["novel"]))
    others = draft(book("emma", "E", genres=["novel"]))
    own = draft(book("emma", "My Emma", genres=["novel"]), by=User.objects.get(username="cleo"))

    page = text(contributor, path)

    assert others.get_absolute_url() not in page
    assert own.get_absolute_url() in page


@pytest.mark.parametrize(
    "path",
    [
        "/desk/bulk/?what=term&field=genres&old=novel&new=atlas",
        "/desk/merge/?from=emma&into=persuasion",
        "/desk/entries/emma/",
    ],
)
def test_of_many_open_changesets_the_first_are_named_and_the_rest_counted(editor, path):
    publish(book("emma", genres=["novel"]), book("persuasion", genres=["novel"]))
    for number in range(15):
        draft(book("emma", f"E {number}", genres=["novel"]))

    page = text(editor, path)

    named = page.count('href="/desk/changesets/')
    assert 5 <= named <= 12
    assert f"and {15 - named} more" in page


def test_a_bulk_edit_is_opened_once_in_the_entries_that_are_ticked(editor):
    publish(book("emma", genres=["novel"]), book("persuasion", genres=["novel"]))
    fields = {"what": "term", "field": "genres", "old": "novel", "new": "atlas", "key": ["emma"]}

    first = send(editor, "/desk/bulk/", **fields)
    second = send(editor, "/desk/bulk/", **fields)

    assert first["Location"] == second["Location"]
    assert (newest().origin, newest().edits.get().key) == ("bulk-edit", "emma")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("what=term&field=genres&old=novel&new=poem", "is not a term of Genres"),
        ("what=reference&old=ann&new=nobody", "No entry is called “nobody”"),
        ("what=source&old=ann&new=anne", "No entry in view holds “ann” there"),
        ("what=nonsense&field=x", "A term"),
    ],
)
def test_what_cannot_be_previewed_says_why(editor, query, said):
    publish(reader("ann"), reader("anne"))

    assert said in text(editor, f"/desk/bulk/?{query}")


# --- second looks -----------------------------------------------------------------------------


def test_a_second_member_of_the_board_reviews_what_one_did_alone(editor, manager):
    publish(book("emma"))
    send(manager, "/desk/entries/emma/", do="emergency-retract", reason="privacy", note="")
    waiting = SecondReview.objects.get()
    assert "You did this: somebody else reviews it" in text(manager, "/desk/second-reviews/")
    fields = {"review": waiting.pk, "verdict": "to-revert", "note": "It was public."}
    send(manager, "/desk/second-reviews/", 422, **fields)

    response = send(editor, "/desk/second-reviews/", **fields)

    assert response["Location"] == newest().get_absolute_url()
    assert (newest().reverts, newest().edits.get().act) == (waiting.changeset, "restore")
    assert "to be taken back" in text(editor, "/desk/second-reviews/")


def test_contributors_have_no_second_reviews_and_no_redactions(contributor):
    text(contributor, "/desk/second-reviews/", 404)
    text(contributor, "/desk/redactions/", 404)


def test_a_redaction_is_asked_for_on_the_page_of_the_entry_and_confirmed_by_another(manager):
    publish(reader("ann", summary="Secret"))
    publish(reader("ann"))
    assert "The newest revision is not offered" in text(manager, "/desk/entries/ann/")
    send(manager, "/desk/entries/ann/", do="redact", number="1", reason="A private address.")
    asked = Redaction.objects.get()
    assert "asked to redact revision 1" in text(manager, "/desk/entries/ann/")
    administrator = signed_in(person("root", Role.ADMINISTRATOR))
    assert "A private address." in text(administrator, "/desk/redactions/")

    send(manager, "/desk/redactions/", 422, redaction=asked.pk, do="confirm", sure="yes")
    send(administrator, "/desk/redactions/", 422, redaction=asked.pk, do="confirm")
    assert not Revision.objects.get(number=1).is_redacted
    send(administrator, "/desk/redactions/", redaction=asked.pk, do="confirm", sure="yes")

    assert Revision.objects.get(number=1).is_redacted
    page = text(administrator, "/desk/redactions/")
    assert "asked for by max, confirmed by root" in page


# edge case 43
def test_a_draft_whose_base_was_redacted_is_told_so_and_shown_every_place(editor):
    publish(reader("ann", "Ann", summary="Secret"))
    change = draft(reader("ann", "Anne", summary="Secret"))
    publish(reader("ann", "Ann", summary="Reads."))
    asking, confirming = person("moritz", Role.MANAGING_EDITOR), person("root", Role.ADMINISTRATOR)
    asked = redaction.ask(Revision.objects.get(number=1), "Private.", by=asking)
    redaction.confirm(asked, by=confirming)

    page = text(editor, f"/desk/changesets/{change.pk}/conflicts/ann/")

    assert "Revision 1 was redacted" in page
    assert page.count('value="theirs"') == 2  # name and summary


def test_an_administrator_refuses_a_redaction_with_a_reason(manager):
    publish(reader("ann", summary="Secret"))
    publish(reader("ann"))
    max_ = person("moritz", Role.MANAGING_EDITOR)
    asked = redaction.ask(Revision.objects.get(number=1), "Private.", by=max_)
    administrator = signed_in(person("root", Role.ADMINISTRATOR))

    send(administrator, "/desk/redactions/", 422, redaction=asked.pk, do="refuse", why="")
    send(administrator, "/desk/redactions/", redaction=asked.pk, do="refuse", why="It is known.")

    assert not Revision.objects.get(number=1).is_redacted


def test_an_emergency_is_one_persons_and_its_list_asks_no_more_for_more(
    editor, django_assert_max_num_queries
):
    max_ = person("max", Role.MANAGING_EDITOR)
    for key in ("emma", "persuasion", "sanditon"):
        publish(book(key))
        emergency_retract(key, "privacy", "", by=max_)

    with django_assert_max_num_queries(30):
        page = text(editor, "/desk/second-reviews/")

    assert page.count('name="verdict"') == 6
