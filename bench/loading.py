"""The founding import, timed: `python -m bench.loading FILE` says in JSON how long it took.

A process of its own, so that its memory is its own too.
"""

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import django
import orjson
from django.db import connection

PROGRESS_EVERY = 10_000  # documents


def load(path: Path) -> dict[str, float]:
    """Import the documents of an empty knowledge base. `peak_mb`: memory of the process."""
    from kb.documents.reading import read_documents
    from kb.editing.importing import import_documents

    begun, cpu_before = time.perf_counter(), cpu_seconds()
    told = 0

    def tell(count: int) -> None:
        nonlocal told
        if count - told >= PROGRESS_EVERY:
            told = count
            seconds = time.perf_counter() - begun
            print(f"  {count:,} documents checked, {seconds:.0f} s", file=sys.stderr, flush=True)

    report = import_documents(read_documents(path), on_progress=tell)
    seconds, cpu = time.perf_counter() - begun, cpu_seconds() - cpu_before
    if not report.published:
        raise ValueError("nothing was imported: the knowledge base is not empty")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    workers = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return {
        "documents": report.published,
        "seconds": seconds,
        "cpu_seconds": cpu,
        "peak_mb": peak,
        "peak_mb_of_a_worker": workers,
        "vacuum_seconds": vacuum(),
        "database_mb": database_megabytes(),
    }


def cpu_seconds() -> float:
    """Processor time of this process and of its workers that have ended; not of the database."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    used = [resource.getrusage(each) for each in whose]
    return sum(each.ru_utime + each.ru_stime for each in used)


def vacuum() -> float:
    """What autovacuum does a little later: visibility and statistics. Gives the seconds it took."""
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    return time.perf_counter() - begun


def database_megabytes() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return float(size) / 2**20


def copy_lines(path: Path) -> float:
    """Seconds that COPY takes for the same bytes as rows of text: what the machine could do."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_calibration (line bytea)")
        begun = time.perf_counter()
        statement = "COPY bench_calibration FROM STDIN (FORMAT binary)"
        with cursor.cursor.copy(statement) as copy:
            copy.set_types(["bytea"])
            for line in _lines(path):
                copy.write_row((line,))
        seconds = time.perf_counter() - begun
        cursor.execute("DROP TABLE bench_calibration")
    return seconds


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from file


def main(path: Path) -> None:
    calibration = copy_lines(path)
    found = load(path)
    print(orjson.dumps({**found, "copy_seconds": calibration}).decode())


if __name__ == "__main__":
    django.setup()
    main(Path(sys.argv[1]))
