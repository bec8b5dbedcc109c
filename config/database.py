"""Which PostgreSQL, and how we speak to it."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

# Statements are prepared when the code that runs them asks for it (`prepare=True`), never because
# they happened often: the ORM writes values into its SQL, so that hardly two are the same.
ONLY_ON_REQUEST = 2**31


def database(url: str, *, embedded_folder: Path, statement_timeout: str) -> dict[str, Any]:
    """Django's settings for the server at `url`, else for the embedded one in its folder.

    `url`: anything libpq reads, as `postgresql://user:secret@host/name?sslmode=require` or
    `postgresql:///name?host=/run/postgresql`. `statement_timeout`: as in PostgreSQL ("2s"), or ""
    for none. Raises ImproperlyConfigured when the URL cannot be read.
    """
    options: dict[str, Any] = {
        "application_name": "common-ground",
        "prepare_threshold": ONLY_ON_REQUEST,
    }
    settings: dict[str, Any] = {
        "ENGINE": "config.postgresql",
        "CONN_MAX_AGE": None,  # a connection for each request is ruin: 5 % of the speed
        "CONN_HEALTH_CHECKS": False,  # Django opens a new one when the old one turns out broken
        "OPTIONS": options,
    }
    if url:
        parts = read_url(url)
        settings["NAME"] = parts.pop("dbname", None) or parts.get("user") or "postgres"
        options |= parts
    else:
        settings["NAME"] = "postgres"
        settings["EMBEDDED_FOLDER"] = embedded_folder
    if statement_timeout:
        given = options.get("options", "")
        options["options"] = f"{given} -c statement_timeout={statement_timeout}".strip()
    return settings


def read_url(url: str) -> dict[str, Any]:
    """The parts of a connection string, under libpq's names."""
    try:
        return conninfo_to_dict(url)
    except ProgrammingError as problem:
        raise ImproperlyConfigured(
            f"DATABASE_URL cannot be read: {str(problem).strip()}. "
            "Write postgresql://USER:PASSWORD@HOST:PORT/DATABASE."
        ) from None
