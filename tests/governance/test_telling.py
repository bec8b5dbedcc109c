"""The six kinds in words: nothing that a document states is left out."""

import json
import re

import pytest

from kb.api.texts import text_of
from kb.kinds import kinds
from kb.publication import reading
from tests.linked import SITE

pytestmark = pytest.mark.usefixtures("dataset")


def told(key):
    public = json.loads(reading.entry_json(key).json)
    return public, text_of(public, SITE)


def plain(text):
    return re.sub(r"\s+", " ", text)


def test_a_membership_is_told_with_role_time_note_and_sources():
    _public, text = told("cern")

    (line,) = (each for each in text.splitlines() if each.startswith("- `m-sg7g`"))
    assert re.fullmatch(
        r"- `m-sg7g` Spain \(`spain`\), member since 1 January 1983\. Note: Second accession"
        r" \[\d+\]\[\d+\]",
        line,
    )


def test_the_founding_import_is_marked_as_not_verified():
    assert "Not yet verified" in told("cern")[1]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.plural)
def test_every_statement_entry_and_quote_is_told(kind, documents):
    keys = [key for key, document in documents.items() if document["kind"] == kind.name]
    for key in keys[:: max(1, len(keys) // 40)]:
        public, text = told(key)

        for statement in _under("id", public):
            assert f"`{statement}`" in text
        for other in _under("key", public):
            assert f"`{other}`" in text
        for said in ("quote", "note", "claim", "title", "summary", "locator", "share"):
            for value in _under(said, public):
                assert plain(str(value)) in plain(text)


def _under(name, value):
    """Everything that stands under a name, anywhere in plain JSON."""
    if isinstance(value, dict):
        for field, each in value.items():
            if field == name and not isinstance(each, dict | list):
                yield each
            yield from _under(name, each)
    elif isinstance(value, list):
        for each in value:
            yield from _under(name, each)


def test_the_text_is_smaller_than_the_json():
    public, text = told("cern")

    assert len(text) < len(json.dumps(public))
