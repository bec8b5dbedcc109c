"""Reading beneath Django's cursors."""

from datetime import date

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
    for _each in range(2):
        end_our_connection()
        assert reading.fetch_all("SELECT 1 + %s", (1,)) == [(2,)]
        end_our_connection()
        assert reading.fetch_stored("SELECT %s::text", ("again",)).text(0, 0) == "again"


@pytest.mark.django_db(transaction=True)
def test_within_a_transaction_nothing_is_read_twice():
    def read_within_a_transaction():
        with transaction.atomic():
            end_our_connection()
            reading.fetch_all("SELECT 1")

    with pytest.raises(psycopg.OperationalError):
        read_within_a_transaction()

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


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", [True, False])
def test_the_hottest_reads_take_text_and_bytes_as_they_are(prepare):
    sql = "SELECT %s::text, (%s::int + 1)::text, '\\x00ff'::bytea FROM generate_series(1, 2)"

    rows = reading.fetch_stored(sql, ("é", 7), prepare=prepare)

    assert len(rows) == 2
    assert (rows.text(1, 0), rows.text(1, 1)) == ("é", "8")
    assert rows.column(2) == [b"\0\xff", b"\0\xff"]


@pytest.mark.django_db
def test_lists_and_days_can_be_parameters_of_a_read_that_is_not_prepared():
    sql = "SELECT (%s::date = ANY(%s::date[]))::text"
    day = date(1954, 9, 29)

    assert reading.fetch_stored(sql, (day, [day]), prepare=False).text(0, 0) == "true"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("prepare", [True, False])
def test_an_error_of_the_database_is_that_of_a_cursor(prepare):
    with pytest.raises(psycopg.errors.DivisionByZero):
        reading.fetch_stored("SELECT 1 / %s::int", (0,), prepare=prepare)


@pytest.mark.django_db(transaction=True)
def test_statements_prepared_since_others_were_forgotten_stay_as_they_are():
    questions = [f"SELECT '{each}'" for each in "abc"]
    for sql in questions[:2]:
        reading.fetch_stored(sql)

    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    reading.fetch_stored(questions[2])

    told = [reading.fetch_stored(sql).text(0, 0) for sql in questions]
    assert told == ["a", "b", "c"]


@pytest.mark.django_db(transaction=True)
def test_a_statement_that_the_server_forgot_is_prepared_again():
    assert reading.fetch_stored("SELECT 'x'").text(0, 0) == "x"
    reading.fetch_all("SELECT 1", prepare=True)

    transaction.set_autocommit(False)
    transaction.rollback()
    transaction.set_autocommit(True)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert reading.fetch_stored("SELECT 'x'").text(0, 0) == "x"
