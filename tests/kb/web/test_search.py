"""The search page: any text is a question, and every answer helps."""

import pytest

from tests.library.builders import book, publish, reader


def test_the_passage_that_matched_is_marked_and_harmless(visitor):
    publish(reader("ada", summary="Reads maps of <b>coasts</b> at night, every night."))

    html = visitor.get("/search/?q=coasts").content.decode()

    assert "<mark>coasts</mark>" in html
    assert "<b>" not in html.split("<main", 1)[1].split("</mark>")[0].rsplit("<p", 1)[1]


def test_results_can_be_narrowed_to_a_kind(visitor):
    publish(reader("ada", summary="Atlas reader"), book("atlas", "The Atlas"))

    both = visitor.get("/search/?q=atlas").content.decode()
    books = visitor.get("/search/?q=atlas&kind=book").content.decode()

    assert 'href="/readers/ada/"' in both
    assert 'href="/readers/ada/"' not in books
    assert 'value="book" checked' in books


def test_a_slip_of_the_pen_is_answered_with_what_may_have_been_meant(visitor):
    publish(book("observatory", "The Observatory"))

    html = visitor.get("/search/?q=obsrevatory").content.decode()

    assert "Did you mean" in html
    assert '<a href="/entries/observatory/">The Observatory</a>' in html


@pytest.mark.parametrize(
    "typed",
    [
        '"',
        "((",
        "a & | !",
        "\\",
        "%25_",
        "':*",
        "a" * 9000,
        "\u202eעברית",
        "the",
        "<script>",
        "-",
        "''",
    ],
)
def test_no_text_is_too_odd_to_search_for(visitor, typed):
    publish(book("atlas"))

    answer = visitor.get("/search/", {"q": typed})

    assert answer.status_code == 200


def test_an_empty_question_explains_how_to_ask(visitor):
    assert "Words, and phrases in quotes" in visitor.get("/search/?q=").content.decode()


def test_a_wrong_page_is_told(visitor):
    assert visitor.get("/search/?q=a&page=0").status_code == 400
