"""One value put in place of another wherever a document holds it."""

from typing import Annotated

import pytest

from kb.documents.fields import Key, Line, reference, term
from kb.documents.replacing import Replacement, replaced, term_fields
from kb.documents.schema import Document, Part, Statement
from kb.documents.vocabulary import Term, Vocabulary

MOODS = Vocabulary("moods", "Moods", "", (Term("sad", "Sad", ""), Term("low", "Low", "")))


class Cite(Part):
    source: Annotated[str, reference("book")]
    page: Annotated[str, Line()] | None = None


class Scene(Statement):
    mood: Annotated[str, term(MOODS)] | None = None
    with_: Annotated[str, reference("person", "book")] | None = None
    cites: list[Cite] | None = None


class Play(Document):
    name: Annotated[str, Line()]
    moods: list[Annotated[str, term(MOODS)]] | None = None
    scenes: list[Scene] | None = None
    after: Annotated[str, reference("book")] | None = None
    anything: Annotated[str, reference()] | None = None
    places: dict[Key, Scene] | None = None


def test_a_schema_tells_which_fields_take_terms():
    assert term_fields(Play) == {"moods": MOODS, "scenes.mood": MOODS, "places.mood": MOODS}


@pytest.mark.parametrize(
    ("moods", "expected"),
    [
        (["sad"], ["low"]),
        (["sad", "low"], ["low"]),  # a set stays a set
        (["low", "sad"], ["low"]),
        (["low", "low"], ["low", "low"]),  # what it did not touch is as it was
    ],
)
def test_a_term_is_replaced_in_a_set(moods, expected):
    assert replaced(Play, {"moods": moods}, Replacement("sad", "low", field="moods")) == {
        "moods": expected
    }


def test_a_term_is_replaced_in_its_field_alone():
    play = {"name": "sad", "moods": ["sad"], "scenes": [{"mood": "sad"}], "unknown": "sad"}

    assert replaced(Play, play, Replacement("sad", "low", field="scenes.mood")) == {
        **play, "scenes": [{"mood": "low"}],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Replacement("emma", "e", kind="book"), ("e", "e", "e", "e", "e")),
        (Replacement("emma", "e", kind="person"), ("e", "emma", "emma", "e", "e")),
        (Replacement("emma", "e", within="cites"), ("emma", "e", "emma", "emma", "emma")),
        (Replacement("other", "e"), ("emma", "emma", "emma", "emma", "emma")),
    ],
)
def test_a_reference_is_replaced_wherever_a_field_may_name_it(asked, expected):
    def play(with_, source, after, anything, place):
        scene = {"id": "s-1", "with": with_, "cites": [{"source": source, "page": "emma"}]}
        return {
            "name": "emma",
            "scenes": [scene],
            "after": after,
            "anything": anything,
            "places": {"emma": {"with": place}},
        }

    assert replaced(Play, play(*["emma"] * 5), asked) == play(*expected)


def test_rows_that_become_the_same_are_left_as_one():
    cites = [{"source": "a", "page": "1"}, {"source": "b", "page": "1"}, {"source": "b"}]

    found = replaced(Play, {"scenes": [{"cites": cites}]}, Replacement("b", "a"))

    assert found["scenes"][0]["cites"] == [{"source": "a", "page": "1"}, {"source": "a"}]


@pytest.mark.parametrize("value", ["sad", {"moods": "sad"}, [["sad"]], None, 7])
def test_what_has_not_the_form_of_the_schema_is_left_alone(value):
    draft = {"scenes": value, "moods": {"sad": "sad"}}

    assert replaced(Play, draft, Replacement("sad", "low", field="moods")) == draft


def test_the_document_itself_is_not_changed():
    play = {"moods": ["sad"]}

    replaced(Play, play, Replacement("sad", "low", field="moods"))

    assert play == {"moods": ["sad"]}
