"""Trigrams of names, and which of them lead to others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models.search import NameTrigrams
from kb.publication.trigrams import CHOSEN, leading_pairs, trigrams
from tests.library.builders import book, publish, retract

WORD = st.text("abcdefghij", min_size=6, max_size=12)


def test_words_are_padded_and_their_order_is_nothing():
    assert len(trigrams("ab")) == 3  # "  a", " ab", "ab "
    assert trigrams("world atlas") == trigrams("atlas world")


def test_the_rarest_trigrams_lead():
    common, rare = trigrams("atlas"), trigrams("globe")
    shares = dict.fromkeys(common, 0.1)

    pairs = leading_pairs([*common, *rare], shares)

    assert {number for pair in pairs for number in pair} == set(rare)
    assert len(pairs) == CHOSEN * (CHOSEN - 1) // 2


@given(WORD, st.integers(0, 11), st.sampled_from("xyz"))
def test_a_word_with_one_letter_wrong_is_still_led_to(word, place, letter):
    place %= len(word)
    wrong = set(trigrams(word[:place] + letter + word[place + 1 :]))

    numbers = trigrams(word)
    if len(numbers) == len(word) + 1:  # no trigram stands in it twice
        assert any({one, other} <= wrong for one, other in leading_pairs(numbers, {}))


@pytest.mark.parametrize("name", ["", "   "])
def test_a_name_without_words_leads_nowhere(name):
    assert leading_pairs(trigrams(name), {}) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
def test_only_names_of_active_entries_are_kept():
    publish(book("atlas", "World Atlas"), book("globe", "Globe"))
    retract("globe")

    assert list(NameTrigrams.objects.values_list("text", "is_name")) == [("World Atlas", True)]
    assert NameTrigrams.objects.get().trigrams == trigrams("world atlas")
