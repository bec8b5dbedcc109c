"""How long a release takes, beside COPY of the same bytes, and in how much memory.

`python -m bench.releasing lines ROUNDS` and `python -m bench.releasing whole MOST` say it in JSON,
each in a process of its own, so that its memory is its own too.
"""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import django
import orjson
import psycopg

ALL = 1 << 62  # rows: more than there are
SHARE = 10  # a release of so many times fewer entries, whose memory is compared
# The same lines, as the database makes and sends them.
LINES = (
    "SELECT json FROM kb_published ORDER BY key",
    "SELECT json FROM kb_tombstone ORDER BY key",
    """SELECT row_to_json(line)::text FROM (
        SELECT r.id AS chain_place, e.key AS entry, r.number, r.salt, r.hash, r.previous_hash,
            r.document_hash, r.document, r.metadata
        FROM kb_revision r JOIN kb_entry e ON e.id = r.entry_id ORDER BY r.id
    ) line""",
)


def release_figures(size: int, rounds: int) -> dict[str, float]:
    """What the two commands say, together. `size`: entries there are."""
    fewer = _said("whole", size // SHARE)
    return {
        **_said("lines", rounds),
        **_said("whole", ALL),
        "peak_mb_of_fewer": fewer["peak_mb"],
    }


def _said(what: str, number: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.releasing", what, str(number)]
    result = subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, check=True)
    found: dict[str, float] = orjson.loads(result.stdout.splitlines()[-1])
    return found


def lines(folder: Path, rounds: int) -> dict[str, float]:
    """Seconds for the lines of a release and for COPY, in turns; the ratio is that of neighbours.

    COPY writes the same lines into a file, and does not compress them.
    """
    from bench.single import clock
    from kb.releases.lines import write_entries, write_revisions
    from kb.releases.snapshot import snapshot

    found: list[tuple[float, float]] = []
    with snapshot() as taken:
        for _ in range(rounds):
            ours = clock(lambda: (write_entries(taken, folder), write_revisions(taken, folder)))
            found.append((ours, clock(lambda: _copy(taken.connection, folder / "copied"))))
    return {
        "lines_seconds": median(ours for ours, _theirs in found),
        "copy_seconds": median(theirs for _ours, theirs in found),
        "times_copy": median(ours / theirs for ours, theirs in found),
        "copied_mb": (folder / "copied").stat().st_size / 2**20,
    }


def _copy(connection: psycopg.Connection[Any], path: Path) -> None:
    with path.open("wb") as file, connection.cursor() as cursor:
        for query in LINES:
            with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT binary)") as rows:
                for row in rows:
                    file.write(row)


def whole(folder: Path, most: int) -> dict[str, float]:
    """Seconds for all files of a release, and the memory of the process at its highest.

    `most`: rows that are read of each table, as if there were no more.
    """
    from bench.single import clock
    from kb.releases.building import PARTS
    from kb.releases.snapshot import Snapshot, snapshot

    class Fewer(Snapshot):
        def rows(self, sql: str, params: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
            return islice(super().rows(sql, params), most)

    with snapshot() as taken:
        fewer = Fewer(taken.connection)
        seconds = clock(lambda: [part(fewer, folder) for part in PARTS])
    return {
        "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "files_mb": sum(path.stat().st_size for path in folder.iterdir()) / 2**20,
    }


if __name__ == "__main__":
    django.setup()
    what, number = {"lines": lines, "whole": whole}[sys.argv[1]], int(sys.argv[2])
    with TemporaryDirectory(prefix="release-", dir=os.environ["CG_DATA"]) as place:
        print(orjson.dumps(what(Path(place), number)).decode())
