"""The sides of a comparison: how an address names them, and which actors are on each.

A side is one or more pieces with commas between them: `united-states` is that actor alone,
`country:united-states` a country with all its actors, `members:brics` a body with its members.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from governance.analyses.common_ground import Side
from kb.filters import Parameter
from kb.parameters import DAY, Wrong, WrongParameters
from kb.publication import reading
from kb.publication.lists import near_keys_of

FEWEST, MOST = 2, 6
MOST_PIECES = 40
COUNTRY, MEMBERS = "country", "members"

# Who belongs to a body: with full rights. Observers and partners do not speak for it.
FULL = ("founding-member", "member")

# Which actors have others in their country; institutions of the Union sit in one of its states.
_STATES = (
    "s.country <> '' AND (s.type IN ('state', 'territory')"
    " OR (s.type = 'supranational' AND s.country = 'EU'))"
)

PIECE = f"(({COUNTRY}|{MEMBERS}):)?[a-z0-9-]{{2,80}}"
WANTED = (
    "Write the key of an actor (united-states), country:KEY for a country with all its actors,"
    " members:KEY for a body with its members, or several of these with commas."
)
SIDE = Parameter(
    "side",
    f"Who is compared, {FEWEST} to {MOST} sides. {WANTED}",
    {
        "type": "string",
        "pattern": f"^{PIECE}(,{PIECE}){{0,{MOST_PIECES - 1}}}$",
        "x-wanted": WANTED,
    },
    repeat=True,
)
ON = Parameter("on", "How things stood on this day: the newest that each had said by then.", DAY)


class Piece(NamedTuple):
    """A part of a side. `form`: "", "country" or "members". `shown`: what is shown of the entry."""

    form: str
    entry_id: int
    shown: Mapping[str, Any]

    @property
    def written(self) -> str:
        return f"{self.form}:{self.shown['key']}" if self.form else str(self.shown["key"])

    @property
    def name(self) -> str:
        endings = {COUNTRY: " with all its actors", MEMBERS: " with its members"}
        return f"{self.shown['name']}{endings.get(self.form, '')}"


@dataclass(frozen=True, slots=True)
class NamedSide:
    """A side as an address names it; merged entries as those that stand for them today."""

    pieces: tuple[Piece, ...]

    @property
    def written(self) -> str:
        return ",".join(piece.written for piece in self.pieces)

    @property
    def name(self) -> str:
        *others, last = [piece.name for piece in self.pieces]
        return f"{', '.join(others)} and {last}" if others else last


# --- reading what was written ----------------------------------------------------------------


def named_sides(written: Sequence[str]) -> list[NamedSide]:
    """The sides that are named, in their order. Raises WrongParameters with all that is wrong.

    `written`: of the right form, as `SIDE` has it.
    """
    pieces = [[_taken_apart(piece) for piece in side.split(",")] for side in written]
    known = reading.known(key for side in pieces for _form, key in side)
    errors = [
        Wrong("side", "invalid", detail)
        for side in pieces
        for form, key in side
        for detail in _wrong_with(form, key, known.get(key))
    ]
    errors += _no_countries(pieces, known)
    if errors:
        raise WrongParameters(errors)
    sides = [_named(side, known) for side in pieces]
    different = list({side.written: side for side in sides}.values())
    if not FEWEST <= len(different) <= MOST:
        raise WrongParameters([Wrong("side", "invalid", _number_wanted(len(different)))])
    return different


def _number_wanted(given: int) -> str:
    found = "One side was given" if given == 1 else f"{given} different sides were given"
    return f"{found}. Give {FEWEST} to {MOST}: repeat the parameter, side=china&side=india."


def _taken_apart(piece: str) -> tuple[str, str]:
    form, _colon, key = piece.rpartition(":")
    return form, key


def _named(pieces: Sequence[tuple[str, str]], known: Mapping[str, reading.Known]) -> NamedSide:
    found = [Piece(form, known[key].survivor_id, known[key].shown) for form, key in pieces]
    return NamedSide(tuple({piece.written: piece for piece in found}.values()))


def _wrong_with(form: str, key: str, entry: reading.Known | None) -> Iterator[str]:
    if entry is None:
        near = ", ".join(f"“{close}”" for close in near_keys_of(key)[:3])
        hint = f" Did you mean {near}?" if near else ""
        yield f"“{key}” is not the key of an entry.{hint}"
    elif entry.shown.get("status"):
        yield f"“{key}” is {entry.shown['status']}: nobody speaks for it any more."
    elif entry.kind not in ("actor", "body"):
        yield f"“{key}” is of kind {entry.kind}; a side is made of actors and bodies."
    elif form == MEMBERS and entry.kind != "body":
        yield f"“{key}” is of kind {entry.kind}; members are known of bodies. Write “{key}” alone."
    elif form == COUNTRY and entry.kind != "actor":
        yield f"“{key}” is of kind {entry.kind}; “{COUNTRY}:” takes a country. Try “{MEMBERS}:”."


def _no_countries(
    sides: Sequence[Sequence[tuple[str, str]]], known: Mapping[str, reading.Known]
) -> Iterator[Wrong]:
    meant = [key for side in sides for form, key in side if form == COUNTRY and key in known]
    actors = {key: known[key].survivor_id for key in meant if known[key].kind == "actor"}
    countries = countries_among(actors.values())
    for key, entry_id in actors.items():
        if entry_id not in countries:
            yield Wrong("side", "invalid", f"“{key}” is no country. Write “{key}” alone.")


def countries_among(entry_ids: Iterable[int]) -> set[int]:
    """Those of these entries that are states, or the like, with actors of their own."""
    wanted = sorted(set(entry_ids))
    if not wanted:
        return set()
    sql = (
        f"SELECT entry_id FROM governance_actor s WHERE entry_id = ANY(%s::bigint[]) AND {_STATES}"
    )
    return {entry_id for (entry_id,) in reading.fetch_all(sql, (wanted,))}


# --- who is on a side ------------------------------------------------------------------------

_PEOPLE = {
    COUNTRY: (
        "SELECT {piece}, a.entry_id FROM governance_actor s"
        " JOIN governance_actor a ON a.country = s.country"
        f" WHERE s.entry_id = %s AND {_STATES}"
        " UNION SELECT {piece}, l.entry_id FROM governance_link l"
        " WHERE l.target_id = %s AND l.relation = 'affiliated-with'"
    ),
    MEMBERS: (
        "SELECT {piece}, m.actor_id FROM governance_membership m"
        " WHERE m.entry_id = %s AND m.role = ANY(%s::varchar[]) AND {held}"
    ),
}


def actors_of(sides: Sequence[NamedSide], on: date | None = None) -> list[Side]:
    """The actors on each side, read at once. Members: those of the day `on`, without it of now."""
    pieces = [piece for side in sides for piece in side.pieces]
    people = _people(pieces, on)
    found = []
    for side in sides:
        own = frozenset(piece.entry_id for piece in side.pieces)
        others = {actor for piece in side.pieces for actor in people[piece.written]}
        found.append(Side(own | others, own))
    return found


def _people(pieces: Sequence[Piece], on: date | None) -> Mapping[str, list[int]]:
    asked = [piece for piece in dict.fromkeys(p.written for p in pieces) if ":" in piece]
    by_name = {piece.written: piece for piece in pieces}
    queries: list[str] = []
    params: list[Any] = []
    for number, written in enumerate(asked):
        form, entry_id = by_name[written].form, by_name[written].entry_id
        held = "m.certain @> %s::date" if on else "upper_inf(m.possible)"
        queries.append(f"({_PEOPLE[form].format(piece=number, held=held)})")
        if form == COUNTRY:
            params += [entry_id, entry_id]
        else:
            params += [entry_id, list(FULL), *([on] if on else [])]
    found: dict[str, list[int]] = defaultdict(list)
    if queries:
        for number, actor in reading.fetch_all(" UNION ALL ".join(queries), params, prepare=False):
            found[asked[number]].append(actor)
    return found
