"""The checks over everything published, and what the board lets stand."""

import pytest
from django.core.management import call_command

from kb.editing import EditingError, NotAllowed
from kb.editing.knowledge import dismiss, refresh_findings_of_everything
from kb.models import Dismissal, PublishedFinding, Revision
from tests.library.builders import book, contributor, person, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def found():
    rows = PublishedFinding.objects.order_by("entry__key", "code")
    return list(rows.values_list("entry__key", "code"))


def test_what_is_published_is_checked_as_a_changeset_is():
    publish(reader("ann"), book("atlas"))

    counted = refresh_findings_of_everything()

    assert found() == [("ann", "no-summary")]
    assert counted == {("no-summary", False): 1}


def test_findings_are_made_anew_each_time_and_known_again():
    publish(reader("ann"))
    refresh_findings_of_everything()
    before = PublishedFinding.objects.get().identity
    refresh_findings_of_everything()

    assert PublishedFinding.objects.get().identity == before

    publish(reader("ann", summary="Reads."))
    refresh_findings_of_everything()

    assert found() == []


def test_a_pair_of_possible_duplicates_is_told_once():
    publish(reader("ann", "Ann Smith", summary="…"), reader("bnn", "Ann Smyth", summary="…"))

    refresh_findings_of_everything()

    assert found() == [("ann", "possible-duplicate")]
    assert PublishedFinding.objects.get().data == {"other": "bnn"}


def test_a_reference_into_what_was_retracted_since_is_an_error():
    publish(reader("ann", summary="…"), book("atlas", loans=[{"reader": "ann"}]))
    retract("ann", "reader")

    refresh_findings_of_everything()

    finding = PublishedFinding.objects.get()
    assert (finding.entry.key, finding.code, finding.is_error) == (
        "atlas",
        "hidden-reference",
        True,
    )


def test_the_command_says_how_often_it_found_what(capsys):
    publish(reader("ann"), reader("bob"))

    call_command("check_knowledge")

    output = capsys.readouterr().out
    assert "2  warning  no-summary" in output
    assert "2 entries checked: 2 findings" in output


def test_checking_tells_how_far_it_is_and_changes_no_history():
    publish(reader("ann"), reader("bob"))
    told: list[int] = []
    before = Revision.objects.count()

    refresh_findings_of_everything(told.append)

    assert told == [2]
    assert Revision.objects.count() == before


def test_a_finding_is_dismissed_by_the_board_and_stays_so():
    publish(reader("ann"))
    refresh_findings_of_everything()

    dismiss(PublishedFinding.objects.get(), by=person("ada"), reason="Unknown.")
    refresh_findings_of_everything()

    assert Dismissal.objects.get().identity == PublishedFinding.objects.get().identity


def test_a_contributor_cannot_dismiss_and_nobody_an_error():
    publish(reader("ann", summary="…"), book("atlas", loans=[{"reader": "ann"}]))
    retract("ann", "reader")
    refresh_findings_of_everything()
    error = PublishedFinding.objects.get()

    with pytest.raises(NotAllowed):
        dismiss(error, by=contributor("carl"))
    with pytest.raises(EditingError, match="Put it right"):
        dismiss(error, by=person("ada"))
