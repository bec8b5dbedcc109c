"""YAML for people: reads back as the same document, and looks as one would write it."""

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from kb.documents.schema import in_order
from kb.documents.tidying import FORBIDDEN
from kb.documents.writing import write_yaml
from kb.documents.yaml_text import parse_yaml
from tests.voyages import Voyage, cite, landing, voyage

characters = st.characters(exclude_categories=["Cs"]).filter(lambda c: not FORBIDDEN.match(c))
awkward = st.sampled_from(" \n\t:#-?'\"[]{},&*!|>%@`~=<.0123456789eE_+yesnotrualf\xa0é\u200b漢😀")
texts = st.text(awkward, max_size=40) | st.text(characters, max_size=300)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
)
documents = st.dictionaries(
    texts,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


@given(documents)
@example({"a": "word " * 60 + "end"})
@example({"a": "it's " * 60 + "end: so"})
@example({"a": ["x" * 150 + "  two blanks  " + "y " * 80 + "z"]})
@example({"a": "- " * 80 + "x", "b": "# " * 80 + "x", "c": "--- " * 50 + "x"})
@example({"a": [[[]], [{}], {"b": [{"c": [1, [2, 3]]}]}]})
@example({"a": "\n  indented first\nline\n"})
@example({"a": "one\n\n  two\n\n\nthree"})
@example({"": "", "null": "null", "1954": "1954", "on": "on", "<<": "<<"})
def test_what_is_written_reads_back(document):
    assert parse_yaml(write_yaml(document)) == document


@given(st.text(awkward, min_size=1, max_size=12) | st.from_regex(r"[0-9:.+\-_eEx]{1,12}"))
@example("1954-09-29")
@example("2001-12-14t21:59:43.10-05:00")
@example("0b1010")
@example("190:20:30")
@example("=")
@example("Yes")
@example("~")
def test_other_readers_of_yaml_take_texts_for_texts(text):
    if FORBIDDEN.search(text):
        return
    assert yaml.safe_load(write_yaml({"a": text})) == {"a": text}


@given(documents)
def test_writing_what_was_read_gives_the_same_bytes(document):
    written = write_yaml(document)

    assert write_yaml(parse_yaml(written)) == written


def test_it_looks_as_one_would_write_it():
    document = voyage(
        left="1947-04-28",
        crew=6,
        berth={"city": "Oslo", "latitude": 59.9},
        log="One day.\n\nAnother day.",
        aliases=["The raft", "'Tiki", "Expedition: 1947"],
        ships=[],
        landings=[
            landing(id="l-1", begin="1947", note="Calm. " * 22 + "Then rough.", cites=[cite("log")])
        ],
    )

    assert write_yaml(in_order(Voyage, document)) == (
        "kind: voyage\n"
        "key: kon-tiki\n"
        "name: Kon-Tiki\n"
        "aliases:\n"
        "  - The raft\n"
        "  - '''Tiki'\n"
        "  - 'Expedition: 1947'\n"
        "left: '1947-04-28'\n"
        "crew: 6\n"
        "berth:\n"
        "  city: Oslo\n"
        "  latitude: 59.9\n"
        "log: |-\n"
        "  One day.\n"
        "\n"
        "  Another day.\n"
        "ships: []\n"
        "landings:\n"
        "  - id: l-1\n"
        "    port: callao\n"
        "    rank: shelter\n"
        "    from: '1947'\n"
        f"    note: {'Calm. ' * 15}Calm.\n"
        "      Calm. Calm. Calm. Calm. Calm. Calm. Then rough.\n"
        "    cites:\n"
        "      - source: log\n"
    )


@pytest.mark.parametrize("text", ["x" * 5000, "word " * 2000 + "end"])
def test_lines_are_no_longer_than_the_words_demand(text):
    longest = max(map(len, write_yaml({"a": text}).splitlines()))

    assert longest <= max(len(word) for word in text.split()) + 105
