"""Marks on statements that were compared with their sources."""

import pytest

from kb.editing import EditingError, NotAllowed
from kb.editing.verification import (
    StatementChanged,
    current_marks,
    newest_verification,
    statements_of,
    verify,
)
from kb.models import Published
from tests.library.builders import book, contributor, person, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


def lent(reader_key="ann", start="1990"):
    return book("atlas", loans=[{"id": "l-one", "reader": reader_key, "from": start, **SOURCED}])


SOURCED = {"cites": [{"source": "globe"}]}


def statement(key="atlas", name="l-one"):
    published = Published.objects.select_related("revision").get(key=key)
    return statements_of(published.kind, published.revision.content)[name]


def mark(verdict="confirmed", note="", *, by=None, content_hash=None):
    return verify(
        "atlas",
        "l-one",
        verdict,
        note,
        by=by or person("grace"),
        content_hash=content_hash or statement().content_hash,
    )


def marks():
    entry_id = Published.objects.values_list("entry_id", flat=True).get(key="atlas")
    return current_marks([entry_id]).get(entry_id, {})


@pytest.fixture
def atlas(db, library):
    publish(reader("ann"), reader("bob"), book("globe"), lent())


@pytest.mark.usefixtures("atlas")
def test_a_statement_is_marked_and_the_newest_word_counts():
    mark("not-found", "Not on page 3.")
    mark("confirmed")

    assert marks()["l-one"].verdict == "confirmed"
    assert marks()["l-one"].label == "Checked against its source"
    assert marks()["l-one"].by == "grace"


@pytest.mark.usefixtures("atlas")
def test_a_mark_lapses_when_its_statement_changes_and_comes_back_with_it():
    mark()

    publish(lent(start="1991"))
    assert marks() == {}

    publish(lent())
    assert marks()["l-one"].verdict == "confirmed"


@pytest.mark.usefixtures("atlas")
def test_a_mark_lapses_when_the_sources_of_its_statement_change():
    mark()
    document = lent()
    document["loans"][0]["cites"] = [{"source": "globe", "locator": "p. 3"}]

    publish(document)

    assert marks() == {}


@pytest.mark.usefixtures("atlas")
def test_a_mark_stays_when_something_else_changes():
    mark()

    publish({**lent(), "title": "Atlas of the World"})

    assert set(marks()) == {"l-one"}


@pytest.mark.usefixtures("atlas")
def test_what_changed_while_it_was_read_is_not_marked():
    read = statement().content_hash
    publish(lent("bob"))

    with pytest.raises(StatementChanged, match="“l-one” of atlas has changed"):
        mark(content_hash=read)


@pytest.mark.usefixtures("atlas")
def test_only_the_board_marks():
    with pytest.raises(NotAllowed):
        mark(by=contributor("carl"))


@pytest.mark.usefixtures("atlas")
@pytest.mark.parametrize(
    ("verdict", "note", "message"),
    [("maybe", "", "no verdict"), ("not-found", " ", "note"), ("contradicts", "", "note")],
)
def test_a_verdict_is_one_of_three_and_a_doubt_has_its_reason(verdict, note, message):
    with pytest.raises(EditingError, match=message):
        mark(verdict, note)


def test_what_is_out_of_view_is_not_marked(atlas):
    read = statement().content_hash
    retract("atlas")

    with pytest.raises(EditingError, match="in view"):
        mark(content_hash=read)


@pytest.mark.usefixtures("atlas")
def test_marks_of_many_entries_take_one_query(django_assert_num_queries):
    mark()
    ids = list(Published.objects.values_list("entry_id", flat=True))

    with django_assert_num_queries(1):
        found = current_marks(ids)

    assert [list(its) for its in found.values()] == [["l-one"]]
    assert newest_verification() > 0
