"""Compile requirements*.txt from pyproject.toml, and check that they are in step with it."""

import subprocess
import sys
import tomllib
from hashlib import sha256
from pathlib import Path

from launcher.problems import Problem, give_up

ROOT = Path(__file__).resolve().parent.parent
PYPROJECT = ROOT / "pyproject.toml"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements-dev.txt"
HEADING = "# Compiled from pyproject.toml by `make requirements`; not edited by hand.\n"


def compile_both() -> None:
    """Newest versions that fit, each with its hashes; the development file holds the runtime's."""
    compile_one(RUNTIME, [])
    compile_one(DEVELOPMENT, ["--group", "dev", "--constraint", str(RUNTIME)])


def compile_one(file: Path, options: list[str]) -> None:
    """One resolution for every system and Python from the oldest we support."""
    output = ["--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header", "--quiet"]
    scope = ["--universal", "--python-version", "3.11", "--upgrade"]
    result = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", str(PYPROJECT), *options, *output, *scope],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    if result.returncode:
        raise Problem(f"{file.name} could not be compiled:\n{result.stderr.strip()}")
    file.write_text(f"{HEADING}{stamp()}\n{result.stdout}")


def check() -> None:
    """Raises Problem when a file was compiled from other dependencies than are declared now."""
    for file in (RUNTIME, DEVELOPMENT):
        if stamp() not in file.read_text().splitlines()[:2]:
            raise Problem(f"{file.name} is not in step with pyproject.toml: `make requirements`.")


def stamp() -> str:
    """A line that changes with what pyproject.toml declares, not with its comments."""
    project = tomllib.loads(PYPROJECT.read_text())
    groups = (project["project"]["dependencies"], project["dependency-groups"]["dev"])
    declared = "\n".join(";".join(sorted(group)) for group in groups)
    return f"# Declared dependencies: sha256 {sha256(declared.encode()).hexdigest()}"


if __name__ == "__main__":
    try:
        check() if sys.argv[1:] == ["--check"] else compile_both()
    except Problem as problem:
        give_up(problem)
