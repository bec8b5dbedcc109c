import os
import socket
import subprocess
import sys
from contextlib import nullcontext
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from launcher.run import Stopped, is_trial, stop_if_abandoned


def run(data, **environment):
    """Start a run that is not to come far."""
    return subprocess.run(
        [sys.executable, "-m", "launcher.run"],
        env=os.environ | {"CG_DATA": str(data)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_that_is_taken_is_told_before_anything_is_started(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        result = run(tmp_path / "data", PORT=str(port))

    assert result.returncode == 1
    assert f"Port {port} is taken by another program" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "data" / "postgres").exists()


@pytest.mark.parametrize("port", ["web", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_no_port_is_refused(tmp_path, port):
    result = run(tmp_path, PORT=port)

    assert result.returncode == 1
    assert f"PORT is “{port}”. Write a number from 1 to 65535" in result.stderr


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").touch()

    result = run(tmp_path / "file" / "data")

    assert result.returncode == 1
    assert "cannot be made: Not a directory" in result.stderr


def test_a_database_that_cannot_be_reached_is_told_with_what_to_write(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    url = f"postgresql://ann@127.0.0.1:{port}/ground"

    result = run(tmp_path, PORT=str(free_port()), DATABASE_URL=url)

    assert result.returncode == 1
    assert "The database cannot be used" in result.stderr
    assert "DATABASE_URL must name a PostgreSQL server, 15 or newer" in result.stderr


def test_a_second_run_on_the_same_data_is_refused(site):
    result = run(settings.DATA_DIR / "test" / "site", PORT=str(free_port()))

    assert result.returncode == 1
    assert "already runs on the data folder" in result.stderr
    assert f"http://127.0.0.1:{urlsplit(site).port}" in result.stderr


@pytest.mark.parametrize(
    ("by_make", "parent", "stops"), [(1, 0, True), (1, None, False), (0, 0, False)]
)
def test_a_run_stops_when_the_make_that_started_it_was_killed(monkeypatch, by_make, parent, stops):
    monkeypatch.delenv("MAKELEVEL", raising=False)
    if by_make:
        monkeypatch.setenv("MAKELEVEL", "1")

    with pytest.raises(Stopped) if stops else nullcontext():
        stop_if_abandoned(os.getppid() if parent is None else parent)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, True),
        ({"CG_DATA": "/elsewhere", "PORT": "8080"}, True),
        ({"DATABASE_URL": "postgresql:///ground"}, False),
        ({"CG_URL": "https://example.org"}, False),
    ],
)
def test_only_a_run_of_which_nothing_is_said_has_demo_accounts(environment, expected):
    assert is_trial(environment) is expected
