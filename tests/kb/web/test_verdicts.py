"""Marks of verification on the page of an entry."""

from datetime import UTC, datetime

from kb.editing.verification import Mark, statements_of, verify
from kb.models import Published
from kb.publication.body import Parts
from kb.web.verdicts import with_verdicts
from tests.library.builders import book, person, publish, reader

ROW = '<li id="l-one">Ann <sup class="c"><a id="cite_1">1</a></sup> since 1990</li>'


def shown(html, name="l-one", verdict="confirmed", note=""):
    one = Mark(name, verdict, note, "grace", datetime(2026, 12, 3, 12, tzinfo=UTC))
    return with_verdicts(Parts.of(html), {name: one})


def test_a_mark_stands_behind_the_notes_of_its_statement():
    parts, rest = shown(ROW + ROW.replace("l-one", "l-two"))

    first, second = parts.before.split('id="l-two"')
    assert "</sup> <small" in first
    assert "Checked against its source, 3 Dec 2026" in first
    assert "<small" not in second
    assert rest == ""


def test_in_a_table_a_mark_stands_beneath_what_its_row_is_called():
    parts, _rest = shown('<tr id="l-one"><th>Ann</th><td>1990</td></tr>')

    assert parts.before.startswith('<tr id="l-one"><th>Ann <small class="verdict confirmed">')


def test_a_statement_without_notes_has_its_mark_in_itself_and_not_in_the_next():
    parts, _rest = shown('<li id="l-one">Ann</li>' + ROW.replace("l-one", "l-two"))

    assert parts.before.startswith('<li id="l-one"> <small class="verdict confirmed">')


def test_fields_without_an_address_are_listed_apart_and_notes_are_escaped():
    parts, rest = shown("<p>…</p>", "summary", "contradicts", "Says <b>no</b>")

    assert parts.before == "<p>…</p>"
    assert rest.startswith("<li>Summary: <small")
    assert "Contradicted by its source, 3 Dec 2026: Says &lt;b&gt;no&lt;/b&gt;" in rest


def test_the_page_shows_a_mark_at_once_though_it_was_kept_elsewhere(visitor):
    loan = {"id": "l-one", "reader": "ann", "cites": [{"source": "globe"}]}
    publish(reader("ann"), book("globe"), book("atlas", loans=[loan]))
    before = visitor.get("/books/atlas/")
    stored = bytes(Published.objects.get(key="atlas").html)
    published = Published.objects.select_related("revision").get(key="atlas")
    read = statements_of("book", published.revision.content)["l-one"].content_hash

    note = "It says 1992."
    verify("atlas", "l-one", "contradicts", note, by=person("grace"), content_hash=read)

    after = visitor.get("/books/atlas/", headers={"If-None-Match": before["ETag"]})
    assert "Contradicted by its source" in after.content.decode()
    assert "Contradicted" not in before.content.decode()
    assert bytes(Published.objects.get(key="atlas").html) == stored
