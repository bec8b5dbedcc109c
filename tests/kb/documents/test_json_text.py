"""JSON: what is refused, and on which line."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.json_text import parse_json
from kb.documents.unreadable import UnreadableText

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**100), 2**100)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def refusal(text: str) -> UnreadableText | None:
    try:
        parse_json(text)
    except UnreadableText as problem:
        return problem
    return None


@given(values, st.none() | st.integers(0, 4), st.booleans())
def test_json_reads_as_what_was_written(value, indent, ascii_only):
    written = json.dumps(value, indent=indent, ensure_ascii=ascii_only)

    assert parse_json(written) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1, "a": 2}', "line 1: “a” stands twice. Delete one of the two."),
        ('{"a": 1,\n "b": 2,\n "a": 3}', "line 3: “a” stands twice."),
        ('{"a": {"b": 1},\n"b": {"c": 1,\n "c": 2}}', "line 3: “c” stands twice."),
        ('{"a": "x: {[\\"",\n"b\\u0061": 1,\n"ba": 2}', "line 3: “ba” stands twice."),
        ('[{"a": 1}, {"a": 1},\n{"a": 1, "a": {}}]', "line 2: “a” stands twice."),
        ('{"a": NaN}', "line 1: NaN is not a number."),
        ('{"a":\nInfinity}', "line 2: Infinity is not a number."),
        ('{"a": -Infinity}', "line 1: -Infinity is not a number."),
        ('{"a": 1e999}', "line 1: 1e999 is not a number."),
        ("1" * 5000, "is not a number."),
        ('{"a": 1,}', "line 1: this is no JSON: "),
        ("{'a': 1}", "line 1: this is no JSON: expecting property name"),
        ('{"a": 1}\n{"b": 2}', "line 2: this is no JSON: extra data."),
        ('{"a": "\n"}', "line 1: this is no JSON: invalid control character at."),
        ("", "line 1: this is no JSON: expecting value."),
        ("[" * 41 + "]" * 41, "line 1: more than 40 levels of nesting."),
        ('{"a":\n' * 41 + "1" + "}" * 41, "line 41: more than 40 levels of nesting."),
    ],
)
def test_what_is_refused_is_named_with_its_line(text, message):
    with pytest.raises(UnreadableText) as caught:
        parse_json(text)

    assert message in str(caught.value)


def test_forty_levels_are_read():
    assert parse_json("[" * 40 + "]" * 40)
    assert parse_json('["' + "[" * 500 + '"]') == ["[" * 500]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 1_000_000,
        '{"a":' * 200_000,
        '["' + "\\" * 999_999,
        "[" + '"a",' * 250_000,
        "1" * 10**6,
    ],
)
def test_bombs_are_refused_in_less_than_two_seconds(text):
    started = time.perf_counter()

    with pytest.raises(UnreadableText):
        parse_json(text)

    assert time.perf_counter() - started < 2


@given(st.text(st.sampled_from('{}[]:,"\\ \n1a'), max_size=40))
def test_no_text_breaks_the_reader(text):
    problem = refusal(text)

    assert problem is None or problem.line >= 1
