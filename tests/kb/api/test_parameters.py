from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.filters import Parameter
from kb.parameters import UnreadableAddress, Wrong, declared_by, fault, read, wrong_in

SIZE = Parameter("size", "", {"type": "integer", "minimum": 1, "maximum": 200})
COLOUR = Parameter("colour", "", {"type": "string", "enum": ["red", "green"]}, repeat=True)
FIELDS = Parameter("fields", "", {"type": "array", "items": {"enum": ["name", "topics"]}})
DAY = Parameter("on", "", {"type": "string", "format": "date"})
KEY = Parameter("who", "", {"type": "string", "pattern": "^[a-z0-9-]{2,80}$"})
DECLARED = declared_by([SIZE, COLOUR, FIELDS, DAY, KEY])


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {}),
        ("a=1&a=2&b=%C3%A9+x", {"a": ["1", "2"], "b": ["é x"]}),
        ("a", {"a": [""]}),
        ("&&a=1&", {"a": ["1"]}),
        ("a=b=c", {"a": ["b=c"]}),
    ],
)
def test_a_query_string_is_read_in_its_order(query, found):
    assert read(query) == found


@given(st.dictionaries(st.text(min_size=1), st.text(), max_size=5))
def test_any_text_without_nul_survives_the_way_through_an_address(pairs):
    query = "&".join(
        f"{quote(name, safe='')}={quote(text, safe='')}" for name, text in pairs.items()
    )

    if "\0" in "".join([*pairs, *pairs.values()]):
        with pytest.raises(UnreadableAddress):
            read(query)
    else:
        assert read(query) == {name: [text] for name, text in pairs.items()}


@pytest.mark.parametrize("query", ["a=%ff", "%C3=1", "a=%00", "a=\xff"])
def test_what_is_not_utf_8_or_holds_a_nul_cannot_be_read(query):
    with pytest.raises(UnreadableAddress):
        read(query)


@pytest.mark.parametrize(
    ("given_values", "code", "says"),
    [
        ({"siez": ["3"]}, "unknown", "Did you mean “size”?"),
        ({"size": ["3", "4"]}, "repeated", "only once"),
        ({"size": [""]}, "empty", "empty"),
        ({"size": ["0"]}, "invalid", "from 1 to 200"),
        ({"size": ["three"]}, "invalid", "“three” is not a whole number"),
        ({"size": ["٣"]}, "invalid", "whole number"),
        ({"size": ["9" * 30]}, "invalid", "whole number"),
        ({"colour": ["red", "grene"]}, "invalid", "Did you mean “green”?"),
        ({"fields": ["name,tpoics"]}, "invalid", "Did you mean “topics”?"),
        ({"fields": ["name,"]}, "invalid", "not one of the values"),
        ({"on": ["2020-02-30"]}, "invalid", "not a day"),
        ({"on": ["2020"]}, "invalid", "YYYY-MM-DD"),
        ({"who": ["Cern"]}, "invalid", "right form"),
        ({"who": ["cern\n"]}, "invalid", "right form"),
    ],
)
def test_what_is_wrong_with_a_parameter_is_said_with_the_nearest_right_one(
    given_values, code, says
):
    (error,) = wrong_in(given_values, DECLARED)

    assert (error.parameter, error.code) == (next(iter(given_values)), code)
    assert says in error.detail


def test_all_that_is_wrong_is_said_at_once():
    errors = wrong_in({"x": ["1"], "size": ["0"], "on": ["-"]}, DECLARED, required=["who"])

    assert [(error.parameter, error.code) for error in errors] == [
        ("who", "missing"),
        ("x", "unknown"),
        ("size", "invalid"),
        ("on", "invalid"),
    ]
    assert all(isinstance(error, Wrong) for error in errors)


@pytest.mark.parametrize(
    "given_values",
    [
        {"size": ["200"]},
        {"colour": ["red", "green"]},
        {"fields": ["topics,name"]},
        {"on": ["2020-02-29"]},
    ],
)
def test_right_values_pass(given_values):
    assert wrong_in(given_values, DECLARED) == []


def test_two_filters_may_share_a_parameter_that_takes_the_same_values():
    other = Parameter("on", "In force on this day.", DAY.schema)

    assert declared_by([DAY, other])["on"].schema == DAY.schema
    with pytest.raises(ValueError, match="two different parameters"):
        declared_by([DAY, Parameter("on", "", {"type": "integer"})])


def test_a_long_wrong_value_is_not_repeated_whole():
    assert len(fault("x" * 5000, COLOUR.schema) or "") < 300
