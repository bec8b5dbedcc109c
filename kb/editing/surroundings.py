"""What the checks of many documents ask of the knowledge base, looked up at once."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kb.documents.plans import Mention
from kb.documents.schema import references
from kb.editing.links import DEAD_AFTER
from kb.kinds import Checked, Kind
from kb.models import LinkCheck, Reference
from kb.models.published import Identifier
from kb.models.search import NameTrigrams
from kb.publication.names import Names
from kb.publication.rendering import label_of
from kb.publication.search_text import fold, texts_of

JSON = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A valid document that is checked. `base`: the one that it replaces, None where it is new.

    `is_public`: it is published as it stands, so nothing in it is news.
    """

    key: str
    kind: Kind
    document: JSON
    base: JSON | None = None
    is_public: bool = False
    mentions: Sequence[Mention] = field(init=False)

    def __post_init__(self) -> None:
        mentions = tuple(references(self.kind.schema, self.document))
        object.__setattr__(self, "mentions", mentions)

    @property
    def names(self) -> tuple[str, ...]:
        """Its name first, then its aliases."""
        return texts_of(self.kind.schema, self.document, self.kind.schema.name_field).names


class Holder(NamedTuple):
    """Who has a number in a register."""

    key: str
    kind: str


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The entries that some documents name, and what else tells whether these are in order.

    `brought`: key → document of the same changeset, which counts in place of what is published.
    `dead`: addresses that have not answered for long. `cited`: key of an entry with a dead address
    → keys of the entries that name it. `holders`: (register, number) → active entries that have it.
    """

    labels: Names
    brought: Mapping[str, Case]
    names: Mapping[int, Sequence[str]]
    dead: frozenset[str]
    cited: Mapping[str, frozenset[str]]
    holders: Mapping[tuple[str, str], Sequence[Holder]]

    def label_of(self, key: str) -> Mapping[str, Any] | None:
        """What is shown of the entry that `key` means, as the changeset leaves it."""
        case = self.brought.get(key)
        if case is not None:
            return label_of(case.kind, key, case.document)
        label = self.labels.shown(key)
        survivor = self.brought.get(label["key"]) if label else None
        return label_of(survivor.kind, survivor.key, survivor.document) if survivor else label

    def names_of(self, key: str) -> Sequence[str]:
        """The folded names of the entry that `key` means, as the changeset leaves it."""
        label = self.label_of(key)
        case = self.brought.get(label["key"]) if label else None
        if case is not None:
            return [fold(name) for name in case.names]
        return self.names.get(self.labels.entry_id(key), ()) if label else ()

    def around(self, case: Case) -> Checked:
        """What a kind's own checks are given."""
        return Checked(case.document, self.label_of, self.names_of)


def surroundings(cases: Sequence[Case], brought: Mapping[str, Case]) -> Surroundings:
    """All that the checks of `cases` ask, in a handful of queries."""
    keys = {mention.key for case in cases for mention in case.mentions}
    labels = Names(keys)
    known = {key: label for key in keys if (label := labels.shown(key)) is not None}
    dead = _dead({label["url"] for label in known.values() if label.get("url")})
    ends = {labels.entry_id(key) for key, label in known.items() if label.get("url") in dead}
    numbers = {pair for case in cases for pair in case.kind.identifiers(case.document).items()}
    return Surroundings(
        labels=labels,
        brought=brought,
        names=_names({labels.entry_id(key) for key in known}),
        dead=dead,
        cited=_cited(ends),
        holders=_holders(numbers),
    )


def _names(entry_ids: Iterable[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = NameTrigrams.objects.filter(entry__in=list(entry_ids)).order_by("id")
    for entry_id, folded in rows.values_list("entry_id", "folded"):
        found[entry_id].append(folded)
    return found


def _dead(urls: set[str]) -> frozenset[str]:
    asked = LinkCheck.objects.filter(url__in=urls, failures__gte=DEAD_AFTER)
    return frozenset(asked.values_list("url", flat=True)) if urls else frozenset()


def _cited(entry_ids: set[int]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    if entry_ids:
        rows = Reference.objects.filter(target__in=entry_ids).values_list(
            "target__key", "entry__key"
        )
        for target, entry in rows.distinct():
            found[target].add(entry)
    return {key: frozenset(entries) for key, entries in found.items()}


def _holders(numbers: set[tuple[str, str]]) -> dict[tuple[str, str], list[Holder]]:
    found: dict[tuple[str, str], list[Holder]] = defaultdict(list)
    if numbers:
        rows = Identifier.objects.filter(number__in={number for _register, number in numbers})
        columns = rows.order_by("entry__key").values_list(
            "register", "number", "entry__key", "kind"
        )
        for register, number, key, kind in columns:
            found[register, number].append(Holder(key, kind))
    return found
