"""The form as HTML: what it shows is what it posts, and every box has a name for people."""

import re
import time
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from kb.documents.form_data import document_from
from kb.documents.form_fields import form_of, one_line
from kb.documents.schema import InvalidDocument, Problem, validate
from kb.documents.yaml_text import parse_yaml
from kb.kinds import kind_named
from kb.web.desk.form_boxes import date_echo
from kb.web.desk.form_rendering import (
    fields_html,
    form_html,
    listed_problems,
    sections_of,
    templates_html,
)
from tests.kb.documents.forms import posted
from tests.kb.documents.test_form_fields import FULL
from tests.voyages import Voyage, cite, landing, voyage

ODD = voyage(
    name='<b>"odd"</b> & ‘so’',
    log="\n first line is blank",
    crew="six",
    ships=["raft", ["x"]],
    aliases=["two\nlines", '"'],
    landings=[landing("?", note="</textarea><script>"), {"port": [1]}, "none"],
    numbers={"a.b": "1"},
    field_cites={"left": "diary", "crew": [cite("x")]},
    retired=[1, {"a": None}],
)


class Page(HTMLParser):
    """What a browser would make of a form: its boxes, labels, ids and what they refer to."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.pairs: list[tuple[str, str]] = []
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.boxes: list[dict[str, str]] = []
        self.described: set[str] = set()
        self.buttons: list[str] = []
        self.texts: list[str] = []
        self._select = self._option = self._area = ""
        self._in_template = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_template += tag == "template"
        if self._in_template:
            return
        self.ids += [given["id"]] if "id" in given else []
        self.described |= set(given.get("aria-describedby", "").split())
        if tag == "label" and "for" in given:
            self.labelled.add(given["for"])
        if tag in ("input", "select", "textarea") and given.get("type") not in (
            "hidden",
            "checkbox",
        ):
            self.boxes.append(given)
        if tag == "button":
            self.buttons.append(given.get("value", ""))
        if tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.pairs.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select = given["name"]
            self.pairs.append((given["name"], ""))
        elif tag == "option" and "selected" in given:
            self.pairs[-1] = (self._select, given["value"])
        elif tag == "textarea":
            self._area = given["name"]
            self.pairs.append((given["name"], ""))

    def handle_endtag(self, tag: str) -> None:
        self._in_template -= tag == "template"
        if tag == "textarea":
            name, text = self.pairs[-1]
            self.pairs[-1] = (name, text.removeprefix("\n"))
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.pairs[-1] = (self._area, self.pairs[-1][1] + data)
        elif not self._in_template:
            self.texts.append(data.strip())

    @property
    def data(self) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for name, value in self.pairs:
            data.setdefault(name, []).append(value)
        return data


def problems_in(document: dict[str, Any]) -> tuple[Problem, ...]:
    try:
        validate(Voyage, document)
    except InvalidDocument as invalid:
        return invalid.problems
    return ()


def page_of(document: dict[str, Any], names: dict[str, str] | None = None) -> Page:
    form = form_of(Voyage, document, problems_in(document))
    return Page(f"{form_html(form, names or {})}{templates_html(Voyage)}")


@pytest.mark.parametrize("document", [FULL, ODD, voyage()])
def test_the_page_posts_the_document_that_it_shows(document):
    assert document_from(Voyage, page_of(document).data) == document


def test_the_page_posts_what_the_fields_say():
    form = form_of(Voyage, FULL)

    sent = {
        name: [v.replace("\n", "\r\n") for v in values]
        for name, values in page_of(FULL).data.items()
    }
    assert sent == posted(form)


@pytest.mark.parametrize("document", [FULL, ODD])
def test_every_box_has_a_label_and_what_describes_it_is_there(document):
    page = page_of(document)

    unnamed = [b for b in page.boxes if b["id"] not in page.labelled and "aria-label" not in b]
    assert unnamed == []
    assert page.described <= set(page.ids)
    assert [id_ for id_, times in Counter(page.ids).items() if times > 1] == []


def test_every_problem_is_listed_with_a_place_that_is_in_the_page():
    with pytest.raises(InvalidDocument) as refused:
        validate(Voyage, ODD)
    form = form_of(Voyage, ODD, refused.value.problems)

    listed = list(listed_problems(form))

    assert {id_ for _label, _problem, id_ in listed} <= {*page_of(ODD).ids, "form"}
    assert len(listed) == len(refused.value.problems)
    labels = [label for label, *_ in listed]
    assert labels[:3] == ["Aliases 1", "Crew", "Ships"]
    assert "Landings 1: Port" in labels
    assert "Field cites “left”" in labels


def test_a_row_is_called_by_names_and_terms_and_dates_in_words():
    texts = page_of(FULL, {"callao": "Callao, Peru"}).texts

    assert "Callao, Peru · Shelter" in texts
    assert "raroia · Shelter" in texts
    assert "28 April 1947" in texts  # beside the field `left`


@pytest.mark.parametrize(
    ("text", "told"),
    [("1954-09", "September 1954"), ("1954-09-29", "29 September 1954"), ("1954", ""), ("x", ""),
     ("1954-13", ""), ("", "")],
)  # fmt: skip
def test_a_date_says_what_it_understood(text, told):
    assert date_echo(text) == told


def test_a_long_list_is_closed_but_where_something_is_wrong():
    rows = [landing(f"port-{n}") for n in range(8)]
    rows[5]["from"] = "1954-13"

    html = form_html(form_of(Voyage, voyage(landings=rows), problems_in(voyage(landings=rows))), {})

    assert html.count("<details open><summary>") == 1
    assert "<details open><summary>port-5 · Shelter" in html


def many() -> dict[str, Any]:
    rows = [landing(f"port-{n}", note='It\'s <odd> & "so"') for n in range(6)]
    return voyage(landings=rows, field_cites={"left": [cite("diary")], "odd": [cite("x")]})


def test_rows_of_a_long_list_travel_in_one_field_each():
    page = page_of(many())

    assert document_from(Voyage, page.data) == many()
    assert [name for name in page.data if name.startswith("landings.")] == [
        f"landings.{n}:json" for n in range(6)
    ]
    assert "open:landings.5" in page.buttons


def test_rows_stay_as_they_were_left_when_the_page_is_drawn_again():
    rows = many()["landings"]
    form = form_of(Voyage, many())

    data = Page(form_html(form, {}, frozenset(map(one_line, rows[2:])))).data

    assert [name for name in data if name.endswith(":json")] == [
        f"landings.{n}:json" for n in range(2, 6)
    ]
    assert document_from(Voyage, data) == many()


def test_the_fields_of_a_closed_row_are_those_of_its_form():
    row = many()["landings"][4]
    whole = Page(form_html(form_of(Voyage, many()), {}, frozenset())).data

    data = Page(fields_html(Voyage, "landings.4", row, {"port-4": "Port 4"})).data

    assert data.pop("landings") == ["4"]
    assert data == {name: whole[name] for name in whole if name.startswith("landings.4.")}


@pytest.mark.parametrize("name", ["", "landings", "landings.x", "log", "berth", "a.b", "aliases.0"])
def test_what_is_no_row_has_no_fields(name):
    with pytest.raises(LookupError):
        fields_html(Voyage, name, {}, {})


def test_the_sources_of_a_field_stand_beside_it():
    html = form_html(form_of(Voyage, many()), {"diary": "A diary"})

    box = html[html.index('id="f-left"') : html.index('id="f-returned"')]
    assert 'name="field_cites.0:name" value="left"' in box
    assert ">A diary</output>" in box
    assert "Sources of other fields" in html  # what the schema does not know is not lost
    assert 'value="cite:landings"' not in html


def test_rows_have_buttons_that_work_without_a_script():
    buttons = page_of(FULL).buttons

    for button in ("add:landings", "up:landings.1", "remove:landings.0.cites.0", "add:numbers",
                   "down:aliases.1", "add:field_cites.0", "remove:field_cites.0.0",
                   "cite:crew"):  # fmt: skip
        assert button in buttons


def test_a_template_of_every_list_is_at_hand_for_scripts():
    html = templates_html(Voyage)

    for name in ("aliases", "landings", "landings.cites", "field_cites"):
        assert f'<template id="t-{name}">' in html
    wanted = set(re.findall('data-template="([^"]+)"', form_html(form_of(Voyage, FULL), {}) + html))
    assert wanted <= set(re.findall('<template id="([^"]+)"', html))
    assert "~list~" in html
    assert "~row~.port" in html


def test_sections_count_their_rows():
    assert ("s-landings", "Landings", 2) in sections_of(form_of(Voyage, FULL))


def test_the_largest_treaty_is_drawn_within_a_second():
    schema = kind_named("instrument").schema
    text = (Path(settings.BASE_DIR) / "dataset/instruments/paris-agreement.yaml").read_text()
    document = validate(schema, parse_yaml(text))

    began = time.perf_counter()
    html = form_html(form_of(schema, document), {})

    assert time.perf_counter() - began < 1
    assert document_from(schema, Page(html).data) == document


@pytest.mark.parametrize(
    ("kind", "file", "most_bytes", "most_fields"),
    [
        ("body", "bodies/cern", 140_000, 300),
        ("instrument", "instruments/paris-agreement", 390_000, 1_000),
    ],
)
def test_a_form_is_light_since_closed_rows_travel_whole(kind, file, most_bytes, most_fields):
    schema = kind_named(kind).schema
    text = (Path(settings.BASE_DIR) / f"dataset/{file}.yaml").read_text()

    html = form_html(form_of(schema, validate(schema, parse_yaml(text))), {})

    assert len(f"{html}{templates_html(schema)}".encode()) < most_bytes
    assert len(Page(html).pairs) < most_fields


def test_the_fragments_show_errors_and_removed_rows():
    html = render_to_string(
        "kb/desk/form/_form.html",
        {"problems": [("Landings 1: Port", "Missing.", "f-x")], "removed": [("Callao", "{}")]},
    )

    assert '<a href="#f-x">Landings 1: Port</a> Missing.' in html
    assert 'value="put-back:0"' in html
    assert "1 thing to put right" in " ".join(html.split())
