"""How alike names are: misspellings and other orders count, letters in common do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.likeness import Difference, difference, likeness

CLOSE = 86
NAME = st.lists(st.text("abcdeu19", min_size=1, max_size=8), max_size=5).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("un ai office", "united nations ai office"),
        ("center for ai safety", "centre for ai safety"),
        ("office of ai", "ai office"),
        ("deep mind", "deepmind"),
        ("anthropic", "antropic"),
        ("hiroshima ai process", "hiroshma ai proces"),
        ("council of europe opens ai convention", "council of europe opens an ai convention"),
    ],
)
def test_one_thing_under_two_names(one, other):
    assert likeness(one, other) >= CLOSE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("republic of mali", "republic of malawi"),
        ("republic of india", "republic of indonesia"),
        ("federal republic of germany", "federal republic of nigeria"),
        ("summit on military ai 2025", "summit on military ai 2026"),
        ("unga resolution 78 265", "unga resolution 78 311"),
        ("biological weapons convention", "chemical weapons convention"),
        ("iso", "itso"),
        ("north korea", "south korea"),
        ("", "cern"),
    ],
)
def test_two_things_under_like_names(one, other):
    assert likeness(one, other) < CLOSE


@given(NAME, NAME)
def test_it_is_the_same_both_ways_and_a_share_of_a_hundred(one, other):
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0.0 <= likeness(one, other) <= 100.0


@given(NAME.filter(str.strip))
def test_a_name_is_like_itself(name):
    assert likeness(name, name) == 100.0


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("republic of mali", "mali republic", Difference.NONE),
        ("the netherlands", "netherlands", Difference.NONE),
        ("open ai", "openai", Difference.NONE),
        ("united nations", "united natoins", Difference.SLIP),
        ("anthropic", "antropic", Difference.SLIP),
        ("financial action task force fatf", "financial action task force", Difference.NONE),
        ("fatf financial action task force", "financial action task force", Difference.NONE),
        ("anthropic pbc", "anthropic", Difference.NONE),
        ("g 20", "g20", Difference.NONE),
        (
            "organisation for standardisation",
            "organization for standardization",
            Difference.SLIP,
        ),
        ("world helth", "world health", Difference.SLIP),
        ("republic of mali", "republic of bali", Difference.MORE),
        ("united nations", "untied natoins", Difference.MORE),
        ("horizon 2020", "horizon 2021", Difference.MORE),
        ("bank of japan", "bank", Difference.MORE),
        ("the", "of", Difference.MORE),
        ("", "", Difference.MORE),
    ],
)
def test_a_slip_is_one_letter_of_a_long_word(one, other, found):
    assert difference(one, other) is found
    assert difference(other, one) is found
