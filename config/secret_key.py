"""The key that signs cursors, made once and kept in the data folder."""

import os
import secrets
from pathlib import Path


def secret_key(file: Path) -> str:
    """The key in `file`, readable by its owner alone; made when there is none.

    Whole or not at all: of two processes that start together, both get the key of the first.
    """
    if not file.exists():
        write_once(file, secrets.token_urlsafe(50))
    return file.read_text(encoding="ascii").strip()


def write_once(file: Path, text: str) -> None:
    """Write `text` to `file` unless it exists by the time it is ready."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        pass  # another process was first, and its key is as good
    finally:
        draft.unlink()
