"""What every test may ask for: the test database, the site with the starter knowledge, a browser.

The embedded server for tests has a folder of its own (`test/` in the data folder), so that tests
never touch what `make run` serves. With DATABASE_URL, test databases are made on that server.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from launcher import postgres
from launcher.locks import Lock, alone
from launcher.prepare import collect_static

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER: Path = settings.DATA_DIR / "test"
SITE = FOLDER / "site"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HOW_TO_GET_A_BROWSER = (
    "browser tests need Chromium (Debian: `apt install chromium`), on the PATH or named by CHROMIUM"
)


def pytest_configure(config: pytest.Config) -> None:
    """Start the test server and gather static files before workers and tests need them."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    settings.STATIC_ROOT = FOLDER / "static"
    if not os.environ.get("DATABASE_URL"):
        postgres.join(FOLDER / "postgres", durable=False)
        settings.DATABASES["default"]["EMBEDDED_FOLDER"] = FOLDER / "postgres"
    if not hasattr(config, "workerinput"):  # the workers of one run share what their head gathers
        collect_static()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of Common Ground with the starter knowledge, started as `make run` starts it.

    All workers share it: the first starts it and the last stops it. Tests leave it as it is.
    """
    users = Lock(FOLDER / "site.users")
    with alone(FOLDER / "site.gate"):
        if users.take():
            stop_site()  # left from tests that were killed
            start_site()
        users.share()
    yield Lock(SITE / "run.lock").text.split()[-1]
    with alone(FOLDER / "site.gate"):
        if users.take():
            stop_site()
        users.release()


def start_site() -> None:
    environment = os.environ | {
        "CG_DATA": str(SITE),
        "DATABASE_URL": empty_database("site"),
        "PORT": str(free_port()),
    }
    log = FOLDER / "site.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "launcher.run"],
            cwd=settings.BASE_DIR,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    while b"Common Ground is at" not in log.read_bytes():
        if process.poll() is not None:
            pytest.fail(f"The site did not start:\n{log.read_text()}")
        time.sleep(0.05)


def stop_site() -> None:
    running = Lock(SITE / "run.lock")
    if not running.take():
        os.kill(int(running.text.split()[1].rstrip(",")), signal.SIGTERM)
        running.take(wait=30)
    running.release()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def empty_database(name: str) -> str:
    """Make the database `name` anew on the test server. Gives its URL."""
    server = os.environ.get("DATABASE_URL") or postgres.join(FOLDER / "postgres").url
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return urlunsplit(urlsplit(server)._replace(path=f"/{name}"))


def find_browser() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Chromium. Without one the test is skipped, or fails with CG_BROWSER_TESTS=required."""
    program = find_browser()
    if program is None:
        if os.environ.get("CG_BROWSER_TESTS") == "required":
            pytest.fail(HOW_TO_GET_A_BROWSER)
        pytest.skip(HOW_TO_GET_A_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Containers often let no program make a sandbox of its own; we open only our own pages.
        yield playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])


@pytest.fixture
def page(browser: "Browser", site: str) -> "Iterator[Page]":
    """A fresh browser page on the site: `page.goto("/bodies/cern/")`."""
    with browser.new_context(base_url=site) as context:
        yield context.new_page()
