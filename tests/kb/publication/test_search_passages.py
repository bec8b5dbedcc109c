"""The passage that shows why an entry was found."""

from hypothesis import given
from hypothesis import strategies as st

from kb.publication.passages import LENGTH, passage


def text_of(pieces):
    return "".join(text for text, _is_match in pieces)


def matches_of(pieces):
    return [text for text, is_match in pieces if is_match]


def test_words_match_by_stem_and_without_accents_and_are_shown_as_written():
    text = "Governing bodies met in Genève. The Conseil européen governed."

    pieces = passage([text], ["governs", "geneve", "europeen"])

    assert text_of(pieces) == text
    assert matches_of(pieces) == ["Governing", "Genève", "européen", "governed"]


def test_dotted_letters_match_as_one_word():
    assert matches_of(passage(["Talks of the U.S. and China."], ["us"])) == ["U.S"]


def test_a_passage_of_a_long_text_begins_with_a_sentence_and_says_that_it_is_cut():
    before, after = "Something else is said here. " * 30, " More is said after it." * 30
    text = f"{before}The laboratory opened in spring.{after}"

    pieces = passage([text], ["laboratory"])

    assert text_of(pieces).startswith("… The laboratory opened") or "… Something" in text_of(pieces)
    assert text_of(pieces).endswith(" …")
    assert matches_of(pieces) == ["laboratory"]
    assert LENGTH * 0.5 < len(text_of(pieces)) < LENGTH * 1.8


def test_the_stretch_with_the_most_different_words_wins():
    texts = [
        "safety safety safety.",
        "Nothing. " * 50 + "A treaty on safety. " + "Nothing. " * 50,
    ]

    assert matches_of(passage(texts, ["safety", "treaty"])) == ["treaty", "safety"]


def test_among_equals_the_first_text_wins():
    texts = ["On safety, in the summary.", "On safety, safety and safety, further down."]

    assert text_of(passage(texts[:1] + texts[:1], ["safety"])) == texts[0]


def test_without_a_match_the_first_text_begins():
    assert passage(["A **short** text.", "Another"], ["absent"]) == [("A short text.", False)]
    assert passage(["", "Another"], ["absent"]) == []
    assert passage([], ["absent"]) == []
    assert passage(["", ""], ["absent"]) == []


def test_markdown_is_stripped():
    pieces = passage(["See **the [treaty](https://example.org/treaty)**."], ["treaty"])

    assert pieces == [("See the ", False), ("treaty", True), (".", False)]


@given(
    st.lists(st.text(max_size=600), max_size=4),
    st.lists(st.text(min_size=1, max_size=8), max_size=4),
)
def test_no_text_is_too_odd_for_a_passage(texts, words):
    pieces = passage(texts, words)

    assert all(text for text, _is_match in pieces)
    assert len(text_of(pieces)) < 1_500
