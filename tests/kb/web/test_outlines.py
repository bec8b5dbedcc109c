"""A page from its outline is the page that its template would give."""

import pytest
from django.template import loader
from django.utils.safestring import SafeString

from kb.kinds import forget_kinds
from kb.web.outlines import filled, filled_rows

SECTION = {
    "id": "loans_",
    "title": "Loans",
    "total": "1,024",
    "html": "<p>Ann</p>",
    "more": "/all/",
}


def safe(values):
    return {name: SafeString(value) for name, value in values.items()}


@pytest.mark.parametrize("empty", [None, "total", "more", "html"])
def test_a_template_filled_is_the_template_rendered(empty):
    values = safe({**SECTION, **({empty: ""} if empty else {})})

    rendered = loader.get_template("kb/_section.html").render(values)

    assert filled("kb/_section.html", {}, values) == rendered


@pytest.mark.parametrize("is_dated", [True, False])
@pytest.mark.parametrize("notes", ["", "<li>A note</li>"])
def test_dotted_names_and_shapes_mean_what_they_mean_to_a_template(is_dated, notes):
    shape = {"current": "proposals", "kind_name": "proposal", "is_dated": is_dated}
    flat = {"entry.key": "a-cern", "entry.name": "A CERN &amp; more", "parts.notes": notes}
    nested = {
        "entry": safe({"key": "a-cern", "name": flat["entry.name"]}),
        "parts": safe({"notes": notes}),
    }

    rendered = loader.get_template("kb/entry.html").render({**shape, **nested})

    assert filled("kb/entry.html", shape, safe(flat)) == rendered
    assert ("As of a day" in rendered, "A note" in rendered) == (is_dated, bool(notes))


def test_two_pages_of_one_shape_keep_their_own_values():
    first = filled("kb/_section.html", {}, safe(SECTION))
    second = filled("kb/_section.html", {}, safe({**SECTION, "html": "<p>Bob</p>"}))

    assert "<p>Ann</p>" in first
    assert second == first.replace("Ann", "Bob")


def test_another_subject_has_another_frame(settings):
    values = safe({"entry.name": "Moby-Dick"})
    before = filled("kb/404.html", {}, values)

    settings.KB_KINDS = "tests.library.kinds.KINDS"
    forget_kinds()
    try:
        after = filled("kb/404.html", {}, values)
    finally:
        settings.KB_KINDS = "governance.kinds.KINDS"
        forget_kinds()

    assert ("/sources/" in before, "/books/" in before) == (True, False)
    assert ("/sources/" in after, "/books/" in after) == (False, True)


def test_rows_are_filled_one_after_the_other_and_their_text_is_escaped():
    rows: list[dict[str, object]] = [
        {"link": SafeString("<a>Ann</a>"), "places": "2", "unused": ["of", "another", "type"]},
        {"link": "<b>", "places": ""},
    ]

    html = filled_rows("kb/_referring_row.html", rows)

    assert html == '<dd><a>Ann</a> <span class="soft">2 places</span></dd>\n<dd>&lt;b&gt;</dd>\n'


def test_what_a_template_compares_belongs_to_the_shape():
    rows = [{"certainty": each, "other": "CERN"} for each in ("possible", "certain", None)]

    html = filled_rows("governance/sections/_people_row.html", rows, ("certainty",))

    assert html.count("possibly") == 1
    assert html.count("CERN") == 3
