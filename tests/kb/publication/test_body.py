"""Bodies of pages: notes, their numbers, and fragments taken apart."""

from kb.publication import body
from kb.publication.body import Notes, Parts


def source(key: str, **shown: str) -> dict[str, object]:
    label = {"key": key, "kind": "book", "name": key.title(), **shown}
    return {"source": label}


def test_the_same_source_place_and_quote_is_one_note(library):
    notes = Notes()

    first = notes.marks([source("atlas"), {**source("atlas"), "locator": "p. 2"}])
    second = notes.marks([{**source("atlas"), "locator": "p. 2"}, source("atlas")])

    assert [first.count("<a "), second.count("<a "), len(notes)] == [2, 2, 2]
    assert second.index("#note_2") < second.index("#note_1")


def test_a_note_leads_back_to_the_first_place_that_cites_it(library):
    notes = Notes()

    first, second = notes.marks([source("atlas")]), notes.marks([source("atlas")])

    assert 'id="cite_1"' in first
    assert "id=" not in second
    assert 'href="#cite_1"' in notes.html()


def test_a_note_tells_title_publisher_date_place_quote_and_address(library):
    notes = Notes()
    shown = source("atlas", publisher="Kon & Tiki", issued="1947-04", url="https://www.x.org/a?b&c")

    notes.marks([{**shown, "locator": "p. 2", "quote": "Six <men>"}])

    assert notes.html() == (
        '<li id="note_1"><a class="back" href="#cite_1"'
        ' aria-label="Back to the text from note 1">1</a>'
        ' <a href="/books/atlas/">Atlas</a>. Kon &amp; Tiki, April 1947.'
        ' <span class="loc">p. 2.</span> <q>Six &lt;men&gt;</q>'
        ' <a class="out" href="https://www.x.org/a?b&amp;c" rel="noopener">x.org</a></li>'
    )


def test_statements_added_to_a_stored_page_share_its_notes_and_number_on(library):
    stored = Notes()
    stored.marks([source("atlas"), source("novel")])

    added = Notes(stored.html())
    marks = added.marks([source("novel"), source("diary")])

    assert '<a href="#note_2">2</a>' in marks
    assert '<a href="#note_3" id="cite_3">3</a>' in marks
    assert [len(added), added.html().count("<li")] == [1, 1]


def test_a_fragment_comes_apart_where_its_template_marked_it():
    parts = Parts.of("a<!--sections-->b<!--aside-->c<!--notes--><li>d</li>")

    assert [parts.before, parts.after, parts.aside, parts.notes] == ["a", "b", "c", "<li>d</li>"]


def test_headings_of_sections_make_the_table_of_contents():
    html = '<h2 id="members_">Members <span class="n">2</span></h2><h3 id="x">No</h3>'

    assert body.headings(html) == [("members_", "Members")]


def test_a_kind_without_a_template_of_its_own_shows_every_field(library):
    from kb.kinds import kind_named

    document = {
        "kind": "book",
        "key": "atlas",
        "title": "An <atlas>",
        "website": "https://example.org/atlas",
        "loans": [{"id": "l-1", "reader": {"key": "ada", "kind": "reader", "name": "Ada"}}],
    }

    html = body.body_html(kind_named("book"), document, {})

    assert "<h1>An &lt;atlas&gt;</h1>" in html
    assert '<li id="l-1">Reader: <a href="/readers/ada/">Ada</a></li>' in html


def test_what_is_out_of_view_is_named_and_said_to_be(library):
    label = {"key": "atlas", "kind": "book", "name": "Atlas", "status": "retracted"}

    assert body.link(label) == '<a href="/books/atlas/">Atlas</a> (retracted)'
