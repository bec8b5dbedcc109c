"""What the overview of a changeset tells: its edits, its people, its approvals, its checks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.documents.findings import Finding
from kb.documents.problems import path_of
from kb.editing import review
from kb.editing.checks import unacknowledged
from kb.editing.errors import Wrong as Problem
from kb.editing.rebasing import planned, stale_edits
from kb.kinds import kind_named
from kb.models import Approval, Changeset, Edit, User
from kb.web.desk.answering import Wrong
from kb.web.desk.marks import names_of
from kb.web.desk.naming import values_for
from kb.web.desk.wording import place_in_words
from kb.web.shown_changes import LabelOf

if TYPE_CHECKING:
    from kb.web.desk.changesets import Seen

Status = Changeset.Status
MOST_EDITS = 200  # that are listed: more has only an import
MOST_ACTIVITIES = 100
MOST_WARNINGS = 100  # that can be ticked where one submits: the checks have all of them
ACTS: Mapping[str, str] = {
    Edit.Act.REVISE: "revised",
    Edit.Act.RETRACT: "retracted",
    Edit.Act.RESTORE: "restored",
    Edit.Act.MERGE: "merged into another entry",
}


def edit_path(changeset: Changeset, key: str) -> str:
    """The form of the document of one entry in a changeset."""
    return f"{changeset.get_absolute_url()}documents/{key}/"


@dataclass(frozen=True, slots=True)
class ListedEdit:
    """An edit as a row. `standing`: "", "stale" or "conflicted"."""

    key: str
    name: str
    kind: str
    act: str
    is_form: bool
    errors: int
    warnings: int
    standing: str
    changed_by: str
    changed_at: Any
    path: str


def edits_of(changeset: Changeset, standing: Mapping[str, str]) -> list[ListedEdit]:
    """The edits by key. `standing`: as `standing_of` gives it."""
    edits = list(
        changeset.edits.select_related("changed_by").defer("content").order_by("key")[:MOST_EDITS]
    )
    names = names_of(edit.key for edit in edits) | _names_of_new(changeset)
    return [_listed(edit, changeset, names, standing) for edit in edits]


def _names_of_new(changeset: Changeset) -> dict[str, str]:
    """Key → name of the entries that it creates."""
    if changeset.status == Status.PUBLISHED:
        return {}
    new = changeset.edits.filter(base__isnull=True)[:MOST_EDITS]
    return {edit.key: kind_named(edit.kind).name_of(edit.document) or edit.key for edit in new}


def standing_of(changeset: Changeset) -> dict[str, str]:
    """Key → "conflicted" or "stale", of the edits whose entries have moved on."""
    stale = stale_edits(changeset)
    conflicts = planned(stale).conflicts
    return {edit.key: "conflicted" if edit.key in conflicts else "stale" for edit, _newest in stale}


def _listed(
    edit: Edit, changeset: Changeset, names: Mapping[str, str], standing: Mapping[str, str]
) -> ListedEdit:
    is_new = edit.base_id is None and edit.act == Edit.Act.REVISE
    errors = sum(1 for each in edit.findings if each["is_error"])
    return ListedEdit(
        key=edit.key,
        name=names.get(edit.key, edit.key),
        kind=edit.kind,
        act="new" if is_new else ACTS.get(edit.act, edit.act),
        is_form=edit.act in (Edit.Act.REVISE, Edit.Act.RESTORE),
        errors=errors,
        warnings=len(edit.findings) - errors,
        standing=standing.get(edit.key, ""),
        changed_by=edit.changed_by.shown_name if edit.changed_by else "",
        changed_at=edit.changed_at,
        path=edit_path(changeset, edit.key),
    )


def conflicts_of(changeset: Changeset, standing: Mapping[str, str]) -> list[dict[str, str]]:
    """The entries for which somebody has to choose: their names and the pages to do it on."""
    keys = [key for key, its in standing.items() if its == "conflicted"]
    names = names_of(keys) if keys else {}
    path = changeset.get_absolute_url()
    return [
        {"key": key, "name": names.get(key, key), "path": f"{path}conflicts/{key}/"} for key in keys
    ]


# --- people ----------------------------------------------------------------------------------


def people_of(changeset: Changeset) -> dict[str, list[str]]:
    """Who wrote, and whose suggestions were taken."""
    rows = changeset.authorships.select_related("user").order_by("pk")
    wrote = [changeset.created_by] if changeset.created_by else []
    wrote += [each.user for each in rows if not each.is_suggester]
    suggested = [each.user for each in rows if each.is_suggester]
    return {
        "authors": list(dict.fromkeys(each.shown_name for each in wrote)),
        "suggesters": list(dict.fromkeys(each.shown_name for each in suggested)),
    }


def approvals_of(changeset: Changeset, digest: str) -> list[dict[str, Any]]:
    """Every approval that was given, and of those that do not count, why not."""
    rows = list(changeset.approvals.select_related("user").order_by("given_at", "pk"))
    if not rows:
        return []
    board = set(
        User.objects.on_board()
        .filter(pk__in=[row.user_id for row in rows])
        .values_list("pk", flat=True)
    )
    keys = set(changeset.edits.values_list("key", flat=True)[:MOST_EDITS])
    writers = changeset.writers()
    return [
        {
            "by": row.user.shown_name,
            "at": row.given_at,
            "why_not": _why_not(row, digest, board, writers),
            "is_rebased": row.rebased_at is not None,
            "affiliated": sorted(keys & set(row.user.affiliations)),
        }
        for row in rows
    ]


def _why_not(approval: Approval, digest: str, board: set[int], writers: set[int]) -> str:
    """Why an approval does not count; "" when it does."""
    if approval.voided_at is not None:
        return approval.void_reason or "the content changed"
    if approval.user_id in writers:
        return "they wrote in it"
    if digest and approval.digest != digest:
        return "the content changed"
    return "" if approval.user_id in board else "they are not on the board any more"


def missing(changeset: Changeset) -> str:
    """What keeps it from being published, while that is under review; "" for nothing."""
    if changeset.status not in (Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED):
        return ""
    reason = review.why_not_approved(changeset) or ""
    return reason[:1].upper() + reason[1:]


# --- checks ----------------------------------------------------------------------------------


def warnings_to_see(seen: "Seen") -> dict[str, Any]:
    """The warnings that nobody has acknowledged, each with a box to tick, as far as they fit."""
    ticked, unseen = _ticked(seen.wrong), unacknowledged(seen.changeset)
    edits = _edits_named(seen.changeset, [key for key, _finding in unseen[:MOST_WARNINGS]])
    shown = values_for(seen.changeset, list(edits.values())).label_of
    names = {key: kind_named(edit.kind).name_of(edit.document) for key, edit in edits.items()}
    return {
        "total": len(unseen),
        "further": max(0, len(unseen) - MOST_WARNINGS),
        "rows": [
            {
                **shown_finding(key, each, "", edits.get(key), shown),
                "name": names.get(key) or key,
                "is_ticked": identity in ticked,
            }
            for key, each in unseen[:MOST_WARNINGS]
            if (identity := each.identity_in(key))
        ],
    }


def _edits_named(changeset: Changeset, keys: Iterable[str]) -> dict[str, Edit]:
    """Key → edit, in the order of the keys."""
    edits = changeset.edits.filter(key__in=set(keys)).order_by("key")
    return {edit.key: edit for edit in edits.select_related("base", "revision")}


def _ticked(wrong: Wrong | None) -> set[str]:
    return set(wrong.ticked) if wrong is not None else set()


def errors_said(
    changeset: Changeset, problems: Mapping[str, Sequence[Problem]]
) -> list[dict[str, str]]:
    """What keeps it from going on, by the names of the entries; `path`: where to put it right."""
    edits = _edits_named(changeset, problems)
    shown = values_for(changeset, list(edits.values())).label_of
    names = names_of(problems)
    return [
        _said(changeset, key, each, edits.get(key), names.get(key, ""), shown)
        for key, its in problems.items()
        for each in its
    ]


def _said(
    changeset: Changeset, key: str, problem: Problem, edit: Edit | None, name: str, shown: LabelOf
) -> dict[str, str]:
    if edit is None:
        return {"name": name or key, "place": problem.place, "detail": problem.detail, "path": ""}
    kind, steps = kind_named(edit.kind), path_of(problem.place) if problem.place else ()
    target = f"#f-{'.'.join(map(str, steps))}" if steps else ""
    return {
        "name": kind.name_of(edit.document) or name or key,
        "place": place_in_words(kind.schema, edit.document, steps, shown),
        "detail": problem.detail,
        "path": f"{edit_path(changeset, key)}{target}",
    }


def keys_with_findings(changeset: Changeset) -> list[str]:
    """Keys of the entries that the checks are not content with, in their order."""
    return list(changeset.edits.exclude(findings=[]).order_by("key").values_list("key", flat=True))


def checked_of(
    changeset: Changeset, keys: Sequence[str], wrong: Wrong | None
) -> list[dict[str, Any]]:
    """What the checks found in the entries called `keys`, entry by entry, errors first."""
    ticked = _ticked(wrong)
    unseen = {finding.identity_in(key) for key, finding in unacknowledged(changeset)}
    edits = list(_edits_named(changeset, keys).values())
    names, label_of = names_of(keys), values_for(changeset, edits).label_of
    shown = []
    for edit in edits:
        findings = [Finding.from_json(each) for each in edit.findings]
        path = edit_path(changeset, edit.key)
        rows = [
            {
                **shown_finding(edit.key, each, path, edit, label_of),
                "is_seen": each.identity_in(edit.key) not in unseen,
                "is_ticked": each.identity_in(edit.key) in ticked,
            }
            for each in findings
        ]
        name = names.get(edit.key) or kind_named(edit.kind).name_of(edit.document) or edit.key
        shown.append(
            {
                "key": edit.key,
                "name": name,
                "kind": edit.kind,
                "path": path,
                "errors": [row for row in rows if row["is_error"]],
                "warnings": [row for row in rows if not row["is_error"]],
                "has_unseen": any(not row["is_seen"] for row in rows if not row["is_error"]),
            }
        )
    return shown


def shown_finding(
    key: str, finding: Finding, path: str, edit: Edit | None, shown: LabelOf
) -> dict[str, Any]:
    """A finding as a row. `path`: of the form, where it can be put right."""
    where = finding.place
    if edit is not None and finding.place:
        schema = kind_named(edit.kind).schema
        where = place_in_words(schema, edit.document, path_of(finding.place), shown)
    target = f"#f-{'.'.join(str(step) for step in path_of(finding.place))}" if where else ""
    return {
        "key": key,
        "identity": finding.identity_in(key),
        "place": where or "The document as a whole",
        "detail": finding.detail,
        "is_error": finding.is_error,
        "is_old": finding.is_old,
        "path": f"{path}{target}" if path else "",
    }
