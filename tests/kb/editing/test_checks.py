"""The checks of a changeset, over the toy subject."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kb import editing
from kb.editing.checking import problems_of_edit
from kb.editing.checks import (
    check_edit,
    errors_of,
    refresh_findings,
    unacknowledged,
    warnings_of,
)
from kb.editing.duplicates import identity_of_pair
from kb.models import Changeset, Dismissal, Edit, LinkCheck
from tests.library.builders import book, draft, merge, person, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def checked(*documents):
    changeset = draft(*documents)
    refresh_findings(changeset)
    return changeset


def codes(found):
    return {key: [finding.code for finding in its] for key, its in found.items()}


def lending(*readers):
    return {"loans": [{"reader": key} for key in readers]}


def test_a_document_in_order_has_no_findings():
    changeset = checked(reader("ann", summary="Reads."), book("atlas", **lending("ann")))

    assert errors_of(changeset) == {}
    assert warnings_of(changeset) == {}


def test_a_warning_that_is_published_already_is_no_news():
    publish(reader("ann"))  # it has no summary, which its author let stand

    changeset = checked(reader("ann", "Anna"))
    assert [finding.is_old for finding in warnings_of(changeset)["ann"]] == [True]
    assert unacknowledged(changeset) == []

    new = checked(reader("bob", "Somebody else"))
    assert [finding.code for _key, finding in unacknowledged(new)] == ["no-summary"]


def test_problems_of_the_schema_are_errors_with_their_place():
    changeset = checked(book("atlas", printed="1954-13"))

    (finding,) = errors_of(changeset)["atlas"]
    assert (finding.code, finding.place) == ("bad-date", "printed")
    assert "month 13" in finding.detail


@pytest.mark.parametrize(
    ("named", "code"),
    [("nobody", "unknown-reference"), ("gone", "hidden-reference"), ("atlas", "wrong-kind")],
)
def test_a_reference_that_leads_nowhere_is_an_error(named, code):
    publish(reader("gone"), book("atlas"))
    retract("gone", "reader")

    changeset = checked(book("globe", **lending(named)))

    (finding,) = errors_of(changeset)["globe"]
    assert (finding.code, finding.place) == (code, "loans[0].reader")
    assert finding.statement == changeset.edits.get().document["loans"][0]["id"]


def test_edits_of_one_changeset_may_name_each_other():
    changeset = checked(book("globe", sequel_of="atlas"), book("atlas", **lending("ann")))

    assert codes(errors_of(changeset)) == {"atlas": ["unknown-reference"]}


def test_what_the_changeset_takes_out_of_view_cannot_be_named():
    publish(reader("ann"))
    changeset = draft(book("atlas", **lending("ann")))
    editing.save(
        changeset, "ann", "reader", {"reason": "duplicate"}, by=person("ada"), act="retract"
    )
    refresh_findings(changeset)

    assert codes(errors_of(changeset))["atlas"] == ["hidden-reference"]


def test_a_merged_reference_that_was_there_before_is_let_stand():
    publish(
        reader("ann", summary="…"), reader("anna", summary="…"), book("atlas", **lending("ann"))
    )
    merge("ann", "anna", "reader")

    changeset = checked(book("atlas", "Atlas of the World", **lending("ann")))

    assert errors_of(changeset) == {}
    assert warnings_of(changeset) == {}


def test_a_merged_reference_that_is_new_is_a_warning_that_names_the_survivor():
    publish(reader("ann"), reader("anna"))
    merge("ann", "anna", "reader")

    changeset = checked(book("atlas", **lending("ann")))

    assert errors_of(changeset) == {}
    (finding,) = warnings_of(changeset)["atlas"]
    assert finding.code == "merged-reference"
    assert "“ann” was merged into “anna”" in finding.detail


def test_a_reference_to_what_was_merged_into_something_retracted_is_an_error():
    publish(reader("ann"), reader("anna"))
    merge("ann", "anna", "reader")
    retract("anna", "reader")

    changeset = checked(book("atlas", **lending("ann")))

    assert codes(errors_of(changeset)) == {"atlas": ["hidden-reference"]}


def test_nothing_is_merged_into_what_was_merged_itself():
    publish(reader("ann"), reader("anna"), reader("eve"))
    merge("ann", "anna", "reader")
    changeset = draft()
    editing.save(changeset, "eve", "reader", {"into": "ann"}, by=person("ada"), act="merge")
    refresh_findings(changeset)

    (finding,) = errors_of(changeset)["eve"]
    assert "Write “anna”" in finding.detail


def test_a_number_that_another_entry_has_is_an_error():
    publish(book("atlas", isbn="978-1"))

    changeset = checked(book("globe", isbn="978-1"), book("map", isbn="978-2"))

    (finding,) = errors_of(changeset)["globe"]
    assert (finding.code, finding.place) == ("taken-identifier", "isbn")
    assert "“atlas”" in finding.detail
    assert "map" not in errors_of(changeset)


def test_a_number_may_move_from_one_entry_to_another_in_one_changeset():
    publish(book("atlas", isbn="978-1"))

    changeset = checked(book("atlas"), book("globe", isbn="978-1"))

    assert errors_of(changeset) == {}


def test_two_new_entries_with_one_number_are_told_of_each_other():
    changeset = checked(book("atlas", isbn="978-1"), book("globe", isbn="978-1"))

    assert codes(errors_of(changeset)) == {
        "atlas": ["taken-identifier"],
        "globe": ["taken-identifier"],
    }


def test_a_number_is_free_again_once_its_entry_is_retracted():
    publish(book("atlas", isbn="978-1"))
    retract("atlas")

    assert errors_of(checked(book("globe", isbn="978-1"))) == {}


def test_a_kind_brings_its_own_checks():
    publish(reader("ann", "Ann"))
    loans = [{"reader": "ann", "from": "1990"}]

    changeset = checked(book("atlas", printed="1995", loans=loans))

    (finding,) = warnings_of(changeset)["atlas"]
    assert (finding.code, finding.detail) == ("lent-early", "Ann had it before it was printed.")


def test_a_kinds_checks_see_what_the_same_changeset_brings():
    loans = [{"reader": "ann", "from": "1990"}]

    changeset = checked(
        reader("ann", "Ann B.", summary="…"), book("atlas", printed="1995", loans=loans)
    )

    assert "Ann B. had it" in warnings_of(changeset)["atlas"][0].detail
    edit = changeset.edits.get(key="atlas")
    assert "Ann B. had it" in check_edit(edit, brought={"ann": "reader"})[0].detail


def test_an_entry_without_a_summary_is_warned_of_where_its_kind_has_one():
    changeset = checked(reader("ann"), book("atlas"))

    assert codes(warnings_of(changeset)) == {"ann": ["no-summary"]}


def test_retracting_what_others_name_is_a_warning_that_lists_them():
    publish(reader("ann"), book("atlas", **lending("ann")), book("globe", **lending("ann")))
    changeset = draft()
    editing.save(
        changeset, "ann", "reader", {"reason": "duplicate"}, by=person("ada"), act="retract"
    )
    refresh_findings(changeset)

    (finding,) = warnings_of(changeset)["ann"]
    assert finding.code == "still-named"
    assert "2 entries name it: atlas, globe." in finding.detail


@pytest.mark.parametrize(("failures", "warned"), [(2, False), (3, True)])
def test_a_source_of_nothing_else_with_a_dead_address_is_warned_of(failures, warned):
    publish(book("atlas", website="https://dead.example/"))
    LinkCheck.objects.create(url="https://dead.example/", failures=failures)

    changeset = checked(book("globe", sequel_of="atlas"))

    assert ("globe" in warnings_of(changeset)) is warned


def test_a_dead_source_that_others_rest_on_is_not_this_edits_affair():
    publish(book("atlas", website="https://dead.example/"))
    publish(book("globe", sequel_of="atlas"))
    LinkCheck.objects.create(url="https://dead.example/", failures=3)

    assert warnings_of(checked(book("map", sequel_of="atlas"))) == {}


def test_a_warning_is_asked_for_until_it_is_acknowledged():
    changeset = checked(reader("ann"))
    ((key, finding),) = unacknowledged(changeset)

    editing.acknowledge(changeset, [finding.identity_in(key)], by=person("ada"))

    assert unacknowledged(Changeset.objects.get(pk=changeset.pk)) == []


def test_a_warning_that_the_board_dismissed_is_not_asked_for():
    publish(reader("anna-maria", "Anna Maria Smith", summary="…"))
    changeset = checked(reader("anna", "Ana Maria Smith", summary="…"))
    assert [finding.code for _key, finding in unacknowledged(changeset)] == ["possible-duplicate"]

    Dismissal.objects.create(identity=identity_of_pair("anna-maria", "anna"))

    assert unacknowledged(changeset) == []


def test_errors_come_before_warnings():
    changeset = draft({**reader("ann"), "key": "ann"})
    edit = changeset.edits.get()
    edit.content = edit.content.replace('"name":"Ann"', '"name":"Ann","nope":1')
    edit.save()

    assert [finding.is_error for finding in check_edit(edit)] == [True]


def test_a_restored_document_is_checked_like_any_other():
    publish(book("atlas", isbn="978-1"))
    retract("atlas")
    publish(book("globe", isbn="978-1"))
    changeset = draft()
    content = book("atlas", isbn="978-1")
    editing.save(changeset, "atlas", "book", content, by=person("ada"), act=Edit.Act.RESTORE)
    refresh_findings(changeset)

    assert codes(errors_of(changeset)) == {"atlas": ["taken-identifier"]}


def test_many_edits_take_as_many_queries_as_a_few():
    publish(*(reader(f"r-{n}", summary="…") for n in range(40)))
    few = draft(*(book(f"few-{n}", **lending("r-1")) for n in range(2)))
    many = draft(*(book(f"many-{n}", isbn=str(n), **lending(f"r-{n}")) for n in range(40)))

    with CaptureQueriesContext(connection) as asked_for_few:
        refresh_findings(few)
    with CaptureQueriesContext(connection) as asked_for_many:
        refresh_findings(many)

    assert len(asked_for_many) <= len(asked_for_few) + 2


# --- while one saves: beside the other edits, of which only those are read that matter ---------


def found_on_saving(changeset, document):
    edit = editing.save(changeset, document["key"], document["kind"], document, by=person("ada"))
    return [finding["code"] for finding in edit.findings if finding["is_error"]]


def test_a_save_sees_that_another_edit_gives_a_number_up():
    publish(book("atlas", isbn="978-1"))
    changeset = draft(book("atlas"))

    assert found_on_saving(changeset, book("globe", isbn="978-1")) == []


@pytest.mark.parametrize("number", ["978-1", 'a "quoted" \\ é %_'])
def test_a_save_sees_that_another_edit_has_the_number_too(number):
    changeset = draft(book("atlas", isbn=number), book("map", isbn=f"{number}1"))

    assert found_on_saving(changeset, book("globe", isbn=number)) == ["taken-identifier"]


def test_a_save_sees_what_another_edit_brings_whatever_it_is_called():
    publish(reader("ann"), reader("anna"))
    merge("ann", "anna", "reader")
    changeset = draft(reader("eve"), reader("anna", "Anna the Elder"))

    assert found_on_saving(changeset, book("atlas", **lending("ann", "eve"))) == []


def test_a_save_reads_no_edit_that_does_not_concern_it(monkeypatch):
    changeset = draft(*(book(f"b-{n}", isbn=str(1000 + n)) for n in range(5)), reader("ann"))
    read: list[str] = []

    def noted(edit):
        read.append(edit.key)
        return problems_of_edit(edit)

    monkeypatch.setattr("kb.editing.checks.problems_of_edit", noted)

    editing.save(changeset, "new", "book", book("new", **lending("ann")), by=person("ada"))

    assert read == ["new", "ann"]
