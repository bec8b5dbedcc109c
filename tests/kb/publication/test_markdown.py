"""Markdown in pages: what is shown, and what never is."""

import pytest

from kb.publication.markdown import inline_html, markdown_html


def test_plain_paragraphs_need_no_parser_and_read_the_same():
    assert markdown_html("One, two.\n\nThree’s “more”.") == "<p>One, two.</p><p>Three’s “more”.</p>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**Why** it", "<p><strong>Why</strong> it</p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("# Head", "<h3>Head</h3>"),
        ("#### Head", "<h6>Head</h6>"),
        ("3. c", '<ol start="3">\n<li>c</li>\n</ol>'),
    ],
)
def test_markdown_becomes_html_with_headings_below_those_of_the_page(text, html):
    assert markdown_html(text) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://example.org/pixel.gif)",
        "<img src=x onerror=alert(1)>",
        '<a href="https://example.org" style="color:red" onclick="x()">y</a>',
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
    ],
)
def test_nothing_in_a_text_can_run_style_or_load(text):  # edge case 74
    html = markdown_html(text)

    for tag in ("<script", "<img", '<a href="javascript', '<a href="data', "<iframe"):
        assert tag not in html
    assert "style=" not in html.replace("&quot;", "").split("&lt;")[0]


def test_a_giant_table_is_drawn_in_time_that_grows_with_it_alone():  # edge case 74
    table = "| a | b |\n| - | - |\n" + "| 1 | 2 |\n" * 4_000

    assert markdown_html(table).count("<tr>") == 4_001


def test_a_link_out_is_not_vouched_for():
    assert 'rel="nofollow noopener"' in markdown_html("[x](https://example.org)")


def test_one_paragraph_can_stand_within_a_sentence_and_several_stay_apart():
    assert inline_html("so it is") == "so it is"
    assert inline_html("*so* it is") == "<em>so</em> it is"
    assert inline_html("a\n\nb") == "<p>a</p><p>b</p>"
