"""Make the virtual environment `.venv` from hashed requirements, again only when they change.

Called by the Makefile: `python -m launcher.environment requirements.txt`. Runs before there is an
environment, so it uses the standard library alone.
"""

import fcntl
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import venv
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from launcher.problems import Problem, give_up

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv"
PYTHON = FOLDER / "bin" / "python"
STAMP = FOLDER / "installed.json"
OLDEST = (3, 11)


def ensure(file: str) -> None:
    """Have what the requirements file `file` lists in `.venv`. Raises Problem."""
    if sys.version_info < OLDEST:
        raise Problem(f"Python {sys.version.split()[0]} is too old: 3.11 or newer is needed.")
    with (ROOT / "requirements.txt").open("rb") as lock:
        wait_for(lock)
        if installed().get(file) != digest(file):
            install(file, lock)


def wait_for(lock: BinaryIO) -> None:
    """Of two commands that start together, the second waits and then finds everything done.

    pip inherits the lock, so that we also wait for one whose caller was killed, rather than have
    two of them write into one folder.
    """
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another command that sets up the environment …", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)


def install(file: str, lock: BinaryIO) -> None:
    """Install `file`: into what is there when that is sound, else into a new environment.

    The stamp is written last, so an installation that was killed half-way is begun anew.
    """
    done = installed()
    stale = [name for name, found in done.items() if found != digest(name)]
    print(f"Setting up the environment in .venv from {file} (once, until it changes) …", flush=True)
    if stale or not done:
        shutil.rmtree(FOLDER, ignore_errors=True)
        venv.create(FOLDER, symlinks=True)
        done = {}
    else:
        STAMP.unlink()
    run_pip(file, lock)
    STAMP.write_text(json.dumps(done | {file: digest(file)}))


def installed() -> dict[str, str]:
    """Name of requirements file → digest of it when it was installed. Empty: nothing usable."""
    try:
        found = json.loads(STAMP.read_text()) if PYTHON.exists() else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def digest(file: str) -> str:
    """Of the requirements, and of the place: an environment that was moved is made anew."""
    path = ROOT / file
    content = path.read_bytes() if path.exists() else b""
    return sha256(content + os.fsencode(FOLDER)).hexdigest()


def run_pip(file: str, lock: BinaryIO) -> None:
    """Install from wheels with the hashes in `file`, so that nothing else can slip in."""
    options = ["--require-hashes", "--only-binary=:all:", "--quiet", "--disable-pip-version-check"]
    command = [*pip(lock), "install", *options, "--no-input", "-r", str(ROOT / file)]
    if subprocess.run(command, pass_fds=[lock.fileno()], check=False).returncode:
        raise Problem(
            f"The packages in {file} could not be installed (see above).\n"
            f"Check the network. This is Python {sys.version.split()[0]}; 3.11 to 3.13 are tested. "
            "Another one is used with `make PYTHON=/path/to/python3.12 …`."
        )


def pip(lock: BinaryIO) -> list[str]:
    """The command that installs into `.venv`: a pip of its own, or that of the Python we run on.

    Raises Problem where there is neither: Debian's Python needs a package for it.
    """
    if importlib.util.find_spec("ensurepip"):
        bring_pip = [str(PYTHON), "-m", "ensurepip"]
        subprocess.run(bring_pip, pass_fds=[lock.fileno()], stdout=subprocess.DEVNULL, check=True)
        return [str(PYTHON), "-m", "pip"]
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    raise Problem(
        "This Python has neither ensurepip nor pip. On Debian and Ubuntu: "
        "`apt install python3-venv`; or use another Python with `make PYTHON=… run`."
    )


if __name__ == "__main__":
    try:
        ensure(sys.argv[1])
    except Problem as problem:
        give_up(problem)
    except KeyboardInterrupt:
        sys.exit(130)
