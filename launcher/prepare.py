"""Bring the database and the static files up to date, doing nothing where nothing is to be done.

`python -m launcher.prepare`, called by `make run` before the server starts; on a trial with
`--demo-accounts`.
"""

import json
import os
import shutil
import sys
from hashlib import sha256
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from launcher.problems import Problem, give_up

ROOT = Path(__file__).resolve().parent.parent


def prepare(*, demo_accounts: bool) -> None:
    """Raises Problem."""
    check_database()
    migrate()
    import_dataset()
    if demo_accounts:
        call_command("create_demo_accounts", str(settings.DATA_DIR / "demo-accounts.txt"))
    collect_static()


def check_database() -> None:
    """Raises Problem when the database cannot be used."""
    try:
        connection.ensure_connection()
    except Error as problem:
        raise Problem(
            f"The database cannot be used: {str(problem).strip()}\n"
            "DATABASE_URL must name a PostgreSQL server, 15 or newer, and a database on it. "
            "Without DATABASE_URL the embedded server is used."
        ) from None


def migrate() -> None:
    """Apply the migrations that the database has not seen yet, each whole or not at all."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Preparing the database …", flush=True)
        call_command("migrate", interactive=False, verbosity=0)


def import_dataset() -> None:
    """Fill an empty knowledge base with the starter knowledge, in one transaction."""
    if not apps.get_model("kb", "Entry").objects.exists():
        call_command("import_documents", str(ROOT / "dataset"))


def collect_static() -> None:
    """Gather the static files under hashed names, if they have changed.

    The stamp goes first and is written anew last, so that a gathering that was killed half-way is
    begun again.
    """
    stamp = settings.STATIC_ROOT.with_name("static.stamp")
    wanted = static_state()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    stamp.unlink(missing_ok=True)
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def static_state() -> str:
    """A digest that changes when any static file does."""
    files = []
    for finder in get_finders():
        for name, storage in finder.list([]):
            found = Path(storage.path(name)).stat()
            files.append([storage.path(name), found.st_size, found.st_mtime_ns])
    return sha256(json.dumps([settings.STORAGES, sorted(files)]).encode()).hexdigest()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        django.setup()
        prepare(demo_accounts="--demo-accounts" in sys.argv)
    except (Problem, CommandError, ImproperlyConfigured) as problem:
        give_up(Problem(str(problem)))
