"""Carrying a changeset over to the newest revisions of its entries."""

from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from kb.documents.canonical import canonical_json
from kb.documents.merge import MergeConflict, Merged, merge, resolved
from kb.documents.schema import InvalidDocument, validate
from kb.editing.activity import record
from kb.editing.drafts import content_changed, findings_of, save
from kb.editing.errors import Conflict, EditingError
from kb.editing.permissions import Action, require
from kb.editing.states import locked, void_approvals
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Revision, User

HIDDEN = (Edit.Act.RETRACT, Edit.Act.MERGE)
JSON = dict[str, Any]


@dataclass
class Rebase:
    """What carrying over came to: merged edits, and what stands in the way.

    `is_disjoint`: the other sides changed other top-level fields alone, and every result is valid,
    so that approvals may stay.
    """

    merged: dict[str, tuple[Edit, Revision, JSON]] = field(default_factory=dict)
    conflicts: dict[str, tuple[MergeConflict, ...]] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    is_disjoint: bool = True

    @property
    def is_clean(self) -> bool:
        return not self.conflicts and not self.reasons


def stale_edits(changeset: Changeset) -> list[tuple[Edit, Revision]]:
    """The edits whose base is not the newest revision of their entry any more, with that one."""
    edits = list(changeset.edits.select_related("base").order_by("key"))
    newest = newest_revisions([edit.key for edit in edits])
    return [
        (edit, newest[edit.key])
        for edit in edits
        if edit.key in newest and edit.base_id != newest[edit.key].pk
    ]


def newest_revisions(keys: list[str]) -> dict[str, Revision]:
    """Key → newest revision of its entry, for the keys that have one."""
    rows = (
        Revision.objects.filter(entry__key__in=keys)
        .select_related("entry")
        .order_by("entry_id", "-number")
        .distinct("entry_id")
    )
    return {row.entry.key: row for row in rows}


def planned(stale: list[tuple[Edit, Revision]]) -> Rebase:
    """What merging each stale edit with the newest revision gives."""
    plan = Rebase()
    for edit, newest in stale:
        if reason := _obstacle(edit, newest):
            plan.reasons.append(reason)
            plan.conflicts[edit.key] = ()
            continue
        merged = merged_with(edit, newest)
        if merged.conflicts:
            plan.conflicts[edit.key] = merged.conflicts
            continue
        plan.merged[edit.key] = (edit, newest, merged.document)
        if merged.theirs_fields & merged.mine_fields or not _is_valid(edit, merged.document):
            plan.is_disjoint = False
    return plan


def merged_with(edit: Edit, newest: Revision) -> Merged:
    """Three-way: base is where the edit began, theirs the newest revision, mine the edit."""
    base = edit.base.content if edit.base is not None and not edit.base.is_redacted else None
    return merge(kind_named(edit.kind).schema, base, newest.content, edit.document)


def _obstacle(edit: Edit, newest: Revision) -> str:
    """Why an edit cannot be carried over at all; "" where it can."""
    if newest.entry.kind != edit.kind:
        return f"“{edit.key}” is of kind {newest.entry.kind} by now. Choose another key."
    if edit.base is None:
        return f"“{edit.key}” was created by somebody else meanwhile. Compare the two, and choose."
    if edit.act == Edit.Act.RESTORE and newest.act not in HIDDEN:
        return f"“{edit.key}” is back in view already."
    if newest.act == Edit.Act.MERGE:
        into = newest.content.get("into", "another entry")
        return f"“{edit.key}” was merged into “{into}” meanwhile. Aim the edit at that entry."
    if newest.act == Edit.Act.RETRACT:
        return f"“{edit.key}” was retracted meanwhile. Restore it first, or drop this edit."
    if edit.act != Edit.Act.REVISE:
        return f"“{edit.key}” has a newer revision. Read it, then begin this act again."
    if edit.base.is_redacted:
        return f"The base of “{edit.key}” was redacted. Begin again from the newest revision."
    return ""


def _is_valid(edit: Edit, document: JSON) -> bool:
    try:
        validate(kind_named(edit.kind).schema, document)
    except InvalidDocument:
        return False
    return True


def carry_over(changeset: Changeset) -> bool:
    """Merge what is stale in a changeset, locked, with the newest revisions.

    Approvals stay, marked as carried over, if the other side changed other fields alone; else they
    fall. Returns whether they stay. Raises Conflict when it does not merge cleanly.
    """
    plan = planned(stale_edits(changeset))
    if not plan.is_clean:
        raise Conflict(list(plan.conflicts), plan.conflicts, " ".join(plan.reasons))
    before = changeset.digest()
    for edit, newest, document in plan.merged.values():
        edit.base, edit.content = newest, canonical_json(document).decode()
        edit.version += 1
        edit.findings = findings_of(edit, changeset)
        edit.save(update_fields=["base", "content", "version", "findings"])
    if plan.is_disjoint:
        standing = changeset.approvals.filter(digest=before, voided_at__isnull=True)
        standing.update(digest=changeset.digest(), rebased_at=timezone.now())
    else:
        void_approvals(changeset, "the entry changed in the same fields meanwhile")
    record("rebased", by=None, changeset=changeset, keys=list(plan.merged), kept=plan.is_disjoint)
    return plan.is_disjoint


@transaction.atomic
def resolve_conflicts(
    changeset: Changeset, key: str, newest_number: int, choices: dict[str, str], *, by: User
) -> Edit:
    """Carry one edit over to the newest revision, taking at each conflict the side chosen.

    `choices`: place of a conflict → "theirs" or "mine". `newest_number`: of the revision that the
    chooser saw. Raises Conflict when that is not the newest any more, NotAllowed, or EditingError
    naming the places for which no side was chosen.
    """
    changeset = locked(changeset)
    require(by, Action.SAVE, changeset)
    found = [(edit, newest) for edit, newest in stale_edits(changeset) if edit.key == key]
    if not found:
        raise EditingError(f"“{key}” is not stale.")
    edit, newest = found[0]
    if newest.number != newest_number:
        raise Conflict([key], reason="It has changed once more: compare again.")
    if newest.act in HIDDEN or newest.entry.kind != edit.kind:
        raise EditingError(_obstacle(edit, newest))
    try:
        document = resolved(merged_with(edit, newest), choices)  # type: ignore[arg-type]
    except ValueError as problem:
        raise EditingError(str(problem)) from None
    edit.base = newest
    edit.save(update_fields=["base"])
    saved = save(changeset, key, edit.kind, document, by=by)
    if saved.version == edit.version:  # the document is the same on a newer base: still a change
        content_changed(changeset, by=by)
    record("rebased", by=by, changeset=changeset, keys=[key], kept=False)
    return saved


@transaction.atomic
def aim_at(changeset: Changeset, key: str, *, by: User) -> Edit:
    """Turn an edit of an entry that was merged into one of the entry it was merged into.

    What the edit changed is merged into the survivor's document; where that leaves conflicts, the
    survivor's values stay and the edit's can be put in by hand. Raises EditingError.
    """
    changeset = locked(changeset)
    require(by, Action.SAVE, changeset)
    edit = changeset.edits.select_related("base").get(key=key)
    merge_revision = newest_revisions([key]).get(key)
    if merge_revision is None or merge_revision.act != Edit.Act.MERGE:
        raise EditingError(f"“{key}” was not merged into another entry.")
    into = survivor_of(merge_revision.content["into"])
    if changeset.edits.filter(key=into.entry.key).exists():
        raise EditingError(f"This changeset edits “{into.entry.key}” already: edit that by hand.")
    document = {**_aimed(edit, into), "key": into.entry.key}
    saved = save(changeset, into.entry.key, edit.kind, document, by=by)
    changeset.edits.filter(key=key).delete()
    record("edit-dropped", by=by, changeset=changeset, key=key, into=into.entry.key)
    return saved


def _aimed(edit: Edit, into: Revision) -> JSON:
    base = edit.base.content if edit.base is not None else None
    merged = merge(kind_named(edit.kind).schema, base, into.content, edit.document)
    return resolved(merged, {conflict.place: "theirs" for conflict in merged.conflicts})


def survivor_of(key: str) -> Revision:
    """The newest revision of the active entry that `key` means today. Raises EditingError."""
    for _step in range(50):
        revision = newest_revisions([key]).get(key)
        if revision is None or revision.act == Edit.Act.RETRACT:
            raise EditingError(f"“{key}” is not in view.")
        if revision.act != Edit.Act.MERGE:
            return revision
        key = revision.content["into"]
    raise EditingError(f"“{key}” is merged in a circle.")
