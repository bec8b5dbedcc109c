"""Load from many connections at once: by wrk where it is found, else by ourselves."""

import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

import orjson

from bench.servers import Server
from launcher.run import HOST

CONNECTIONS = 16
PATIENCE = 60.0  # seconds beyond those of the load
SCRIPT = Path(__file__).with_name("requests.lua")


class Ask(NamedTuple):
    """A request: its path, and the ETag of a copy that we claim to have.

    With a `body` (ASCII, in one line) it is a POST.
    """

    path: str
    tag: str = ""
    body: str = ""
    media_type: str = ""

    @property
    def method(self) -> str:
        return "POST" if self.body else "GET"

    @property
    def headers(self) -> dict[str, str]:
        condition = {"If-None-Match": self.tag} if self.tag else {}
        return condition | ({"Content-Type": self.media_type} if self.body else {})

    @property
    def line(self) -> str:
        return "\t".join(self).rstrip("\t")

    @property
    def message(self) -> bytes:
        length = {"Content-Length": str(len(self.body))} if self.body else {}
        own = "".join(f"{name}: {value}\r\n" for name, value in (self.headers | length).items())
        return (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: {HOST}\r\n{own}\r\n{self.body}".encode()
        )


class Measured(NamedTuple):
    """`refused`: answers with status 400 or more; `broken`: connections that failed.

    `cpu_seconds`: processor time of the server's own processes.
    """

    requests: int
    seconds: float
    refused: int
    broken: int
    cpu_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.requests / self.seconds


def generator() -> str:
    """What makes the load: "wrk", or "built in"."""
    return "wrk" if shutil.which("wrk") else "built in"


def press(server: Server, asks: Sequence[Ask], seconds: float, folder: Path) -> Measured:
    """Ask one after the other, again and again, on all connections for `seconds`."""
    file = folder / f"{server.name}.requests"
    file.write_text("".join(ask.line + "\n" for ask in asks), encoding="ascii")
    cpu_before = server.cpu_seconds()
    result = subprocess.run(
        _command(server, file, seconds),
        capture_output=True,
        text=True,
        check=True,
        timeout=seconds + PATIENCE,
    )
    found = orjson.loads(result.stdout.splitlines()[-1])
    cpu = server.cpu_seconds() - cpu_before
    return Measured(
        found["requests"], found["seconds"], found["refused"], found["broken"], cpu_seconds=cpu
    )


def _command(server: Server, file: Path, seconds: float) -> list[str]:
    if generator() == "wrk":
        size = ["-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
        return ["wrk", *size, "-s", str(SCRIPT), server.address, "--", str(file)]
    return [sys.executable, "-m", "bench.pressure", str(server.port), str(file), str(seconds)]


# --- without wrk -----------------------------------------------------------------------------


@dataclass
class Connection:
    """One connection that always has one request under way."""

    socket: socket.socket
    received: bytearray = field(default_factory=bytearray)
    missing: int | None = None  # bytes of the body still to come; None while reading the head


def press_ourselves(port: int, asks: Sequence[Ask], seconds: float) -> Measured:
    """The same without wrk, at several thousand requests a second at most."""
    messages = cycle([ask.message for ask in asks])
    done = refused = 0
    with selectors.DefaultSelector() as selector:
        for _ in range(CONNECTIONS):
            connection = Connection(socket.create_connection((HOST, port)))
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.socket.sendall(next(messages))
        begun = time.perf_counter()
        while time.perf_counter() - begun < seconds:
            for key, _events in selector.select(1.0):
                status = received(key.data)
                if status:
                    done += 1
                    refused += status >= 400
                    key.data.socket.sendall(next(messages))
        taken = time.perf_counter() - begun
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return Measured(done, taken, refused, 0)


def received(connection: Connection) -> int:
    """Read what is there. Gives the status of the answer that is complete now, else 0."""
    piece = connection.socket.recv(262_144)
    if not piece:
        raise ConnectionError("the server closed a connection")
    connection.received += piece
    head, mark, body = bytes(connection.received).partition(b"\r\n\r\n")
    if not mark or len(body) < body_length(head):
        return 0
    connection.received.clear()
    return int(head[9:12])


def body_length(head: bytes) -> int:
    """Bytes that follow the head of an answer."""
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line[15:])
    return 0


def read_asks(file: Path) -> list[Ask]:
    lines = file.read_text(encoding="ascii").splitlines()
    return [Ask(*line.split("\t")) for line in lines]


if __name__ == "__main__":
    _program, port, file, seconds = sys.argv
    measured = press_ourselves(int(port), read_asks(Path(file)), float(seconds))
    print(orjson.dumps(measured._asdict()).decode())
