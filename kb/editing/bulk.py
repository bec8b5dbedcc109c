"""One replacement in many entries, with a preview, as one changeset."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from kb.documents.difference import Change, difference
from kb.documents.replacing import Replacement, replaced, term_fields
from kb.documents.vocabulary import Vocabulary
from kb.editing.consequences import open_changesets
from kb.editing.conversation import open_thread
from kb.editing.drafts import MOST_EDITS, begin, newest_revision_of, save
from kb.editing.errors import EditingError
from kb.editing.permissions import Action, require
from kb.editing.retracting import active_revision
from kb.editing.states import locked
from kb.filters import TermFilter
from kb.kinds import Kind, kind_named, kinds
from kb.models import Changeset, Published, Reference, Thread, User
from kb.publication.names import Names

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """What a replacement makes of one entry."""

    key: str
    kind: str
    name: str
    document: JSON
    changes: list[Change]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a replacement would do. `is_whole`: there are no more entries than these.

    `open_changesets`: key → open changesets that edit the entry, which will meet this change.
    """

    planned: list[Planned]
    open_changesets: dict[str, list[Changeset]]
    is_whole: bool


def term_replacement(field: str, old: str, new: str) -> Replacement:
    """`old` becomes `new` in `field` ("memberships.role"), of whatever kinds have such a field.

    `old` may be a term of the past. Raises EditingError.
    """
    found = _vocabularies_of(field)
    if not found:
        raise EditingError(f"No kind has a field “{field}” that takes terms.")
    if not any(new in vocabulary for vocabulary in found):
        listed = ", ".join(found[0].values)
        raise EditingError(f"“{new}” is not a term of {found[0].label}. Choose one of: {listed}.")
    return _differing(Replacement(old, new, field=field))


def _vocabularies_of(field: str) -> list[Vocabulary]:
    """The vocabularies of a field, of whatever kinds have it with terms."""
    fields = [term_fields(kind.schema).get(field) for kind in kinds()]
    return [vocabulary for vocabulary in fields if vocabulary is not None]


def reference_replacement(old: str, new: str) -> Replacement:
    """References to the entry `old` become references to `new`, of the same kind and in view.

    `old` may be out of view. Raises EditingError.
    """
    before, after = newest_revision_of(old), active_revision(new)
    if before is None:
        raise EditingError(f"No entry is called “{old}”.")
    if before.entry.kind != after.entry.kind:
        raise EditingError(
            f"“{old}” is of kind {before.entry.kind}, “{new}” of kind {after.entry.kind}: "
            "choose an entry of the same kind."
        )
    return _differing(Replacement(old, new, kind=after.entry.kind))


def source_replacement(old: str, new: str) -> Replacement:
    """In every citation `new` takes the place of `old`; links to `old` stay. Raises EditingError.

    Places within the source (pages, sections) and quotes stay as they are: look at each.
    """
    whole = reference_replacement(old, new)
    return Replacement(whole.old, whole.new, within="cites", kind=whole.kind)


def _differing(asked: Replacement) -> Replacement:
    if asked.old == asked.new:
        raise EditingError("Both are the same: there is nothing to replace.")
    return asked


def preview(
    asked: Replacement, keys: Iterable[str] | None = None, *, seen_by: User | None = None
) -> Preview:
    """What `asked` would do to the entries in view, or to those called `keys`; 200 at most.

    With the open changesets that `seen_by` may see; None: all, for the board alone.
    """
    found = _holding(asked) if asked.field else _referring(asked.old)
    if keys is not None:
        found = found.filter(key__in=list(keys))
    rows = list(found.select_related("revision").order_by("sort_name", "key")[: MOST_EDITS + 1])
    planned = [each for row in rows[:MOST_EDITS] if (each := _planned(asked, row)) is not None]
    concerned = open_changesets((each.key for each in planned), seen_by=seen_by)
    return Preview(planned, concerned, is_whole=len(rows) <= MOST_EDITS)


def _referring(key: str) -> Any:
    """Entries in view whose documents name `key`."""
    written = Reference.objects.filter(written__key=key).values("entry")
    return Published.objects.filter(entry__in=written)


def _holding(asked: Replacement) -> Any:
    """Entries in view that may hold the term. By an index where lists can be filtered by it."""
    chosen = Q(pk__in=[])
    for kind in kinds():
        if asked.field not in term_fields(kind.schema):
            continue
        name = _filter_of(kind, asked.field)
        holds = Q(revision__document__contains=f'"{asked.old}"')
        chosen |= Q(kind=kind.name) & (
            Q(terms__contains=[f"{name}:{asked.old}"]) if name else holds
        )
    return Published.objects.filter(chosen)


def _filter_of(kind: Kind, field: str) -> str:
    """The name of the filter of lists that follows a field, "" where there is none."""
    filters = (each for each in kind.filters if isinstance(each, TermFilter))
    return next((each.name for each in filters if each.path == field), "")


def _planned(asked: Replacement, row: Published) -> Planned | None:
    """What becomes of one entry; None where the replacement does not touch it."""
    schema, before = kind_named(row.kind).schema, row.revision.content
    after = replaced(schema, before, asked)
    changes = difference(before, after, schema)
    return Planned(row.key, row.kind, row.name, after, changes) if changes else None


@transaction.atomic
def open_bulk(
    asked: Replacement, keys: Sequence[str], *, by: User, title: str = "", why: str = ""
) -> Changeset:
    """A draft with the replacement in the entries called `keys`, reviewed like any other.

    Entries that have open changesets are named in a thread. Raises NotAllowed, or EditingError.
    """
    require(by, Action.BULK_EDIT)
    if len(keys) > MOST_EDITS:
        raise EditingError(f"Choose at most {MOST_EDITS} entries; do the others after that.")
    found = preview(asked, keys)
    if not found.planned:
        raise EditingError(f"None of these entries holds “{asked.old}” there.")
    draft = begin(
        title.strip() or title_of(asked),
        by=by,
        origin=Changeset.Origin.BULK,
        description=why.strip(),
    )
    for each in found.planned:
        save(draft, each.key, each.kind, each.document, by=by)
    if found.open_changesets:
        text = _warning(found.open_changesets)
        open_thread(locked(draft), Thread.Kind.COMMENT, text, by=by)
    draft.refresh_from_db()
    return draft


def title_of(asked: Replacement) -> str:
    """“Replace “Novel” by “Story””: with the labels of terms, or the names of entries."""
    if asked.field:
        vocabulary = _vocabularies_of(asked.field)[0]
        old, new = map(vocabulary.label_of, (asked.old, asked.new))
    else:
        names = Names([asked.old, asked.new])
        shown = (names.shown(key) or {"name": key} for key in (asked.old, asked.new))
        old, new = (each["name"] for each in shown)
    return f"Replace “{old}” by “{new}”"[:200]


def _warning(found: dict[str, list[Changeset]]) -> str:
    lines = [
        f"- {key}: {', '.join(f'“{each.title}” ({each.pk})' for each in changesets)}"
        for key, changesets in found.items()
    ]
    first = "These entries have open changesets. Whichever is published later has to take up both:"
    return f"{first}\n\n" + "\n".join(lines)[:9_000]
