"""The pictures beside links to entries, over the starter knowledge."""

import pytest
from django.test import Client

from governance.presentation.card_facts import card_fact
from kb.publication import page_reading

pytestmark = pytest.mark.usefixtures("dataset")

TOGETHER = "\N{NO-BREAK SPACE}"


def fact_of(key):
    leaf = page_reading.leaf(key)
    return card_fact(leaf.kind, page_reading.public_documents([leaf.entry_id])[leaf.entry_id])


def test_the_page_of_an_entry_names_its_card():
    html = Client().get("/bodies/cern/").content.decode()

    assert '<meta property="og:image" content="http://testserver/bodies/cern/card.png">' in html
    assert '<meta name="twitter:card" content="summary_large_image">' in html


def test_a_card_that_is_still_good_is_not_sent_again():
    first = Client().get("/bodies/cern/card.png")
    again = Client().get("/bodies/cern/card.png", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, first["Content-Type"]) == (200, "image/png")
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/bodies/nobody/card.png", "/actors/cern/card.png"])
def test_there_is_no_card_without_an_entry(path):
    assert Client().get(path).status_code == 404


@pytest.mark.parametrize(
    ("key", "fact"),
    [
        (
            "cern",
            f"Intergovernmental organisation · founded 29 September 1954 · 25{TOGETHER}members",
        ),
        ("cern-for-ai", f"New institution · proposed 2017 · 10{TOGETHER}positions"),
        ("france", "State · France"),
    ],
)
def test_one_line_says_what_an_entry_is(key, fact):
    assert fact_of(key) == fact
