"""One statement of a document in one sentence of plain text, for lists of statements."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from governance.presentation.entries import figure_time, number, span, unit
from governance.vocabularies import (
    DESIGN_DIMENSIONS,
    FIGURE_METRICS,
    LINK_RELATIONS,
    MEMBERSHIP_ROLES,
    PARTICIPATION_ACTIONS,
    STANCES,
)
from kb.publication.body import label_of, readable_date
from kb.told import text_of

Row = Mapping[str, Any]
MOST = 200  # characters


def sentence(kind: str, place: str, document: Mapping[str, Any]) -> str:
    """What `document` says at `place` (`memberships[3].cites[0].source`)."""
    del kind
    field, row_number = _first_step(place)
    if field == "cites":
        return "The entry as a whole"
    value = document.get(field)
    if isinstance(value, list) and row_number is not None and row_number < len(value):
        row = value[row_number]
        show = _SENTENCES.get(field)
        return _short(show(row)) if show and isinstance(row, dict) else label_of(field)
    return _short(_about_field(field, place, document))


# What its sentence leaves out of a statement.
_MORE: Mapping[str, tuple[str, ...]] = {
    "memberships": ("share", "note"),
    "positions": ("reported_by", "note"),
    "participation": ("part", "note"),
    "arguments": ("made_by", "answers"),
    "organs": ("composition", "decision_rule"),
    "figures": ("approximate", "note"),
    "links": ("from", "to", "note"),
    "disputed": ("note",),
}


def in_full(field: str, row: Row) -> str:
    """All that a statement of the list `field` says, however long."""
    said = _SENTENCES[field](row).rstrip(":, ")
    for name in _MORE.get(field, ()):
        if name in row:
            end = "" if said.endswith((".", "?", "!", "”")) else "."
            said = f"{said}{end} {label_of(name)}: {text_of(row[name])}"
    return said


def _first_step(place: str) -> tuple[str, int | None]:
    found = re.match(r"([^.\[]+)(?:\[(\d+)\])?", place)
    if found is None:
        return place, None
    return found[1], int(found[2]) if found[2] else None


def _about_field(field: str, place: str, document: Mapping[str, Any]) -> str:
    if field in ("design", "field_cites"):
        name = re.split(r"[.\[]", place)[1] if "." in place else ""
        known = DESIGN_DIMENSIONS.label_of(name) if field == "design" else label_of(name)
        text = document.get("design", {}).get(name, {}).get("text", "") if field == "design" else ""
        return f"{known}: {text}" if text else known
    return label_of(field)


def _short(text: str) -> str:
    return text if len(text) <= MOST else f"{text[: MOST - 1].rsplit(' ', 1)[0]} …"


def _name(label: Mapping[str, Any] | None) -> str:
    return str(label["name"]) if label else ""


def _on(row: Row) -> str:
    return f", {readable_date(row['date'])}" if row.get("date") else ""


def _membership(row: Row) -> str:
    when = span(row)
    role = MEMBERSHIP_ROLES.label_of(row["role"]).lower()
    return f"{_name(row['actor'])}, {role}{' ' + when if when else ''}"


def _position(row: Row) -> str:
    said = f": “{row['quote']}”" if row.get("quote") else ""
    return f"{_name(row['actor'])} {STANCES.label_of(row['stance'])}{_on(row)}{said}"


def _participation(row: Row) -> str:
    return f"{_name(row['actor'])} {PARTICIPATION_ACTIONS.label_of(row['action'])}{_on(row)}"


def _argument(row: Row) -> str:
    return f"{str(row['side']).capitalize()}: {row['claim']}"


def _organ(row: Row) -> str:
    return f"{row['name']}: {row.get('role', '')}"


def _milestone(row: Row) -> str:
    return f"{readable_date(row.get('date'))}: {row['title']}"


def _figure(row: Row) -> str:
    metric = FIGURE_METRICS.label_of(row["metric"])
    return f"{metric} {figure_time(row)}: {number(row['value'])} {unit(row['unit'])}"


def _link(row: Row) -> str:
    return f"{LINK_RELATIONS.label_of(row['relation']).capitalize()} {_name(row['target'])}"


def _provision(row: Row) -> str:
    return f"{row['title']}: {row.get('summary', '')}"


def _disputed(row: Row) -> str:
    about = row.get("field") or row.get("statement") or ""
    return f"Disputed, {label_of(str(about)).lower()}: {row.get('value', '')}"


_SENTENCES: Mapping[str, Callable[[Row], str]] = {
    "memberships": _membership,
    "positions": _position,
    "participation": _participation,
    "arguments": _argument,
    "organs": _organ,
    "milestones": _milestone,
    "figures": _figure,
    "links": _link,
    "provisions": _provision,
    "disputed": _disputed,
}
