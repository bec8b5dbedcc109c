"""Files of a release: the same bytes whenever and wherever they are written."""

import hashlib
import os
import struct
import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import orjson

LEVEL = 4  # of compression: 6 takes twice as long for a twentieth fewer bytes
THREADS = min(4, os.cpu_count() or 1)  # that compress; how many does not change the bytes
PIECE = 1 << 20  # bytes that one of them compresses at once
WINDOW = 1 << 15  # bytes that deflate looks back
# A gzip file with neither name nor time; a last, empty block. Source: RFC 1951, RFC 1952
HEAD, LAST_BLOCK = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x03\0"


class File(NamedTuple):
    """A file that a release holds, as its manifest tells of it."""

    name: str
    media_type: str
    about: str


class Digest(NamedTuple):
    """SHA-256, hexadecimal, and size in bytes."""

    sha256: str
    bytes: int


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Lines, compressed into one stream, piece by piece and several pieces at a time."""
    check, size, before = 0, 0, b""
    waiting: deque[Future[bytes]] = deque()
    with path.open("wb") as file, ThreadPoolExecutor(THREADS) as threads:
        file.write(HEAD)
        for piece in _pieces(lines):
            waiting.append(threads.submit(_packed, piece, before))
            check, size, before = zlib.crc32(piece, check), size + len(piece), piece[-WINDOW:]
            if len(waiting) > THREADS:
                file.write(waiting.popleft().result())
        for each in waiting:
            file.write(each.result())
        file.write(LAST_BLOCK + struct.pack("<LL", check, size % 2**32))


def _pieces(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines, each with its end, as pieces that are worth a thread's while."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        piece += (line, b"\n")
        size += len(line) + 1
        if size >= PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    yield b"".join(piece)


def _packed(piece: bytes, before: bytes) -> bytes:
    """A piece as whole blocks, which refer to the end of the piece before it."""
    packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=before)
    return packer.compress(piece) + packer.flush(zlib.Z_SYNC_FLUSH)


def write_json(path: Path, value: Any) -> None:
    """JSON for people to read too."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    path.write_bytes(orjson.dumps(value, option=options))


def digest_of(path: Path) -> Digest:
    """What tells whether a copy of a file is whole."""
    with path.open("rb") as file:
        return Digest(hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
