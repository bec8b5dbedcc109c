"""How pages show what changed in a document: rows before and after, texts with marks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.canonical import canonical_json
from kb.documents.difference import Change, text_pieces
from kb.documents.form_actions import spec_at
from kb.documents.form_specs import Spec
from kb.documents.schema import Part
from kb.publication.body import label_of, readable_date, text_of

LONG = 120  # characters from which a text is shown with its changes marked, not twice

LabelOf = Callable[[str], Mapping[str, Any] | None]


def in_words(spec: Spec | None, value: Any, shown: LabelOf) -> Any:
    """A value with names, terms and dates as readers know them, fields in their order.

    `shown`: key → what is shown of the entry, None for an unknown key.
    """
    match spec.widget if spec else "", value:
        case "group", dict():
            fields = spec.fields if spec else ()
            return {
                each.field: in_words(each, value[each.field], shown)
                for each in fields
                if each.field in value
            }
        case "map", dict():
            item = spec.item if spec else None
            return {name: in_words(item, each, shown) for name, each in value.items()}
        case _, list():
            item = spec.item or spec if spec else None
            return [in_words(item, each, shown) for each in value]
        case "reference", str():
            return (shown(value) or {}).get("name", value)
        case "date", str():
            return readable_date(value)
        case _, str() if spec and spec.vocabulary and value in spec.vocabulary:
            return spec.vocabulary.label_of(value)
        case _:
            return value


def name_of_row(spec: Spec | None, row: Any, shown: LabelOf) -> str:
    """What a row of a list is called, in words; "" where its schema has no name for it."""
    if spec is None or spec.schema is None or not isinstance(row, dict):
        return ""
    return spec.schema.row_label(in_words(spec, row, shown))


@dataclass(frozen=True, slots=True)
class Wording:
    """Puts changes of one document into words. `after`: the document that they lead to.

    `shown`: key → what is shown of the entry, None for an unknown key.
    """

    schema: type[Part]
    after: Mapping[str, Any] | None
    shown: LabelOf

    def of(self, change: Change) -> Change:
        """The same change: its row and its values with names, labels of terms, readable dates."""
        label = self._row(change) or change.label
        if change.kind == "moved":
            return replace(change, label=label)
        spec = self._spec(change)
        before, after = (in_words(spec, each, self.shown) for each in (change.before, change.after))
        return replace(change, label=label, before=before, after=after)

    def _spec(self, change: Change) -> Spec | None:
        """Of what changed; of one term of several that of the whole field."""
        found = spec_at(self.schema, change.path)
        if found is None and isinstance(change.path[-1], int):
            return spec_at(self.schema, change.path[:-1])
        return found

    def _row(self, change: Change) -> str:
        """What the row is called that a change is in; "" where it is in none.

        A citation goes by the name of its statement, as in `kb.documents.rows.Place`.
        """
        label, is_in_statement, value = "", False, self.after
        for depth, step in enumerate(change.path, 1):
            is_gone = change.kind == "removed" and depth == len(change.path)
            value = change.before if is_gone else _inner(value, step)
            spec = spec_at(self.schema, change.path[:depth])
            if not isinstance(step, int) or not isinstance(value, dict):
                continue
            if spec is None or spec.schema is None:
                continue
            if is_in_statement and not spec.schema.is_statement:
                continue
            label = name_of_row(spec, value, self.shown) or label
            is_in_statement = isinstance(value.get("id"), str)
        return label


def _inner(value: Any, step: str | int) -> Any:
    """What stands at a step within a value; None where there is nothing."""
    match value, step:
        case dict(), str():
            return value.get(step)
        case list(), int() if 0 <= step < len(value):
            return value[step]
    return None


def grouped_changes(changes: list[Change], wording: Wording | None = None) -> list[dict[str, Any]]:
    """The changes as rows, by the list or map that they are in; put into words by `wording`."""
    said = [wording.of(each) for each in changes] if wording else changes
    return [
        {"label": name, "changes": [shown_change(each) for each in group]}
        for name, group in groupby(said, key=_list_of)
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
