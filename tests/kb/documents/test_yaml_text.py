"""YAML: what is read, what is refused, and on which line."""

import time

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kb.documents.unreadable import UnreadableText
from kb.documents.yaml_text import line_of, parse_yaml, reads_as_text


@pytest.mark.parametrize(
    ("written", "value"),
    [
        # the values of JSON
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("false", False),
        ("1954", 1954),
        ("-1", -1),
        ("0", 0),
        ("46.23", 46.23),
        ("1e3", 1000.0),
        # everything else is text
        ("1954-09-29", "1954-09-29"),
        ("1954-09", "1954-09"),
        ("'1954'", "1954"),
        ('"1954"', "1954"),
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("NULL", "NULL"),
        ("007", "007"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("+1", "+1"),
        (".5", ".5"),
        ("5.", "5."),
        (".nan", ".nan"),
        (".inf", ".inf"),
        ("=", "="),
        ("Art. V(2)", "Art. V(2)"),
        ("'null'", "null"),
        ("|-\n  one\n  two", "one\ntwo"),
        (">-\n  one\n  two", "one two"),
        ("one\n  two", "one two"),
        # collections
        ("[a, 1, null]", ["a", 1, None]),
        ("{b: 1}", {"b": 1}),
        ("\n  - a\n  - - b", ["a", ["b"]]),
        ("\n- a", ["a"]),
    ],
)
def test_only_what_json_has_is_read_as_anything_but_text(written, value):
    read = parse_yaml(f"a: {written}\n")

    assert read == {"a": value}
    assert type(read["a"]) is type(value)


@pytest.mark.parametrize("name", ["on", "1954", "null", "true", "1954-09-29"])
def test_a_name_is_always_text(name):
    assert parse_yaml(f"{name}: x") == {name: "x"}


def test_marks_of_a_single_document_are_taken():
    assert parse_yaml("%YAML 1.2\n--- # a comment\na: 1\n...\n") == {"a": 1}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "line 3: “a” stands twice. Delete one of the two."),
        ("a:\n  b: 1\n  'b': 2\n", "line 3: “b” stands twice. Delete one of the two."),
        ("{a: 1, a: 2}", "line 1: “a” stands twice. Delete one of the two."),
        ("a: &x 1", "line 1: &x is not read. Delete it."),
        ("a: 1\nb: *x", "line 2: *x is not read. Write out what it means."),
        ("&x a: 1", "line 1: &x is not read. Delete it."),
        ("a: &x\n  b: 1", "line 1: &x is not read. Delete it."),
        ("a: [&x 1, *x]", "line 1: &x is not read. Delete it."),
        ("a: !!str 1", "line 1: the tag tag:yaml.org,2002:str is not read. Delete it."),
        ("a: !!python/object/apply:os.system [ls]", "is not read. Delete it."),
        ("--- !x\na: 1", "line 1: the tag !x is not read. Delete it."),
        ("a: ! 1", "line 1: the tag ! is not read. Delete it."),
        ("!!str a: 1", "is not read. Delete it."),
        ("a: !!set {b}", "is not read. Delete it."),
        ("%TAG ! tag:x,2000:\n---\na: 1", "%TAG is not read. Delete it."),
        ("a:\n  <<: {b: 1}", "line 2: << is not read. Write the fields out."),
        ("? [a]\n: 1", "line 1: a name must be text, not a list or a mapping."),
        ("a: 1\n---\nb: 2\n", "line 2: a second document begins. Write one a file."),
        ("", "line 1: there is nothing in it."),
        ("# a comment\n", "line 1: there is nothing in it."),
        ("a: [1\nb: 2", "line 2: this is no YAML: "),
        ("a: b: c", "line 1: this is no YAML: mapping values are not allowed in this context."),
        ("a:\n\tb: 1", "line 2: this is no YAML: found character that cannot start any token."),
        ("a: 'b", "this is no YAML: found unexpected end of stream."),
        ('a: "\\ud800"', "line 1: this is no YAML: found invalid Unicode character escape code."),
        ("a: 1e999", "line 1: 1e999 is too large a number."),
        ("a: " + "9" * 5000, "is no number that can be kept."),
        ("a: " + "[" * 41 + "]" * 41, "line 1: more than 40 levels of nesting."),
        ("\n".join(" " * n + "a:" for n in range(50)), "line 41: more than 40 levels of nesting."),
    ],
)
def test_what_is_refused_is_named_with_its_line(text, message):
    with pytest.raises(UnreadableText) as caught:
        parse_yaml(text)

    assert message in str(caught.value)
    assert str(caught.value).startswith("line ")


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]",
        "[" * 1_000_000,
        "{a: " * 250_000,
        "- " * 500_000,
        "? " * 500_000,
        "[{" * 500_000,
        "&a " * 300_000,
        "{" + "a," * 500_000,
        "a: " * 300_000,
        "!<" + "x" * 1_000_000,
        "'" * 999_999,
        "a: |\n" + " \n" * 300_000 + "\t",
    ],
)
def test_bombs_are_refused_in_less_than_two_seconds(text):
    started = time.perf_counter()

    with pytest.raises(UnreadableText):
        parse_yaml(text)

    assert time.perf_counter() - started < 2


def refusal(text: str) -> UnreadableText | None:
    try:
        parse_yaml(text)
    except UnreadableText as problem:
        return problem
    return None


@given(st.text(st.sampled_from("ab:-[]{}#&*!|>'\"%@`? \n\t1.,~<"), max_size=60))
def test_no_text_breaks_the_reader(text):
    problem = refusal(text)

    assert problem is None or (problem.line >= 1 and problem.message)


@given(st.text(st.sampled_from("ab:-[]{}#'\" \n1."), max_size=30))
def test_what_is_read_is_what_pyyaml_reads_where_all_is_text(text):
    """Structure comes from libyaml; only values are taken in our own way."""
    try:
        ours = parse_yaml(text)
    except UnreadableText:
        return
    theirs = yaml.load(text, yaml.BaseLoader)  # noqa: S506  # the loader that knows only text
    assert _as_texts(ours, theirs) == theirs


def _as_texts(value: object, like: object) -> object:
    """`value` with each value that is no text replaced by the text it was written as."""
    if isinstance(value, dict) and isinstance(like, dict):
        return {name: _as_texts(inner, like.get(name)) for name, inner in value.items()}
    if isinstance(value, list) and isinstance(like, list) and len(value) == len(like):
        return [_as_texts(inner, other) for inner, other in zip(value, like, strict=True)]
    if value is None and like == "":
        return ""
    if isinstance(value, (int, float)) and isinstance(like, str) and not reads_as_text(like):
        return like
    return value


def test_a_place_has_its_line():
    text = (
        "name: x\n# a comment\nlandings:\n  - port: callao\n    from: '1947'\n\n  - port: raroia\n"
    )

    assert line_of(text, ("name",)) == 1
    assert line_of(text, ("landings",)) == 3
    assert line_of(text, ("landings", 0)) == 4
    assert line_of(text, ("landings", 0, "from")) == 5
    assert line_of(text, ("landings", 1, "port")) == 7
    assert line_of(text, ("landings", 1, "rank")) == 7  # missing: where its row is
    assert line_of(text, ("crew",)) == 1
    assert line_of(text, ()) == 1
