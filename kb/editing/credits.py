"""Who stands behind a revision: written into its metadata, under its hash."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kb.models import Approval, Changeset, User
from kb.publication.rendering import timestamp


@dataclass(frozen=True)
class Credits:
    """What the metadata of a changeset's revisions have in common, and who wrote which of them.

    `authors`, `suggesters`: key → user names. `affiliated`: key → approvers who belong to it.
    """

    shared: Mapping[str, object]
    authors: Mapping[str, list[str]] = field(default_factory=dict)
    suggesters: Mapping[str, list[str]] = field(default_factory=dict)
    affiliated: Mapping[str, list[str]] = field(default_factory=dict)

    def of(self, key: str, at: datetime) -> dict[str, object]:
        """The metadata of the revision of one entry, as far as they come from people."""
        known = self.shared["authors"]
        assert isinstance(known, list)
        about = {**self.shared, "published_at": timestamp(at)}
        about["authors"] = sorted({*known, *self.authors.get(key, ())})
        for name, people in (("suggesters", self.suggesters), ("affiliated", self.affiliated)):
            if key in people:
                about[name] = sorted(people[key])
        return about


def credits_of(changeset: Changeset, approvals: Sequence[Approval], by: User | None) -> Credits:
    """Who wrote, suggested and approved what `changeset` publishes."""
    author = changeset.created_by
    shared: dict[str, object] = {
        "approvers": [approval.user.username for approval in approvals],
        "authors": [author.username] if author else [],
        "changeset": {
            "id": changeset.pk,
            "origin": changeset.origin,
            "title": changeset.title,
        },
        "published_by": by.username if by else None,
    }
    if any(approval.rebased_at for approval in approvals):
        shared["rebased_after_approval"] = True
    people: dict[bool, dict[str, list[str]]] = {True: defaultdict(list), False: defaultdict(list)}
    wrote = changeset.authorships.exclude(key="").select_related("user")
    for each in wrote:
        people[each.is_suggester][each.key].append(each.user.username)
    affiliated: dict[str, list[str]] = defaultdict(list)
    for approval in approvals:
        for key in approval.user.affiliations:
            affiliated[key].append(approval.user.username)
    return Credits(shared, people[False], people[True], affiliated)
