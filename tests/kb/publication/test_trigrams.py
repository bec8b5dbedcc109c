"""Trigrams of names, and which of them lead to others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models.search import NameTrigrams
from kb.publication.trigrams import Leading, leading_pairs, trigrams
from tests.library.builders import book, publish, retract

WORD = st.text("abcdefghij", min_size=6, max_size=12)


def test_words_are_padded_and_their_order_is_nothing():
    assert len(trigrams("ab")) == 3  # "  a", " ab", "ab "
    assert trigrams("world atlas") == trigrams("atlas world")


def test_words_that_are_rare_lead_together():
    common = dict.fromkeys(trigrams("office of"), 0.1)

    pairs = leading_pairs("office of hydra atlas", common | dict.fromkeys(trigrams("globe"), 0.01))

    led = {number for pair in pairs for number in pair}
    assert led <= {*trigrams("hydra"), *trigrams("atlas"), *trigrams("office")}
    assert any(
        (one in trigrams("hydra") and other in trigrams("atlas"))
        or (other in trigrams("hydra") and one in trigrams("atlas"))
        for one, other in pairs
    )


def test_a_common_word_does_not_lead_by_itself():
    shares = dict.fromkeys(trigrams("office atlas"), 0.1)

    for one, other in leading_pairs("office atlas", shares):
        assert (one in trigrams("office")) != (other in trigrams("office"))


@given(st.lists(WORD, min_size=1, max_size=4, unique=True), st.data())
def test_a_name_with_one_letter_wrong_is_still_led_to(words, data):
    name = " ".join(words)
    place = data.draw(st.sampled_from([p for p, letter in enumerate(name) if letter != " "]))
    wrong = set(trigrams(name[:place] + data.draw(st.sampled_from("xyz")) + name[place + 1 :]))

    if all(len(trigrams(word)) == len(word) + 1 for word in words):  # none stands twice in a word
        assert any({one, other} <= wrong for one, other in leading_pairs(name, {}))


def test_a_name_without_a_word_of_the_other_is_still_led_to():
    wrong = set(trigrams("anthropic"))

    assert any({one, other} <= wrong for one, other in leading_pairs("anthropic ai", {}))


@pytest.mark.parametrize("name", ["", "   "])
def test_a_name_without_words_leads_nowhere(name):
    assert leading_pairs(name, {}) == []


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
def test_only_names_of_active_entries_are_kept():
    publish(book("atlas", "World Atlas"), book("globe", "Globe"))
    retract("globe")

    assert list(NameTrigrams.objects.values_list("text", "is_name")) == [("World Atlas", True)]
    assert NameTrigrams.objects.get().trigrams == trigrams("world atlas")


def test_of_common_trigrams_only_the_rarest_pairs_are_asked_for():
    common = dict.fromkeys(trigrams("internationals"), 0.2) | {trigrams("inter")[0]: 0.1}

    everything = leading_pairs("internationals", common)
    few = leading_pairs("internationals", common, Leading(most=0.1))

    assert len(everything) == 15
    assert len(few) == 3
    assert set(few) <= set(everything)
    assert (
        len(leading_pairs("internationals", {}, Leading(most=0.1))) == 15
    )  # rare ones cost nothing
