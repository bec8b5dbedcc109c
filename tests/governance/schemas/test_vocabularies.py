"""The closed lists of terms: unique, labelled, defined, and those of the document format."""

import re
from pathlib import Path

import pytest

from governance import vocabularies
from governance.codes import COUNTRIES, CURRENCIES
from governance.vocabularies import VOCABULARIES
from kb.documents.vocabulary import Vocabulary

FORMAT = (Path(__file__).parents[3] / "dataset" / "FORMAT.md").read_text(encoding="utf-8")
CODES = (COUNTRIES, CURRENCIES)


def test_every_vocabulary_of_the_module_is_listed_once():
    named = [value for value in vars(vocabularies).values() if isinstance(value, Vocabulary)]

    assert {vocabulary.name for vocabulary in named} == {listed.name for listed in VOCABULARIES}
    assert len({listed.name for listed in VOCABULARIES}) == len(VOCABULARIES)


@pytest.mark.parametrize("vocabulary", VOCABULARIES, ids=lambda vocabulary: vocabulary.name)
def test_every_term_has_a_label_and_a_definition_of_one_sentence(vocabulary):
    assert vocabulary.definition.endswith(".")
    for term in vocabulary:
        assert term.label, term.value
        assert re.fullmatch(r"[^\n]{4,160}[.”]", term.definition), term.value


@pytest.mark.parametrize(
    "vocabulary",
    [v for v in VOCABULARIES if v not in CODES and "former" not in v.name],
    ids=lambda vocabulary: vocabulary.name,
)
def test_every_term_stands_in_the_description_of_the_format(vocabulary):
    ours = [value for value in vocabulary.values if value not in CURRENCIES]

    assert [value for value in ours if not re.search(rf"\b{re.escape(value)}\b", FORMAT)] == []


def test_there_are_the_countries_of_iso_3166_with_the_union_and_kosovo():
    assert len(COUNTRIES) == 249 + 2
    assert COUNTRIES.label_of("CH") == "Switzerland"
    assert {"EU", "XK"} < set(COUNTRIES.values)
    assert {"SU", "YU", "UK"}.isdisjoint(COUNTRIES.values)
