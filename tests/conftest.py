"""What every test needs of the database, and the starter knowledge for those that ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from django.conf import settings
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker

from kb.documents.reading import read_documents
from kb.editing.importing import import_documents
from kb.web.recent import recent_pages

DATASET = Path(settings.BASE_DIR) / "dataset"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "fuzzing: tries odd input, which takes a minute")


@pytest.fixture(autouse=True)
def _no_page_of_another_test() -> None:
    """What is published in one test may pass for what was in another: both have few changes."""
    recent_pages.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """History refuses to be emptied; the test database may be, between tests that commit."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE kb_revision DISABLE TRIGGER revision_is_never_emptied")
        cursor.execute("ALTER TABLE kb_change DISABLE TRIGGER change_is_never_emptied")


@pytest.fixture(scope="session")
def dataset_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Name of a database with the starter knowledge, imported once a run, beside the empty one."""
    empty = connection.settings_dict["NAME"]
    name = f"{empty}_dataset"
    with django_db_blocker.unblock():
        connection.close()  # what is copied may have no visitors
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{empty}"')
        with pointed_at(name):
            import_documents(read_documents(DATASET))
    yield name
    with django_db_blocker.unblock(), connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """The connection leads to another database meanwhile."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


@pytest.fixture
def _in_dataset_database(
    dataset_database: str, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock():
        before = pointed_at(dataset_database)
        before.__enter__()
    yield
    with django_db_blocker.unblock():
        before.__exit__(None, None, None)


@pytest.fixture
def dataset(_in_dataset_database: None, db: None) -> None:
    """The test runs in the database with the starter knowledge, and leaves no trace there."""


@pytest.fixture(scope="session")
def documents(
    dataset_database: str, django_db_blocker: DjangoDbBlocker
) -> dict[str, dict[str, Any]]:
    """Key → document of the starter knowledge, as published."""
    with django_db_blocker.unblock(), pointed_at(dataset_database), connection.cursor() as cursor:
        cursor.execute("SELECT document FROM kb_revision ORDER BY id")
        return {d["key"]: d for d in (orjson.loads(row[0]) for row in cursor.fetchall())}
