"""The difference that a changeset makes: by entry, by place, with sources, findings and threads."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.difference import Change, difference
from kb.documents.findings import Finding
from kb.documents.form_actions import spec_at
from kb.documents.form_specs import Spec
from kb.documents.problems import Path, path_of, place_of, value_at
from kb.documents.reasons import RETRACTION_REASONS
from kb.editing.conversation import place_now
from kb.editing.permissions import Action
from kb.kinds import JSON, kind_named
from kb.models import Changeset, Edit, Thread, User
from kb.web.desk.naming import values_for
from kb.web.desk.previews import VISIBLE, preview_of
from kb.web.desk.threads import shown_thread, text_to_edit, threads_of
from kb.web.desk.values import Values
from kb.web.desk.wording import label_at, place_in_words, row_in_words
from kb.web.shown_changes import is_long, name_of_row, with_marks

OPENED = 20  # entries of a page
FIELD_CITES = "field_cites"  # where a document keeps the sources of its own fields
GIVEN = (("kind",), ("key",))  # what the heading says already


@dataclass(frozen=True, slots=True)
class Writing:
    """Where somebody is about to comment. `is_wording`: to suggest another wording.

    `typed`: what was typed and could not be kept, by field.
    """

    key: str = ""
    place: str = ""
    is_wording: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class PlaceRow:
    """One statement or field that changes, or that somebody said something about.

    `place`: in the new document, "" where it is gone. `kind`: added, removed, changed, moved or
    same. `heading`: of the list it is in. `whole`: its value, where it is shown whole; `parts`:
    what changes within it.
    """

    place: str
    label: str
    kind: str
    heading: str = ""
    anchor: str = ""
    whole: SafeString = field(default_factory=lambda: SafeString(""))
    parts: list[dict[str, Any]] = field(default_factory=list)
    cites: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    threads: list[dict[str, Any]] = field(default_factory=list)
    form: dict[str, Any] | None = None


@dataclass(slots=True)
class EntryDifference:
    """What happens to one entry. `groups`: (heading, rows) by the list or map that they are in.

    `warnings_elsewhere`: how many are about statements that do not change.
    """

    key: str
    name: str
    kind: str
    act: str
    is_new: bool
    is_visible: bool
    says_nothing_new: bool
    about: SafeString
    preview: dict[str, SafeString] | None
    groups: list[tuple[str, list[PlaceRow]]]
    whole: PlaceRow
    warnings_elsewhere: int


@dataclass(slots=True)
class Reviewing:
    """What drawing the entries of a page needs to know, read once."""

    user: User
    allowed: frozenset[Action]
    writing: Writing
    values: Values
    threads: Mapping[str, list[Thread]]
    anchors: set[str] = field(default_factory=set)

    def anchor(self, key: str, place: str) -> str:
        """An id for a place, another one each time."""
        wanted = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{key}.{place}").strip("-")
        found, number = wanted, 1
        while found in self.anchors:
            number += 1
            found = f"{wanted}-{number}"
        self.anchors.add(found)
        return found


def reviewed(
    changeset: Changeset,
    keys: Sequence[str],
    user: User,
    allowed: frozenset[Action],
    writing: Writing,
) -> list[EntryDifference]:
    """The differences of some entries of a changeset, in the order of `keys`."""
    edits = list(changeset.edits.filter(key__in=keys).select_related("base", "revision"))
    edits.sort(key=lambda edit: keys.index(edit.key))
    threads = threads_of(changeset, keys)
    by_key: dict[str, list[Thread]] = {}
    for thread in threads:
        by_key.setdefault(thread.key, []).append(thread)
    values = values_for(changeset, edits, [(each.key, each.proposed) for each in threads])
    seen = Reviewing(user, allowed, writing, values, by_key)
    return [entry_difference(edit, seen) for edit in edits]


# --- one entry -------------------------------------------------------------------------------


def entry_difference(edit: Edit, seen: Reviewing) -> EntryDifference:
    kind = kind_named(edit.kind)
    before, after = base_document(edit), new_document(edit)
    changes = difference(before, after, kind.schema) if after is not None else []
    rows = _rows(edit, changes, after or {}, seen)
    whole = PlaceRow("", "", "same", anchor=seen.anchor(edit.key, ""))
    elsewhere = _place_findings(edit, rows, whole, after or {}, seen)
    _place_threads(edit, rows, whole, after or {}, seen)
    _place_form(edit, rows, whole, after or {}, seen)
    named = after or before or {}
    return EntryDifference(
        key=edit.key,
        name=kind.name_of(named) or edit.key,
        kind=edit.kind,
        act=edit.act,
        is_new=edit.base_id is None,
        is_visible=edit.base is not None and edit.base.act in VISIBLE,
        says_nothing_new=after is not None and before is not None and not changes,
        about=_about_act(edit, seen),
        preview=preview_of(edit, seen.values) if before is None else None,
        groups=_grouped(rows.values()),
        whole=whole,
        warnings_elsewhere=elsewhere,
    )


def base_document(edit: Edit) -> JSON | None:
    """What was in view before; None for a new entry and for one that is out of view."""
    base = edit.base
    if base is None or base.is_redacted or base.act not in VISIBLE:
        return None
    return base.content


def new_document(edit: Edit) -> JSON | None:
    """What would be in view; None where the entry goes out of view."""
    return edit.document if edit.act in VISIBLE else None


def _about_act(edit: Edit, seen: Reviewing) -> SafeString:
    """What a retraction or a merge says, as pairs."""
    if edit.act in VISIBLE:
        return SafeString("")
    content = dict(edit.document)
    into = content.pop("into", None)
    if "reason" in content and edit.act == Edit.Act.RETRACT:
        content["reason"] = RETRACTION_REASONS.label_of(str(content["reason"]))
    pairs = seen.values.pairs(None, content)
    merged = f"<p>Merged into {seen.values.name(str(into))}.</p>" if into else ""
    return SafeString(f"{merged}{pairs}")


# --- its rows --------------------------------------------------------------------------------

Rows = dict[tuple[Path, bool], PlaceRow]  # (place, whether it was removed) → row


def _rows(edit: Edit, changes: Sequence[Change], after: JSON, seen: Reviewing) -> Rows:
    schema = kind_named(edit.kind).schema
    rows: Rows = {}
    for change in changes:
        path = statement_path(change.path)
        if path in GIVEN:
            continue
        is_gone = change.kind == "removed" and len(change.path) <= len(path)
        row = rows.get((path, is_gone))
        if row is None:
            row = rows[path, is_gone] = _row(edit, path, change, after, seen, is_gone=is_gone)
        _add_change(row, change, path, spec_at(schema, change.path), seen.values)
    return rows


def statement_path(path: Path) -> Path:
    """The row, field of a part or whole field that a place is in."""
    return path[:2]


def _row(
    edit: Edit, path: Path, change: Change, after: JSON, seen: Reviewing, *, is_gone: bool
) -> PlaceRow:
    schema = kind_named(edit.kind).schema
    is_row = len(path) > 1 and isinstance(path[1], int)
    return PlaceRow(
        place="" if is_gone else place_of(path),
        label=row_label(change, schema, after, path, seen) if is_row else label_at(schema, path),
        kind="removed" if is_gone else "same",
        heading=label_at(schema, path[:1]) if len(path) > 1 else "",
        anchor=seen.anchor(edit.key, place_of(path)),
        cites=seen.values.cites(None if is_gone else _cites_at(after, path)),
    )


def row_label(change: Change, schema: Any, after: JSON, path: Path, seen: Reviewing) -> str:
    shown = seen.values.label_of
    value = change.before if change.kind == "removed" and len(change.path) == len(path) else None
    if value is not None:
        return name_of_row(spec_at(schema, path), value, shown) or change.label
    return row_in_words(schema, after, path, shown)


def _cites_at(document: JSON, path: Path) -> Any:
    """The sources of a row, or of a field of the document itself."""
    if len(path) == 1:
        own = document.get(FIELD_CITES)
        return own.get(path[0]) if isinstance(own, dict) else None
    try:
        found = value_at(document, path)
    except (LookupError, TypeError):
        return None
    return found.get("cites") if isinstance(found, dict) else None


def _add_change(
    row: PlaceRow, change: Change, path: Path, spec: Spec | None, values: Values
) -> None:
    is_whole = len(change.path) <= len(path)
    if change.kind == "moved" and is_whole:
        row.kind = "moved" if row.kind == "same" else row.kind
        moved = f"from place {change.before + 1} to {change.after + 1}"
        row.parts.append({"label": "", "moved": moved})
        return
    if is_whole and change.kind in ("added", "removed"):
        row.kind = change.kind
        row.whole = whole_of(
            row, spec, change.after if change.kind == "added" else change.before, values
        )
        return
    row.kind = "changed"
    row.parts.append(_shown_part(change, path, spec, values))


def whole_of(row: PlaceRow, spec: Spec | None, value: Any, values: Values) -> SafeString:
    """The value of a row; nothing where that is its label: an alias, a term of a list."""
    return SafeString("") if value == row.label else values.html(spec, value)


def _shown_part(change: Change, path: Path, spec: Spec | None, values: Values) -> dict[str, Any]:
    inner = change.path[len(path) :]
    names = [str(step).replace("_", " ") for step in inner if isinstance(step, str)]
    label = spec.label if spec is not None and len(inner) == 1 and spec.label else ": ".join(names)
    if change.kind == "moved":
        moved = f"from place {change.before + 1} to {change.after + 1}"
        return {"label": label, "moved": moved}
    if is_long(change.before) and is_long(change.after):
        return {"label": label, "text": with_marks(change.before, change.after)}
    return {
        "label": label,
        "before": values.html(spec, change.before),
        "after": values.html(spec, change.after),
    }


def _grouped(rows: Iterable[PlaceRow]) -> list[tuple[str, list[PlaceRow]]]:
    """The rows by the list or part that they are in, fields of the document itself first."""
    groups: dict[str, list[PlaceRow]] = {"": []}
    for row in rows:
        groups.setdefault(row.heading, []).append(row)
    return [(heading, its) for heading, its in groups.items() if its]


# --- what is said of places ------------------------------------------------------------------


def _row_at(edit: Edit, rows: Rows, path: Path, after: JSON, seen: Reviewing) -> PlaceRow:
    """The row of a place; one that does not change is put there, with what it says."""
    where = statement_path(path)
    found = rows.get((where, False))
    if found is not None:
        return found
    schema = kind_named(edit.kind).schema
    try:
        value = value_at(after, where)
    except (LookupError, TypeError):
        value = None
    is_row = len(where) > 1 and isinstance(where[1], int)
    row = PlaceRow(
        place=place_of(where),
        label=row_in_words(schema, after, where, seen.values.label_of)
        if is_row
        else label_at(schema, where),
        kind="same",
        heading=label_at(schema, where[:1]) if len(where) > 1 else "",
        anchor=seen.anchor(edit.key, place_of(where)),
        cites=seen.values.cites(_cites_at(after, where)),
    )
    row.whole = whole_of(row, spec_at(schema, where), value, seen.values)
    rows[where, False] = row
    return row


def _place_findings(edit: Edit, rows: Rows, whole: PlaceRow, after: JSON, seen: Reviewing) -> int:
    """Put each finding where it belongs. Returns how many warnings are about what stays as it is:
    they are on the page of checks, and would hide here what changes.
    """
    elsewhere = 0
    for finding in findings_of(edit):
        path = path_of(finding.place)
        if not path or not after:
            whole.findings.append(finding)
        elif finding.is_error or (statement_path(path), False) in rows:
            _row_at(edit, rows, path, after, seen).findings.append(finding)
        else:
            elsewhere += 1
    return elsewhere


def findings_of(edit: Edit) -> Iterator[Finding]:
    return (Finding.from_json(each) for each in edit.findings)


def _place_threads(edit: Edit, rows: Rows, whole: PlaceRow, after: JSON, seen: Reviewing) -> None:
    threads = seen.threads.get(edit.key, ())
    document = edit.document if threads else {}
    for thread in threads:
        path = place_now(thread, after) if thread.path else None
        row = _row_at(edit, rows, path, after, seen) if path and after else whole
        row.threads.append(
            shown_thread(thread, edit, document, seen.allowed, seen.user, seen.values)
        )


def _place_form(edit: Edit, rows: Rows, whole: PlaceRow, after: JSON, seen: Reviewing) -> None:
    """The form at the place where somebody is about to comment."""
    writing = seen.writing
    if writing.key != edit.key:
        return
    try:
        path = path_of(writing.place)
    except ValueError:
        return
    row = _row_at(edit, rows, path, after, seen) if path and after else whole
    row.form = _form(edit, path, after, seen)


def _form(edit: Edit, path: Path, after: JSON, seen: Reviewing) -> dict[str, Any]:
    writing = seen.writing
    schema = kind_named(edit.kind).schema
    spec = spec_at(schema, path) if path else None
    try:
        value = value_at(after, path)
    except (LookupError, TypeError):
        value = None
    return {
        "key": edit.key,
        "path": writing.place,
        "label": place_in_words(schema, after, path, seen.values.label_of),
        "is_wording": writing.is_wording and bool(path),
        "typed": writing.typed,
        "body": writing.typed.get("body", ""),
        "value": writing.typed.get("proposed", text_to_edit(spec, value)),
        "is_long": spec is None or spec.widget not in ("line", "date", "url", "reference", "term"),
        "wordings": _wordings(spec, path),
    }


def _wordings(spec: Spec | None, path: Path) -> list[tuple[str, str]]:
    """(place, label) of each value here that another wording can be suggested for."""
    if spec is None:
        return []
    if spec.widget != "group":
        return [(place_of(path), spec.label or "this value")]
    return [
        (place_of((*path, each.field)), each.label)
        for each in spec.fields
        if each.widget not in ("hidden", "fixed")
    ]
