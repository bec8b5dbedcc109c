"""The bodies and instruments that a reader can choose on a map."""

from functools import lru_cache
from typing import NamedTuple

from governance.acts import JOINING
from kb.publication import page_reading
from kb.publication.reading import fetch_all

MOST = 300  # to choose from, those with most rows


class Choice(NamedTuple):
    """An entry of which it is known who belongs to it. `rows`: how many."""

    key: str
    name: str
    rows: int


_COUNTED = {
    "body": "SELECT entry_id, count(*) AS n FROM governance_membership GROUP BY entry_id",
    "instrument": (
        "SELECT entry_id, count(DISTINCT actor_id) AS n FROM governance_participation"
        " WHERE action = ANY(%s) GROUP BY entry_id"
    ),
}


def choices(kind: str) -> list[Choice]:
    """Those of a kind ("body", "instrument") with any rows, by name."""
    return _choices(kind, page_reading.state())


@lru_cache(maxsize=4)
def _choices(kind: str, _state: str) -> list[Choice]:
    rows = fetch_all(
        f"SELECT p.key, p.name, c.n FROM ({_COUNTED[kind]}) c"
        " JOIN kb_published p ON p.entry_id = c.entry_id ORDER BY c.n DESC, p.key LIMIT %s",
        (*([list(JOINING)] if kind == "instrument" else []), MOST),
    )
    return sorted((Choice(*row) for row in rows), key=lambda each: each.name.casefold())
