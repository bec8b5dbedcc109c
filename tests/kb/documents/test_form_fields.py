"""A document as a form and back: nothing is lost, and every field says what it is."""

import json
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.form_actions import Removed, typed_in
from kb.documents.form_data import document_from, names_in
from kb.documents.form_fields import (
    FormNode,
    form_of,
    one_line,
    problem_targets,
    references_in,
    row_templates,
)
from kb.documents.form_specs import Spec, spec_of
from kb.documents.schema import (
    Field,
    InvalidDocument,
    Markdown,
    Part,
    Problem,
    Quote,
    Statement,
    term,
    validate,
)
from kb.documents.vocabulary import Term, Vocabulary
from tests.kb.documents.forms import posted
from tests.library.kinds import Book
from tests.voyages import RANKS, Voyage, cite, landing, voyage

FULL = voyage(
    aliases=["The raft", "Balsa"],
    left="1947-04-28",
    crew=6,
    was_lost=False,
    value="about 12",
    berth={"city": "Oslo", "latitude": 59.903},
    website="https://example.org/raft",
    log="# A heading\n\n  indented\n\nlast",
    numbers={"sail": "1", "mast": "2"},
    ships=["raft"],
    landings=[
        landing(id="l-1", begin="1947-08", cites=[cite("log-book", locator="p. 1")]),
        landing("raroia", note="On the reef", cites=[cite("chart"), cite("diary", quote="We are")]),
    ],
    remarks=[{"id": "r-1", "text": "x\ny", "about": "crew"}],
    field_cites={"left": [cite("diary")]},
)


def again(document: dict[str, Any], schema: type[Part] = Voyage) -> dict[str, Any]:
    return document_from(schema, posted(form_of(schema, document)))


def at(form: FormNode, name: str) -> FormNode:
    if form.name == name and form.path:
        return form
    found = [each for child in form.children for each in nodes(child) if each.name == name]
    return found[0]


def nodes(form: FormNode) -> list[FormNode]:
    return [form, *(each for child in form.children for each in nodes(child))]


def field(schema: type[Part], name: str) -> Spec:
    return next(each for each in spec_of(schema).fields if each.field == name)


# --- what a form asks ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "widget", "label", "is_required"),
    [
        ("kind", "fixed", "Kind", True),
        ("key", "fixed", "Key", True),
        ("name", "line", "Name", True),
        ("aliases", "values", "Aliases", False),
        ("left", "date", "Left", False),
        ("crew", "number", "Crew", False),
        ("was_lost", "boolean", "Was lost", False),
        ("value", "text-or-number", "Value", False),
        ("berth", "group", "Berth", False),
        ("website", "url", "Website", False),
        ("log", "text", "Log", False),
        ("numbers", "map", "Numbers", False),
        ("ships", "values", "Ships", False),
        ("landings", "rows", "Landings", False),
        ("field_cites", "map", "Field cites", False),
    ],
)
def test_each_type_of_field_has_its_widget(name, widget, label, is_required):
    spec = field(Voyage, name)

    assert (spec.widget, spec.label, spec.is_required) == (widget, label, is_required)


def test_a_field_explains_itself_with_what_its_schema_says():
    rows = field(Voyage, "landings").item
    assert rows is not None
    by_name = {spec.field: spec for spec in rows.fields}

    assert field(Voyage, "left").help == (
        "A date as exact as its source: YYYY, YYYY-MM or YYYY-MM-DD."
    )
    assert by_name["rank"].help == "What a landing is called."
    assert by_name["rank"].vocabulary is RANKS
    assert by_name["port"].kinds == ("port", "island")
    assert by_name["id"].widget == "hidden"


def test_few_terms_are_ticked_and_many_are_typed():
    many = Vocabulary("many", "Many", "x", tuple(Term(f"t{n}", "T", "x") for n in range(60)))

    class Ticked(Part):
        few: list[Annotated[str, term(RANKS)]] = Field(default_factory=list)
        more: list[Annotated[str, term(many)]] = Field(default_factory=list)

    assert [spec.widget for spec in spec_of(Ticked).fields] == ["terms", "values"]


def test_a_list_that_must_not_be_empty_shows_a_blank_row():
    class Claim(Statement):
        text: Annotated[str, Markdown(100)]
        quotes: Annotated[list["Said"], Field(min_length=1)]

    class Said(Part):
        said: Quote

    Claim.model_rebuild(_types_namespace={"Said": Said})

    form = form_of(Claim, {"text": "x"})

    assert [each.name for each in nodes(form)][-2:] == ["quotes.0", "quotes.0.said"]
    assert document_from(Claim, posted(form)) == {"text": "x"}


def test_a_row_is_called_what_the_schema_calls_it():
    assert at(form_of(Voyage, FULL), "landings.0").title == "callao · shelter"


def test_every_key_in_a_reference_is_told_so_that_its_name_can_be_shown():
    assert list(references_in(form_of(Voyage, FULL))) == [
        "raft", "callao", "log-book", "raroia", "chart", "diary", "crew", "diary",
    ]  # fmt: skip


def test_a_blank_row_of_every_list_waits_to_be_copied():
    templates = row_templates(Voyage)

    assert list(templates) == [
        "aliases", "numbers", "ships", "landings", "landings.cites", "remarks", "field_cites",
        "field_cites.*",
    ]  # fmt: skip
    assert [each.name for each in nodes(templates["landings.cites"])] == [
        "~row~", "~row~.source", "~row~.locator", "~row~.quote",
    ]  # fmt: skip


# --- there and back --------------------------------------------------------------------------


def test_a_document_comes_back_as_it_was():
    assert again(FULL) == validate(Voyage, FULL) == FULL


@pytest.mark.parametrize(
    "fields",
    [
        {"crew": "six"},
        {"crew": "6"},  # a text, which a box for numbers would make a number
        {"crew": 6.5},
        {"crew": True},
        {"crew": [6]},
        {"value": "12"},
        {"value": 12},
        {"value": '"12"'},
        {"value": '"'},
        {"value": False},
        {"was_lost": "true"},
        {"was_lost": "perhaps"},
        {"name": 7},
        {"name": {"en": "x"}},
        {"name": "two\nlines"},
        {"name": "a\rb"},
        {"name": "a\u202eb"},
        {"name": '{"looks": "like JSON"}'},
        {"aliases": "not a list"},
        {"aliases": "[1, 2]"},
        {"aliases": ["x", 7]},
        {"aliases": [["x"]]},
        {"aliases": ["two\nlines", "x"]},
        {"berth": "Oslo"},
        {"berth": ["Oslo"]},
        {"landings": "none"},
        {"landings": ["callao", landing(), 7, ["x"]]},
        {"landings": [{"port": ["callao"], "cites": "log-book"}]},
        {"landings": [{"id": 7}, {"id": "l-1", "port": None} | {"port": "x"}]},
        {"numbers": ["1"]},
        {"numbers": {"a.b": "1", "a\nb": "2", '"q"': "3", "": "4", " ": "5"}},
        {"field_cites": {"left": "diary", "crew": [cite("x")]}},
        {"retired": {"deep": [1, None, {"x": "y"}]}, "other.one": "text"},
        {"retired": "12"},
        {"berth": {"city": "Oslo", "pier": 3}},
        {"landings": [{"port": "callao", "odd:name": [1]}]},
    ],
)
def test_an_invalid_draft_keeps_what_it_holds(fields):
    assert again(voyage(**fields)) == voyage(**fields)


def test_a_value_of_the_wrong_type_is_shown_as_json():
    form = form_of(Voyage, voyage(landings={"port": "callao"}, retired=[1]))

    assert at(form, "landings").widget == "raw"
    assert json.loads(at(form, "landings").value) == {"port": "callao"}
    assert at(form, ":more.0").label == "retired"


def test_what_is_no_json_stays_in_its_box():
    data = {"kind": "voyage", "landings:json": "[{,]"}

    document = document_from(Voyage, data)

    assert document == {"kind": "voyage", "landings": "[{,]"}
    assert at(form_of(Voyage, document), "landings").value == "[{,]"


TEXTS = st.text(min_size=1).filter(lambda text: text.strip() and "\ud800" not in text)
SCALARS = st.one_of(TEXTS, st.integers(-(2**60), 2**60), st.booleans(), st.floats(-1e9, 1e9))
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.dictionaries(TEXTS, inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Voyage.model_fields, "odd"]), ANYTHING))
def test_anything_in_any_field_comes_back(fields):
    assert again(fields) == fields


@given(TEXTS, TEXTS)
def test_odd_texts_come_back(one, other):
    document = voyage(
        name=one, log=other, aliases=[one, other], landings=[landing(note=other, cites=[cite(one)])]
    )

    assert again(document) == document


# --- what was typed --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"crew": " 6 "}, {"crew": 6}),
        ({"crew": "six"}, {"crew": "six"}),
        ({"crew": "1e999"}, {"crew": "1e999"}),
        ({"crew": "9" * 60}, {"crew": "9" * 60}),
        ({"crew": ""}, {}),
        ({"name": "  "}, {}),
        ({"log": "a\r\nb\rc"}, {"log": "a\nb\nc"}),
        ({"was_lost": "false"}, {"was_lost": False}),
        ({"value": '"12"'}, {"value": "12"}),
        ({"value": "12"}, {"value": 12}),
        ({"aliases": ["", "x", " "]}, {"aliases": ["x"]}),
        ({"berth.city": ""}, {}),
        ({"landings": ["0"], "landings.0.port": ""}, {}),
        ({"landings.0.port": "callao"}, {}),  # its row was removed
        (
            {"landings": ["4", "1", "4"], "landings.1.port": "a", "landings.4.port": "b"},
            {"landings": [{"port": "b"}, {"port": "a"}]},
        ),
        (
            {"numbers": ["0", "1"], "numbers.0:name": "a", "numbers.0": "1"}
            | {"numbers.1:name": "a", "numbers.1": "2"},
            {"numbers": {"a": "1", "a (2)": "2"}},  # neither is lost
        ),
        ({"numbers": ["0"], "numbers.0:name": "a"}, {"numbers": {"a": ""}}),
    ],
)
def test_what_was_typed_becomes_a_document(data, fields):
    assert document_from(Voyage, data) == fields


# --- problems at their places ----------------------------------------------------------------


def problems_of(document: dict[str, Any]) -> tuple[Problem, ...]:
    with pytest.raises(InvalidDocument) as refused:
        validate(Voyage, document)
    return refused.value.problems


@pytest.mark.parametrize(
    ("fields", "id_"),
    [
        ({"left": "1947-13"}, "f-left"),
        ({"landings": [landing(), landing(begin="x")]}, "f-landings.1.from"),
        ({"landings": [landing(cites=[{"locator": "1"}])]}, "f-landings.0.cites.0.source"),
        ({"aliases": ["x", "x"]}, "f-aliases.1"),
        ({"ships": ["a1", "b1", "c1", "d1"]}, "f-ships"),
        ({"numbers": {"a": 7}}, "f-numbers.0"),
        ({"landings": "none"}, "f-landings"),
        ({"landings": [{"port": ["x", {}], "rank": "shelter"}]}, "f-landings.0.port"),
        ({"field_cites": {"left": [{"source": "?"}]}}, "f-field_cites.0.0.source"),
        ({"retired": 1}, "f-:more.0"),
        ({"landings": [landing(id="?")]}, "f-landings.0.id"),
        ({"was_lost": True, "returned": "1947"}, "f-returned"),
    ],
)
def test_a_problem_stands_at_its_field(fields, id_):
    document = voyage(**fields)
    problems = problems_of(document)

    targets = list(problem_targets(form_of(Voyage, document, problems)))

    assert (problems[0], id_) in targets
    assert len(targets) == len(problems)


def test_a_problem_of_the_whole_document_stands_at_the_form():
    problem = Problem("", "too-large", "too large", "Shorten it.")

    assert list(problem_targets(form_of(Voyage, FULL, [problem]))) == [(problem, "form")]


def test_an_id_is_seen_only_where_something_is_wrong_with_it():
    document = voyage(remarks=[{"id": "?", "text": "x"}, {"id": "r-2", "text": "y"}])

    form = form_of(Voyage, document, problems_of(document))

    assert at(form, "remarks.0.id").widget == "line"
    assert at(form, "remarks.1.id").widget == "hidden"


def test_a_row_that_nobody_has_begun_lacks_nothing_yet():
    document = voyage(landings=[{}, landing("?")])

    targets = problem_targets(form_of(Voyage, document, problems_of(document)))

    assert [id_ for _problem, id_ in targets] == ["f-landings.1.port"]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("landings", 0, "port"), "landings.9.port"),
        (("landings", 1, "cites", 0, "source"), "landings.4.cites.2.source"),
        (("landings", 7, "port"), "landings"),
        (("field_cites", "left", 0, "source"), "field_cites.3.5.source"),
        (("aliases", 1), "aliases"),
        (("name",), "name"),
        ((), ""),
    ],
)
def test_a_place_in_the_document_has_the_name_under_which_it_was_posted(path, name):
    data = {
        "landings": ["9", "8", "4"], "landings.9.port": "a", "landings.4.port": "b",
        "landings.4.cites": ["1", "2"], "landings.4.cites.2.source": "x",
        "field_cites": ["3"], "field_cites.3:name": "left", "field_cites.3": ["5"],
        "field_cites.3.5.source": "y", "aliases": ["", "x", "x"],
    }  # fmt: skip

    assert names_in(Voyage, data)(path) == name


# --- buttons ---------------------------------------------------------------------------------


def pressed(document: dict[str, Any], button: str, **more: Any) -> Any:
    return typed_in(Voyage, posted(form_of(Voyage, document)) | {"do": button} | more)


def test_a_row_is_added_at_the_end():
    assert pressed(FULL, "add:landings").document["landings"][2:] == [{}]
    assert pressed(FULL, "add:landings.0.cites").document["landings"][0]["cites"][1:] == [{}]
    assert pressed(FULL, "add:aliases").document["aliases"] == ["The raft", "Balsa", ""]
    assert pressed(FULL, "add:field_cites").document["field_cites"][""] == []
    assert pressed(voyage(), "add:numbers").document["numbers"] == {"": ""}


def test_rows_that_were_added_stay_until_something_is_typed():
    added = pressed(FULL, "add:landings").document

    twice = pressed(added, "add:landings.2.cites").document

    assert twice["landings"][2:] == [{"cites": [{}]}]
    assert again(twice) == FULL


def test_rows_change_places():
    ports = [row["port"] for row in pressed(FULL, "up:landings.1").document["landings"]]

    assert ports == ["raroia", "callao"]
    assert pressed(FULL, "down:aliases.0").document["aliases"] == ["Balsa", "The raft"]
    assert pressed(FULL, "up:landings.0").document["landings"] == FULL["landings"]
    assert pressed(FULL, "down:landings.1").document["landings"] == FULL["landings"]


def test_a_button_means_the_row_that_was_posted_under_its_number():
    data = {"landings": ["9", "4"], "landings.4.port": "a", "landings.9.port": "b"}

    typed = typed_in(Voyage, data | {"do": "up:landings.4"})

    assert typed.document["landings"] == [{"port": "a"}, {"port": "b"}]


def test_a_row_that_is_closed_travels_whole():
    closed = {"landings": ["0", "1"], "landings.0:json": '{"port":"raroia"}',
              "landings.1:json": '{"port":"callao","note":"a\\nb","crew":1.5}'}  # fmt: skip

    typed = typed_in(Voyage, closed | {"do": "up:landings.1"})

    assert typed.document["landings"] == [
        {"port": "callao", "note": "a\nb", "crew": 1.5}, {"port": "raroia"},
    ]  # fmt: skip
    assert typed.closed == frozenset(one_line(row) for row in typed.document["landings"])
    assert names_in(Voyage, closed)(("landings", 1, "cites", 0)) == "landings.1.cites.0"


def test_a_row_that_was_opened_is_closed_no_longer():
    closed = {"landings": ["0"], "landings.0:json": '{"port":"raroia"}'}

    typed = typed_in(Voyage, closed | {"do": "open:landings.0"})

    assert typed.document["landings"] == [{"port": "raroia"}]
    assert typed.closed == frozenset()


def test_a_source_is_added_to_a_field_of_the_document():
    added = pressed(FULL, "cite:crew").document

    assert added["field_cites"] == {"left": [cite("diary")], "crew": [{}]}
    assert again(added) == FULL  # nothing was typed
    assert pressed(voyage(), "cite:left").document["field_cites"] == {"left": [{}]}


def test_the_last_source_of_a_field_takes_its_entry_with_it():
    without = pressed(FULL, "remove:field_cites.0.0")

    back = pressed(without.document, "put-back:0", removed=[str(without.removed[0])])

    assert without.document["field_cites"] == {}
    assert back.document == FULL


@pytest.mark.parametrize(
    "name", ["landings.0", "landings.1.cites.1", "aliases.1", "numbers.1", "field_cites.0"]
)
def test_what_was_removed_can_be_put_back(name):
    without = pressed(FULL, f"remove:{name}")

    back = pressed(without.document, "put-back:0", removed=[str(without.removed[0])])

    assert without.document != FULL
    assert back.document == FULL
    assert back.removed == ()


def test_what_was_removed_is_kept_until_the_next_save():
    first = pressed(FULL, "remove:landings.0")
    second = pressed(first.document, "remove:aliases.0", removed=[str(first.removed[0])])

    assert [removed.path for removed in second.removed] == [("landings", 0), ("aliases", 0)]
    assert second.removed[0].row == FULL["landings"][0]


SENSELESS = [
    "up",
    "remove:landings.7",
    "remove:berth",
    "add:name",
    "up:name",
    "remove:x.y",
    "eat:it",
    "put-back:0",
    "put-back:x",
    "remove:landings",
    "add:landings.0",
    "up:",
    "add:",
    "remove:landings.x",
    "open:landings.7",
    "open:",
]


@pytest.mark.parametrize("button", ["", *SENSELESS])
def test_a_button_that_makes_no_sense_does_nothing(button):
    assert pressed(FULL, button).document == FULL


@pytest.mark.parametrize("text", ["", "x", "[]", '{"path": [], "row": 1}', '{"path": [{}]}'])
def test_a_removed_row_that_was_tampered_with_is_none(text):
    assert Removed.read(text) is None


def test_a_row_without_fields_of_its_own_works_in_another_subject():
    document = {"kind": "book", "key": "moby", "title": "Moby", "loans": [{"reader": "ada"}]}

    assert again(document, Book) == document
