"""`python -m bench.desk --changesets 10000`: what the desk costs when much waits on it."""

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command

from bench import database
from bench.table import Cell, table, times

if TYPE_CHECKING:
    from bench.desk_asking import Cost

ROOT = Path(__file__).resolve().parent.parent
LITTLE, MUCH = "bench_desk", "bench_desk_full"  # databases
Costs = dict[tuple[str, str], "Cost"]  # (page, role) → what it costs
NOT_SHOWN = (302, 303, 403, 404)  # to this role, or without more
POSTED = {"desk-seen", "desk-leave", "desk-rejoin", "desk-revoke-token", "desk-act-on-person"}


def arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m bench.desk", description="Measure the desk.")
    parser.add_argument("--changesets", type=int, default=10_000, help="open ones, about")
    parser.add_argument("--times", type=int, default=5, help="how often each page is asked for")
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--keep", action="store_true", help="keep the database, and use that")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    data = Path(os.environ.get("CG_DATA") or ROOT / "var").absolute()
    (data / "bench").mkdir(parents=True, exist_ok=True)
    server = database.server_url(data)
    os.environ |= {
        "CG_DATA": str(data),
        "DATABASE_URL": database.with_name(server, LITTLE),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    django.setup()
    try:
        run(asked, server)
    finally:
        leave()
        database.drop(server, MUCH)
        if not asked.keep:
            database.drop(server, LITTLE)


def run(asked: Namespace, server: str) -> None:
    from bench.desk_documents import largest, one_against_many
    from bench.desk_filling import MODELS, copy_models
    from bench.loading import vacuum
    from launcher.prepare import collect_static

    collect_static()
    prepare(server, is_kept=asked.keep)
    paths = {name: path for name, path in paths_of_pages().items() if asked.only in name}
    few = costs_of(paths, asked.times)
    print(f"Making {asked.changesets:,} changesets …", flush=True)
    leave()
    database.create(server, MUCH, LITTLE)
    turn_to(MUCH)
    copy_models(asked.changesets // MODELS)
    vacuum()
    print(table_of_pages(few, costs_of(paths, asked.times)), flush=True)
    if asked.only in "documents":
        print(f"\n{table_of_documents(one_against_many())}", flush=True)
        print(f"\n{table_of_largest(largest())}")


def prepare(server: str, *, is_kept: bool) -> None:
    """The database with the starter knowledge and a hundred changesets, new or kept."""
    from bench.desk_filling import MODELS, make_models
    from kb.editing.knowledge import refresh_findings_of_everything

    if is_kept and database.exists(server, LITTLE):
        return
    print(f"Importing the starter knowledge, making {MODELS} changesets …", flush=True)
    database.create(server, LITTLE)
    call_command("migrate", verbosity=0, skip_checks=True)
    call_command("import_documents", str(ROOT / "dataset"))
    refresh_findings_of_everything()
    make_models()


def turn_to(name: str) -> None:
    """The connection leads to another database from now on."""
    from django.db import connection

    leave()
    connection.settings_dict["NAME"] = name


def leave() -> None:
    """Close the connection, that of the pool too: a database that is copied has no visitors."""
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]


def paths_of_pages() -> dict[str, str]:
    """Name → address of every page of the desk that can be asked for."""
    from django.urls import reverse

    from kb.models import Changeset, Edit, Thread, VisitorSuggestion
    from kb.web.desk.urls import urlpatterns

    spoken = Thread.objects.filter(kind="suggestion").order_by("pk")[0].changeset_id
    stale = Edit.objects.filter(base__isnull=False, changeset__status="draft").order_by("pk")[0]
    given: dict[str, list[Any]] = {
        "desk-edit": [stale.key],
        "desk-conflicts": [stale.changeset_id, stale.key],
        "desk-document": [stale.changeset_id, stale.key],
        "desk-suggestion": [VisitorSuggestion.objects.order_by("pk")[1].pk],
        "desk-revert": [Changeset.objects.filter(status="published").order_by("-pk")[0].pk],
        "desk-entry": [stale.key],
        "desk-verify": [stale.key],
    }
    paths = {}
    for pattern in urlpatterns:
        name = str(pattern.name)
        if name not in POSTED:
            needs = given.get(name, [spoken] if "<" in str(pattern.pattern) else [])
            paths[name.removeprefix("desk-")] = reverse(name, args=needs)
    return paths | more_paths(paths)


def more_paths(paths: Mapping[str, str]) -> dict[str, str]:
    """Pages that one filters, and lists that are deep."""
    queue, findings = paths["queue"], paths["findings"]
    return {
        "queue, mine": f"{queue}?mine=1",
        "queue, by kind and topic": f"{queue}?kind=proposal&topics=safety-research",
        "queue, newest": f"{queue}?sort=newest&state=in_review",
        "findings, warnings": f"{findings}?tab=warnings",
        "findings, duplicates": f"{findings}?tab=duplicates",
        "new, searched": f"{paths['new']}?q=cern",
        "bulk, a source": f"{paths['bulk']}?what=reference&old=united-states&new=china",
    }


def costs_of(paths: Mapping[str, str], times: int) -> Costs:
    """(page, role) → cost, for the pages that are shown to that role."""
    from bench.desk_asking import cost_of_page, signed_in
    from bench.desk_filling import ROLES, person

    found: Costs = {}
    for role in ROLES:
        client = signed_in(person(role))
        for name, path in paths.items():
            cost, status = cost_of_page(client, path, times)
            if cost is not None:
                found[name, role] = cost
            elif status not in NOT_SHOWN:
                raise ValueError(f"{path} answers {status} for a {role}")
    return found


def table_of_pages(few: Costs, many: Costs) -> str:
    head = ["page", "as", "ms", "CPU ms", "× few", "queries", "few", "kB", "few"]
    return table(head, list(_page_lines(few, many)))


def _page_lines(few: Costs, many: Costs) -> Iterator[list[Cell]]:
    for page, role in sorted(many):
        now, before = many[page, role], few.get((page, role))
        yield [
            page,
            role,
            now.milliseconds,
            now.processor,
            times(now.processor / before.processor) if before else None,
            now.queries,
            before.queries if before else None,
            now.kilobytes,
            before.kilobytes if before else None,
        ]


def table_of_documents(found: Mapping[str, tuple["Cost", "Cost"]]) -> str:
    head = ["CPU ms", "one document", "200 documents", "×"]
    lines: list[list[Cell]] = [
        [what, one.processor, many.processor, times(many.processor / one.processor)]
        for what, (one, many) in found.items()
    ]
    return table(head, lines)


def table_of_largest(found: Mapping[str, "Cost"]) -> str:
    lines: list[list[Cell]] = [
        [what, cost.milliseconds, cost.processor] for what, cost in found.items()
    ]
    return table(["a document of 1 MiB", "ms", "CPU ms"], lines)


if __name__ == "__main__":
    main()
