"""Reading beneath Django's cursors."""

import psycopg
import pytest
from django.db import connection, transaction

from kb.publication import reading


def end_our_connection():
    """As when the server restarts."""
    (pid,) = reading.fetch_row("SELECT pg_backend_pid()")
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


@pytest.mark.django_db(transaction=True)
def test_a_reader_comes_back_once_when_the_server_went_away():
    end_our_connection()

    assert reading.fetch_all("SELECT 1 + %s", (1,)) == [(2,)]


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_read_twice():
    with pytest.raises(psycopg.OperationalError), transaction.atomic():
        end_our_connection()
        reading.fetch_all("SELECT 1")

    connection.close()


@pytest.mark.django_db
def test_bytes_and_times_come_as_stored():
    row = reading.fetch_row("SELECT %s::bytea, now()", (b"\0\xff",))

    assert row[0] == b"\0\xff"
    assert row[1].tzinfo is not None


@pytest.mark.django_db
def test_an_aggregate_without_a_row_is_an_error():
    with pytest.raises(LookupError):
        reading.fetch_row("SELECT 1 WHERE false")
