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
from dataclasses import dataclass, field
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
            for left in FOLDER.glob("**/run.lock"):  # from tests that were killed
                stop_site(left.parent)
            prepare_starter()
            start_site(SITE, copied_database(STARTER, "site"))
        users.share()
    yield address_of(SITE)
    with alone(FOLDER / "site.gate"):
        if users.take():
            stop_site(SITE)
        users.release()


@dataclass(frozen=True, slots=True)
class OwnSite:
    """A site that tests may write to, with an account for each role."""

    url: str
    folder: Path
    accounts: str = field(repr=False)  # the text of its demo-accounts.txt


@pytest.fixture(scope="session")
def own_site(site: str) -> Iterator[OwnSite]:
    """Another site with the starter knowledge, one for each worker, which tests may write to.

    Its knowledge is a copy of what was imported for `site`, so that it starts in a few seconds.
    """
    del site  # needed to be there first: it has prepared what is copied
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    folder = FOLDER / "own" / worker
    database = copied_database(STARTER, f"own_{worker}")
    accounts = make_accounts(folder, database)
    start_site(folder, database)
    yield OwnSite(address_of(folder), folder, accounts)
    stop_site(folder)


STARTER = "starter"  # the database with the starter knowledge that sites begin from


def prepare_starter() -> None:
    """Import the starter knowledge, into the database that sites are copied from."""
    launched("launcher.prepare", environment=environment_of(SITE, empty_database(STARTER)))


def make_accounts(folder: Path, database: str) -> str:
    """Make the demo accounts. Gives the text that tells of them."""
    file = folder / "demo-accounts.txt"
    folder.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)  # it told of a database that is gone
    environment = environment_of(folder, database)
    launched("manage", "create_demo_accounts", str(file), environment=environment)
    return file.read_text()


def launched(module: str, *arguments: str, environment: dict[str, str]) -> None:
    """Run a program of ours to its end."""
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def environment_of(folder: Path, database: str) -> dict[str, str]:
    """What a site with its data in `folder` is told; `database`: its URL."""
    told = {"CG_DATA": str(folder), "DATABASE_URL": database, "PORT": str(free_port())}
    return os.environ | told | {"DJANGO_SETTINGS_MODULE": "config.settings"}


def start_site(folder: Path, database: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    log = folder.with_suffix(".log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "launcher.run"],
            cwd=settings.BASE_DIR,
            env=environment_of(folder, database),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    while b"Common Ground is at" not in log.read_bytes():
        if process.poll() is not None:
            pytest.fail(f"The site did not start:\n{log.read_text()}")
        time.sleep(0.05)


def stop_site(folder: Path) -> None:
    running = Lock(folder / "run.lock")
    if not running.take():
        os.kill(int(running.text.split()[1].rstrip(",")), signal.SIGTERM)
        running.take(wait=30)
    running.release()


def address_of(folder: Path) -> str:
    lock = Lock(folder / "run.lock")
    try:
        return lock.text.split()[-1]
    finally:
        lock.release()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def empty_database(name: str) -> str:
    """Make the database `name` anew on the test server. Gives its URL."""
    return copied_database("template1", name)


def copied_database(template: str, name: str) -> str:
    """Make the database `name` anew, with what is in `template`. Gives its URL."""
    with psycopg.connect(server(), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return database_url(name)


def database_url(name: str) -> str:
    """The URL of a database of the test server."""
    return urlunsplit(urlsplit(server())._replace(path=f"/{name}"))


def server() -> str:
    """The URL of the test server."""
    return os.environ.get("DATABASE_URL") or postgres.join(FOLDER / "postgres").url


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
