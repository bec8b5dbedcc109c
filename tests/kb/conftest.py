"""The engine's own tests see the toy subject in place of the real one, where they ask for it."""

from collections.abc import Iterator

import pytest
from django.db import connection

from kb.kinds import forget_kinds
from kb.publication import lists
from kb.releases.tables import tables


@pytest.fixture
def library(settings: pytest.FixtureRequest) -> Iterator[None]:
    settings.KB_KINDS = "tests.library.kinds.KINDS"  # type: ignore[attr-defined]
    settings.KB_PAGES = ""  # type: ignore[attr-defined]
    forget()
    yield
    forget()


def forget() -> None:
    """What was read off the kinds before they were others."""
    forget_kinds()
    lists.asking_for.cache_clear()
    tables.cache_clear()


@pytest.fixture
def guarded_history(db: None) -> None:
    """The guards against emptying history, which the test database goes without: see above."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE kb_revision ENABLE TRIGGER revision_is_never_emptied")
        cursor.execute("ALTER TABLE kb_change ENABLE TRIGGER change_is_never_emptied")
