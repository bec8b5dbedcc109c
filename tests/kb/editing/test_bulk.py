"""One replacement in many entries."""

import pytest

from kb import editing
from kb.editing.bulk import (
    open_bulk,
    preview,
    reference_replacement,
    source_replacement,
    term_replacement,
)
from tests.library.builders import (
    approved,
    book,
    contributor,
    draft,
    merge,
    person,
    public,
    publish,
    reader,
    retract,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def lent(key, to, **fields):
    return book(key, loans=[{"reader": to, "from": "1990"}], **fields)


def planned_keys(asked, keys=None):
    return [each.key for each in preview(asked, keys).planned]


def test_a_preview_shows_what_would_change_and_changes_nothing():
    publish(book("emma", genres=["novel"]), book("globe", genres=["atlas"]), book("plain"))

    found = preview(term_replacement("genres", "novel", "atlas"))

    (planned,) = found.planned
    assert (planned.key, planned.name, found.is_whole) == ("emma", "Emma", True)
    assert [(change.kind, change.place) for change in planned.changes] == [
        ("removed", "genres[0]"), ("added", "genres[0]"),
    ]  # fmt: skip
    assert public("emma")["genres"] == ["novel"]


def test_a_term_is_replaced_in_all_entries_as_one_changeset():
    publish(book("emma", genres=["novel"]), book("both", genres=["atlas", "novel"]))
    asked = term_replacement("genres", "novel", "atlas")

    change = open_bulk(asked, planned_keys(asked), by=person("ada"), why="Renamed.")
    editing.publish(approved(change), by=person("ada"))

    assert (change.origin, change.description) == ("bulk-edit", "Renamed.")
    assert (public("emma")["genres"], public("both")["genres"]) == (["atlas"], ["atlas"])


@pytest.mark.parametrize(
    ("field", "old", "new", "said"),
    [
        ("weight", "novel", "atlas", "No kind has a field “weight”"),
        ("genres", "novel", "poem", "“poem” is not a term of Genres. Choose one of: novel, atlas"),
        ("genres", "novel", "novel", "Both are the same"),
    ],
)
def test_a_term_is_replaced_by_a_term_of_the_same_field(field, old, new, said):
    with pytest.raises(editing.EditingError, match=said):
        term_replacement(field, old, new)


def test_a_reference_is_replaced_where_it_stands_in_a_document():
    publish(reader("ann"), reader("anne"))
    publish(lent("emma", to="ann"), lent("persuasion", to="anne"))
    asked = reference_replacement("ann", "anne")

    change = open_bulk(asked, planned_keys(asked), by=person("ada"))
    editing.publish(approved(change), by=person("ada"))

    assert [edit.key for edit in change.edits.all()] == ["emma"]
    assert public("emma")["loans"][0]["reader"]["key"] == "anne"


def test_what_refers_to_a_merged_entry_can_be_made_to_name_the_survivor():
    publish(reader("ann"), reader("anne"))
    publish(lent("emma", to="ann"))
    merge("ann", into="anne", kind="reader")

    assert planned_keys(reference_replacement("ann", "anne")) == ["emma"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("ann", "emma", "“ann” is of kind reader, “emma” of kind book"),
        ("nobody", "ann", "No entry is called “nobody”"),
        ("ann", "gone", "is retracted"),
        ("ann", "ann", "Both are the same"),
    ],
)
def test_a_reference_is_replaced_by_one_of_the_same_kind_in_view(old, new, said):
    publish(reader("ann"), reader("gone"), book("emma"))
    retract("gone", "reader")

    with pytest.raises(editing.EditingError, match=said):
        reference_replacement(old, new)


def test_a_source_is_replaced_in_citations_alone():
    publish(reader("ann"), reader("anne"))
    publish(lent("emma", to="ann"))

    assert planned_keys(source_replacement("ann", "anne")) == []  # a loan is no citation


def test_only_the_chosen_entries_are_changed():
    publish(book("emma", genres=["novel"]), book("persuasion", genres=["novel"]))
    asked = term_replacement("genres", "novel", "atlas")

    change = open_bulk(asked, ["persuasion"], by=person("ada"))

    assert [edit.key for edit in change.edits.all()] == ["persuasion"]


# edge case 82
def test_entries_with_open_changesets_are_listed_before_and_in_a_thread():
    publish(book("emma", genres=["novel"]), book("persuasion", genres=["novel"]))
    waiting = draft(book("emma", genres=["novel"], printed="1815"))
    asked = term_replacement("genres", "novel", "atlas")

    found = preview(asked)
    change = open_bulk(asked, [each.key for each in found.planned], by=person("ada"))

    assert found.open_changesets == {"emma": [waiting]}
    said = change.threads.get().comments.get().body
    assert f"- emma: “A change” ({waiting.pk})" in said
    assert "persuasion" not in said
    assert change.edits.count() == 2


# edge case 82
def test_the_open_changeset_takes_up_both_when_it_is_published_later():
    publish(book("emma", genres=["novel"]))
    waiting = approved(draft(book("emma", genres=["novel"], printed="1815")))
    asked = term_replacement("genres", "novel", "atlas")
    editing.publish(approved(open_bulk(asked, ["emma"], by=person("ada"))), by=person("ada"))

    editing.publish(waiting, by=person("ada"))

    assert (public("emma")["genres"], public("emma")["printed"]) == (["atlas"], "1815")


def test_who_may_not_and_what_is_too_much():
    publish(book("emma", genres=["novel"]))
    asked = term_replacement("genres", "novel", "atlas")

    with pytest.raises(editing.NotAllowed):
        open_bulk(asked, ["emma"], by=contributor("carol"))
    with pytest.raises(editing.EditingError, match="at most 200"):
        open_bulk(asked, [f"b-{n}" for n in range(201)], by=person("ada"))
    with pytest.raises(editing.EditingError, match="None of these entries holds “novel”"):
        open_bulk(asked, [], by=person("ada"))
