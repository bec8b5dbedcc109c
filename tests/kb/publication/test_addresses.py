"""Addresses are compared without what makes no difference, and kept with their entries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.models.published import Address
from kb.publication.addresses import bare
from tests.library.builders import book, publish, retract


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("https://www.Example.org/Atlas/", "example.org/Atlas"),
        ("http://example.org:80/Atlas#top", "example.org/Atlas"),
        ("example.org/Atlas", "example.org/Atlas"),
        ("https://example.org:8443/", "example.org:8443"),
        ("https://example.org/?b=2&utm_source=mail&a=1", "example.org?b=2&a=1"),
        ("http://[", "http://["),
        ("https://example.org:99999/a", "https://example.org:99999/a"),
    ],
)
def test_what_makes_no_difference_is_left_out(written, compared):
    assert bare(written) == compared


@given(st.text(max_size=40))
def test_any_text_has_a_form(text):
    assert isinstance(bare(text), str)


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
def test_an_entry_in_view_is_found_by_its_addresses():
    publish(book("atlas", website="https://www.example.org/atlas/"), book("novel"))
    assert [row.address for row in Address.objects.all()] == ["example.org/atlas"]

    retract("atlas")

    assert not Address.objects.exists()
