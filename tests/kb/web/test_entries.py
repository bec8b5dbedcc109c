"""Pages of entries of the toy subject, whatever became of the entry."""

import pytest

from tests.library.builders import book, merge, publish, reader, restore, retract


@pytest.mark.parametrize(
    ("accept", "status", "place"),
    [
        ("text/html,application/xml;q=0.9,*/*;q=0.8", 301, "/books/atlas/"),
        ("application/ld+json", 303, "/api/v1/entries/atlas.jsonld"),
        ("application/json", 303, "/api/v1/entries/atlas.json"),
        ("text/markdown", 303, "/api/v1/entries/atlas.md"),
    ],
)
def test_what_linked_data_calls_an_entry_leads_to_its_page_or_its_data(
    visitor, accept, status, place
):
    publish(book("atlas"))

    found = visitor.get("/entries/atlas/", headers={"accept": accept})

    assert (found.status_code, found["Location"], found["Vary"]) == (status, place, "Accept")


def test_a_page_shows_the_document_and_how_to_cite_it(visitor):
    publish(book("atlas", "The Atlas", printed="1947"))

    html = visitor.get("/books/atlas/").content.decode()

    assert "<h1>The Atlas</h1>" in html
    assert "“The Atlas”, Common Ground, revision 1," in html
    assert 'href="/api/v1/entries/atlas.json"' in html


def test_an_entry_that_two_people_published_is_not_called_unverified(visitor):
    publish(book("atlas"))

    assert "Not yet verified" not in visitor.get("/books/atlas/").content.decode()


def test_who_refers_to_an_entry_stands_on_its_page(visitor):
    publish(reader("ada"), book("atlas", loans=[{"reader": "ada", "from": "1950"}]))

    html = visitor.get("/readers/ada/").content.decode()

    assert "Referred to by" in html
    assert '<a href="/books/atlas/">' in html


def test_a_wrong_kind_in_the_address_leads_to_the_right_one(visitor):
    publish(book("atlas"))

    answer = visitor.get("/readers/atlas/?on=1950-01-01")

    assert (answer.status_code, answer["Location"]) == (301, "/books/atlas/?on=1950-01-01")


def test_a_key_alone_leads_to_the_page(visitor):
    publish(book("atlas"))

    answer = visitor.get("/entries/atlas/")

    assert (answer.status_code, answer["Location"]) == (301, "/books/atlas/")


def test_a_merged_entry_leads_to_the_one_that_stands_for_it(visitor):
    publish(book("atlas"), book("map-book"))
    merge("map-book", into="atlas")

    answer = visitor.get("/books/map-book/")

    assert (answer.status_code, answer["Location"]) == (308, "/books/atlas/")


def test_a_retracted_entry_leaves_its_name_and_the_reason_until_it_is_restored(visitor):
    publish(book("atlas", "The Atlas"))
    retract("atlas", reason="duplicate")

    answer = visitor.get("/books/atlas/")
    assert answer.status_code == 410
    assert "The Atlas" in answer.content.decode()
    assert "duplicate" in answer.content.decode()

    restore("atlas")
    assert visitor.get("/books/atlas/").status_code == 200


def test_an_unknown_key_names_what_may_have_been_meant(visitor):
    publish(book("atlas", "The Atlas"))

    answer = visitor.get("/books/atlsa/")

    assert answer.status_code == 404
    assert '<a href="/entries/atlas/">The Atlas</a>' in answer.content.decode()


def test_odd_keys_are_not_found_and_do_no_harm(visitor):
    for path in ("/books/%00/", "/books/A%20B/", "/books/%F0%9F%97%BA/", f"/books/{'a' * 500}/"):
        assert visitor.get(path).status_code == 404


def test_names_and_texts_are_shown_as_written_and_never_run(visitor):
    publish(book("atlas", "<script>alert(1)</script>"))

    for path in ("/books/atlas/", "/books/", "/", "/changes/", "/entries/atlas/history/?to=1"):
        html = visitor.get(path).content.decode()
        assert "<script>alert" not in html
        assert "&lt;script&gt;alert" in html


def test_a_page_is_good_until_anything_is_published(visitor):
    publish(book("atlas"))
    first = visitor.get("/books/atlas/")
    tag = first["ETag"]

    again = visitor.get("/books/atlas/", headers={"If-None-Match": tag})
    publish(book("novel"))
    later = visitor.get("/books/atlas/", headers={"If-None-Match": tag})

    assert (again.status_code, again.content) == (304, b"")
    assert later.status_code == 200
    assert first["Cache-Control"] == "public, max-age=60"


def test_reading_takes_no_other_method(visitor):
    publish(book("atlas"))

    assert visitor.post("/books/atlas/").status_code == 405
    assert visitor.head("/books/atlas/").status_code == 200
