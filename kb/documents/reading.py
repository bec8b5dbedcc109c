"""Documents from files: YAML, JSON, or JSONL with one document a line.

A file that cannot be read is reported and the next one read. Nothing outside of the folder is
opened, and nothing large is read in order to find out that it is too large.
"""

import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from kb.documents.json_text import parse_json
from kb.documents.problems import shown
from kb.documents.schema import MOST_BYTES
from kb.documents.tidying import FORBIDDEN
from kb.documents.unreadable import UnreadableText
from kb.documents.writing import write_yaml
from kb.documents.yaml_text import parse_yaml

__all__ = ["Found", "UnreadableFile", "document_files", "read_documents", "write_yaml"]

Parse = Callable[[str], Any]

PARSERS: dict[str, Parse] = {".yaml": parse_yaml, ".yml": parse_yaml, ".json": parse_json}
ENDINGS = (*PARSERS, ".jsonl")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Found:
    """A document as it stands in a file, unchecked.

    `file`: its path in the folder that was read. `line`: where the document begins, from 1.
    """

    file: str
    line: int
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file, or a line of a JSONL file, that holds no document. `line` None: the whole file."""

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{where}: {self.message}."


def read_documents(path: Path | str) -> Iterator[Found | UnreadableFile]:
    """Every document of a folder and its subfolders, or of one file, in the order of their names.

    Raises FileNotFoundError when there is nothing at `path`.
    """
    top = Path(path).resolve(strict=True)
    if not top.is_dir():
        yield from _documents_in(top, top.name)
        return
    for file in _files_in(top):
        name = file.relative_to(top).as_posix()
        if refusal := _refusal(file, top):
            yield UnreadableFile(name, None, refusal)
        else:
            yield from _documents_in(file, name)


def document_files(path: Path | str) -> int:
    """How many files `read_documents` will look at, for a progress bar."""
    top = Path(path)
    return sum(1 for _ in _files_in(top)) if top.is_dir() else 1


def _files_in(folder: Path) -> Iterator[Path]:
    """Everything below a folder whose name promises a document, sorted; hidden folders left out."""
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            if not entry.name.startswith("."):
                yield from _files_in(entry)
        elif entry.suffix.lower() in ENDINGS or (entry.is_symlink() and entry.is_dir()):
            yield entry


def _refusal(file: Path, top: Path) -> str | None:
    """Why a file is not opened at all; None when it is."""
    if file.name.startswith("."):
        return "hidden files are not read. Rename it, or move it out of the folder"
    if not file.is_symlink():
        return None
    if not file.exists():
        return "a link that leads nowhere. Delete it"
    if not file.resolve().is_relative_to(top):
        return "a link out of the folder is not followed. Put a copy in its place"
    return "a link to a folder is not followed. Delete it" if file.is_dir() else None


def _documents_in(file: Path, name: str) -> Iterator[Found | UnreadableFile]:
    ending = Path(name).suffix.lower()
    try:
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            yield UnreadableFile(name, None, "this is not a file that can be read")
        elif ending == ".jsonl":
            with file.open("rb") as lines:
                yield from _documents_in_lines(lines, name)
        elif ending not in PARSERS:
            known = ", ".join(ENDINGS)
            yield UnreadableFile(name, None, f"the name must end in one of {known}")
        elif status.st_size > MOST_BYTES:
            yield UnreadableFile(name, None, _too_large(status.st_size))
        else:
            yield _document(file.read_bytes(), PARSERS[ending], name)
    except OSError as error:
        yield UnreadableFile(name, None, f"it cannot be opened ({error.strerror})")


def _documents_in_lines(lines: BinaryIO, name: str) -> Iterator[Found | UnreadableFile]:
    """One document a line, read line by line, so that the file may be of any size."""
    number = 0
    while line := lines.readline(MOST_BYTES + 1):
        number += 1
        if len(line) > MOST_BYTES:
            size = len(line) + _skip_line(lines, line)
            yield UnreadableFile(name, number, _too_large(size))
        elif text := line.strip():
            yield _document(text, parse_json, name, first_line=number)


def _skip_line(lines: BinaryIO, head: bytes) -> int:
    """Reads on to the end of a line; how many bytes that was."""
    skipped = 0
    while not head.endswith(b"\n") and (head := lines.readline(MOST_BYTES)):
        skipped += len(head)
    return skipped


def _too_large(size: int) -> str:
    return f"{size:,} bytes are too many. A document has at most {MOST_BYTES:,}"


def _document(
    content: bytes, parse: Parse, name: str, first_line: int = 1
) -> Found | UnreadableFile:
    try:
        data = parse(_text(content.removeprefix(BYTE_ORDER_MARK)))
    except UnreadableText as problem:
        return UnreadableFile(name, first_line + problem.line - 1, problem.message)
    if not isinstance(data, dict):
        message = f"{shown(data)} instead of a document. Write fields and their values"
        return UnreadableFile(name, first_line, message)
    return Found(name, first_line, data)


def _text(content: bytes) -> str:
    """The characters of a file. Raises UnreadableText."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableText(line, "this is not UTF-8. Save the file as UTF-8") from None
    if not (text.isascii() and text.isprintable()) and (odd := FORBIDDEN.search(text)):
        line = text.count("\n", 0, odd.start()) + 1
        message = f"the character U+{ord(odd[0]):04X} is not allowed. Delete it"
        raise UnreadableText(line, message)
    return text
