"""Sizes as people write them, quantiles, answers read off a socket, tables."""

import socket
from argparse import ArgumentTypeError

import pytest

from bench.__main__ import size_of
from bench.asking import Latency, quantile
from bench.pressure import Ask, Connection, received
from bench.table import shown, table
from bench.telling import told


@pytest.mark.parametrize(
    ("text", "size"), [("10k", 10_000), ("1M", 1_000_000), ("100K", 100_000), ("250", 250)]
)
def test_a_size_may_have_a_unit(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "k", "0", "-5", "10x", "1.5M"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(ArgumentTypeError):
        size_of(text)


def test_quantiles_are_values_that_occurred():
    values = [float(number) for number in range(1, 101)]

    assert quantile(values, 0.5) == 50
    assert quantile(values, 0.95) == 95
    assert quantile([3.0], 0.95) == 3


def test_latency_is_in_milliseconds():
    latency = Latency.of([0.002, 0.001, 0.010])

    assert (latency.p50, latency.p95, latency.worst) == (2, 10, 10)
    with pytest.raises(ValueError, match="no request"):
        Latency.of([])


def test_an_answer_is_complete_with_the_last_byte_of_its_body():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        connection = Connection(ours)

        theirs.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhal")
        assert received(connection) == 0
        theirs.sendall(b"lo")
        assert received(connection) == 200
        theirs.sendall(b"HTTP/1.1 304 Not Modified\r\n\r\n")
        assert received(connection) == 304


def test_a_condition_goes_with_the_request():
    assert Ask("/entry/cern", '"abc"').line == '/entry/cern\t"abc"'
    assert b'\r\nIf-None-Match: "abc"\r\n' in Ask("/entry/cern", '"abc"').message
    assert b"If-None-Match" not in Ask("/entry/cern").message


def test_what_is_sent_goes_with_the_request():
    ask = Ask("/match", body='{"a":1}', media_type="application/json")

    assert ask.line == '/match\t\t{"a":1}\tapplication/json'
    assert ask.message.startswith(b"POST /match HTTP/1.1\r\n")
    assert b"Content-Length: 7\r\n" in ask.message
    assert ask.message.endswith(b'\r\n\r\n{"a":1}')


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1234.5, "1,234"), (99.44, "99.4"), (0.12345, "0.123"), (12_345, "12,345"), (None, "–")],
)
def test_numbers_show_the_digits_that_mean_something(cell, text):
    assert shown(cell) == text


def test_columns_stand_under_their_heads():
    assert table(["route", "ours"], [["entry", 1000], ["list of 25", None]]).splitlines() == [
        "route        ours",
        "----------  -----",
        "entry       1,000",
        "list of 25      –",
    ]


def test_a_goal_that_is_not_met_is_told():
    rates = {"ours": 300.0, "limit": 1000.0, "usual": 10.0}
    route = {"name": "entry", "rates": rates, "share": 0.3, "times": 30.0}
    goals = {"35% of the limit": False, "10 × the usual": True}
    imported = {"documents": 100, "seconds": 2, "cpu_seconds": 1, "copy_seconds": 1}

    text = told(
        {
            "plan": {"size": 100_000},
            "routes": [{**route, "goals": goals}],
            "cases": [],
            "imported": {**imported, "peak_mb": 90, "database_mb": 5},
            "memory_mb": {"ours": 150.0},
            "publication_seconds": {"an entry": 0.046},
            "releases": {
                "lines_seconds": 8.0,
                "times_copy": 3.4,
                "seconds": 60.0,
                "files_mb": 400.0,
                "peak_mb": 210.0,
                "peak_mb_of_fewer": 195.0,
            },
        }
    )

    entry, memory = (
        next(x for x in text.splitlines() if x.startswith(y)) for y in ("entry", "mem")
    )
    assert entry.split()[-1] == "NO"
    assert "30 %" in entry
    assert memory.split()[-1] == "yes"
    assert "50 documents/s" in text
    assert "46 ms" in text
    said = [" ".join(line.split()) for line in text.splitlines()]
    assert "lines of a release, 8.0 s, against COPY 3.4 × ≤ 3 × NO" in said
    assert "... memory of the process 210 MB under 300 MB yes" in said
    assert "... of it for nine tenths of the entries 15 MB – –" in said
