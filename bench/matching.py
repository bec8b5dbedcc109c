"""Tables of names to be matched: by OpenRefine in batches, and one by one."""

import json
from collections.abc import Sequence
from random import Random
from urllib.parse import urlencode

from bench.asking import Answer
from bench.pressure import Ask
from bench.routes import Check, Route, Wrong, rows

BATCHES = 20
SMALL, LARGE = 10, 100  # queries of a batch: as OpenRefine sends them, and as many as may be
LEAST_RIGHT = 0.6  # of names that are in the corpus, synthetic ones with many namesakes among them
RATE = 200.0  # queries a second that are wanted
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def slip(name: str, random: Random) -> str:
    """The name with two letters of its longest word exchanged."""
    longest = max(name.split(), key=len)
    place = random.randrange(1, len(longest) - 1)
    letters = list(longest)
    letters[place], letters[place - 1] = letters[place - 1], letters[place]
    return name.replace(longest, "".join(letters), 1)


def names(most: int) -> list[tuple[str, str]]:
    """(name, kind) of entries, the same each time."""
    return [
        (name, kind)
        for name, kind in rows(
            "SELECT name, kind FROM kb_published WHERE kind <> 'source'"
            " AND name ~ '[A-Za-z]{4}' ORDER BY md5(key) LIMIT %s",
            most,
        )
    ]


def reconcile_route() -> Route:
    """Batches as OpenRefine sends them, from many at once."""
    asks, check = batches(SMALL)
    return Route(f"reconcile, batches of {SMALL}", asks, check, least=(RATE, SMALL, "queries"))


def batches(size: int) -> tuple[list[Ask], Check]:
    """Of five names one as it is, three misspelt, one of letters that mean nothing."""
    random = Random("tables")
    found = names(BATCHES * size)
    parts = [found[start : start + size] for start in range(0, len(found), size)]
    asks = [
        Ask("/api/v1/reconcile", body=urlencode({"queries": _batch(each, random)}), media_type=FORM)
        for each in parts
    ]
    wanted = {ask.body: each for ask, each in zip(asks, parts, strict=True)}
    return asks, lambda ask, answer: _wrong(wanted[ask.body], answer)


def _batch(named: Sequence[tuple[str, str]], random: Random) -> str:
    queries = {
        str(number): {"query": _as_typed(number, name, random), "type": kind, "limit": 5}
        for number, (name, kind) in enumerate(named)
    }
    return json.dumps(queries)


def _as_typed(number: int, name: str, random: Random) -> str:
    match number % 5:
        case 0:
            return name
        case 4:
            letters = list(name.lower())
            random.shuffle(letters)
            return "".join(letters).strip() or "unknown"
        case _:
            return slip(name, random)


def _wrong(named: Sequence[tuple[str, str]], answer: Answer) -> Wrong:
    """Whether the names that are in the corpus come first among their candidates."""
    if answer.status != 200:
        return f"status {answer.status}"
    known = [number for number in range(len(named)) if number % 5 != 4]
    firsts = {n: each["result"][:1] for n, each in answer.json.items()}
    right = sum(
        bool(firsts[str(number)]) and firsts[str(number)][0]["name"] == named[number][0]
        for number in known
    )
    return None if right >= LEAST_RIGHT * len(known) else f"{right} of {len(known)} names right"


def match_asks(most: int) -> list[Ask]:
    """One misspelt name at a time, of any kind."""
    random = Random("match")
    return [
        Ask(
            "/api/v1/match",
            body=json.dumps({"queries": {"q": {"name": slip(name, random)}}}),
            media_type=JSON,
        )
        for name, _kind in names(most)
    ]


def check_match(_ask: Ask, answer: Answer) -> Wrong:
    if answer.status != 200:
        return f"status {answer.status}"
    return None if "candidates" in answer.json["results"]["q"] else "no candidates"
