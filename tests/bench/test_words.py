"""Words are drawn as often as Zipf has it, and classed by how many entries they stand in."""

from collections import Counter
from random import Random

import pytest

from bench.vocabulary import content_words, made_words, pool
from bench.words import WordCount


def seeded() -> Random:
    return Random(1)


def test_function_words_are_not_counted():
    assert content_words(["The treaty of the state", "A Treaty"]) == {"treaty": 2, "state": 1}


def test_the_second_word_is_drawn_half_as_often_as_the_first():
    drawn_from = pool(Counter({"one": 50, "two": 40, "three": 3}), (), share_of_rare=0.0)

    drawn = Counter(drawn_from.draw(seeded(), 60_000))

    assert drawn["one"] / drawn["two"] == pytest.approx(2, rel=0.1)
    assert drawn["one"] / drawn["three"] == pytest.approx(3, rel=0.1)


def test_rare_words_together_have_their_share():
    rare = [f"rare{number}" for number in range(1000)]
    drawn_from = pool(Counter({"one": 5, "two": 4}), rare, share_of_rare=0.1)

    drawn = drawn_from.draw(seeded(), 60_000)

    assert sum(word.startswith("rare") for word in drawn) / 60_000 == pytest.approx(0.1, rel=0.1)


def test_made_words_are_the_same_each_time():
    words = ("governance", "institute", "verification")

    first = made_words(words, 20)
    made_words.cache_clear()

    assert made_words(words, 20) == first
    assert not set(first) & set(words)


def test_forms_of_a_word_count_as_one():
    words = WordCount()
    for drawn in ({"state"}, {"states", "treaty"}, {"treaty"}, {"summit"}):
        words.add({"kind": "source"}, drawn)

    assert words.share("states") == 0.5
    assert set(words.words_in("very common")) <= {"state", "states", "treaty"}
    assert len(words.words_in("very common")) == 2


def test_phrases_stand_side_by_side_and_are_common():
    words = WordCount()
    for number in range(100):
        title = "global safety first" if number < 20 else "other things"
        words.add({"kind": "source", "title": title}, set(title.split()))

    assert set(words.phrases()) == {'"global safety"', '"safety first"'}
    assert set(words.words_in("common")) == {"global", "safety", "first"}
