from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.database import database
from config.secret_key import secret_key, write_once


def settings_for(url, timeout=""):
    return database(url, embedded_folder=Path("/data/postgres"), statement_timeout=timeout)


@pytest.mark.parametrize(
    ("url", "name", "host", "user"),
    [
        ("postgresql://ann:secret@db.example:5433/ground", "ground", "db.example", "ann"),
        ("postgres://db.example/ground", "ground", "db.example", None),
        ("postgresql://ann@/ground?host=/run/post%20gres", "ground", "/run/post gres", "ann"),
        ("host=/run/postgresql dbname=ground user=ann", "ground", "/run/postgresql", "ann"),
        ("postgresql://ann@db.example", "ann", "db.example", "ann"),  # as libpq has it
    ],
)
def test_a_database_url_may_have_any_form_that_libpq_reads(url, name, host, user):
    settings = settings_for(url)

    options = settings["OPTIONS"]
    assert (settings["NAME"], options.get("host"), options.get("user")) == (name, host, user)
    assert "EMBEDDED_FOLDER" not in settings


def test_without_a_url_the_embedded_server_is_used():
    assert settings_for("")["EMBEDDED_FOLDER"] == Path("/data/postgres")


def test_a_url_that_cannot_be_read_is_refused_with_the_form_to_write():
    with pytest.raises(ImproperlyConfigured, match="Write postgresql://USER:PASSWORD@HOST"):
        settings_for("mysql://db.example/ground")


def test_a_statement_timeout_is_added_to_the_options_of_the_url():
    settings = settings_for("postgresql:///ground?options=-c%20work_mem%3D1MB", timeout="2s")

    assert settings["OPTIONS"]["options"] == "-c work_mem=1MB -c statement_timeout=2s"


@pytest.mark.django_db
def test_hot_reads_are_prepared_and_the_orm_is_not():
    from django.db import connection

    with connection.cursor() as cursor:
        for _ in range(10):
            cursor.execute("SELECT %s::int + 1", [41])
    raw = connection.connection
    row = raw.execute("SELECT %s::int + 2", [40], prepare=True).fetchone()

    prepared = raw.execute("SELECT statement FROM pg_prepared_statements").fetchall()
    assert row == (42,)
    assert prepared == [("SELECT $1::int + 2",)]


def test_the_secret_key_is_made_once_and_for_its_owner_alone(tmp_path):
    file = tmp_path / "data" / "secret-key"

    made = secret_key(file)

    assert len(made) > 50
    assert secret_key(file) == made
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in file.parent.iterdir()] == ["secret-key"]


def test_of_two_processes_that_make_a_key_the_first_wins(tmp_path):
    write_once(tmp_path / "secret-key", "first")
    write_once(tmp_path / "secret-key", "second")

    assert secret_key(tmp_path / "secret-key") == "first"
