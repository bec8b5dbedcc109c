"""A small dataset of real documents to make synthetic ones after."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from kb.documents.reading import Found, read_documents
from kb.documents.schema import validate
from kb.documents.statements import with_ids
from kb.kinds import kind_named


@pytest.fixture(scope="session")
def real() -> list[dict[str, Any]]:
    """The whole dataset, normal and with ids: references must lead somewhere."""
    documents = []
    for found in read_documents(Path(settings.BASE_DIR) / "dataset"):
        assert isinstance(found, Found)
        schema = kind_named(found.data["kind"]).schema
        documents.append(with_ids(schema, validate(schema, found.data)))
    return documents
