"""What a line of the feed of changes did, in words, for feeds and mails."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import orjson

from kb.documents.difference import Change, Piece, difference, text_pieces
from kb.documents.reasons import RETRACTION_REASONS
from kb.documents.schema import references
from kb.kinds import JSON, kind_named
from kb.publication.names import Names
from kb.publication.recent_changes import RecentChange
from kb.web.shown_changes import Wording, is_long, label_of_change, plain

FEW = 12  # changes of one revision that are told; the page has the others
SHORT = 160  # characters of a value
PLACES = 4  # of one long text at which a change is told
AROUND = 4  # words before and after such a place
ACTIVE = ("revise", "restore")


@dataclass(frozen=True, slots=True)
class ToldChange:
    """`name`: what the entry was called; `did`: "new", "changed" …; `lines`: what changed."""

    row: RecentChange
    name: str
    did: str
    lines: Sequence[str]

    @property
    def path(self) -> str:
        return f"/{kind_named(self.row.kind).plural}/{self.row.key}/"

    @property
    def difference(self) -> str:
        """The page of the difference; "" where there is nothing to compare."""
        row = self.row
        is_comparable = row.act == "revise" and row.before and row.document
        return f"/entries/{row.key}/history/?to={row.number}" if is_comparable else ""


def told(rows: Sequence[RecentChange]) -> list[ToldChange]:
    """The changes in words, names of other entries as they are today. Reads names once."""
    documents = [(_read(row.before), _read(row.document)) for row in rows]
    names = Names(_mentioned(rows, documents))
    return [_told(row, *each, names) for row, each in zip(rows, documents, strict=True)]


def _read(document: str | None) -> JSON | None:
    found: JSON | None = orjson.loads(document) if document else None
    return found


def _mentioned(
    rows: Sequence[RecentChange], documents: Sequence[tuple[JSON | None, JSON | None]]
) -> set[str]:
    found = {row.key for row in rows}
    for row, (before, after) in zip(rows, documents, strict=True):
        if row.act == "merge" and after:
            found.add(str(after["into"]))
        if row.act == "revise" and before and after:
            schema = kind_named(row.kind).schema
            found |= {m.key for each in (before, after) for m in references(schema, each)}
    return found


def _told(row: RecentChange, before: JSON | None, after: JSON | None, names: Names) -> ToldChange:
    named = after if row.act in ACTIVE and after else before
    name = kind_named(row.kind).name_of(named) if named else row.key
    did, lines = _what(row, before, after, names)
    return ToldChange(row, name, did, lines)


def _what(
    row: RecentChange, before: JSON | None, after: JSON | None, names: Names
) -> tuple[str, list[str]]:
    """What was done, and how it is told."""
    label = kind_named(row.kind).label
    match row.act:
        case "redact":
            return "redacted", [f"The text of revision {row.number} was removed for good."]
        case "retract":
            return "retracted", [f"{label} taken out of view.", *_reasons(after)]
        case "merge":
            into = str(after["into"]) if after else ""
            shown = names.shown(into) or {}
            return "merged", [f"Merged into “{shown.get('name', into)}”."]
        case "restore":
            return "restored", [f"{label} back in view."]
        case _ if row.number == 1:
            return "new", [f"New: {label.lower()}."]
        case _:
            return "changed", _differences(row, before, after, names)


def _reasons(content: Mapping[str, Any] | None) -> list[str]:
    content = content or {}
    reason = str(content.get("reason", ""))
    return [
        *([f"Reason: {RETRACTION_REASONS.label_of(reason)}."] if reason else []),
        *([str(content["note"])] if content.get("note") else []),
    ]


def _differences(
    row: RecentChange, before: JSON | None, after: JSON | None, names: Names
) -> list[str]:
    if before is None or after is None:  # one of them was redacted
        return [f"Revision {row.number}."]
    schema = kind_named(row.kind).schema
    wording = Wording(schema, after, lambda key: names.shown(key) if key in names else None)
    changes = difference(before, after, schema)
    lines = [_line(wording.of(each)) for each in changes[:FEW]]
    further = len(changes) - FEW
    return [*lines, *([f"And {further} more."] if further > 0 else [])] or ["No field changed."]


def _line(change: Change) -> str:
    label = label_of_change(change)
    before, after = _short(plain(change.before)), _short(plain(change.after))
    match change.kind:
        case "moved":
            return f"{label}: moved from place {change.before + 1} to {change.after + 1}."
        case "added":
            return f"{label} added: {after}"
        case "removed":
            return f"{label} removed: {before}"
        case _ if is_long(change.before) and is_long(change.after):
            return f"{label}: {_places(change.before, change.after)}"
        case _:
            return f"{label}: “{before}” became “{after}”"


def _places(before: str, after: str) -> str:
    """The first places at which a long text changed, each with a few words around it."""
    pieces = text_pieces(before, after)
    kept = sum(len(text) for kind, text in pieces if kind == "same")
    if kept < min(len(before), len(after)) / 2:  # it was written anew
        return f"“{_short(before)}” became “{_short(after)}”"
    found = [place for is_same, place in _grouped(pieces) if not is_same]
    told = [_place(pieces[a:b], pieces[a - 1 : a], pieces[b : b + 1]) for a, b in found[:PLACES]]
    further = f"; and at {len(found) - PLACES} more places" if len(found) > PLACES else ""
    return "; ".join(told) + further


def _grouped(pieces: Sequence[Piece]) -> list[tuple[bool, tuple[int, int]]]:
    """Runs of pieces that stayed and of pieces that did not, each from where to where."""
    runs, start = [], 0
    for is_same, run in groupby(pieces, key=lambda piece: piece[0] == "same"):
        end = start + len(list(run))
        runs.append((is_same, (start, end)))
        start = end
    return runs


def _place(changed: Sequence[Piece], left: Sequence[Piece], right: Sequence[Piece]) -> str:
    """What stood at one place and what stands there now. `left`, `right`: what is around it."""
    words_before = "".join(text for _kind, text in left).split()
    words_after = "".join(text for _kind, text in right).split()
    start, end = " ".join(words_before[-AROUND:]), " ".join(words_after[:AROUND])
    was, now = (
        "".join(text for kind, text in changed if kind == wanted).strip()
        for wanted in ("removed", "added")
    )
    first = "…" if len(words_before) > AROUND else ""
    last = "…" if len(words_after) > AROUND else ""
    quoted = (
        f"“{first}{' '.join(filter(None, (start, _short(text), end)))}{last}”"
        for text in (was, now)
    )
    return " became ".join(quoted)


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[: SHORT - 1].rstrip()}…"
