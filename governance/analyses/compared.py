"""What is compared, as an address names it, and reading it: a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from governance.analyses.comparison import (
    SECTIONS,
    Document,
    Members,
    Row,
    beside_model,
    rows_of,
)
from governance.analyses.membership import counted_roles
from governance.vocabularies import DESIGN_DIMENSIONS
from kb.filters import Parameter, Values
from kb.parameters import DAY, Wrong, WrongParameters, one_of
from kb.publication import page_reading, reading
from kb.publication.lists import near_keys_of

FEWEST, MOST = 2, 10
KINDS = ("body", "proposal")
BESIDE = MOST - 1  # entries beside a model at once

KEY = "[a-z0-9-]{2,80}"
WANTED = "Write keys of bodies and proposals with commas: cern,iaea,cern-for-ai."
KEYS = Parameter(
    "keys",
    f"What is compared: {FEWEST} to {MOST} bodies and proposals. {WANTED}",
    {"type": "string", "pattern": f"^{KEY}(,{KEY})*$", "x-wanted": WANTED},
    repeat=True,
)
MODEL = Parameter(
    "model",
    "In place of `keys`: this body or proposal, and beside it those that are modelled on it,"
    f" {BESIDE} at a time. Cells then have a `reading`: what the entry makes of that feature.",
    {"type": "string", "pattern": f"^{KEY}$", "x-entry": list(KINDS)},
)
START = Parameter(
    "start",
    "With `model`: at which of those modelled on it the comparison begins, from 0.",
    {"type": "integer", "minimum": 0, "maximum": 100_000, "default": 0},
)
DIMENSION = Parameter(
    "dimension",
    "Only these design dimensions, or these groups of rows.",
    {"type": "string", "enum": [*DESIGN_DIMENSIONS.values, *SECTIONS]},
    repeat=True,
)
ON = Parameter("on", "Members on this day; without it those of now.", DAY)
PARAMETERS = (KEYS, MODEL, START, DIMENSION, ON)


class Beside(NamedTuple):
    """A model, and which part of those modelled on it stands beside it."""

    model: str
    start: int
    total: int


class Asked(NamedTuple):
    """What is compared: entries by number and key, in their order."""

    entries: tuple[tuple[int, str], ...]
    dimensions: tuple[str, ...] = ()
    on: date | None = None
    beside: Beside | None = None

    @property
    def keys(self) -> list[str]:
        return [key for _number, key in self.entries]


@dataclass(frozen=True, slots=True)
class Compared:
    """Entries side by side."""

    asked: Asked
    columns: Sequence[Document]
    rows: Sequence[Row]


def keys_in(values: Values) -> list[str]:
    """The keys that were given, each once."""
    return list(dict.fromkeys(key for each in values.get("keys", ()) for key in each.split(",")))


def asked_of(values: Values) -> Asked:
    """As the parameters say, each of which is of the right form. Raises WrongParameters."""
    day = one_of(values, "on")
    dimensions = tuple(values.get("dimension", ()))
    on = date.fromisoformat(day) if day else None
    model = one_of(values, "model")
    if model is None:
        return Asked(tuple(_chosen(keys_in(values))), dimensions, on)
    if "keys" in values:
        raise WrongParameters([Wrong("keys", "invalid", "Give `keys` or `model`, not both.")])
    entries, beside = _beside(model, int(one_of(values, "start") or 0))
    return Asked(entries, dimensions, on, beside)


def _chosen(keys: Sequence[str]) -> Iterator[tuple[int, str]]:
    known = reading.known(keys)
    errors = [
        Wrong("keys", "invalid", detail)
        for key in keys
        for detail in _wrong_with(key, known.get(key))
    ]
    if errors:
        raise WrongParameters(errors)
    found = list(dict.fromkeys((known[key].survivor_id, known[key].survivor) for key in keys))
    if not FEWEST <= len(found) <= MOST:
        raise WrongParameters([Wrong("keys", "invalid", number_wanted(len(found)))])
    yield from found


def number_wanted(given: int) -> str:
    """What to say of too few or too many."""
    if given > MOST:
        return f"{given} entries were given; {MOST} are the most side by side. Take some out."
    found = "Nothing was given" if not given else "One entry was given"
    return f"{found}. Give {FEWEST} to {MOST}: keys=cern,iaea."


def _wrong_with(key: str, entry: reading.Known | None) -> Iterator[str]:
    if entry is None:
        near = ", ".join(f"“{close}”" for close in near_keys_of(key)[:3])
        hint = f" Did you mean {near}?" if near else ""
        yield f"“{key}” is not the key of an entry.{hint}"
    elif entry.shown.get("status"):
        yield f"“{key}” is {entry.shown['status']}."
    elif entry.kind not in KINDS:
        yield f"“{key}” is of kind {entry.kind}; bodies and proposals can be compared."


def _beside(model: str, start: int) -> tuple[tuple[tuple[int, str], ...], Beside]:
    """The model and some of those modelled on it, the oldest first."""
    rows = reading.fetch_all(
        "SELECT p.entry_id, p.key, count(*) OVER () FROM kb_published p"
        " WHERE p.kind = ANY(%s::varchar[]) AND p.entry_id IN (SELECT entry_id"
        "  FROM governance_link WHERE relation = 'modelled-on' AND target_id ="
        "  (SELECT entry_id FROM kb_label WHERE key = %s))"
        " ORDER BY p.kind DESC, p.sort_date, p.key OFFSET %s LIMIT %s",
        (list(KINDS), model, start, BESIDE),
        prepare=False,
    )
    if not rows:
        detail = f"Nothing is known to be modelled on “{model}”, or not that many. Try `keys`."
        raise WrongParameters([Wrong("start" if start else "model", "invalid", detail)])
    number = reading.known([model])[model].entry_id
    entries = ((number, model), *((entry_id, key) for entry_id, key, _total in rows))
    return entries, Beside(model, start, rows[0][2])


def compared(asked: Asked) -> Compared:
    """The entries side by side: two queries, however much they say."""
    numbers = [number for number, _key in asked.entries]
    documents = page_reading.public_documents(numbers)
    columns = [documents[number] for number in numbers if number in documents]
    rows = rows_of(columns, _members(numbers, documents, asked.on))
    if asked.beside:
        rows = beside_model(rows, names_of(columns[0]))
    if asked.dimensions:
        rows = [r for r in rows if r.name in asked.dimensions or r.section in asked.dimensions]
    return Compared(asked, columns, rows)


def names_of(document: Document) -> list[str]:
    """The names by which a text may speak of an entry."""
    return [document["name"], *document.get("aliases", ()), document["key"].upper()]


def _members(
    numbers: Sequence[int], documents: Mapping[int, Document], on: date | None
) -> dict[str, Members]:
    held, sure, days = "upper_inf(m.possible)", "true", []
    if on is not None:
        held, sure, days = "m.possible @> %s::date", "m.certain @> %s::date", [on]
    rows = reading.fetch_all(
        f"SELECT m.entry_id, m.actor_id, l.shown ->> 'name', m.role, {sure}"
        " FROM governance_membership m JOIN kb_label l ON l.entry_id = m.actor_id"
        f" WHERE {held} AND m.entry_id = ANY(%s::bigint[])",
        [*days, *days, list(numbers)],
        prepare=False,
    )
    by_body: dict[int, list[tuple[int, str, str, bool]]] = defaultdict(list)
    for body, *row in rows:
        by_body[body].append((row[0], row[1], row[2], row[3]))
    return {
        documents[number]["key"]: _counted(by_body[number])
        for number in numbers
        if documents.get(number, {}).get("memberships")
    }


def _counted(rows: Sequence[tuple[int, str, str, bool]]) -> Members:
    roles = counted_roles({role for _actor, _name, role, _sure in rows})
    its = [row for row in rows if row[2] in roles]
    certain = {actor: name for actor, name, _role, sure in its if sure}
    possible = {a: name for a, name, _role, sure in its if not sure and a not in certain}
    return Members(certain, possible)
