"""Citations and tables, read back by programs that did not write them."""

import csv
import io

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from hypothesis import given
from hypothesis import strategies as st

from kb.formats.bibtex import bibtex
from kb.formats.csl import dated, text_of
from kb.formats.ris import ris
from kb.formats.tables import FORMULA, cell, csv_text

SOURCE = {
    "id": "p-one",
    "type": "report",
    "title": "Proposal: 100 % of {it} & more_#1 ~ $5 \\ שלום",
    "author": [{"literal": "Marie Skłodowska and Curie"}, {"literal": "CERN"}],
    "publisher": "A & B",
    "issued": {"date-parts": [[2024, 12]]},
    "URL": "https://example.org/a_b?c={d}&e=%20",
    "DOI": "10.1000/a_b",
    "accessed": {"date-parts": [[2026, 11, 2]]},
    "language": "en",
}


def test_bibtex_is_read_back():
    library = parse_string(bibtex([SOURCE, {**SOURCE, "id": "p-two"}]))

    assert not library.failed_blocks
    assert [entry.key for entry in library.entries] == ["p-one", "p-two"]
    found = library.entries[0]
    assert found.entry_type == "techreport"
    assert found["year"] == "2024"
    assert found["date"] == "2024-12"
    assert found["urldate"] == "2026-11-02"
    assert found["institution"] == r"A \& B"
    assert found["author"] == "{Marie Skłodowska and Curie} and {CERN}"
    assert found["url"] == "https://example.org/a_b?c=%7Bd%7D&e=%20"
    assert found["title"] == (
        r"{Proposal: 100 \% of \textbraceleft{}it\textbraceright{} \& more\_\#1 "
        r"\textasciitilde{} \$5 \textbackslash{} שלום}"
    )


@given(st.text(min_size=1))
def test_no_title_breaks_out_of_its_entry(title):
    library = parse_string(bibtex([{**SOURCE, "title": f"x{title}"}, {**SOURCE, "id": "p-two"}]))

    assert not library.failed_blocks
    assert len(library.entries) == 2


def test_ris_is_read_back():
    found, second = rispy.loads(ris([SOURCE, {**SOURCE, "title": "Two\nlines\r\nER  - "}]))

    assert found["type_of_reference"] == "RPRT"
    assert found["id"] == "p-one"
    assert found["title"] == SOURCE["title"]
    assert found["authors"] == ["Marie Skłodowska and Curie", "CERN"]
    assert found["year"] == "2024"
    assert found["date"] == "2024/12//"
    assert found["urls"] == [SOURCE["URL"]]
    assert found["doi"] == SOURCE["DOI"]
    assert second["title"] == "Two lines ER -"


@pytest.mark.parametrize("text", ["0954", "1954", "1954-09", "1954-09-29"])
def test_a_date_is_as_exact_as_it_was(text):
    assert text_of(dated(text)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("a", "a"),
        (1.5, "1.5"),
        (-3, "-3"),
        (False, "false"),
        (["a", "b"], "a; b"),
        ({"key": "cern", "kind": "body", "name": "CERN"}, "cern"),
        ({"city": "Geneva", "country": "CH"}, "city: Geneva; country: CH"),
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        (["-1", "2"], "'-1; 2"),
    ],
)
def test_a_value_is_a_cell(value, text):
    assert cell(value) == text


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\0")), min_size=1))
def test_a_table_is_read_back_and_calculates_nothing(texts):
    written = csv_text(["n", "text"], [{"n": n, "text": text} for n, text in enumerate(texts)])

    _heading, *rows = csv.reader(io.StringIO(written, newline=""))
    assert [text.removeprefix("'") for _n, text in rows] == [t.removeprefix("'") for t in texts]
    assert not any(text.startswith(FORMULA) for _n, text in rows)
