"""How pages show what changed in a document: rows before and after, texts with marks."""

from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.canonical import canonical_json
from kb.documents.difference import Change, text_pieces
from kb.publication.body import label_of, text_of

LONG = 120  # characters from which a text is shown with its changes marked, not twice


def grouped_changes(changes: list[Change]) -> list[dict[str, Any]]:
    """The changes as rows, by the list or map that they are in."""
    return [
        {"label": name, "changes": [shown_change(each) for each in group]}
        for name, group in groupby(changes, key=_list_of)
    ]


def _list_of(change: Change) -> str:
    """The list or map that a change is in; empty for a change of a whole field."""
    return label_of(str(change.path[0])) if len(change.path) > 1 else ""


def shown_change(change: Change) -> dict[str, Any]:
    """A change as a row: what it is in, before and after; of long texts what was put in and out."""
    row = {
        "kind": change.kind,
        "label": label_of_change(change),
        "statement": change.statement or "",
    }
    if change.kind == "moved":
        return {**row, "moved": f"from place {change.before + 1} to {change.after + 1}"}
    if is_long(change.before) and is_long(change.after):
        return {**row, "text": with_marks(change.before, change.after)}
    return {**row, "before": plain(change.before), "after": plain(change.after)}


def label_of_change(change: Change) -> str:
    """What changed: "germany · member: from" for a field of a row, else the field."""
    field = next((str(s) for s in reversed(change.path) if isinstance(s, str)), "")
    if len(change.path) <= 1 or change.label == field:
        return label_of(field)
    is_row = isinstance(change.path[-1], int)
    return change.label if is_row else f"{change.label}: {field.replace('_', ' ')}"


def is_long(value: object) -> bool:
    return isinstance(value, str) and (len(value) > LONG or "\n" in value)


def with_marks(before: str, after: str) -> SafeString:
    tags = {"added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>"), "same": ("", "")}
    pieces = (
        f"{tags[kind][0]}{text_of(text)}{tags[kind][1]}"
        for kind, text in text_pieces(before, after)
    )
    return SafeString("".join(pieces).replace("\n", "<br>"))


def plain(value: object) -> str:
    """A value in a few words; what has parts as its fields."""
    match value:
        case None:
            return ""
        case str():
            return value
        case dict():
            shown = (f"{label_of(n)}: {plain(v)}" for n, v in value.items() if n != "id")
            return "; ".join(shown)
        case list():
            return ", ".join(plain(each) for each in value)
        case _:
            return canonical_json(value).decode()
