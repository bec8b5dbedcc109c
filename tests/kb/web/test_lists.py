"""Lists of the toy subject: facets, order, pages, and addresses that are wrong."""

import re

import pytest

from tests.library.builders import book, publish


@pytest.fixture
def shelf(visitor):
    publish(
        *(book(f"novel-{n:02}", printed=f"19{n:02}", genres=["novel"]) for n in range(53)),
        book("atlas", "The Atlas", genres=["atlas"], website="https://example.org"),
    )
    return visitor


def keys_in(answer) -> list[str]:
    return re.findall(r'<h2><a href="/books/([^/]+)/">', answer.content.decode())


def link(answer, rel: str) -> str | None:
    found = re.search(rf'<a href="([^"]+)" rel="{rel}">', answer.content.decode())
    return found[1].replace("&amp;", "&") if found else None


def test_every_entry_stands_on_exactly_one_page_forwards_and_back(shelf):
    first = shelf.get("/books/")
    second = shelf.get(link(first, "next"))
    back = shelf.get(link(second, "prev"))

    assert len(set(keys_in(first) + keys_in(second))) == 54
    assert (link(first, "prev"), link(second, "next")) == (None, None)
    assert keys_in(back) == keys_in(first)


def test_facets_count_what_choosing_them_gives(shelf):
    html = shelf.get("/books/").content.decode()

    assert re.search(r'value="novel"><span>Novel</span><span class="count">53<', html)
    assert len(keys_in(shelf.get("/books/?genre=atlas"))) == 1


def test_a_chosen_filter_is_ticked_and_can_be_taken_off(shelf):
    html = shelf.get("/books/?genre=atlas&sort=-name").content.decode()

    assert 'value="atlas" checked' in html
    assert '<a href="/books/?sort=-name"><span>Genre: Atlas</span>' in html


def test_parameters_without_a_field_survive_the_form(shelf):
    html = shelf.get("/books/?genre.not=novel&exists.website=true").content.decode()

    assert '<input type="hidden" name="genre.not" value="novel">' in html
    assert '<input type="hidden" name="exists.website" value="true">' in html
    assert "Has website: yes" in html


def test_fields_that_were_left_empty_do_not_count(shelf):
    assert shelf.get("/books/?genre=&sort=").status_code == 200


def test_an_empty_list_says_how_to_widen_it(shelf):
    html = shelf.get("/books/?genre=atlas&genre.not=atlas").content.decode()

    assert "Nothing here fits all of these filters" in html
    assert "Without “Genre (none of): Atlas”" in html


def test_the_data_of_a_list_has_the_address_of_the_list(shelf):
    html = shelf.get("/books/?genre=atlas").content.decode()

    assert 'href="/api/v1/books?genre=atlas"' in html


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("genre=atlsa", "Did you mean “atlas”?"),
        ("gener=atlas", "Did you mean “genre”?"),
        ("cursor=zzz", "This is not a cursor that we made"),
        ("page_size=9999", "Write a whole number from 1 to 200."),
        ("sort=size", "is not one of the values"),
        ("genre=%FF", "bytes that are not UTF-8"),
    ],
)
def test_a_wrong_address_is_told_what_is_wrong(shelf, query, told):
    answer = shelf.get(f"/books/?{query}")

    assert answer.status_code == 400
    assert told in answer.content.decode()


def test_what_was_typed_is_kept_to_be_mended(shelf):
    html = shelf.get("/books/?genre=atlsa&exists.website=true").content.decode()

    assert 'name="genre" value="atlsa"' in html
    assert '<input type="hidden" name="exists.website" value="true">' in html


def test_the_number_of_queries_does_not_grow_with_the_list(shelf, django_assert_max_num_queries):
    shelf.get("/books/")

    with django_assert_max_num_queries(0):  # all reading is beneath the ORM, by stored rows
        shelf.get("/books/?page_size=200")
