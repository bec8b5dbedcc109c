"""The filters of all lists, said once more over plain documents: slow, simple, and independent.

A document passes when every parameter's rule says so. Dates are compared as text: an inexact one
stands for its earliest day (`1954` → `1954-01-01`) or its latest (`1954-12-31`).
"""

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]
Given = Mapping[str, list[str]]
World = Mapping[str, Document]
Rule = Callable[[Document, Given, World], bool]

CONSENT = {"ratified", "acceded", "accepted", "approved", "succeeded"}
EVERYWHERE = {"website": "website", "wikidata": "identifiers.wikidata"}

TERMS = {
    "proposal": {
        "topic": "topics",
        "form": "form",
        "stage": "stage",
        "scope": "scope",
        "binding": "binding",
        "function": "functions",
    },
    "actor": {"type": "type", "country": "country", "topic": "topics"},
    "body": {
        "type": "type",
        "status": "status",
        "function": "functions",
        "topic": "topics",
        "country": "seat.country",
    },
    "instrument": {
        "topic": "topics",
        "type": "type",
        "status": "status",
        "binding": "binding",
        "jurisdiction": "jurisdiction",
    },
    "event": {"type": "type", "topic": "topics", "country": "place.country"},
    "source": {"type": "type", "language": "language"},
}
EXISTS = {
    "proposal": {
        **EVERYWHERE,
        "positions": "positions",
        "arguments": "arguments",
        "figures": "figures",
        "doi": "identifiers.doi",
    },
    "actor": {
        **EVERYWHERE,
        **{name: f"identifiers.{name}" for name in ("ror", "lei", "orcid", "iso3166")},
    },
    "body": {
        **EVERYWHERE,
        "memberships": "memberships",
        "organs": "organs",
        "figures": "figures",
        "ror": "identifiers.ror",
    },
    "instrument": {
        **EVERYWHERE,
        "participation": "participation",
        "vote": "vote",
        "text_url": "text_url",
        "doi": "identifiers.doi",
        "celex": "identifiers.celex",
    },
    "event": {**EVERYWHERE, "outcomes": "outcomes"},
    "source": {"url": "url", "doi": "doi", "seen_at": "seen_at", "authors": "authors"},
}
DATES = {
    "proposal": ("proposed",),
    "actor": ("founded", "dissolved"),
    "body": ("founded", "dissolved"),
    "instrument": ("adopted", "in_force", "ended"),
    "event": ("start", "end"),
    "source": ("issued", "accessed"),
}
# What several kinds call by the same name and mean alike.
SHARED_TERMS = ("topic", "function", "country")
SHARED_EXISTS = ("figures", "website", "wikidata", "ror")


def at(document: Document, path: str) -> Any:
    found: Any = document
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def values_at(document: Document, path: str) -> list[str]:
    found = at(document, path)
    return found if isinstance(found, list) else [] if found is None else [found]


def earliest(text: str) -> str:
    return text + "-01-01"[len(text) - 4 :]


def latest(text: str) -> str:
    if len(text) == 10:
        return text
    month = text if len(text) == 7 else f"{text}-12"
    return f"{month}-{monthrange(*map(int, month.split('-')))[1]:02}"


# --- rules a parameter -----------------------------------------------------------------------


def term_rules(name: str, path: str) -> dict[str, Rule]:
    def its(document: Document) -> set[str]:
        return set(values_at(document, path))

    return {
        name: lambda d, given, w: bool(its(d) & set(given[name])),
        f"{name}.all": lambda d, given, w: its(d) >= set(given[f"{name}.all"]),
        f"{name}.not": lambda d, given, w: not its(d) & set(given[f"{name}.not"]),
    }


def exists_rule(name: str, path: str) -> dict[str, Rule]:
    parameter = f"exists.{name}"
    return {parameter: lambda d, given, w: bool(at(d, path)) is (given[parameter] == ["true"])}


def date_rules(name: str) -> dict[str, Rule]:
    begin, end = f"{name}.from", f"{name}.to"
    return {
        begin: lambda d, given, w: name in d and latest(d[name]) >= earliest(given[begin][0]),
        end: lambda d, given, w: name in d and earliest(d[name]) <= latest(given[end][0]),
    }


def links_of(document: Document) -> list[Document]:
    return list(document.get("links", ()))


def linked(document: Document, given: Given, _world: World) -> bool:
    return any(
        row["target"] in given.get("linked_to", [row["target"]])
        and row["relation"] in given.get("relation", [row["relation"]])
        for row in links_of(document)
    )


def modelled(document: Document, given: Given, _world: World) -> bool:
    return any(
        row["relation"] == "modelled-on" and row["target"] in given["modelled_on"]
        for row in links_of(document)
    )


def is_member(row: Document, world: World, on: list[str] | None) -> bool:
    end = row.get("to") or world[row["actor"]].get("dissolved")
    if on is None:
        return end is None
    seen = [world[cite["source"]].get("accessed") for cite in row.get("cites", ())]
    begin = row.get("from") or max((text for text in seen if text), default=None)
    return begin is not None and latest(begin) <= on[0] and (end is None or on[0] <= earliest(end))


def has_member(document: Document, given: Given, world: World) -> bool:
    return any(
        row["actor"] in given.get("member", [row["actor"]])
        and row["role"] in given.get("role", [row["role"]])
        and is_member(row, world, given.get("on"))
        for row in document.get("memberships", ())
    )


def is_member_of(document: Document, given: Given, world: World) -> bool:
    return any(
        row["actor"] == document["key"]
        and body["key"] in given.get("member_of", [body["key"]])
        and row["role"] in given.get("role", [row["role"]])
        and is_member(row, world, given.get("on"))
        for body in world.values()
        if body["kind"] == "body"
        for row in body.get("memberships", ())
    )


def current_positions(document: Document, on: list[str] | None, world: World) -> list[Document]:
    """One position an actor: its newest, or the one that certainly held on a day."""
    by_actor: dict[str, list[Document]] = {}
    for row in document.get("positions", ()):
        by_actor.setdefault(row["actor"], []).append(row)
    found = []
    for rows in by_actor.values():
        dated = [row for row in rows if "date" in row]
        ordered = sorted(dated, key=lambda r: (earliest(r["date"]), latest(r["date"])))
        counted = ordered or rows[-1:]
        if on is None:
            found.append(counted[-1])
            continue
        for place, row in enumerate(counted):
            seen = [world[cite["source"]].get("accessed") for cite in row.get("cites", ())]
            begin = row.get("date") or max((text for text in seen if text), default=None)
            newer = [earliest(other["date"]) for other in counted[place + 1 :]]
            if begin and latest(begin) <= on[0] and all(on[0] < day for day in newer):
                found.append(row)
    return found


def position(document: Document, given: Given, world: World) -> bool:
    return any(
        row["actor"] in given.get("actor", [row["actor"]])
        and row["stance"] in given.get("stance", [row["stance"]])
        for row in current_positions(document, given.get("on"), world)
    )


def took_part(document: Document, given: Given, _world: World) -> bool:
    return any(
        row["actor"] in given.get("participant", [row["actor"]])
        and row["action"] in given.get("action", [row["action"]])
        for row in document.get("participation", ())
    )


def is_bound(document: Document, given: Given, world: World) -> bool:
    rows = document.get("participation", ())
    return any(
        row["actor"] in given["party"]
        and row["action"] in CONSENT
        and "ended" not in document
        and "dissolved" not in world[row["actor"]]
        and not any(r["actor"] == row["actor"] and r["action"] == "withdrew" for r in rows)
        for row in rows
    )


def named_in(field: str, parameter: str) -> Rule:
    return lambda d, given, w: bool(set(d.get(field, ())) & set(given[parameter]))


def cited(document: Document, given: Given, world: World) -> bool:
    return any(document["key"] in cited_in(key, world) for key in given["cited_by"])


_cited_in: dict[str, set[str]] = {}


def cited_in(key: str, world: World) -> set[str]:
    """The sources that an entry cites; kept, as walking through a document takes a while."""
    if key not in _cited_in:
        _cited_in[key] = set(sources_in(world[key]))
    return _cited_in[key]


def sources_in(part: Any) -> Iterator[str]:
    if isinstance(part, Mapping):
        if isinstance(part.get("source"), str):
            yield part["source"]
        for value in part.values():
            yield from sources_in(value)
    elif isinstance(part, list):
        for value in part:
            yield from sources_in(value)


def ignore(_document: Document, _given: Given, _world: World) -> bool:
    """The rule of a parameter that another one's rule takes into account."""
    return True


LINKED = {"linked_to": linked, "relation": linked}
OTHERS: dict[str, dict[str, Rule]] = {
    "proposal": {
        "actor": position,
        "stance": position,
        "on": ignore,
        "modelled_on": modelled,
        **LINKED,
    },
    "actor": {"member_of": is_member_of, "role": is_member_of, "on": ignore, **LINKED},
    "body": {
        "member": has_member,
        "role": has_member,
        "on": ignore,
        "modelled_on": modelled,
        **LINKED,
    },
    "instrument": {
        "participant": took_part,
        "action": took_part,
        "party": is_bound,
        "issued_by": named_in("issued_by", "issued_by"),
        **LINKED,
    },
    "event": {
        "participant": named_in("participants", "participant"),
        "organiser": named_in("organisers", "organiser"),
        **LINKED,
    },
    "source": {"cited_by": cited},
}


def rules_for(kind: str) -> dict[str, Rule]:
    """Parameter → its rule, in the list of a kind."""
    rules: dict[str, Rule] = dict(OTHERS[kind])
    for name, path in TERMS[kind].items():
        rules |= term_rules(name, path)
    for name, path in EXISTS[kind].items():
        rules |= exists_rule(name, path)
    for name in DATES[kind]:
        rules |= date_rules(name)
    return rules


def passes(document: Document, given: Given, world: World, *, shared: bool = False) -> bool:
    """Whether a document passes. `shared`: in the list of all kinds."""
    rules = rules_for(document["kind"])
    if shared:
        rules = {**rules, **rules_for_all(document["kind"])}
    return all(rules[name](document, given, world) for name in given)


def rules_for_all(kind: str) -> dict[str, Rule]:
    """Parameter → its rule for entries of a kind, in the list of all kinds."""
    rules: dict[str, Rule] = {
        "kind": lambda d, given, w: d["kind"] in given["kind"],
        "kind.not": lambda d, given, w: d["kind"] not in given["kind.not"],
        "modelled_on": modelled,
        **LINKED,
    }
    for name in SHARED_TERMS:
        rules |= term_rules(name, TERMS[kind].get(name, "-"))
    for name in SHARED_EXISTS:
        rules |= exists_rule(name, EXISTS[kind].get(name, "-"))
    return rules
