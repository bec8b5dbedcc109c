"""Two entries about one thing made one, by a redirect; and undoing that."""

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from kb.documents.merge import Merged, merge, resolved
from kb.documents.plans import plan
from kb.documents.replacing import Replacement, replaced
from kb.documents.sameness import says_the_same
from kb.editing.drafts import begin, newest_revision_of, save
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.editing.rebasing import survivor_of
from kb.editing.retracting import active_revision, name_in
from kb.editing.reverting import open_revert
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Revision, User
from kb.publication.search_text import ALIASES, fold, texts_of

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Couple:
    """Two entries that are to be one. `into` is in view: of a merged target it is the survivor."""

    merged: Revision
    into: Revision


def couple(key: str, into: str) -> Couple:
    """`key`, to be merged into the entry that `into` means today. Raises EditingError."""
    if key == into:
        raise EditingError("An entry cannot be merged into itself. Name another entry.")
    survivor = survivor_of(into)
    if survivor.entry.key == key:
        raise EditingError(
            f"“{into}” was merged into “{key}”, so “{key}” cannot be merged into it: the two would "
            f"point at each other. Undo the merge of “{into}” first."
        )
    merged = active_revision(key)
    if merged.entry.kind != survivor.entry.kind:
        raise EditingError(
            f"“{key}” is of kind {merged.entry.kind}, “{survivor.entry.key}” of kind "
            f"{survivor.entry.kind}: only entries of the same kind can be merged."
        )
    return Couple(merged, survivor)


@transaction.atomic
def open_merge(key: str, into: str, *, by: User, carries_over: bool = False) -> Changeset:
    """A draft that merges the entry `key` into another one of its kind.

    Nothing that refers to it is rewritten: its key leads to the survivor, and back once that is
    undone. `carries_over`: the survivor is edited, too, to say also what `key` says; what it says
    itself stays. Raises NotAllowed, or EditingError.
    """
    require(by, Action.MERGE_ENTRIES)
    found = couple(key, into)
    target = found.into.entry
    title = f"Merge “{name_in(found.merged)}” into “{name_in(found.into)}”"
    draft = begin(title[:200], by=by, origin=Changeset.Origin.MERGE)
    content = {"into": target.key}
    save(draft, key, target.kind, content, by=by, act=Edit.Act.MERGE)
    if carries_over:
        _carry_over(draft, found, by)
    draft.refresh_from_db()
    return draft


def _carry_over(draft: Changeset, found: Couple, by: User) -> None:
    entry = found.into.entry
    document = union_of(found).document
    if not says_the_same(kind_named(entry.kind).schema, document, found.into.content):
        save(draft, entry.key, entry.kind, document, by=by)


def union_of(found: Couple) -> Merged:
    """The survivor's document with what only the merged one says, after it, its name included.

    Its conflicts are the places at which the two disagree: theirs is the survivor's value, which
    stands there, mine that of the merged entry. What names the merged entry names the survivor.
    """
    schema = kind_named(found.into.entry.kind).schema
    renamed = Replacement(found.merged.entry.key, found.into.entry.key)
    mine = {**found.merged.content, "key": found.into.entry.key}
    theirs = found.into.content
    merged = merge(schema, None, *(replaced(schema, each, renamed) for each in (theirs, mine)))
    document = resolved(merged, {conflict.place: "theirs" for conflict in merged.conflicts})
    return replace(merged, document=_found_by_both_names(found, document))


def _found_by_both_names(found: Couple, document: JSON) -> JSON:
    """With the name of the one that goes among the aliases, in a kind that has aliases."""
    kind = kind_named(found.into.entry.kind)
    name = kind.name_of(found.merged.content)
    texts = texts_of(kind.schema, document, kind.schema.name_field)
    is_known = fold(name) in {fold(each) for each in texts.names}
    if not name or is_known or ALIASES not in plan(kind.schema).shapes:
        return document
    return {**document, ALIASES: [*texts.names[1:], name]}


@transaction.atomic
def open_unmerge(key: str, *, by: User) -> Changeset:
    """A draft that takes a merge back: the entry is in view again, and every link leads to it.

    What the same changeset carried over to the survivor is taken out of it, as far as nobody has
    changed it since. Raises NotAllowed, or EditingError.
    """
    require(by, Action.MERGE_ENTRIES)
    newest = newest_revision_of(key)
    if newest is None or newest.act != Edit.Act.MERGE:
        raise EditingError(f"“{key}” is not merged into another entry.")
    there = Revision.objects.filter(changeset=newest.changeset_id)
    touched = there.filter(entry__key__in=[key, newest.content["into"]])
    keys = list(touched.values_list("entry__key", flat=True))
    draft = open_revert(newest.changeset, keys, by=by)
    if not draft.edits.filter(key=key).exists():
        raise EditingError(draft.description or f"The merge of “{key}” cannot be undone.")
    return draft
