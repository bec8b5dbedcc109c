import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kb.pictures.cards import MOST_LINES, card, fitted, lines_of, writable

UNKNOWN = "\U0010fffd"  # a letter that no font has


def test_a_card_is_a_png_of_the_size_that_networks_ask_for():
    image = Image.open(io.BytesIO(card("Book", "The Voyage", "1839", "Library", "the-voyage")))

    assert (image.format, image.size) == ("PNG", (1200, 630))


def test_another_name_is_another_picture():
    assert card("Book", "A", "", "Library", "a") != card("Book", "B", "", "Library", "a")


@pytest.mark.parametrize(
    "words", ["Short", "A name of some length " * 3, "Endless " * 60, "x" * 400]
)
def test_a_name_of_any_length_fits(words):
    size, lines = fitted(words)

    assert len(lines) <= MOST_LINES
    assert len(lines) * size * 1.16 <= 300


@given(st.text(max_size=60), st.integers(1, 5))
def test_no_line_is_too_wide(words, most):
    lines = lines_of(words, 20, len, most=most)

    assert len(lines) <= most
    assert all(len(line) <= 20 for line in lines)


def test_words_that_belong_together_stay_on_one_line():
    assert lines_of("founded in 1954, 25\N{NO-BREAK SPACE}members", 20, len, most=9) == [
        "founded in 1954,",
        "25\N{NO-BREAK SPACE}members",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Loi générale", "Loi générale"),
        (f"Interim Measures ({UNKNOWN * 5})", "Interim Measures"),
        (UNKNOWN * 9, "the-key"),
    ],
)
def test_what_no_font_can_write_is_left_out(name, shown):
    assert writable(name, "the-key") == shown
