"""What happens at the desk is written down once, and from there people are told."""

from typing import Any

from kb.models import Activity, Changeset, User


def record(
    kind: str, *, by: User | None, changeset: Changeset | None = None, **data: Any
) -> Activity:
    """Write down that something happened. `data`: JSON that a sentence about it needs."""
    return Activity.objects.create(kind=kind, user=by, changeset=changeset, data=data)
