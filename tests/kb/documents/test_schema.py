"""What a schema refuses, in which words, and what a valid document becomes."""

import time
from datetime import date
from typing import Any

import jsonschema
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kb.documents.problems import value_at
from kb.documents.schema import (
    InvalidDocument,
    Part,
    Problem,
    field_order,
    json_schema,
    validate,
)
from tests.voyages import Cite, Landing, Voyage, cite, landing, voyage

WRITE_A_DATE = "Write YYYY, YYYY-MM or YYYY-MM-DD."


def problems_of(document: Any, schema: type[Part] = Voyage) -> list[str]:
    """The messages for a document, empty when it is valid."""
    try:
        validate(schema, document)
    except InvalidDocument as invalid:
        return [str(problem) for problem in invalid.problems]
    return []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        # fields
        ({"nam": "x"}, "nam: “nam” is not a field here. Did you mean “name”?"),
        ({"Landings": "x"}, "Landings: “Landings” is not a field here. Did you mean “landings”?"),
        (
            {"berth": {"city": "Oslo", "zzz": 1}},
            "berth.zzz: “zzz” is not a field here. The fields here are city, latitude.",
        ),
        ({"from_": "x"}, "from_: “from_” is not a field here."),
        ({"name": None}, "name: missing. Add the field “name”: it is required."),
        ({"name": ""}, "name: missing. Add the field “name”: it is required."),
        ({"name": "  \n "}, "name: missing. Add the field “name”: it is required."),
        ({"berth": {"latitude": 1}}, "berth.city: missing. Add the field “city”: it is required."),
        ({"landings": [{}]}, "landings[0].port: missing. Add the field “port”: it is required."),
        # types
        ({"name": 3}, "name: the number 3 is not text. Put quotes around it: '3'."),
        ({"name": ["a"]}, "name: a list of 1 is not text. Write text."),
        ({"name": {"en": "a"}}, "name: fields (en) is not text. Write text."),
        ({"name": True}, "name: true is not text. Put quotes around it: 'true'."),
        ({"crew": "5"}, "crew: “5” is not a whole number. Write a whole number."),
        ({"crew": 5.5}, "crew: the number 5.5 is not a whole number. Write a whole number."),
        ({"crew": True}, "crew: true is not a whole number. Write a whole number."),
        ({"was_lost": "yes"}, "was_lost: “yes” is not true or false. Write true or false."),
        ({"was_lost": 1}, "was_lost: the number 1 is not true or false. Write true or false."),
        ({"berth": "Oslo"}, "berth: “Oslo” is not a mapping of fields. Write its fields: city, "),
        ({"berth": ["Oslo"]}, "berth: a list of 1 is not a mapping of fields."),
        ({"aliases": "Raft"}, "aliases: “Raft” is not a list. Write a list, even of one: begin"),
        ({"landings": {"port": "callao"}}, "landings: fields (port) is not a list."),
        ({"landings": ["callao"]}, "landings[0]: “callao” is not a mapping of fields."),
        ({"numbers": ["imo"]}, "numbers: a list of 1 is not a mapping of names to values."),
        ({"numbers": {"imo": 7}}, "numbers.imo: the number 7 is not text. Put quotes around it"),
        ({"aliases": [None]}, "aliases[0]: nothing is not text. Write text."),
        ({"value": ["a"]}, "value: a list of 1 is not text."),
        ({"left": date(1947, 4, 28)}, "left: 1947-04-28 is not text. Put quotes around it: '1947-"),
        ({"left": {1, 2}}, "left: {1, 2} (set) is no JSON value."),
        ({"name": b"bytes"}, "name: b'bytes' (bytes) is no JSON value."),
        ({"kind": "voyag"}, "kind: “voyag” is not right here. Write voyage."),
        # terms
        (
            {"landings": [landing(rank="shelt")]},
            "landings[0].rank: “shelt” is not a term of ranks. Did you mean “shelter”?",
        ),
        (
            {"landings": [landing(rank="Port_of_Call")]},
            "landings[0].rank: “Port_of_Call” is not a term of ranks. Did you mean “port-of-call”?",
        ),
        (
            {"landings": [landing(rank="xyz")]},
            "landings[0].rank: “xyz” is not a term of ranks. Write one of: port-of-call, shelter.",
        ),
        ({"landings": [landing(rank=1)]}, "landings[0].rank: the number 1 is not text."),  # type: ignore[arg-type]
        # dates
        ({"left": "1947-13"}, f"left: “1947-13” is not a date (month 13). {WRITE_A_DATE}"),
        (
            {"landings": [landing(begin="1947-02-30")]},
            "landings[0].from: “1947-02-30” is not a date (day 30 in February 1947). Write YYYY",
        ),
        ({"left": 1947}, "left: the number 1947 is not text. Put quotes around it: '1947'."),
        ({"left": "in spring"}, f"left: “in spring” is not a date. {WRITE_A_DATE}"),
        # texts
        ({"name": "x" * 201}, "has 201 characters. Shorten it to 200 characters or fewer."),
        ({"log": "x" * 20_001}, "has 20,001 characters. Shorten it to 20,000 characters or fewer."),
        ({"name": "a\nb"}, "name: “a b” has a line break or a tab in it. Write it on one line."),
        ({"name": "a\tb"}, "name: “a b” has a line break or a tab in it. Write it on one line."),
        ({"aliases": [" "]}, "aliases[0]: an empty text. Write something or leave it out."),
        (
            {"landings": [landing(cites=[cite("s-1", quote="w " * 51)])]},
            "landings[0].cites[0].quote: a quote of 51 words. Quote at most 50 words: leave some",
        ),
        (
            {"landings": [landing(cites=[cite("s-1", quote="字" * 601)])]},
            "has 601 characters. Shorten it to 600 characters or fewer.",
        ),
        # characters
        ({"name": "a\x07b"}, "name: the control character U+0007 at character 2. Delete it:"),
        ({"log": "a\u202eb"}, "log: U+202E (right-to-left override) at character 2. Delete it:"),
        ({"log": "a\ud800"}, "log: the control character U+D800 at character 2. Delete it:"),
        ({"log": "\ufeffa"}, "log: U+FEFF (zero width no-break space) at character 1."),
        ({"log": "a\u2028b"}, "log: U+2028 (line separator) at character 2."),
        ({"numbers": {"a\x00": "1"}}, "numbers: the field's name “a�” holds a control character."),
        (
            {"numbers": {1: "1"}},
            "numbers: the number 1 is not a field's name. Put quotes around it",
        ),
        # keys, references, ids, addresses
        ({"key": "Kon-Tiki"}, "key: “Kon-Tiki” is not a key. Write 2 to 80 of the letters a-z, "),
        ({"key": "k"}, "key: “k” is not a key."),
        ({"key": "k" * 81}, "is not a key."),
        ({"key": "kön-tiki"}, "key: “kön-tiki” is not a key."),
        ({"key": "a\nb"}, "key: “a b” is not a key."),
        ({"ships": ["Kon Tiki"]}, "ships[0]: “Kon Tiki” is not a key."),
        ({"landings": [landing(port="Callao!")]}, "landings[0].port: “Callao!” is not a key."),
        ({"landings": [landing(id="-a")]}, "landings[0].id: “-a” is not an id. Write 1 to 40 of"),
        ({"landings": [landing(id="a" * 41)]}, "is not an id."),
        ({"website": "home.cern"}, "website: “home.cern” is not a web address. Write the whole"),
        ({"website": "ftp://a.b"}, "website: “ftp://a.b” is not a web address."),
        (
            {"website": "javascript:alert(1)"},
            "website: “javascript:alert(1)” is not a web address.",
        ),
        ({"website": "https://"}, "website: “https://” is not a web address."),
        ({"website": "https://a b"}, "website: “https://a b” is not a web address."),
        ({"website": "https://user:pw@a.b/"}, "is not a web address."),
        ({"website": 'https://a.b/"><script>'}, "is not a web address."),
        ({"website": "https://a.b/" + "x" * 2000}, "has 2,012 characters."),
        # numbers
        ({"crew": 0}, "crew: the number 0 is out of range. Write a number of at least 1."),
        ({"crew": 5000}, "crew: the number 5000 is out of range. Write a number below 5000."),
        (
            {"berth": {"city": "Oslo", "latitude": 90.5}},
            "berth.latitude: the number 90.5 is out of range. Write a number of at most 90.",
        ),
        ({"value": float("nan")}, "value: nan is not a number. Write a number."),
        ({"value": float("inf")}, "value: inf is not a number. Write a number."),
        ({"value": 2**53}, "value: the number 9007199254740992 is too large. Write a number betw"),
        ({"value": -1e300}, "value: the number -1e+300 is too large."),
        # lists
        ({"ships": ["aa", "bb", "cc", "dd"]}, "ships: 4 are too many. Give at most 3."),
        ({"aliases": ["a", "b", "a"]}, "aliases[2]: “a” stands in the list twice. Delete one of "),
        ({"aliases": ["\xe9", "e\u0301"]}, "aliases[1]: “é” stands in the list twice."),
        (
            {"landings": [landing(id="a"), landing("raroia", id="a")]},
            "landings[1].id: “a” is the id of landings[0] too. Give it another id, or none",
        ),
        (
            {"landings": [landing(id="a")], "remarks": [{"id": "a", "text": "x"}]},
            "remarks[0].id: “a” is the id of landings[0] too.",
        ),
        # rules of the schemas
        (
            {"landings": [landing(begin="1950", to="1949")]},
            "landings[0].to: 1949 is before 1950. Swap them.",
        ),
        ({"was_lost": True, "returned": "1947"}, "returned: a lost ship. Leave one of them out."),
    ],
)
def test_an_error_says_where_what_was_found_and_what_to_do(fields, message):
    found = problems_of(voyage(**fields))

    assert any(message in each for each in found), found


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (None, "the document: nothing instead of a document. Write fields and their values."),
        ([], "the document: an empty list instead of a document."),
        ("text", "the document: “text” instead of a document."),
    ],
)
def test_a_document_is_a_mapping(document, message):
    assert problems_of(document)[0].startswith(message)


def test_every_problem_comes_at_once_in_the_order_of_the_schema():
    document = {
        "nonsense": 1,
        "landings": [
            landing(rank="shelt"),
            landing(begin="1950", to="1949", cites=[cite("x-1", quote="w " * 51)]),
            landing(begin="1950", to="1949"),
            {},
        ],
        "left": "1947-13",
        "log": "a\x07",
        "aliases": ["a", "a"],
        "key": "K",
        "kind": "voyage",
    }

    places = [message.split(":")[0] for message in problems_of(document)]

    assert places == [
        "key",
        "name",
        "aliases[1]",
        "left",
        "log",
        "landings[0].rank",
        "landings[1].cites[0].quote",
        "landings[2].to",  # a rule over two fields, of a row that is otherwise valid
        "landings[3].port",
        "landings[3].rank",
        "nonsense",
    ]


def test_rows_are_numbered_as_they_were_written():
    """Empty fields go, empty rows stay: the editor's third row is our third row."""
    found = problems_of(voyage(landings=[landing(), {"port": ""}, landing(rank="x")]))

    assert [message.split(":")[0] for message in found] == [
        "landings[1].port",
        "landings[1].rank",
        "landings[2].rank",
    ]


def test_all_rules_speak_at_once():
    rows = [landing(begin="1950", to="1949"), landing(begin="1951"), landing(begin="2", to="1")]
    rows[2] = landing("raroia", begin="1952", to="1951")

    found = problems_of(voyage(landings=rows, was_lost=True, returned="1947"))

    assert [message.split(":")[0] for message in found] == [
        "returned",
        "landings[0].to",
        "landings[2].to",
    ]


def test_an_odd_character_does_not_hide_other_problems_nor_invent_any():
    found = problems_of(voyage(log="a\x07", aliases=None, left="1947-13", returned=""))

    assert [message.split(":")[0] for message in found] == ["left", "log"]


@pytest.mark.parametrize(
    "website",
    [
        "https://home.cern",
        "http://a.b:8080/c?d=e&f=(g)#h",
        "https://www.un.org/%D9%85/é",
        "https://bücher.example/",
        "https://a.b/c@d:e",
        "https://127.0.0.1",
    ],
)
def test_web_addresses_are_taken(website):
    assert problems_of(voyage(website=website)) == []


def test_a_valid_document_becomes_normal():
    written = {
        "landings": [
            {"cites": [], "rank": "shelter", "port": "callao", "from": "1947", "to": None}
        ],
        "log": "\r\nOne line.\r\nAnother \rone. \n",
        "name": "  Kon-Tiki e\u0301 ",
        "aliases": [],
        "numbers": {"z": "1", "imo": " 7 ", "empty": ""},
        "crew": 6.0,
        "berth": {"latitude": -0.0, "city": "Oslo"},
        "was_lost": False,
        "value": 0,
        "website": None,
        "field_cites": {"left": []},
        "key": "kon-tiki",
        "kind": "voyage",
    }

    normal = validate(Voyage, written)

    assert normal == {
        "kind": "voyage",
        "key": "kon-tiki",
        "name": "Kon-Tiki \xe9",
        "crew": 6,
        "was_lost": False,
        "value": 0,
        "berth": {"city": "Oslo", "latitude": 0},
        "log": "One line.\nAnother \none.",
        "numbers": {"imo": "7", "z": "1"},
        "landings": [{"port": "callao", "rank": "shelter", "from": "1947"}],
    }
    assert list(normal) == [name for name in field_order(Voyage) if name in normal]
    assert list(normal["landings"][0]) == ["port", "rank", "from"]
    assert list(normal["numbers"]) == ["imo", "z"]
    assert isinstance(normal["crew"], int)


def test_validating_changes_nothing_in_what_it_was_given():
    written = voyage(aliases=[" a "], landings=[landing(to=None)])

    validate(Voyage, written)

    assert written == voyage(aliases=[" a "], landings=[landing(to=None)])


def test_right_to_left_text_is_text():
    assert validate(Voyage, voyage(name="מסע \u200fقون تيكي"))["name"] == "מסע \u200fقون تيكي"


def test_the_field_order_is_the_order_of_the_schema():
    assert field_order(Landing) == ("id", "port", "rank", "from", "to", "note", "cites")


def test_fifty_words_may_be_quoted():
    quoted = landing(cites=[cite("s-1", quote="word " * 50)])

    assert problems_of(voyage(landings=[quoted])) == []


def test_deep_nesting_is_refused_without_descending():
    deep: Any = "x"
    for _ in range(100_000):
        deep = [deep]

    found = problems_of(voyage(value=deep))

    assert "value[0][0]: nested too deeply. Nest at most 40 levels." in found


@pytest.mark.parametrize(
    "fields",
    [
        {"aliases": [1] * 100_000},
        {"aliases": ["a"] * 100_000},
        {"aliases": ["\x07"] * 100_000},
        {"landings": [{}] * 50_000},
        {"landings": [landing(begin="1950", to="1949")] * 15_000},
        {f"field-{number}": 1 for number in range(50_000)},
    ],
)
def test_a_flood_of_problems_is_cut_and_says_so(fields):
    started = time.perf_counter()

    found = problems_of(voyage(**fields))

    assert len(found) <= 501
    assert "the document: there are more than 500 problems." in found[-1] or (
        "problems, too many to be listed. Check that this is the right file." in found[0]
    )
    assert time.perf_counter() - started < 10


def test_a_very_long_name_is_cut():
    (message,) = problems_of(voyage(**{"x" * 1_000_000: 1}))

    assert len(message) < 1000


def test_a_document_over_a_mebibyte_is_refused():
    rows = [{"text": "x" * 500, "id": f"r-{number}"} for number in range(1900)]
    assert problems_of(voyage(remarks=rows)) == []

    rows += [{"text": "x" * 500, "id": f"s-{number}"} for number in range(2000)]

    (message,) = problems_of(voyage(remarks=rows))
    assert message.endswith("bytes as JSON. Shorten it to 1,048,576 bytes or fewer.")


def test_a_rule_sees_dates_as_dates():
    row = Landing.model_validate(landing(begin="1947"))

    assert row.from_ is not None
    assert row.from_.latest == date(1947, 12, 31)


def test_a_type_that_json_cannot_hold_is_refused_when_the_schema_is_used():
    class Wrong(Part):
        pair: tuple[str, str]

    with pytest.raises(TypeError, match="write list"):
        validate(Wrong, {"pair": ["a", "b"]})


# --- any input -------------------------------------------------------------------------------

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.dates()
    | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
        | st.fixed_dictionaries(
            {},
            optional={"port": inner, "rank": inner, "from": inner, "cites": inner, "source": inner},
        )
    ),
    max_leaves=8,
)
odd_voyages = st.fixed_dictionaries({}, optional=dict.fromkeys(field_order(Voyage), anything))


def refused(document: Any) -> tuple[Problem, ...]:
    """The problems of a document, none when it is valid."""
    try:
        validate(Voyage, document)
    except InvalidDocument as invalid:
        return invalid.problems
    return ()


@given(odd_voyages)
def test_no_input_breaks_validation_and_every_problem_has_its_place(document):
    for problem in refused(document):
        assert problem.found
        assert problem.remedy
        assert problem.code == problem.code.lower()
        assert len(str(problem)) < 500
        is_missing = problem.code == "missing-field"
        value_at(document, problem.path[:-1] if is_missing else problem.path)


lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=20)
keys = st.from_regex(r"[a-z][a-z0-9-]{1,9}", fullmatch=True)
dates = st.dates().map(str) | st.integers(1, 9999).map(lambda year: f"{year:04}")
cites = st.lists(st.fixed_dictionaries({"source": keys}, optional={"locator": lines}), max_size=3)
landings = st.fixed_dictionaries(
    {"port": keys, "rank": st.sampled_from(["port-of-call", "shelter"])},
    optional={"from": dates, "note": lines, "cites": cites},
)
voyages = st.fixed_dictionaries(
    {"kind": st.just("voyage"), "key": keys, "name": lines},
    optional={
        "aliases": st.lists(lines, max_size=4),
        "left": dates,
        "crew": st.integers(1, 4999),
        "value": lines | st.integers(-1000, 1000) | st.floats(-1e6, 1e6),
        "numbers": st.dictionaries(lines, lines, max_size=4),
        "landings": st.lists(landings, max_size=5),
        "field_cites": st.dictionaries(keys, cites, max_size=3),
    },
)


@given(voyages)
def test_validating_twice_changes_nothing(document):
    assume(not refused(document))
    normal = validate(Voyage, document)

    assert validate(Voyage, normal) == normal
    assert list(validate(Voyage, normal)) == list(normal)


@given(voyages)
def test_only_a_repeat_is_wrong_with_such_documents(document):
    assert {problem.code for problem in refused(document)} <= {"repeated-value"}


JSON_SCHEMA = jsonschema.Draft202012Validator(json_schema(Voyage))


@given(voyages)
def test_a_normal_document_is_valid_by_its_json_schema(document):
    assume(not refused(document))

    JSON_SCHEMA.validate(validate(Voyage, document))


# --- JSON Schema -----------------------------------------------------------------------------


def test_the_json_schema_says_what_a_normal_document_holds():
    described = json_schema(Voyage)
    fields = described["properties"]

    jsonschema.Draft202012Validator.check_schema(described)
    assert described["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert described["additionalProperties"] is False
    assert described["required"] == ["kind", "key", "name"]
    assert fields["kind"] == {"const": "voyage", "type": "string"}
    assert fields["crew"] == {"type": "integer", "minimum": 1, "exclusiveMaximum": 5000}
    assert fields["left"]["pattern"].startswith("^[0-9]{4}")
    assert fields["log"]["contentMediaType"] == "text/markdown"
    assert fields["ships"]["items"]["x-kinds"] == ["ship"]
    landings = described["$defs"]["Landing"]["properties"]
    assert list(landings) == ["id", "port", "rank", "from", "to", "note", "cites"]
    assert landings["rank"]["enum"] == ["port-of-call", "shelter"]
    assert landings["rank"]["x-vocabulary"] == "ranks"


def test_the_json_schema_holds_neither_null_nor_defaults():
    def walk(value: Any) -> None:
        if isinstance(value, dict):
            assert "default" not in value
            assert value.get("type") != "null"
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(json_schema(Voyage))


@pytest.mark.parametrize(
    "fields",
    [
        {"left": "1947-13"},
        {"website": "ftp://a.b"},
        {"crew": 0},
        {"landings": [{"port": "callao"}]},
        {"aliases": "x"},
        {"unknown": 1},
        {"name": "a\nb"},
    ],
)
def test_the_json_schema_refuses_what_the_schema_refuses(fields):
    assert not JSON_SCHEMA.is_valid(voyage(**fields))
    assert problems_of(voyage(**fields))


def test_a_part_can_be_checked_on_its_own():
    assert validate(Cite, {"locator": "p. 1", "source": "log-book"}) == cite(
        "log-book", locator="p. 1"
    )
    with pytest.raises(InvalidDocument) as caught:
        validate(Cite, {"sorce": "log-book"})
    assert caught.value.problems == (
        Problem("source", "missing-field", "missing", "Add the field “source”: it is required."),
        Problem("sorce", "unknown-field", "“sorce” is not a field here", "Did you mean “source”?"),
    )
