"""The servers that are compared, each started as the launcher starts ours."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from launcher.children import GRACE, signal_group
from launcher.run import GRANIAN, HOST

APPLICATIONS: Mapping[str, str] = {
    "ours": "config.wsgi:application",
    "uncounted": "config.wsgi:application",
    "limit": "bench.limit:application",
    "usual": "bench.usual.wsgi:application",
}
PLENTY = "1000000"  # times as much as usual may be asked: counted as on a site, never refused
PATIENCE = 30.0  # seconds for a server to take connections


@dataclass(frozen=True)
class Server:
    """A running server. `pid`: of the process that watches over its worker."""

    name: str
    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    def memory(self) -> float:
        """Megabytes that its largest process holds: the worker."""
        return max(process.memory_info().rss for process in self._processes()) / 2**20

    def cpu_seconds(self) -> float:
        """Processor time that it has used so far; that of the database is not in it."""
        times = [process.cpu_times() for process in self._processes()]
        return sum(each.user + each.system for each in times)

    def _processes(self) -> list[psutil.Process]:
        main = psutil.Process(self.pid)
        return [main, *main.children(recursive=True)]


@contextmanager
def running(names: list[str], database_url: str, data: Path) -> Iterator[dict[str, Server]]:
    """Servers by name, stopped at the end whatever happens. Raises RuntimeError."""
    with ExitStack() as stack:
        started = {}
        for name in names:
            started[name] = stack.enter_context(_server(name, database_url, data))
        yield started


@contextmanager
def _server(name: str, database_url: str, data: Path) -> Iterator[Server]:
    port = _free_port()
    command = [sys.executable, "-m", "granian", *GRANIAN, "--host", HOST, "--port", str(port)]
    environment = {
        **os.environ,
        "CG_DATA": str(data),
        "DATABASE_URL": database_url,
        "CG_STATEMENT_TIMEOUT": "2s",
        "CG_LIMITS": "0" if name == "uncounted" else PLENTY,
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    log = data / "bench" / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, APPLICATIONS[name]],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        _wait_for(process, port, log)
        yield Server(name, port, process.pid)
    finally:
        signal_group(process.pid, signal.SIGTERM)
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()


def _wait_for(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE)
        try:
            connection.request("GET", "/favicon.ico")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise RuntimeError(f"the server does not answer:\n{log.read_text(errors='replace')[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
