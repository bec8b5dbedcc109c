"""Pages that were sent lately are sent again, until something is published."""

import pytest
from django.test import Client

from kb.web.outlines import filled
from kb.web.recent import RecentPages
from tests.library.builders import book, publish, reader

PAGE = "/books/moby-dick/"


@pytest.fixture
def drawn(monkeypatch):
    """The templates of pages as they are drawn."""
    names = []

    def counted(template, shape, values):
        names.append(template)
        return filled(template, shape, values)

    monkeypatch.setattr("kb.web.pages.filled", counted)
    return names


@pytest.fixture
def shelf(visitor: Client) -> Client:
    loans = [{"reader": "ann"}]
    publish(reader("ann", "Ann"), book("moby-dick", "Moby-Dick", loans=loans), book("emma"))
    return visitor


def test_a_page_is_drawn_once_and_sent_the_same(shelf, drawn):
    first, second = shelf.get(PAGE), shelf.get(PAGE)

    assert len(drawn) == 1
    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_publication_has_every_page_drawn_anew(shelf, drawn, is_shown):
    before = shelf.get(PAGE)

    publish(reader("ann", "Anna") if is_shown else book("emma", "Emma, again"))
    after = shelf.get(PAGE)

    assert len(drawn) == 2
    assert after["ETag"] != before["ETag"]
    assert ("Anna" in after.content.decode()) == is_shown


def test_other_hosts_and_pages_with_parameters_have_pages_of_their_own(shelf, drawn, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]

    one = shelf.get(PAGE, headers={"host": "one.example"})
    two = shelf.get(PAGE, headers={"host": "two.example"})
    for _ in range(2):
        shelf.get(f"{PAGE}?on=1990", headers={"host": "one.example"})

    assert "http://one.example/books/" in one.content.decode()
    assert "http://two.example/books/" in two.content.decode()
    assert len(drawn) == 4


def test_what_is_not_a_page_is_not_kept(shelf):
    assert shelf.get("/books/nobody/").status_code == 404
    publish(book("nobody"))
    assert shelf.get("/books/nobody/").status_code == 200


def test_the_pages_asked_for_longest_ago_go_first_when_there_is_no_room():
    recent = RecentPages(limit=30)
    assert recent.get("1", "a") is None
    for address in "abc":
        recent.keep("1", address, address.encode() * 10)

    recent.get("1", "a")
    recent.keep("1", "d", b"d" * 10)

    assert [recent.get("1", address) is not None for address in "abcd"] == [True, False, True, True]
    recent.keep("1", "e", b"e" * 31)
    assert [address for address in "abcde" if recent.get("1", address)] == []


def test_a_page_drawn_before_a_publication_is_not_kept_after_it():
    recent = RecentPages()
    recent.get("1", "a")
    recent.get("2", "b")

    recent.keep("1", "a", b"old")

    assert recent.get("2", "a") is None
    assert recent.get("1", "a") is None
