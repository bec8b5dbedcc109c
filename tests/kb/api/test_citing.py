"""Entries and lists in the formats of citations and tables."""

import csv
import io
import json

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.library.builders import book, draft, merge, publish, reader, retract


@pytest.fixture
def shelf(api):
    publish(*(book(f"atlas-{n}", f"Atlas {n}", genres=["atlas"]) for n in "abc"), reader("ann"))
    return api


def parsed(response):
    """Each way of asking for BibTeX gives the same keys."""
    assert response.status_code == 200
    assert response["Content-Type"] == "application/x-bibtex; charset=utf-8"
    return [entry.key for entry in parse_string(response.content.decode()).entries]


@pytest.mark.parametrize(
    ("address", "accept"),
    [
        ("/api/v1/entries/atlas-a.bib", "*/*"),
        ("/api/v1/entries/atlas-a?format=bib", "*/*"),
        ("/api/v1/entries/atlas-a", "application/x-bibtex"),
    ],
)
def test_an_entry_is_cited_by_suffix_parameter_and_header(shelf, address, accept):
    assert parsed(shelf.get(address, headers={"accept": accept})) == ["atlas-a"]


def test_an_entry_is_cited_in_its_revision(shelf):
    publish(book("atlas-a", "The Atlas"))

    (found,) = json.loads(shelf.get("/api/v1/entries/atlas-a.csl").content)

    assert (found["title"], found["version"]) == ("The Atlas", "2")
    assert found["URL"] == "http://testserver/books/atlas-a/"
    assert (rispy.loads(shelf.get("/api/v1/entries/atlas-a.ris").content.decode())[0]["title"]) == (
        "The Atlas"
    )


def test_a_list_is_cited_page_by_page(shelf):
    first = shelf.get("/api/v1/books.bib?genre=atlas&page_size=2")
    following = first["Link"].split(">")[0].removeprefix("<http://testserver")

    assert parsed(first) == ["atlas-a", "atlas-b"]
    assert parsed(shelf.get(following)) == ["atlas-c"]


def test_a_list_is_a_table(shelf):
    text = shelf.get("/api/v1/entries.csv?fields=title").content.decode()

    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["key"] for row in rows] == ["ann", "atlas-a", "atlas-b", "atlas-c"]
    assert [row["title"] for row in rows] == ["", "Atlas a", "Atlas b", "Atlas c"]
    assert {row["revision"] for row in rows} == {"1"}
    assert rows[1]["address"] == "http://testserver/books/atlas-a/"


@pytest.mark.parametrize("suffix", [".csl", ".bib", ".ris"])
def test_each_format_has_a_tag_of_its_own(shelf, suffix):
    tags = {shelf.get(f"/api/v1/entries/atlas-a{s}")["ETag"] for s in ("", suffix)}

    assert len(tags) == 2
    for address in (f"/api/v1/entries/atlas-a{suffix}", f"/api/v1/books{suffix}"):
        tag = shelf.get(address)["ETag"]
        assert shelf.get(address, headers={"if-none-match": tag}).status_code == 304


def test_what_only_shapes_json_is_refused(shelf):
    response = shelf.get("/api/v1/entries/atlas-a.bib?fields=title&include=links")

    assert response.status_code == 400
    errors = json.loads(response.content)["errors"]
    assert [error["parameter"] for error in errors] == ["fields", "include"]


def test_what_is_gone_or_moved_is_so_in_every_format(shelf):
    merge("atlas-a", into="atlas-b")
    retract("atlas-c")

    moved = shelf.get("/api/v1/entries/atlas-a.bib")
    assert moved.status_code == 308
    assert moved["Location"] == "http://testserver/api/v1/entries/atlas-b.bib"
    assert shelf.get("/api/v1/entries/atlas-c.ris").status_code == 410
    assert shelf.get("/api/v1/entries/atlas-x.csl").status_code == 404
    assert shelf.get("/api/v1/entries/atlas-b.xml").status_code == 404


def test_no_draft_is_cited(shelf):
    draft(book("atlas-a", "Secret"))

    for suffix in ("csl", "bib", "ris"):
        assert b"Secret" not in shelf.get(f"/api/v1/entries/atlas-a.{suffix}").content
        assert b"Secret" not in shelf.get(f"/api/v1/books.{suffix}").content


@pytest.mark.parametrize("form", ["csv", "csl", "bib", "ris"])
def test_a_longer_page_takes_no_more_queries(shelf, form):
    with CaptureQueriesContext(connection) as few:
        shelf.get(f"/api/v1/entries.{form}?page_size=1")
    with CaptureQueriesContext(connection) as many:
        shelf.get(f"/api/v1/entries.{form}?page_size=4")
    assert len(few) == len(many)
