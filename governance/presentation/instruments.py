"""Instruments: who signed, ratified, endorsed or left, and what the text provides."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from governance.acts import CONSENT
from governance.presentation.entries import JSON, Page, Row, note, own_address, when_said
from governance.vocabularies import PARTICIPATION_ACTIONS
from kb.publication.body import link, readable_date, short_date, text_of
from kb.publication.markdown import inline_html

FEW = 4  # rows that share date and sources before these are said once for all of them


def instrument_values(page: Page) -> JSON:
    """Participation as a table by actor or as lists by action; provisions."""
    rows = page.rows("participation")
    is_table = _is_treaty(rows)
    return {
        "participation_count": len(rows),
        "status_table": status_table(page, rows) if is_table else None,
        "action_groups": [] if is_table else action_groups(page, rows),
        "provisions": provisions(page),
    }


def _is_treaty(rows: Sequence[Row]) -> bool:
    """Whether actors take more than one step: then a row an actor reads better than a list."""
    if not any(row["action"] in CONSENT for row in rows):
        return False
    return len(rows) > len({row["actor"]["key"] for row in rows}) or len(rows) > FEW


def status_table(page: Page, rows: Sequence[Row]) -> JSON:
    """One row an actor in alphabetical order: signed, bound, and whatever else it did."""
    by_actor: dict[str, list[Row]] = {}
    for row in rows:
        by_actor.setdefault(row["actor"]["key"], []).append(row)
    ordered = sorted(by_actor.values(), key=lambda its: its[0]["actor"]["name"])
    has_others = any(_column(row) == 2 for row in rows)
    counts = Counter(row["action"] for row in rows)
    return {
        "columns": ["Signed", "Bound by it", "Left, reserved"][: 3 if has_others else 2],
        "rows": [_status_row(page, its, has_others=has_others) for its in ordered],
        "counts": [
            f"{counts[action]} {PARTICIPATION_ACTIONS.label_of(action)}"
            for action in PARTICIPATION_ACTIONS.values
            if counts[action]
        ],
        "actors": str(len(ordered)),
    }


def _column(row: Row) -> int:
    if row["action"] == "signed":
        return 0
    return 1 if row["action"] in CONSENT else 2


def _status_row(page: Page, rows: Sequence[Row], *, has_others: bool) -> JSON:
    cells: list[list[str]] = [[], [], []]
    for row in rows:
        cells[_column(row)].append(_step(page, row))
    return {
        "actor": link(rows[0]["actor"]),
        "cells": [SafeString("".join(cell)) for cell in cells[: 3 if has_others else 2]],
    }


def _step(page: Page, row: Row) -> str:
    """One step in its cell: date, how if it is not the usual way, remark, marks."""
    how = "" if row["action"] in ("signed", "ratified") else _how(row)
    said = " · ".join(part for part in (how, row.get("part", "")) if part)
    small = f" <small>{said}</small>" if said else ""
    remark = f"<small>{note(row)}</small>" if row.get("note") else ""
    open_mark = ' <small class="open">possibly</small>' if _is_open(row) else ""
    date = short_date(row.get("date")) or "no date"
    return (
        f'<div id="{row["id"]}"><a class="at" href="#{row["id"]}">{date}</a>'
        f"{small}{open_mark}{page.statement_marks(row)}{remark}</div>"
    )


def _how(row: Row) -> str:
    return PARTICIPATION_ACTIONS.label_of(row["action"])


def _is_open(row: Row) -> bool:
    return row.get("certainty") == "possible"


def action_groups(page: Page, rows: Sequence[Row]) -> list[JSON]:
    """One list an action; what all its rows share, date and sources, is said once above it."""
    found = []
    for action in PARTICIPATION_ACTIONS.values:
        its = [row for row in rows if row["action"] == action]
        if not its:
            continue
        shared = _shared(its)
        found.append(
            {
                "label": PARTICIPATION_ACTIONS.label_of(action).capitalize(),
                "count": str(len(its)),
                "all_on": readable_date(shared.get("date")),
                "all_marks": page.notes.marks(shared.get("cites")),
                "rows": [participation_row(page, row, row["actor"], shared) for row in its],
            }
        )
    return found


def _shared(rows: Sequence[Row]) -> Mapping[str, Any]:
    """The date and the sources that all these rows have, if there are enough of them."""
    if len(rows) < FEW:
        return {}
    first = rows[0]
    return {
        field: first[field]
        for field in ("date", "cites")
        if field in first and all(row.get(field) == first[field] for row in rows)
    }


def participation_row(
    page: Page, row: Row, other: Mapping[str, Any] | None, shared: Mapping[str, Any] | None = None
) -> JSON:
    """One act: id, the other side, action, date, part, remark, marks. `shared` is not repeated."""
    shared = shared or {}
    cites_said, date_said = "cites" in shared, "date" in shared
    return {
        "id": row["id"],
        "other": link(other),
        "action": PARTICIPATION_ACTIONS.label_of(row["action"]),
        "date": when_said(row),
        "own_date": own_address(row, "act") if date_said else when_said(row),
        "part": text_of(row["part"]) if row.get("part") else "",
        "certainty": row.get("certainty", ""),
        "note": note(row),
        "marks": page.dispute(row["id"]) if cites_said else page.statement_marks(row),
    }


def provisions(page: Page) -> list[JSON]:
    """What the text provides, in its order."""
    return [
        {
            "id": row["id"],
            "title": inline_html(row["title"]),
            "summary": inline_html(row.get("summary", "")),
            "marks": page.statement_marks(row),
        }
        for row in page.rows("provisions")
    ]
