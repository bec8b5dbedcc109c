"""Canonical JSON: the same value, the same bytes. Source: RFC 8785."""

import json
import struct
from datetime import date
from uuid import uuid4

import pytest
import rfc8785
from hypothesis import example, given
from hypothesis import strategies as st

from kb.documents.canonical import canonical_json

texts = st.text(st.characters(exclude_categories=["Cs"]))
numbers = st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner) | st.dictionaries(texts, inner),
    max_leaves=10,
)


@given(values)
@example({"\ufb33": 1, "😀": 2})
@example([1e16, 1e15, 123456789012345.6, 1e-5, 0.0001, 0.00012, 1.0, -0.0])
def test_it_writes_what_the_reference_library_writes(value):
    assert canonical_json(value) == rfc8785.dumps(value)


@given(values)
def test_it_reads_back_as_the_same_value(value):
    assert json.loads(canonical_json(value), parse_int=float) == value


@given(st.dictionaries(texts, values, max_size=5))
def test_the_order_of_names_does_not_matter(fields):
    reversed_fields = dict(reversed(list(fields.items())))

    assert canonical_json(reversed_fields) == canonical_json(fields)


def test_the_example_of_the_standard():
    value = json.loads(
        r"""{
          "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
          "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
          "literals": [null, true, false]
        }"""
    )

    assert canonical_json(value).decode() == (
        '{"literals":[null,true,false],'
        '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_sort_by_utf_16_as_in_the_standard():
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\xf6": 7}

    ordered = list(json.loads(canonical_json(value)))

    assert ordered == ["\r", "1", "\x80", "\xf6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    ("double", "written"),
    [  # RFC 8785, appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("ffefffffffffffff", "-1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("c340000000000000", "-9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("44b52d02c7e14af7", "1.0000000000000001e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef4f", "999999999999999900000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("41b3de4355555554", "333333333.33333325"),
        ("41b3de4355555555", "333333333.3333333"),
        ("41b3de4355555556", "333333333.3333334"),
        ("41b3de4355555557", "333333333.33333343"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
        ("43143ff3c1cb0959", "1424953923781206.2"),
    ],
)
def test_numbers_are_written_as_in_the_appendix(double, written):
    (number,) = struct.unpack(">d", bytes.fromhex(double))

    assert canonical_json(number).decode() == written


def test_one_and_one_point_nought_are_the_same():
    assert canonical_json({"a": 1.0}) == canonical_json({"a": 1})


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**53,
        -(2**53),
        "\ud800",
        {"\ud800": 1},
        {1: 2},
        {None: 1},
        date(1954, 9, 29),
        uuid4(),
        b"bytes",
        {1, 2},
        object(),
    ],
)
def test_what_is_no_json_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011  # as the libraries word it
        canonical_json({"name": value})
    with pytest.raises(ValueError):  # noqa: PT011  # as the libraries word it
        canonical_json([1.0, value])  # also on the slow path
