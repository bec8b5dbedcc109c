"""A database with the corpus in it, made by the founding import, or kept from an earlier run."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from bench import database
from bench.files import CorpusFile
from bench.positions import WANTED, grow
from bench.single import clock
from bench.usual.filling import Filling, make_tables

POSITIONS_EACH = 10  # as many times more than entries there are positions
SCHEMA = (
    "CREATE TABLE bench_corpus (fingerprint text, imported text, usual_seconds double precision)"
)


def prepared(server: str, name: str, corpus: CorpusFile, *, is_fresh: bool) -> dict[str, Any]:
    """What the import of the corpus took (see `loading.load`), now or when it was made."""
    wanted = _fingerprint(corpus)
    if not is_fresh and database.exists(server, name):
        known = _known(wanted)
        if known is not None:
            print(f"Using the database {name} that was kept.", flush=True)
            return known
    connection.close()
    database.create(server, name)
    call_command("migrate", verbosity=0, database="default", skip_checks=True)
    print(f"Importing {corpus.entries:,} documents …", flush=True)
    imported = _imported(Path(corpus.path))
    print("Adding positions …", flush=True)
    imported["positions"] = grow(min(POSITIONS_EACH * corpus.size, WANTED))
    print("Filling the tables of the usual way …", flush=True)
    usual_seconds = clock(lambda: fill_usual(Path(corpus.path)))
    with connection.cursor() as cursor:
        cursor.execute(SCHEMA)
        cursor.execute(
            "INSERT INTO bench_corpus VALUES (%s, %s, %s)",
            [wanted, orjson.dumps(imported).decode(), usual_seconds],
        )
    return imported


def _known(wanted: str) -> dict[str, Any] | None:
    """The figures of the import in the kept database, None when it holds something else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('bench_corpus')")
        if cursor.fetchone() == (None,):
            return None
        cursor.execute("SELECT imported FROM bench_corpus WHERE fingerprint = %s", [wanted])
        found = cursor.fetchone()
    known: dict[str, Any] | None = orjson.loads(found[0]) if found else None
    return known


def _fingerprint(corpus: CorpusFile) -> str:
    """Changes with the corpus and with the tables."""
    total = hashlib.sha256(corpus.fingerprint.encode())
    for app in ("kb", "governance"):
        folder = Path(apps.get_app_config(app).path) / "migrations"
        for file in sorted(folder.glob("*.py")):
            total.update(file.read_bytes())
    for name in ("positions.py", "usual/models.py"):
        total.update(Path(__file__).parent.joinpath(name).read_bytes())
    return total.hexdigest()


def _imported(path: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.loading", str(path)]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = orjson.loads(result.stdout.splitlines()[-1])
    return found


def fill_usual(path: Path) -> None:
    make_tables()
    with path.open("rb") as lines:
        filling = Filling(orjson.loads(line)["key"] for line in lines)
    with path.open("rb") as lines:
        filling.fill(orjson.loads(line) for line in lines)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
