"""`make run`: database, migrations, founding import, server, worker; Ctrl-C stops all of it.

PORT (8000), CG_DATA (var/) and DATABASE_URL (the embedded server) say where.
"""

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from launcher import postgres
from launcher.children import Children
from launcher.locks import Lock
from launcher.problems import Problem, give_up
from launcher.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
TURNOVER = 3.0  # seconds that an ending run may take to let go of its lock
PATIENCE = 60.0  # seconds for the server to answer
GRANIAN = [
    "--interface", "wsgi",
    "--blocking-threads", "4",
    # A thread that ends takes its database connection with it; ten minutes is the longest.
    "--blocking-threads-idle-timeout", "600",
    "--no-ws",
    "--log-level", "warning",
    "--respawn-failed-workers",
]  # fmt: skip


class Stopped(Exception):
    """Somebody wants us to stop."""


def run() -> None:
    """Serve until stopped. Raises Problem."""
    port, data = read_port(os.environ.get("PORT") or "8000"), data_folder()
    lock = claim(data, port)
    children = Children(data / "children.lock")
    workers = Children(data / "worker.lock")
    try:
        check_port(port)
        environment = os.environ | {
            "CG_DATA": str(data),
            "DATABASE_URL": database_url(data),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "CG_LOCAL_URL": f"http://{HOST}:{port}",
        }
        prepare(children, environment, is_trial=is_trial(os.environ))
        serve(children, environment, port, Worker(workers, environment))
    finally:
        ignore_signals()  # the second Ctrl-C of an impatient person must not leave things behind
        workers.stop()
        children.stop()
        for server in list(postgres.joined.values()):
            server.leave()
        lock.release()


def read_port(text: str) -> int:
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise Problem(f"PORT is “{text}”. Write a number from 1 to 65535: `make run PORT=8080`.")


def data_folder() -> Path:
    """CG_DATA, made if need be and writable."""
    folder = Path(os.environ.get("CG_DATA") or ROOT / "var").absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise Problem(f"The data folder {folder} cannot be made: {problem.strerror}.") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Problem(f"The data folder {folder} belongs to somebody else. Set CG_DATA to another.")
    return folder


def claim(data: Path, port: int) -> Lock:
    """Have the data folder to ourselves. Raises Problem when another run has it."""
    lock = Lock(data / "run.lock")
    if not lock.take(wait=TURNOVER):
        raise Problem(
            f"Common Ground already runs on the data folder {data}: {lock.text.strip()}.\n"
            "Stop it with Ctrl-C where it was started, or set CG_DATA to another folder."
        )
    lock.text = f"process {os.getpid()}, http://{HOST}:{port}"
    return lock


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise Problem(f"Port {port} is for root alone: `make run PORT=8080`.") from None
        except OSError:
            raise Problem(
                f"Port {port} is taken by another program: `make run PORT={port + 1}`, for example."
            ) from None


def database_url(data: Path) -> str:
    """Where the database is; the embedded server is started unless DATABASE_URL names another."""
    return os.environ.get("DATABASE_URL") or postgres.join(data / "postgres").url


def is_trial(environment: Mapping[str, str]) -> bool:
    """Whether nobody has said where this is to stand: only then are there demo accounts."""
    return not environment.get("DATABASE_URL") and not environment.get("CG_URL")


def prepare(children: Children, environment: dict[str, str], *, is_trial: bool) -> None:
    """Bring database and static files up to date."""
    options = ["--demo-accounts"] if is_trial else []
    children.start([sys.executable, "-m", "launcher.prepare", *options], environment)
    if children.wait():
        raise Problem("Common Ground was not started; the reason stands above.")


def serve(children: Children, environment: dict[str, str], port: int, worker: Worker) -> None:
    """Serve until stopped. Raises Problem when the server ends by itself."""
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", HOST, "--port", str(port)]
    patience = {"CG_STATEMENT_TIMEOUT": "2s"}  # for pages; jobs may take their time
    children.start([*command, "config.wsgi:application"], patience | environment)
    wait_for_answer(children, port)
    print(f"\nCommon Ground is at http://{HOST}:{port}/  (Ctrl-C stops it)", flush=True)
    while not children.has_ended():
        time.sleep(0.5)
        stop_if_abandoned()
        check_database()
        worker.tend()
    raise Problem("The server ended by itself; the reason stands above.")


def check_database() -> None:
    """Raises Problem when the embedded server has ended, as when the system ran out of memory."""
    for folder in postgres.joined:
        if postgres.postmaster(folder) is None:
            raise Problem(f"The database ended by itself. The reason may stand in {folder}.log.")


def wait_for_answer(children: Children, port: int) -> None:
    until = time.monotonic() + PATIENCE
    while not answers(port):
        if children.has_ended():
            raise Problem("The server did not start; the reason stands above.")
        if time.monotonic() > until:
            raise Problem(f"The server does not answer at http://{HOST}:{port}/.")
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether the home page comes. Raises Problem when it fails."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
    try:
        connection.request("GET", "/")
        status = connection.getresponse().status
    except OSError:
        return False
    finally:
        connection.close()
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Problem(f"The home page fails with status {status}; the reason stands above.")
    return True


def stop_if_abandoned(parent: int = os.getppid()) -> None:
    """Stop when `make`, which started us, was killed: nobody could press Ctrl-C any more."""
    if "MAKELEVEL" in os.environ and os.getppid() != parent:
        raise Stopped


def on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, action)


def ignore_signals() -> None:
    on_signals(signal.SIG_IGN)


def raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    on_signals(raise_stopped)
    try:
        run()
    except Problem as problem:
        give_up(problem)
    except Stopped:
        print("\nStopped.")
