"""Compressed lines: one stream that anything reads, the same bytes however many threads make it."""

import gzip
import subprocess
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.releases import files
from kb.releases.files import write_lines

LINES = st.lists(st.binary(max_size=40) | st.sampled_from([b"the same again"] * 3), max_size=30)


@given(LINES, st.integers(1, 200))
@settings(deadline=None, suppress_health_check=list(HealthCheck))
def test_lines_are_read_back_wherever_they_were_cut(tmp_path, monkeypatch, lines, size):
    monkeypatch.setattr(files, "PIECE", size)
    path = tmp_path / "lines.gz"

    write_lines(path, lines)

    text = b"".join(line + b"\n" for line in lines)
    assert gzip.decompress(path.read_bytes()) == text
    one_stream = zlib.decompressobj(16 + zlib.MAX_WBITS)
    assert one_stream.decompress(path.read_bytes()) == text
    assert (one_stream.eof, one_stream.unused_data) == (True, b"")


def test_the_number_of_threads_does_not_change_the_bytes(tmp_path, monkeypatch):
    lines = [f"line {number}, {number * number}".encode() for number in range(20_000)]
    monkeypatch.setattr(files, "PIECE", 10_000)

    written = {}
    for threads in (1, 2, 5):
        monkeypatch.setattr(files, "THREADS", threads)
        write_lines(tmp_path / "lines.gz", lines)
        written[threads] = (tmp_path / "lines.gz").read_bytes()

    assert len(set(written.values())) == 1
    # A piece refers to what is before it: cutting costs next to nothing.
    whole = zlib.compress(b"\n".join(lines), files.LEVEL)
    assert len(written[1]) < 1.02 * len(whole)


@pytest.mark.parametrize("program", [["gzip", "-t"], ["zcat"]])
def test_programs_of_the_system_take_it(tmp_path, program):
    write_lines(tmp_path / "lines.gz", [b"one", b"two"])

    subprocess.run([*program, tmp_path / "lines.gz"], check=True, capture_output=True)


def test_what_fails_half_way_is_told(tmp_path):
    def lines():
        yield b"one"
        raise OSError("The connection was lost.")

    with pytest.raises(OSError, match="lost"):
        write_lines(tmp_path / "lines.gz", lines())
