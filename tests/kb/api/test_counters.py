"""Counts that processes and threads share."""

import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.api.counters import DIGEST, SIZE, WAYS, Counters

ASKING = """
import sys, time
from pathlib import Path
from kb.api.counters import Counters
counters = Counters(Path(sys.argv[1]))
print(sum(counters.count(b"a" * 16, 600, 300, 1000.0).is_allowed for _ in range(400)))
"""


@pytest.fixture
def shared(tmp_path):
    found = Counters(tmp_path / "limits")
    yield found
    found.close()


def who(name, bucket=0):
    """A digest that leads to that bucket."""
    return bucket.to_bytes(4, "little") + name.encode().ljust(DIGEST - 4, b".")


def test_processes_that_count_at_once_allow_exactly_what_is_allowed(tmp_path):
    command = [sys.executable, "-c", ASKING, str(tmp_path / "limits")]
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]

    allowed = [int(each.communicate(timeout=60)[0]) for each in asking]

    assert sum(allowed) == 600


def test_threads_that_count_at_once_allow_exactly_what_is_allowed(shared):
    def ask(_number):
        return sum(shared.count(who("a"), 600, 300, 1000.0).is_allowed for _ in range(200))

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(ask, range(4))) == 600


def test_what_is_counted_is_still_known_after_a_restart(tmp_path):
    before = Counters(tmp_path / "limits")
    before.count(who("a"), 10, 300, 1000.0)
    before.close()

    after = Counters(tmp_path / "limits")

    assert after.count(who("a"), 10, 300, 1001.0).left == 8
    assert (tmp_path / "limits").stat().st_size == SIZE
    after.close()


@pytest.mark.parametrize(
    ("later", "is_allowed", "reset"),
    [(0, False, 300), (299.5, False, 0.5), (300, True, 300), (900, True, 300), (-60, True, 300)],
)
def test_a_window_begins_with_the_first_request_and_ends_in_time(shared, later, is_allowed, reset):
    shared.count(who("a"), 1, 300, 1000.0)

    found = shared.count(who("a"), 1, 300, 1000.0 + later)

    assert (found.is_allowed, found.left, found.reset) == (is_allowed, 0, reset)


def test_whoever_asks_often_stays_counted_however_many_others_come(shared):
    for _ in range(5):
        shared.count(who("often"), 5, 300, 1000.0)

    for number in range(10 * WAYS):
        shared.count(who(f"other {number}"), 5, 300, 1000.0)

    assert not shared.count(who("often"), 5, 300, 1001.0).is_allowed


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 120)), max_size=60))
def test_it_counts_as_a_dictionary_would(tmp_path_factory, asked):
    """(who, seconds since the last) of requests; three are allowed in a hundred seconds."""
    shared = Counters(tmp_path_factory.mktemp("counts") / "limits")
    began: dict[int, float] = {}
    counted: dict[int, int] = defaultdict(int)
    now = 1000.0

    for number, pause in asked:
        now += pause
        if now >= began.get(number, -100) + 100:
            began[number], counted[number] = now, 0
        found = shared.count(who(str(number), bucket=number % 2), 3, 100, now)
        assert found.is_allowed == (counted[number] < 3)
        counted[number] = min(counted[number] + 1, 3)
        assert found.left == 3 - counted[number]
    shared.close()


def test_a_disk_without_room_is_an_error_and_not_the_end(tmp_path, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)

    with pytest.raises(OSError, match="No space left"):
        Counters(tmp_path / "limits")
