"""What else is concerned when an entry is changed: who refers to it, who else is editing it."""

from collections import defaultdict
from collections.abc import Iterable

from kb.models import Changeset, Edit, Reference, User


def referring_keys(key: str) -> list[str]:
    """Keys of the entries in view that refer to the entry `key`, or to what was merged into it."""
    return list(
        Reference.objects.filter(target__key=key)
        .exclude(entry__key=key)
        .values_list("entry__key", flat=True)
        .distinct()
        .order_by("entry__key")
    )


def open_changesets(
    keys: Iterable[str], *, seen_by: User | None = None
) -> dict[str, list[Changeset]]:
    """Key → open changesets that edit the entry, for those that have any.

    As far as `seen_by` may see them; None: all, for the board alone.
    """
    visible = Changeset.objects.visible_to(seen_by) if seen_by else Changeset.objects.all()
    edits = Edit.objects.filter(key__in=list(keys), changeset__in=visible.open())
    pairs = list(edits.order_by("key", "changeset").values_list("key", "changeset"))
    changesets = Changeset.objects.select_related("created_by").in_bulk({pk for _key, pk in pairs})
    found: dict[str, list[Changeset]] = defaultdict(list)
    for key, pk in pairs:
        if pk in changesets:  # it may have gone since
            found[key].append(changesets[pk])
    return dict(found)


def count_open(key: str) -> int:
    """How many open changesets edit the entry, seen or not."""
    return Edit.objects.filter(key=key, changeset__in=Changeset.objects.open()).count()
