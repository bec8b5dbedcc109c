"""One run of the benchmarks: prepare, measure in turns, check, tell."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import orjson
import psutil
from django.db import connection

from bench import database
from bench.asking import Client
from bench.files import corpus_file
from bench.matching import reconcile_route
from bench.moments import change_something, moment_routes
from bench.preparing import prepared
from bench.pressure import Measured, generator, press
from bench.publishing import publication_times
from bench.releasing import release_figures
from bench.routes import CHECKED, Route, routes, sampled_entries
from bench.servers import APPLICATIONS, Server, running
from bench.single import Timed, groups, timed
from bench.telling import told
from launcher.prepare import collect_static

COUNTED = 0.9  # share of its rate that a route keeps while requests are counted
WARM_UP = 1.0  # seconds of load before the first measurement


@dataclass(frozen=True)
class Plan:
    """What was asked for. `server`: the URL of the database server; `only`: part of a name."""

    size: int
    seed: int
    rounds: int
    seconds: float
    only: str
    is_kept: bool
    is_fresh: bool
    data: Path
    dataset: Path
    server: str
    database: str

    @property
    def folder(self) -> Path:
        return self.data / "bench"

    @property
    def database_url(self) -> str:
        return database.with_name(self.server, self.database)


@dataclass
class Results:
    """Everything that was measured, as it goes into the JSON file. `wrong`: wrong answers."""

    machine: dict[str, Any]
    plan: dict[str, Any]
    imported: dict[str, Any] = field(default_factory=dict)
    routes: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)
    memory_mb: dict[str, float] = field(default_factory=dict)
    publication_seconds: dict[str, float] = field(default_factory=dict)
    releases: dict[str, float] = field(default_factory=dict)
    searches: dict[str, Any] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


def run(plan: Plan) -> list[str]:
    """Measure, print the tables, write the JSON file. Gives the answers that were wrong."""
    results = Results(_machine(), {"size": plan.size, "seed": plan.seed, "rounds": plan.rounds})
    print(f"Making {plan.size:,} synthetic entries …", flush=True)
    corpus = corpus_file(plan.dataset, plan.folder, plan.size, plan.seed)
    results.searches = {
        name: {text: [corpus.shares[word] for word in text.strip('"').split()] for text in texts}
        for name, texts in corpus.searches.items()
    }
    try:
        results.imported = prepared(plan.server, plan.database, corpus, is_fresh=plan.is_fresh)
        collect_static()
        before = change_something()
        usual = routes(sampled_entries())
        every = [*usual, *moment_routes(usual, before), reconcile_route()]
        wanted = [route for route in every if plan.only in route.name]
        with running(list(APPLICATIONS), plan.database_url, plan.data) as servers:
            _measure_routes(plan, wanted, servers, results)
            for group in groups(corpus):
                chosen = [case for case in group if plan.only in case.name]
                for found in timed(chosen, servers["ours"], plan.rounds):
                    _add_case(results, found)
            results.memory_mb = {name: server.memory() for name, server in servers.items()}
        if plan.only in "releases":
            print("Measuring: releases …", flush=True)
            results.releases = release_figures(plan.size, plan.rounds)
        if plan.only in "publication":
            results.publication_seconds = publication_times()
    finally:
        connection.close()
        if not plan.is_kept:
            database.drop(plan.server, plan.database)
    file = plan.folder / f"{plan.size}{'.some' if plan.only else ''}.json"
    file.write_bytes(orjson.dumps(results, option=orjson.OPT_INDENT_2))
    print(told(results.__dict__))
    print(f"\nWritten to {file}")
    return results.wrong


def _machine() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "processors": psutil.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "load_before": psutil.getloadavg()[0],
        "generator": generator(),
    }


def _measure_routes(
    plan: Plan, wanted: Sequence[Route], servers: dict[str, Server], results: Results
) -> None:
    """Each route by each server, in turns, so that what slows the machine slows all of them."""
    for route in wanted:
        print(f"Measuring: {route.name} …", flush=True)
        results.wrong += _wrong_answers(route, servers["ours"])
        asks = route.asks
        found: dict[str, list[Measured]] = {name: [] for name in asks}
        for name in found:
            press(servers[name], asks[name], WARM_UP, plan.folder)
        for _ in range(plan.rounds):
            for name, measured in found.items():
                measured.append(press(servers[name], asks[name], plan.seconds, plan.folder))
        for name, measured in found.items():
            if failed := sum(each.refused + each.broken for each in measured):
                results.wrong.append(f"{route.name}: {failed} requests to {name} failed")
        rates = {name: [each.rate for each in measured] for name, measured in found.items()}
        results.routes.append(
            {**_judged(route, rates, results.routes), "cpu_ms": _cpu_milliseconds(found)}
        )


def _wrong_answers(route: Route, server: Server) -> list[str]:
    """Answers of ours that are not what is stored, of the first few requests."""
    with Client(server) as client:
        checked = [(ask, route.check(ask, client.get(ask))) for ask in route.ours[:CHECKED]]
    return [f"{route.name}, {ask.path}: {problem}" for ask, problem in checked if problem]


def _judged(
    route: Route, rates: dict[str, list[float]], before: Sequence[dict[str, Any]]
) -> dict[str, Any]:
    """The route with its rates, its ratios, its goals, and whether each of those is met.

    A ratio is the median of those of the single rounds: neighbours in time are compared.
    """
    middle = {name: median(its) for name, its in rates.items()}
    share, factor = _ratio(rates, "limit"), _ratio(rates, "usual")
    met: dict[str, bool] = {}
    if route.share is not None and share is not None:
        met[f"{route.share:.0%} of the limit"] = share >= route.share
    if route.times is not None and factor is not None:
        met[f"{route.times:.0f} × the usual"] = factor >= route.times
    if (counted := _ratio(rates, "uncounted")) is not None:
        met[f"{COUNTED:.0%} of what it is without limits ({counted:.0%})"] = counted >= COUNTED
    if route.faster is not None:
        wanted, name = route.faster
        other = next((each["rates"]["ours"] for each in before if each["name"] == name), None)
        if other is not None:
            found = middle["ours"] / other
            met[f"{wanted:g} × {name} ({found:.2g})"] = found >= wanted
    if route.least is not None:
        wanted, each, what = route.least
        found = each * middle["ours"]
        met[f"{wanted:.0f} {what} a second ({found:.0f})"] = found >= wanted
    return {"name": route.name, "rates": middle, "share": share, "times": factor, "goals": met}


def _cpu_milliseconds(found: dict[str, list[Measured]]) -> dict[str, float]:
    """Processor time of each server for one request: steadier than rates on a busy machine."""
    return {
        name: 1000
        * sum(each.cpu_seconds for each in its)
        / max(1, sum(each.requests for each in its))
        for name, its in found.items()
    }


def _ratio(rates: dict[str, list[float]], name: str) -> float | None:
    if name not in rates:
        return None
    return median(ours / theirs for ours, theirs in zip(rates["ours"], rates[name], strict=True))


def _add_case(results: Results, found: Timed) -> None:
    case, latency = found.case, found.latency
    results.wrong += found.wrong
    results.cases.append(
        {
            "name": case.name,
            "requests": latency.requests,
            "p50": latency.p50,
            "p95": latency.p95,
            "worst": latency.worst,
            "stopped": latency.stopped,
            "goal": case.goal,
            "is_met": None if case.goal is None else latency.p95 <= case.goal,
        }
    )
