"""The results as text: tables of ratios, latencies and single figures, with the goals."""

from collections.abc import Mapping
from typing import Any

from bench.table import Cell, percent, table, times, verdict

IMPORT_GOAL = 1_500  # documents a second, at 100,000 entries
IMPORT_GOAL_SIZE = 100_000
MEMORY_GOAL = 200  # megabytes
RELEASE_GOAL = 3  # times what COPY takes, at 100,000 entries
RELEASE_MEMORY_GOAL = 300  # megabytes, at a million entries
SAME_PAGE = 1.25  # a deep page may take so many times what the first takes


def told(results: Mapping[str, Any]) -> str:
    """All tables, one below the other."""
    parts = [_routes(results), _processor_time(results), _cases(results), _figures(results)]
    return "\n\n".join(part for part in parts if part)


def _routes(results: Mapping[str, Any]) -> str:
    head = ["requests a second", "ours", "limit", "usual", "of the limit", "× usual", "goal", "met"]
    lines: list[list[Cell]] = []
    for route in results["routes"]:
        rates, goals = route["rates"], route["goals"]
        lines.append(
            [
                route["name"],
                *(rates.get(name) for name in ("ours", "limit", "usual")),
                percent(route["share"]),
                times(route["times"]),
                ", ".join(goals) or None,
                verdict(is_met=all(goals.values()) if goals else None),
            ]
        )
    return table(head, lines) if lines else ""


def _processor_time(results: Mapping[str, Any]) -> str:
    names = ("ours", "limit", "usual")
    head = ["processor time a request, milliseconds, without the database", *names]
    lines = [
        [route["name"], *(route["cpu_ms"].get(name) for name in names)]
        for route in results["routes"]
        if "cpu_ms" in route
    ]
    return table(head, lines) if lines else ""


def _cases(results: Mapping[str, Any]) -> str:
    head = ["one client, milliseconds", "requests", "p50", "p95", "worst", "stopped", "goal", "met"]
    lines: list[list[Cell]] = []
    for case in results["cases"]:
        goal = f"p95 ≤ {case['goal']:.0f}" if case["goal"] else None
        numbers = [case[name] for name in ("requests", "p50", "p95", "worst")]
        stopped = case["stopped"] or None
        lines.append([case["name"], *numbers, stopped, goal, verdict(is_met=case["is_met"])])
    return table(head, lines) if lines else ""


def _figures(results: Mapping[str, Any]) -> str:
    lines = [*_import_lines(results), *_page_lines(results)]
    memory = results["memory_mb"]
    lines += [
        [
            f"memory of the server process, {name}",
            f"{megabytes:.0f} MB",
            f"under {MEMORY_GOAL} MB" if name == "ours" else None,
            verdict(is_met=megabytes < MEMORY_GOAL if name == "ours" else None),
        ]
        for name, megabytes in memory.items()
    ]
    lines += [
        [f"publishing {what} holds the lock", f"{1000 * seconds:.0f} ms", None, None]
        for what, seconds in results["publication_seconds"].items()
    ]
    return table(["other", "found", "goal", "met"], [*lines, *_release_lines(results)])


def _release_lines(results: Mapping[str, Any]) -> list[list[Cell]]:
    found, size = results["releases"], results["plan"]["size"]
    if not found:
        return []
    factor, peak = found["times_copy"], found["peak_mb"]
    grown = peak - found["peak_mb_of_fewer"]
    is_judged = size == IMPORT_GOAL_SIZE
    return [
        [
            f"lines of a release, {found['lines_seconds']:.1f} s, against COPY",
            f"{factor:.1f} ×",
            f"≤ {RELEASE_GOAL} ×" if is_judged else None,
            verdict(is_met=factor <= RELEASE_GOAL if is_judged else None),
        ],
        [
            f"all files of a release, {found['files_mb']:,.0f} MB",
            f"{found['seconds']:.0f} s",
            None,
            None,
        ],
        [
            "... memory of the process",
            f"{peak:.0f} MB",
            f"under {RELEASE_MEMORY_GOAL} MB",
            verdict(is_met=peak < RELEASE_MEMORY_GOAL),
        ],
        ["... of it for nine tenths of the entries", f"{grown:.0f} MB", None, None],
    ]


def _import_lines(results: Mapping[str, Any]) -> list[list[Cell]]:
    found = results["imported"]
    if not found:
        return []
    rate = found["documents"] / found["seconds"]
    copied = found["documents"] / found["copy_seconds"]
    by_processor = found["documents"] / found["cpu_seconds"]
    is_judged = results["plan"]["size"] == IMPORT_GOAL_SIZE
    return [
        [
            "founding import",
            f"{rate:,.0f} documents/s",
            f"{IMPORT_GOAL:,}" if is_judged else None,
            verdict(is_met=rate >= IMPORT_GOAL if is_judged else None),
        ],
        ["... by its own processor time", f"{by_processor:,.0f} documents/s", None, None],
        ["... COPY of the same bytes", f"{copied:,.0f} documents/s", None, None],
        ["... memory of the import", f"{found['peak_mb']:.0f} MB", None, None],
        ["size of the database", f"{found['database_mb']:,.0f} MB", None, None],
    ]


def _page_lines(results: Mapping[str, Any]) -> list[list[Cell]]:
    """The deepest page against the first."""
    pages = [case for case in results["cases"] if case["name"].startswith("page ")]
    if len(pages) != 2:
        return []
    factor = pages[1]["p50"] / pages[0]["p50"]
    what = f"{pages[1]['name']} against the first (p50)"
    return [[what, f"{factor:.2f} ×", f"≤ {SAME_PAGE} ×", verdict(is_met=factor <= SAME_PAGE)]]
