"""Every document of the dataset can be opened as a form and saved without a change."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from governance.schemas import SCHEMAS
from kb.documents.form_data import document_from
from kb.documents.form_fields import form_of
from kb.documents.form_specs import Spec, spec_of
from kb.documents.reading import Found, read_documents
from kb.documents.schema import validate
from tests.kb.documents.forms import posted

DATASET = Path(settings.BASE_DIR) / "dataset"


def documents(kind: str) -> Iterator[dict[str, Any]]:
    """The normal documents of one kind."""
    schema = SCHEMAS[kind]
    for found in read_documents(DATASET):
        assert isinstance(found, Found)
        if found.data["kind"] == kind:
            yield validate(schema, found.data)


@pytest.mark.parametrize("kind", SCHEMAS)
def test_saving_a_form_as_it_was_opened_changes_nothing(kind):
    schema, count = SCHEMAS[kind], 0

    for document in documents(kind):
        count += 1
        assert document_from(schema, posted(form_of(schema, document))) == document

    assert count > 5


def test_the_largest_form_has_fewer_fields_than_a_post_may_have():
    sizes = {
        document["key"]: sum(map(len, posted(form_of(SCHEMAS["instrument"], document)).values()))
        for document in documents("instrument")
    }

    assert max(sizes, key=sizes.__getitem__) == "paris-agreement"
    assert 5_000 < sizes["paris-agreement"] < 10_000


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_field_has_a_label_and_every_term_its_vocabulary(kind):
    for spec in all_specs(spec_of(SCHEMAS[kind])):
        assert spec.label
        assert (spec.widget in ("term", "terms")) == (spec.vocabulary is not None)


def all_specs(spec: Spec) -> Iterator[Spec]:
    yield spec
    for inner in (*spec.fields, *filter(None, [spec.item])):
        yield from all_specs(inner)
