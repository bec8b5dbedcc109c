"""What is asked by one client at a time: searches, suggestions, deep pages, hubs."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from random import Random
from urllib.parse import quote_plus

from bench.asking import Answer, Client, Latency
from bench.comparisons import comparison_cases
from bench.files import CorpusFile
from bench.matching import LARGE, RATE, batches, check_match, match_asks, slip
from bench.pressure import Ask
from bench.routes import Check, Wrong, check_status, rows
from bench.servers import Server
from bench.timelines import timeline_cases
from kb.publication.cursors import Place, sealed
from kb.publication.lists import asked_of, asking_for

SEARCH_GOAL, MATCH_GOAL = 100.0, 60.0  # ms, p95
DEEPEST_PAGE = 10_000
PAGE_SIZE = 50
HUBS = 20
NAMES = 60
TOO_EXPENSIVE = 503


@dataclass(frozen=True)
class Case:
    """Requests of one sort. `goal`: p95 in milliseconds, None for none."""

    name: str
    asks: Sequence[Ask]
    check: Check
    goal: float | None = None


@dataclass(frozen=True)
class Timed:
    """A case with its latency, and what was wrong with answers, each once."""

    case: Case
    latency: Latency
    wrong: list[str]


def groups(corpus: CorpusFile) -> list[list[Case]]:
    """All cases; those of a group are compared, and therefore asked in turns."""
    alone = [
        *search_cases(corpus),
        *suggest_cases(),
        *match_cases(),
        backlinks_case(),
        *timeline_cases(Case),
        *comparison_cases(Case),
    ]
    return [*([case] for case in alone), page_cases()]


def timed(group: Sequence[Case], server: Server, rounds: int) -> list[Timed]:
    """Every request of some cases `rounds` times, after one of each that warms up."""
    notes = [_Notes(case) for case in group]
    with Client(server) as client:
        for case in group:
            client.get(case.asks[0])
        for is_first in (number == 0 for number in range(rounds)):
            for asks in zip_longest(*(case.asks for case in group)):
                for note, ask in zip(notes, asks, strict=True):
                    if ask is not None:
                        note.add(ask, client.get(ask), is_checked=is_first)
    return [note.timed() for note in notes]


@dataclass
class _Notes:
    """What was seen of one case so far."""

    case: Case
    seconds: list[float] = field(default_factory=list)
    wrong: dict[str, None] = field(default_factory=dict)
    stopped: int = 0

    def add(self, ask: Ask, answer: Answer, *, is_checked: bool) -> None:
        self.seconds.append(answer.seconds)
        self.stopped += answer.status == TOO_EXPENSIVE
        if is_checked and (problem := _problem(self.case, ask, answer)):
            self.wrong[problem] = None

    def timed(self) -> Timed:
        return Timed(self.case, Latency.of(self.seconds, self.stopped), list(self.wrong))


def _problem(case: Case, ask: Ask, answer: Answer) -> Wrong:
    """What is wrong; an answer that was stopped at the time limit is slow, not wrong."""
    if answer.status == TOO_EXPENSIVE:
        return None
    problem = case.check(ask, answer)
    return f"{case.name}, {ask.path}: {problem}" if problem else None


# --- search ----------------------------------------------------------------------------------


def search_cases(corpus: CorpusFile) -> list[Case]:
    """Each class of words, with total and facets."""
    return [
        Case(
            f"search: {name}",
            [Ask(f"/api/v1/search?q={quote_plus(text)}&facets=true") for text in texts],
            check_search,
            SEARCH_GOAL,
        )
        for name, texts in corpus.searches.items()
        if texts
    ]


def check_search(_ask: Ask, answer: Answer) -> Wrong:
    if answer.status != 200:
        return f"status {answer.status}"
    found = answer.json
    expected = min(25, found["total"])
    # An estimated total may be more than the bounded number of candidates held.
    if len(found["items"]) != expected and found["total_is_exact"]:
        return f"{len(found['items'])} rows of {found['total']}"
    return None if "facets" in found else "no facets"


def suggest_cases() -> list[Case]:
    """The beginning of names, right and with a slip of the finger."""
    names = [
        name
        for (name,) in rows(
            "SELECT name FROM kb_published WHERE kind <> 'source' AND name ~ '^[A-Za-z ]{8,40}$'"
            " ORDER BY md5(key) LIMIT %s",
            NAMES,
        )
    ]
    random = Random("slips")
    return [
        Case("suggest: letter by letter", _suggest(_beginnings(names)), check_suggest),
        Case("suggest: whole names", _suggest(names), check_suggest),
        Case("suggest: a wrong letter", _suggest(slip(n, random) for n in names), check_status),
    ]


def _suggest(prefixes: Iterable[str]) -> list[Ask]:
    return [Ask(f"/api/v1/suggest?prefix={quote_plus(text)}") for text in prefixes]


def _beginnings(names: Sequence[str]) -> list[str]:
    return [name[:length].strip() for name in names[:20] for length in (2, 4, 6, 8)]


def match_cases() -> list[Case]:
    """One misspelt name, and a batch as large as may be."""
    asks, check = batches(LARGE)
    return [
        Case("match: a wrong letter", match_asks(NAMES), check_match, MATCH_GOAL),
        Case(f"match: a batch of {LARGE} to reconcile", asks, check, 1000 * LARGE / RATE),
    ]


def check_suggest(_ask: Ask, answer: Answer) -> Wrong:
    if answer.status != 200:
        return f"status {answer.status}"
    return None if answer.json["items"] else "nothing found"


# --- deep pages ------------------------------------------------------------------------------


def page_cases() -> list[Case]:
    """The first page of the list of all entries, and page 10,000 or the last full one."""
    ((entries,),) = rows("SELECT count(*) FROM kb_published")
    deepest = min(DEEPEST_PAGE, entries // PAGE_SIZE)
    return [_page_case(1), _page_case(deepest)]


def _page_case(number: int) -> Case:
    """Page `number`, by a cursor made of the row before it."""
    offset = (number - 1) * PAGE_SIZE
    path = f"/api/v1/entries?page_size={PAGE_SIZE}"
    if number > 1:
        ((name, key),) = rows(
            "SELECT sort_name, key FROM kb_published ORDER BY sort_name, key LIMIT 1 OFFSET %s",
            offset - 1,
        )
        asked = asked_of(asking_for(None), {"page_size": [str(PAGE_SIZE)]})
        path += f"&cursor={sealed(Place((name, key)), asked.identity)}"
    expected = [
        key
        for (key,) in rows(
            "SELECT key FROM kb_published ORDER BY sort_name, key LIMIT %s OFFSET %s",
            PAGE_SIZE,
            offset,
        )
    ]

    def check(_ask: Ask, answer: Answer) -> Wrong:
        if answer.status != 200:
            return f"status {answer.status}"
        return None if answer.keys() == expected else "other rows than an offset gives"

    return Case(f"page {number:,} of all entries", [Ask(path)] * 40, check)


def backlinks_case() -> Case:
    """What names the entries that most others name."""
    hubs = rows(
        "SELECT l.key, n.places FROM (SELECT target_id, count(*) AS places FROM kb_reference"
        " GROUP BY 1 ORDER BY 2 DESC LIMIT %s) n JOIN kb_label l ON l.entry_id = n.target_id",
        HUBS,
    )
    most = max(places for _key, places in hubs)
    asks = [Ask(f"/api/v1/entries/{key}/backlinks") for key, _places in hubs]

    def check(_ask: Ask, answer: Answer) -> Wrong:
        if answer.status != 200:
            return f"status {answer.status}"
        found = answer.json
        expected = min(PAGE_SIZE, found["total"])
        return None if len(found["items"]) == expected else "a page that is not full"

    return Case(f"backlinks of hubs (up to {most:,})", asks, check)


def clock(action: Callable[[], object]) -> float:
    """Seconds that something takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun
