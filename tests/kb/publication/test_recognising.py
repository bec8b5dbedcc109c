"""Entries are recognised by names, numbers and what else is known, and it says when it is sure."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.publication import reading
from kb.publication.recognising import question_of, recognise, ways_to_write
from tests.library.builders import book, draft, merge, publish, reader, retract

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


@pytest.fixture
def shelves(library):
    publish(
        book("world-atlas", "World Atlas", genres=["atlas"], isbn="12-X"),
        book("moby-dick", "Moby Dick", genres=["novel"], isbn="34"),
        book("emma-novel", "Emma", genres=["novel"]),
        book("emma-atlas", "Emma", genres=["atlas"]),
        reader("emma", "Emma Woodhouse"),
        reader("harvard", "Harvard University Library"),
        reader("harward", "Harward University Library"),
    )


def asked(name="", **more):
    (found,) = recognise([question_of(name, **more)])
    return found


def keys(name="", **more):
    return [each.facts.key for each in asked(name, **more)]


def sure(name="", **more):
    return [each.facts.key for each in asked(name, **more) if each.match]


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize(
    ("name", "sure_of"),
    [
        ("World Atlas", ["world-atlas"]),
        ("  the ATLAS, World ", ["world-atlas"]),
        ("World Atlsa", []),  # a short word: it may be another one
        ("moby-dick", ["moby-dick"]),  # its key
        ("Emma", []),  # three have it
        ("Harvard University Library", ["harvard"]),  # the very name, though another is close
        ("Havard University Library", []),  # a slip that two names are near to
        ("Harvard Universty Library", []),  # likewise
        ("World", []),
        ("?", []),
        ("", []),
    ],
)
def test_a_name_is_sure_when_nothing_else_can_be_meant(name, sure_of):
    assert sure(name) == sure_of


def test_a_slip_in_a_long_word_is_sure_where_nothing_else_comes_near():
    publish(reader("harvard", "Harvard University Library"))

    assert sure("Harvard Universty Library") == ["harvard"]


@pytest.mark.usefixtures("shelves")
def test_what_else_is_known_tells_namesakes_apart():
    found = asked("Emma", kinds=["book"], values={"genre": ["atlas"]})

    assert [each.facts.key for each in found] == ["emma-atlas", "emma-novel"]
    assert [each.match for each in found] == [True, False]
    assert [(f.id, f.score, f.weight) for f in found[1].features] == [
        ("name", 100.0, 6),
        ("genre", 0.0, 1),
    ]
    assert found[1].features[1].detail == "Its genre is novel, not atlas."
    assert found[1].score == pytest.approx(600 / 7)


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize(
    ("name", "isbn", "sure_of"),
    [
        ("", "12-x", ["world-atlas"]),
        ("", "https://isbn.example/12-X", ["world-atlas"]),
        ("The Great World Atlas", "12-X", ["world-atlas"]),
        ("Moby Dick", "12-X", []),  # the number of one, the name of another
        ("Moby Dick", "99", []),  # its number is another
        ("Emma", "99", []),
        ("", "99", []),
    ],
)
def test_a_number_is_sure_unless_the_name_belies_it(name, isbn, sure_of):
    assert sure(name, identifiers={"isbn": ways_to_write(isbn)}) == sure_of


@pytest.mark.usefixtures("shelves")
def test_only_entries_of_the_kinds_asked_for_are_candidates():
    assert "emma" not in keys("Emma Woodhouse", kinds=["book"])
    assert keys("Emma Woodhouse", kinds=["book", "reader"])[0] == "emma"


@pytest.mark.usefixtures("shelves")
def test_questions_are_answered_each_by_itself_in_their_order():
    names = ["Moby Dick", "nothing like it", "World Atlas", "Moby Dick"]

    together = recognise([question_of(name) for name in names])

    assert [[each.facts.key for each in found[:1]] for found in together] == [
        ["moby-dick"],
        [],
        ["world-atlas"],
        ["moby-dick"],
    ]
    assert together == [asked(name) for name in names]


def test_a_merged_key_means_the_survivor_and_a_retracted_one_nothing():
    publish(book("atlas", "World Atlas", isbn="1"), book("globe", "Terrestrial Globe", isbn="2"))
    publish(book("moby", "Moby Dick"))
    merge("globe", into="atlas")
    retract("moby")

    assert sure("globe") == ["atlas"]
    assert keys("Moby Dick") == keys("moby") == keys("Terrestrial Globe") == []
    assert keys(identifiers={"isbn": ["2"]}) == []


def test_nothing_is_recognised_by_what_is_not_published():
    publish(book("atlas", "World Atlas"))
    draft(book("atlas", "Secret Compendium", isbn="77"), book("other", "Hidden Treasure"))

    assert keys("Secret Compendium") == keys("Hidden Treasure") == keys("other") == []
    assert keys(identifiers={"isbn": ["77"]}) == []


@pytest.mark.usefixtures("shelves")
def test_many_questions_take_as_many_queries_as_one(monkeypatch):
    sent = []
    execute = reading._execute_once

    def noted(sql, *args, **more):
        sent.append(sql)
        return execute(sql, *args, **more)

    monkeypatch.setattr(reading, "_execute_once", noted)
    many = [question_of(f"Moby Dick {n}", ["book", "reader"]) for n in "abcdefgh" * 12]

    found = recognise(many)

    assert all(its[0].facts.key == "moby-dick" for its in found)
    assert len(sent) <= 5


@pytest.mark.usefixtures("shelves")
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=60), st.text(max_size=20))
def test_any_text_may_be_asked_for(name, number):
    found = asked(name, identifiers={"isbn": ways_to_write(number)})

    assert all(0 <= each.score <= 100 for each in found)


@pytest.mark.usefixtures("shelves")
@pytest.mark.parametrize(
    "name", ["\0", "moby\0dick", "x" * 10_000, "a " * 5_000, "\u202eMoby", "%_'\\"]
)
def test_odd_names_are_only_odd(name):
    asked(name)
