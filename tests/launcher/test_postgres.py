import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from launcher import postgres
from launcher.locks import Lock
from launcher.problems import Problem

JOIN_AND_WAIT = """
import sys, time
from pathlib import Path
from launcher import postgres
postgres.join(Path(sys.argv[1]), durable=False)
print("joined", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """For a server of the test's own; a short path, so that its socket fits into it."""
    with tempfile.TemporaryDirectory(prefix="cg “é” ") as place:
        folder = Path(place) / "post gres"
        yield folder
        if folder in postgres.joined:
            postgres.joined[folder].leave()
        postgres.stop(folder)


def join_elsewhere(folder):
    """Another process that has joined; it leaves when its standard input is closed."""
    other = subprocess.Popen(
        [sys.executable, "-c", JOIN_AND_WAIT, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == b"joined\n"
    return other


def end(process, number=None):
    if number:
        process.send_signal(number)
    process.communicate(timeout=30)


def number_of(folder):
    """Process number of the running server, None when there is none."""
    main = postgres.postmaster(folder)
    return main.pid if main else None


def ask(server, query):
    with psycopg.connect(server.url) as connection:
        row = connection.execute(query).fetchone()
        return row[0] if row else None


def test_a_server_is_made_started_and_asked_in_a_folder_with_spaces(folder):
    server = postgres.join(folder, durable=False)

    assert ask(server, "SELECT lower('ÅÄÖ')") == "åäö"
    assert ask(server, "SELECT 'B' < 'a'")  # by code point, the same on every machine


def test_the_last_to_leave_stops_the_server(folder):
    other = join_elsewhere(folder)
    server = postgres.join(folder, durable=False)
    first = number_of(folder)

    end(other)
    assert number_of(folder) == first

    server.leave()
    assert number_of(folder) is None


def test_a_server_left_from_a_killed_run_is_started_anew_with_its_data(folder):
    other = join_elsewhere(folder)
    server = postgres.Server(folder, folder, Lock(folder.with_name("none")))  # not joined
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
    left = number_of(folder)
    end(other, signal.SIGKILL)
    assert number_of(folder) == left

    server = postgres.join(folder, durable=False)

    assert number_of(folder) != left
    assert ask(server, "SELECT number FROM kept") == 7


def test_a_server_that_was_killed_under_its_users_is_started_by_the_next(folder):
    other = join_elsewhere(folder)
    process = psutil.Process(number_of(folder))
    process.kill()
    postgres.wait_for_end(process)

    server = postgres.join(folder, durable=False)

    assert ask(server, "SELECT 1") == 1
    end(other)


def test_a_cluster_that_was_half_made_is_made_anew(folder):
    half_made = folder.with_name("post gres.new")
    half_made.mkdir()
    (half_made / "postgresql.conf").write_text("half")

    assert ask(postgres.join(folder, durable=False), "SELECT 1") == 1


def test_a_folder_that_holds_something_else_is_left_alone(folder):
    folder.mkdir()
    (folder / "letters.txt").write_text("mine")

    with pytest.raises(Problem, match="holds no database but something else"):
        postgres.join(folder, durable=False)

    assert (folder / "letters.txt").read_text() == "mine"


def test_a_pid_file_that_names_another_program_is_no_obstacle(folder):
    postgres.join(folder, durable=False).leave()
    lines = [str(os.getpid()), str(folder), "1", "5432", str(folder), "", " 1 1", "ready"]
    (folder / "postmaster.pid").write_text("\n".join(lines))

    assert ask(postgres.join(folder, durable=False), "SELECT 1") == 1


def test_a_path_that_is_too_long_for_a_socket_has_it_elsewhere(folder):
    deep = folder.parent / ("long " * 20) / "postgres"
    server = postgres.join(deep, durable=False)

    assert ask(server, "SELECT 1") == 1
    assert server.socket_folder.stat().st_mode & 0o077 == 0
    server.leave()
    server.socket_folder.rmdir()


def test_a_server_that_cannot_start_says_why(folder):
    postgres.join(folder, durable=False).leave()
    (folder / "postgresql.conf").write_text("no_such_setting = 1\n")

    with pytest.raises(Problem, match="no_such_setting"):
        postgres.join(folder, durable=False)
