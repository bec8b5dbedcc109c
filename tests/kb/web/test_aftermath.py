"""What visitors are told of retractions, redactions, and of what one person published alone."""

import pytest

from kb.editing import redaction
from kb.editing.emergencies import emergency_retract, emergency_revert
from kb.editing.second_reviews import review
from kb.models import Revision
from tests.library.builders import (
    administrator,
    book,
    managing_editor,
    person,
    publish,
    retract,
)

WAITS = "Awaiting second review"


def text(visitor, address, status=200):
    response = visitor.get(address)
    assert response.status_code == status, address
    return response.content.decode()


@pytest.fixture
def returned(visitor):
    """Emma, returned by Marie alone to what it said first."""
    publish(book("emma", "Emma"))
    publish(book("emma", "Nonsense"))
    return emergency_revert("emma", 1, by=managing_editor(), why="Vandalism.")


def test_a_tombstone_says_why_and_when_and_leads_to_the_history(visitor):
    publish(book("emma", "Emma"))
    retract("emma", reason="withdrawn-by-publisher")

    page = text(visitor, "/books/emma/", 410)

    assert "retracted on <time" in page
    assert "withdrawn by its publisher" in page
    assert 'href="/entries/emma/history/"' in page
    assert WAITS not in page


def test_what_one_person_published_alone_is_marked_everywhere_until_it_is_reviewed(
    visitor, returned
):
    addresses = ["/", "/changes/", f"/changes/{returned.pk}/", "/books/emma/"]
    addresses.append("/entries/emma/history/")
    for address in addresses:
        page = text(visitor, address)
        assert WAITS in page, address
        assert "marie" in page, address

    review(returned.second_review, "confirmed", "", by=person("grace"))

    for address in addresses:
        page = text(visitor, address)
        assert WAITS not in page, address
        assert "grace reviewed it afterwards and found that it was right" in page, address


def test_a_tombstone_that_one_person_put_up_says_so(visitor):
    publish(book("emma"))
    emergency_retract("emma", "privacy", "", by=managing_editor())

    assert WAITS in text(visitor, "/books/emma/", 410)


def test_a_copy_of_a_page_is_no_longer_good_when_the_second_review_is_done(visitor, returned):
    tag = visitor.get("/books/emma/")["ETag"]
    assert visitor.get("/books/emma/", headers={"If-None-Match": tag}).status_code == 304

    review(returned.second_review, "to-revert", "It was right before.", by=person("grace"))

    response = visitor.get("/books/emma/", headers={"If-None-Match": tag})
    assert response.status_code == 200
    assert "is to be taken back" in response.content.decode()


def test_the_next_revision_that_two_people_accepted_bears_no_mark(visitor, returned):
    publish(book("emma", "Emma Woodhouse"))

    assert WAITS not in text(visitor, "/books/emma/")
    assert WAITS in text(visitor, "/entries/emma/history/")  # of the revision before


def test_the_history_says_who_redacted_a_revision_and_why(visitor):
    publish(book("emma", "Secret"))
    publish(book("emma", "Emma"))
    first = Revision.objects.get(number=1)
    asked = redaction.ask(first, "A private name.", by=managing_editor())
    assert "redacted" not in text(visitor, "/entries/emma/history/")

    redaction.confirm(asked, by=administrator())

    page = text(visitor, "/entries/emma/history/")
    assert "asked for by marie, confirmed by root: A private name." in page
    assert "Secret" not in page
    text(visitor, "/entries/emma/history/?to=2", 400)
