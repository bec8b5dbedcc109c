"""A database for one size of corpus, beside whatever else the server holds."""

import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from launcher import postgres


def server_url(data: Path) -> str:
    """The server of DATABASE_URL, else the embedded one in the data folder."""
    return os.environ.get("DATABASE_URL") or postgres.join(data / "postgres").url


def with_name(url: str, name: str) -> str:
    """The URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def exists(server: str, name: str) -> bool:
    with psycopg.connect(server) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return found.fetchone() is not None


def create(server: str, name: str, template: str = "template1") -> None:
    """Make the database anew, with what is in `template`."""
    drop(server, name)
    names = sql.Identifier(name), sql.Identifier(template)
    _run(server, sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def drop(server: str, name: str) -> None:
    _run(server, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
