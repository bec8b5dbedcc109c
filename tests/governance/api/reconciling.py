"""A client of the reconciliation service that fills a table, and how well that went.

`python tests/governance/api/reconciling.py http://127.0.0.1:8000` asks a running site and lists
every name for which it did not get what it should.
"""

import csv
import http.client
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

TABLE = Path(__file__).with_name("organisations.csv")
BATCH = 10  # as OpenRefine sends them
SERVICE = "/api/v1/reconcile"

Send = Callable[[bytes], Any]  # a form → the results that are answered


@dataclass(frozen=True, slots=True)
class Row:
    """A name as somebody typed it, and what should be found and was. `key`: "" for nothing.

    `candidates`: keys, the likeliest first; `sure`: the one that was said to be certain.
    """

    name: str
    key: str
    candidates: tuple[str, ...]
    sure: str


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares, 0.0 to 1.0.

    `precision`: of the matches said to be certain, how many are right. `recall`: of the names that
    we have, how many were matched so. `first`, `listed`: how many have the right entry first, or
    among the candidates.
    """

    precision: float
    recall: float
    first: float
    listed: float


def names_and_keys(path: Path = TABLE) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["name"], row["key"]) for row in csv.DictReader(file)]


def filled(named: Sequence[tuple[str, str]], send: Send) -> list[Row]:
    """The table with what was found for each name."""
    return [
        row for start in range(0, len(named), BATCH) for row in _batch(named[start:][:BATCH], send)
    ]


def _batch(named: Sequence[tuple[str, str]], send: Send) -> Iterator[Row]:
    queries = {
        str(number): {"query": name, "type": ["actor", "body"], "limit": 5}
        for number, (name, _key) in enumerate(named)
    }
    results = send(urlencode({"queries": json.dumps(queries)}).encode())
    for number, (name, key) in enumerate(named):
        found: Sequence[Mapping[str, Any]] = results[str(number)]["result"]
        sure = next((each["id"] for each in found if each["match"]), "")
        yield Row(name, key, tuple(each["id"] for each in found), sure)


def quality(rows: Sequence[Row]) -> Quality:
    known = [row for row in rows if row.key]
    sure = [row for row in rows if row.sure]
    return Quality(
        precision=sum(row.sure == row.key for row in sure) / len(sure),
        recall=sum(row.sure == row.key for row in known) / len(known),
        first=sum(row.candidates[:1] == (row.key,) for row in known) / len(known),
        listed=sum(row.key in row.candidates for row in known) / len(known),
    )


def told(rows: Sequence[Row]) -> str:
    """The names that did not get what they should, and the shares."""
    lines = [
        f"{row.name}: {row.key or 'nothing'} expected, {row.sure or 'nothing'} sure,"
        f" candidates {', '.join(row.candidates) or 'none'}"
        for row in rows
        if row.sure != row.key
    ]
    found = quality(rows)
    shares = (
        f"{len(rows)} names, {sum(bool(row.key) for row in rows)} of them ours:"
        f" precision {found.precision:.1%}, recall {found.recall:.1%},"
        f" first {found.first:.1%}, among the candidates {found.listed:.1%}"
    )
    return "\n".join([*lines, shares])


def by_http(address: str) -> Send:
    """Sends forms to a running service."""

    def send(form: bytes) -> Any:
        site = urlsplit(address)
        connection = http.client.HTTPConnection(site.netloc, timeout=60)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", site.path, form, kind)
        return json.load(connection.getresponse())

    return send


if __name__ == "__main__":
    print(told(filled(names_and_keys(), by_http(sys.argv[1].rstrip("/") + SERVICE))))
