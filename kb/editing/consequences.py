"""What else is concerned when an entry is changed: who refers to it, who else is editing it."""

from collections import defaultdict
from collections.abc import Iterable

from kb.models import Changeset, Edit, Reference


def referring_keys(key: str) -> list[str]:
    """Keys of the entries in view that refer to the entry `key`, or to what was merged into it."""
    return list(
        Reference.objects.filter(target__key=key)
        .exclude(entry__key=key)
        .values_list("entry__key", flat=True)
        .distinct()
        .order_by("entry__key")
    )


def open_changesets(keys: Iterable[str]) -> dict[str, list[Changeset]]:
    """Key → open changesets that edit the entry, for those that have any. For the board alone."""
    edits = Edit.objects.filter(key__in=list(keys), changeset__in=Changeset.objects.open())
    found: dict[str, list[Changeset]] = defaultdict(list)
    for edit in edits.select_related("changeset").order_by("key", "changeset"):
        found[edit.key].append(edit.changeset)
    return dict(found)
