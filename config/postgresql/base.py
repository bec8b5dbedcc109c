"""The database backend named in settings (Django looks for it in a module called `base`)."""

from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.postgresql import base, features

from launcher import postgres


class DatabaseFeatures(features.DatabaseFeatures):
    minimum_database_version = (15,)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection to PostgreSQL.

    `EMBEDDED_FOLDER` in its settings: the embedded server in that folder is started, or joined
    where it runs, when the first connection is opened, and stops when the last process that uses
    it ends. So a command that needs no database starts none.
    """

    features_class = DatabaseFeatures

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        folder: Path | None = self.settings_dict.get("EMBEDDED_FOLDER")
        if folder is not None:
            server = postgres.join(folder)
            params |= {"host": str(server.socket_folder), "user": postgres.SUPERUSER}
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection whose own `execute` sends values apart from the SQL.

        Django's cursors write values into the SQL, which is what the ORM needs but cannot be
        prepared. Hot reads use `connection.connection.execute(sql, params, prepare=True)`.
        """
        connection = super().get_new_connection(conn_params)
        connection.cursor_factory = psycopg.Cursor
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor for the ORM, which writes values into the SQL."""
        self.connection.cursor_factory = base.Cursor
        try:
            return super().create_cursor(name)
        finally:
            self.connection.cursor_factory = psycopg.Cursor
