import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.publication.cursors import Place, WrongCursor, opened, sealed, window

values = st.lists(st.one_of(st.text(), st.integers(-(2**53), 2**53)), min_size=1, max_size=4)


@given(values, st.booleans(), st.text())
def test_a_cursor_gives_back_the_place_it_was_made_for(its, backwards, asked):
    place = Place(tuple(its), backwards)

    assert opened(sealed(place, asked), asked) == place


@given(values, st.data())
def test_a_cursor_with_any_letter_changed_is_refused(its, data):
    cursor = sealed(Place(tuple(its)), "a list")
    at = data.draw(st.integers(0, len(cursor) - 1))
    other = data.draw(st.sampled_from("ABCxyz019-_").filter(lambda letter: letter != cursor[at]))

    with pytest.raises(WrongCursor, match="not a cursor that we made"):
        opened(cursor[:at] + other + cursor[at + 1 :], "a list")


@given(st.text())
def test_no_other_text_is_a_cursor(text):
    with pytest.raises(WrongCursor):
        opened(text, "a list")


@given(st.binary(min_size=17))
def test_no_bytes_pass_without_our_signature(content):
    with pytest.raises(WrongCursor):
        opened(base64.urlsafe_b64encode(content).decode().rstrip("="), "a list")


def test_a_cursor_of_a_list_with_other_filters_is_refused():
    cursor = sealed(Place(("a", "b")), "topic=a")

    with pytest.raises(WrongCursor, match="other filters"):
        opened(cursor, "topic=b")


def test_a_cursor_signed_with_the_key_before_last_still_opens(settings):
    cursor = sealed(Place(("a",)), "a list")

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new one"

    assert opened(cursor, "a list") == Place(("a",))


@pytest.mark.parametrize(
    ("found", "place", "rows", "has_next", "has_prev"),
    [
        ([1, 2, 3], None, [1, 2], True, False),
        ([1, 2], None, [1, 2], False, False),
        ([], None, [], False, False),
        ([3, 4], Place((2,)), [3, 4], False, True),
        ([], Place((2,)), [], False, False),
        ([2, 1], Place((3,), backwards=True), [1, 2], True, False),
        ([3, 2, 1], Place((4,), backwards=True), [2, 3], True, True),
    ],
)
def test_a_page_knows_whether_there_is_one_after_and_before(found, place, rows, has_next, has_prev):
    page = window(found, 2, place)

    assert (list(page.rows), page.has_next, page.has_prev) == (rows, has_next, has_prev)
