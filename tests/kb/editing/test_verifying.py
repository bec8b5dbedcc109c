"""The chain of revisions: append-only, and every tampering found and named."""

import pytest
from django.db import DatabaseError, connection, transaction

from kb.editing.verifying import faults_in_history
from kb.models import Revision
from tests.library.builders import book, publish, reader

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("library")]


@pytest.fixture
def history(library: None) -> None:
    publish(reader("ann"), reader("bob"))
    publish(reader("ann", "Ann Smith"), book("atlas"))


def tamper(sql: str) -> None:
    """What somebody could do who owns the database: triggers off, write, triggers on."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(sql)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


@pytest.mark.usefixtures("history")
def test_an_honest_history_has_no_fault():
    assert list(faults_in_history()) == []


@pytest.mark.usefixtures("history", "guarded_history")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE kb_revision SET act = 'retract' WHERE id = 1",
        "DELETE FROM kb_revision WHERE id = 4",
        "TRUNCATE kb_revision CASCADE",
        "UPDATE kb_change SET act = 'retract' WHERE sequence = 1",
        "DELETE FROM kb_change",
        "UPDATE kb_revision SET document = NULL, salt = NULL, number = 9 WHERE id = 1",
    ],
)
def test_the_database_refuses_to_change_history(sql):  # edge case 77
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


@pytest.mark.usefixtures("history")
@pytest.mark.parametrize(
    ("sql", "fault"),
    [
        (
            "UPDATE kb_revision SET document = replace(document, 'Bob', 'Rob') WHERE id = 2",
            "Revision 2 (bob revision 1): its document was tampered with",
        ),
        (
            "UPDATE kb_revision SET metadata = replace(metadata, 'ada', 'eve') WHERE id = 3",
            "Revision 3 (ann revision 2): its metadata or its hash was tampered with",
        ),
        ("UPDATE kb_revision SET number = 7 WHERE id = 1", "number is “7” in the table"),
        (
            "UPDATE kb_revision SET published_at = published_at + interval '1 day' WHERE id = 1",
            "published_at is",
        ),
        ("UPDATE kb_revision SET previous_hash = hash WHERE id = 2", "does not follow"),
        ("UPDATE kb_revision SET salt = reverse(salt) WHERE id = 2", "tampered"),
        ("DELETE FROM kb_change WHERE sequence = 2", "skips from 1 to 3"),
    ],
)
def test_whatever_was_tampered_with_is_named(sql, fault):  # edge case 78
    tamper(sql)

    assert any(fault in found for found in faults_in_history())


@pytest.mark.usefixtures("history")
def test_a_revision_missing_from_the_chain_is_found():
    tamper("DELETE FROM kb_edit WHERE revision_id = 2")
    tamper("DELETE FROM kb_change WHERE revision_id = 2")
    tamper("DELETE FROM kb_revision WHERE id = 2")

    assert any("missing from the chain" in found for found in faults_in_history())


@pytest.mark.usefixtures("history")
def test_a_redacted_revision_still_verifies():
    Revision.objects.filter(pk=1).update(document=None, salt=None)

    assert list(faults_in_history()) == []
