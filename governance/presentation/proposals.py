"""Proposals: who stands where, the arguments and the answers to them, design."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from governance.presentation.entries import JSON, Page, Row, design, note, own_address, when_said
from governance.vocabularies import STANCES
from kb.documents.inexact_dates import InexactDate
from kb.publication.body import link, text_of
from kb.publication.markdown import inline_html

# From most in favour to most against; each has a shape, so that its colour is never alone.
SHAPES: Mapping[str, str] = {
    "proposes": "◆",
    "supports": "▲",
    "supports-with-conditions": "△",
    "mixed": "◐",
    "opposes-as-framed": "▽",
    "opposes": "▼",
}


def proposal_values(page: Page) -> JSON:
    """Positions by stance, arguments as trees, design dimensions."""
    groups = stance_groups(page)
    return {
        "stances": groups,
        "stance_bar": stance_bar(groups),
        "arguments": arguments(page),
        "design": design(page),
    }


# --- positions -------------------------------------------------------------------------------


def stance_groups(page: Page) -> list[JSON]:
    """The current position of each actor, by stance; what it said before stands under it."""
    current = _current_first(page.rows("positions"))
    found = []
    for stance in SHAPES:
        rows = [
            position_row(page, newest, newest["actor"], earlier)
            for newest, *earlier in current
            if newest["stance"] == stance
        ]
        if rows:
            found.append({**stance_values(stance), "rows": rows, "count": str(len(rows))})
    return found


def stance_values(stance: str) -> JSON:
    """A stance as pages show it: name, label and shape."""
    return {
        "stance": stance,
        "label": STANCES.label_of(stance),
        "shape": SHAPES.get(stance, "•"),
    }


def _current_first(rows: Iterable[Row]) -> list[list[Row]]:
    """One list an actor, newest first; an undated position counts only where none is dated."""
    by_actor: dict[str, list[Row]] = {}
    for row in rows:
        by_actor.setdefault(row["actor"]["key"], []).append(row)
    for its_rows in by_actor.values():
        # Of equal dates the one written last is the newest.
        its_rows.reverse()
        its_rows.sort(key=_when, reverse=True)
    return sorted(by_actor.values(), key=lambda its: _when(its[0]), reverse=True)


def _when(row: Row) -> tuple[date, date]:
    """For sorting: both ends of its date; an undated position comes before all others."""
    if "date" not in row:
        return date.min, date.min
    dated = InexactDate.parse(row["date"])
    return dated.earliest, dated.latest


def position_row(
    page: Page, row: Row, other: Mapping[str, Any] | None, earlier: Sequence[Row] = ()
) -> JSON:
    """One position: id, the other side, stance, date, quote, remark, who reports it, marks."""
    return {
        **stance_values(row["stance"]),
        "id": row["id"],
        "other": link(other),
        "date": when_said(row),
        "certainty": row.get("certainty", ""),
        "quote": text_of(row["quote"]) if row.get("quote") else "",
        "note": note(row),
        "said": _said(row),
        "marks": page.statement_marks(row),
        "earlier": [position_row(page, each, None) for each in earlier],
    }


def _said(row: Row) -> SafeString:
    """The remark on a position and who reports it."""
    reporter = link(row.get("reported_by"))
    reported = f'<span class="note">As reported by {reporter}.</span>' if reporter else ""
    return SafeString(" ".join(part for part in (note(row), reported) if part))


def stance_bar(groups: Sequence[JSON]) -> list[JSON]:
    """Segments of a bar 100 wide: stance, label, count, where it begins and how wide it is."""
    total = sum(len(group["rows"]) for group in groups)
    segments, begun = [], 0.0
    for group in groups:
        width = 100 * len(group["rows"]) / total
        segments.append({**group, "x": f"{begun:.2f}", "width": f"{width:.2f}"})
        begun += width
    return segments


# --- arguments -------------------------------------------------------------------------------


def arguments(page: Page) -> list[JSON]:
    """Both sides, each with its arguments as trees: an answer stands under what it answers."""
    rows = page.rows("arguments")
    known = {row["id"] for row in rows}
    answers: dict[str, list[Row]] = {}
    for row in rows:
        answers.setdefault(row.get("answers", ""), []).append(row)
    roots = [row for row in rows if row.get("answers") not in known]
    sides = [
        {
            "label": label,
            "side": side,
            "rows": [_argument(page, row, answers, set()) for row in roots if row["side"] == side],
        }
        for side, label in (("for", "For"), ("against", "Against"))
    ]
    return [side for side in sides if side["rows"]]


def _argument(page: Page, row: Row, answers: Mapping[str, Sequence[Row]], above: set[str]) -> JSON:
    """One argument with its answers. `above` breaks a circle of answers."""
    seen = above | {row["id"]}
    below = [each for each in answers.get(row["id"], ()) if each["id"] not in seen]
    return {
        "id": row["id"],
        "side": row["side"],
        "claim": inline_html(row["claim"]),
        "made_by": [link(label) for label in row.get("made_by", ())],
        "marks": page.statement_marks(row),
        "own": own_address(row, "argument"),
        "answers": [_argument(page, each, answers, seen) for each in below],
    }
