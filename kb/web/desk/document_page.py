"""What the page of a document's form shows: the form, what is wrong, the preview, both sides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from kb.documents.difference import difference
from kb.documents.findings import Finding
from kb.documents.form_actions import Removed, Typed, spec_at
from kb.documents.form_fields import FormNode, form_of, references_in
from kb.documents.form_specs import label_of, spec_of
from kb.documents.problems import Problem
from kb.documents.schema import InvalidDocument, Part, expand, references, validate
from kb.editing.permissions import Action, may
from kb.kinds import JSON, Kind, kind_named, kinds
from kb.models import Changeset, Edit
from kb.publication.body import Parts, body_html
from kb.publication.names import Names
from kb.web.desk.access import DeskRequest
from kb.web.desk.form_boxes import one
from kb.web.desk.form_rendering import (
    fields_html,
    fields_of,
    form_html,
    listed_problems,
    sections_of,
    templates_html,
)
from kb.web.desk.suggestions import suggestions_about
from kb.web.desk.values import keys_in
from kb.web.shown_changes import Wording, shown_change
from kb.web.statements import row_name


@dataclass(frozen=True, slots=True)
class Opened:
    """A document of a changeset as it is kept: the edit, or what is published, not edited yet."""

    changeset: Changeset
    key: str
    kind: Kind
    edit: Edit | None
    document: JSON

    @property
    def version(self) -> int:
        return self.edit.version if self.edit is not None else 0

    @property
    def act(self) -> str:
        return self.edit.act if self.edit is not None else Edit.Act.REVISE

    @property
    def saved_at(self) -> datetime | None:
        return self.edit.changed_at if self.edit is not None else None

    @property
    def findings(self) -> list[Finding]:
        stored = self.edit.findings if self.edit is not None else []
        return [Finding.from_json(each) for each in stored]

    @property
    def problems(self) -> list[Problem]:
        """The errors found when it was saved, at the fields of the form."""
        found = [problem_of(each) for each in self.findings if each.is_error]
        return [for_people(self.kind.schema, each) for each in found]

    @property
    def is_untouched(self) -> bool:
        """Whether it is new, and says no more than what it was begun with."""
        begun_with = {"kind", "key", self.kind.schema.name_field}
        is_new = self.edit is not None and self.edit.base_id is None and self.version == 1
        return is_new and self.document.keys() <= begun_with

    @property
    def path(self) -> str:
        return f"{self.changeset.get_absolute_url()}documents/{self.key}/"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows beside the form. `theirs`: what is kept, where it is not what was seen.

    `at`: the row that somebody came for, as the form names it: `memberships.3`. `is_untouched`: a
    new document that nobody has written in: what it lacks is said calmly.
    """

    typed: Typed
    problems: Sequence[Problem]
    version: int
    is_unsaved: bool = True
    error: str = ""
    theirs: JSON | None = None
    preview: Mapping[str, Any] | None = None
    posted: Mapping[str, str] | None = None
    saved_from: str = ""
    at: str = ""
    is_untouched: bool = False
    status: int = 200


def as_kept(opened: Opened, saved_from: str = "", statement: str = "") -> Shown:
    """The document as it is kept, with the errors found when it was saved.

    `statement`: the id of the one whose row is open.
    """
    return Shown(
        Typed(opened.document),
        opened.problems,
        opened.version,
        is_unsaved=False,
        saved_from=saved_from,
        at=row_name(opened.kind.schema, opened.document, statement),
        is_untouched=opened.is_untouched and not saved_from,
    )


def as_typed(opened: Opened, typed: Typed, version: int, **more: Any) -> Shown:
    """What was typed, with what its schema says of it."""
    problems = problems_of(opened.kind, typed.document)
    return Shown(typed, problems, version, **more)


def problems_of(kind: Kind, document: JSON) -> Sequence[Problem]:
    try:
        validate(kind.schema, document)
    except InvalidDocument as invalid:
        return [for_people(kind.schema, each) for each in invalid.problems]
    return ()


def problem_of(finding: Finding) -> Problem:
    """A finding at a field of the form; its detail is a sentence already."""
    return Problem(finding.place, finding.code, finding.detail.removesuffix("."), "")


# What to do where a required field is empty, by its widget; else "Write a name".
MISSING: Mapping[str, str] = {
    "date": "Write a date: YYYY, YYYY-MM or YYYY-MM-DD",
    "url": "Write an address that begins with https://",
    "number": "Write a number",
    "boolean": "Choose yes or no",
    "terms": "Choose at least one",
    "values": "Add at least one",
    "rows": "Add at least one",
    "map": "Add at least one",
}


def for_people(schema: type[Part], problem: Problem) -> Problem:
    """The same problem, worded for a form where the schema words it for a file."""
    spec = spec_at(schema, problem.path) if problem.code == "missing-field" else None
    if spec is None:
        return problem
    verb = "Choose" if spec.widget in ("term", "reference") else "Write"
    said = MISSING.get(spec.widget) or f"{verb} {one(spec.label)}"
    return Problem(problem.place, problem.code, said, "")


def answer(request: DeskRequest, opened: Opened, shown: Shown) -> HttpResponse:
    """The page."""
    schema = opened.kind.schema
    problems = () if shown.is_untouched else shown.problems
    form = form_of(schema, shown.typed.document, problems)
    names = names_of(opened, references_in(form))
    context = {
        "opened": opened,
        "shown": shown,
        "name": opened.kind.name_of(shown.typed.document) or opened.key,
        "changeset": opened.changeset,
        "suggestions": suggestions_about(opened.changeset, opened.key),
        "is_on_board": may(request.user, Action.TRIAGE),
        "form_action": opened.path,
        "version": shown.version,
        "store": f"form:{opened.changeset.pk}:{opened.key}:{request.user.pk}",
        "sign_in": settings.LOGIN_URL,
        "problems": [(label, each.detail, id_) for label, each, id_ in listed_problems(form)],
        "required": _required(opened, shown) if shown.is_untouched else [],
        "warnings": sum(not each.is_error for each in opened.findings),
        "removed": [(_title(form, each), str(each)) for each in shown.typed.removed],
        "fields": form_html(form, names, shown.typed.closed, shown.at),
        "templates": templates_html(schema),
        "sections": sections_of(form),
        "is_unsaved": shown.is_unsaved,
        "is_conflict": shown.theirs is not None,
        "saved_from": shown.saved_from,
        "saved_at": opened.saved_at,
        "preview": shown.preview,
        "groups": _both_sides(opened, shown),
        "brought": brought_by(opened),
        "new_kinds": kinds(),
        "posted": shown.posted or {},
    }
    return render(request, "kb/desk/document.html", context, status=shown.status)


def _required(opened: Opened, shown: Shown) -> list[tuple[str, str]]:
    """(label, id of its field) of what a new document lacks."""
    form = form_of(opened.kind.schema, shown.typed.document, shown.problems)
    return [(label, id_) for label, _problem, id_ in listed_problems(form)]


def opened_fields(opened: Opened, name: str, held: JSON) -> str:
    """The fields of the row or part called `name` in the form. Raises LookupError."""
    keys = references_in(fields_of(opened.kind.schema, name, held))
    return fields_html(opened.kind.schema, name, held, names_of(opened, keys))


def names_of(opened: Opened, keys: Iterable[str]) -> dict[str, str]:
    """Key → name of what is published, or brought by the same changeset."""
    wanted = set(keys)
    published = Names(wanted)
    named = {key: str((published.brief(key) or {}).get("name", "")) for key in wanted}
    missing = [key for key, name in named.items() if not name]
    for edit in opened.changeset.edits.filter(key__in=missing).select_related("revision"):
        named[edit.key] = kind_named(edit.kind).name_of(edit.document)
    return named


def brought_by(opened: Opened) -> list[dict[str, str]]:
    """What the changeset brings that nobody can find by name yet: key, kind and name of each."""
    edits = opened.changeset.edits.filter(base=None).exclude(key=opened.key)
    return [
        {"key": edit.key, "kind": edit.kind, "name": kind_named(edit.kind).name_of(edit.document)}
        for edit in edits.select_related("revision").order_by("key")
    ]


def preview_of(opened: Opened, document: JSON) -> dict[str, Any]:
    """The body as the public page would show it; nothing while the document is not valid."""
    try:
        document = validate(opened.kind.schema, document)
    except InvalidDocument as invalid:
        return {"wrong": len(invalid.problems)}
    keys = {mention.key for mention in references(opened.kind.schema, document)}
    published = Names(keys)
    brought = {
        edit.key: {
            "key": edit.key,
            "kind": edit.kind,
            "name": kind_named(edit.kind).name_of(edit.document),
        }
        for edit in opened.changeset.edits.filter(key__in=keys).select_related("revision")
    }

    def shown(key: str) -> Mapping[str, Any] | None:
        return published.shown(key) or brought.get(key) or _unknown(key)

    expanded = expand(opened.kind.schema, document, shown)
    parts = Parts.of(body_html(opened.kind, expanded, {"revision": opened.version}))
    return {"before": parts.before, "after": parts.after, "notes": parts.notes}


def _unknown(key: str) -> Mapping[str, Any]:
    """For a key that nothing has: shown as it is written."""
    return {"key": key, "kind": kinds()[0].name, "name": key, "status": "unknown"}


def _both_sides(opened: Opened, shown: Shown) -> list[dict[str, Any]]:
    """From what somebody else saved meanwhile to what was typed here."""
    if shown.theirs is None:
        return []
    schema, document = opened.kind.schema, shown.typed.document
    spec = spec_of(schema)
    sides = (shown.theirs, document)
    names = names_of(opened, {key for each in sides for key in keys_in(spec, each)})
    wording = Wording(schema, document, lambda key: {"name": names.get(key) or key})
    changes = map(wording.of, difference(shown.theirs, document, schema))
    grouped = groupby(changes, key=lambda change: str(change.path[0]))
    return [
        {"field": field, "label": label_of(field), "changes": list(map(shown_change, group))}
        for field, group in grouped
    ]


def _title(form: FormNode, removed: Removed) -> str:
    """What a row was called that has been taken out."""
    row = removed.row
    field = next((each for each in form.children if each.spec.field == removed.path[0]), None)
    item = field.spec.item if field is not None else None
    if isinstance(row, dict) and item is not None and item.schema is not None:
        return item.schema.row_label(row) or item.label
    return str(row) if isinstance(row, str) else str(removed.path[-1])
