"""Strict checks of documents: their schema, and what they refer to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kb.documents.problems import InvalidDocument, Problem
from kb.documents.reasons import RETRACTION_REASONS
from kb.documents.schema import Mention, references, validate
from kb.documents.vocabulary import nearest
from kb.editing.errors import BrokenReferences, InvalidEdits
from kb.kinds import kind_named
from kb.models import Changeset, Edit, Label
from kb.models.streams import streamed

BATCH = 500
HIDING = (Edit.Act.RETRACT, Edit.Act.MERGE)


def require_valid(changeset: Changeset) -> None:
    """Raises InvalidEdits with every problem of every document.

    A founding import validated its documents in this very transaction, and is not asked again.
    """
    if changeset.is_founding:
        return
    broken = {}
    for edit in streamed(changeset.edits.order_by("key")):
        if problems := problems_of_edit(edit):
            broken[edit.key] = problems
    if broken:
        raise InvalidEdits(broken)


def problems_of_edit(edit: Edit) -> Sequence[Problem]:
    """What is wrong with the content of one edit, by itself."""
    content = edit.document
    if edit.act == Edit.Act.RETRACT:
        return _required_texts(content, "reason") or _unknown_reasons(content["reason"])
    if edit.act == Edit.Act.MERGE:
        return _required_texts(content, "into")
    if content.get("key") != edit.key or content.get("kind") != edit.kind:
        found = f"the document calls itself {content.get('kind')} “{content.get('key')}”"
        return [Problem("key", "other-entry", found, f"This edit is of {edit.kind} “{edit.key}”.")]
    try:
        validate(kind_named(edit.kind).schema, content)
    except InvalidDocument as problem:
        return problem.problems
    return []


def _required_texts(content: Mapping[str, Any], *names: str) -> list[Problem]:
    return [
        Problem(name, "missing", "nothing", f"Write a {name}.")
        for name in names
        if not isinstance(content.get(name), str) or not content[name].strip()
    ]


def _unknown_reasons(reason: str) -> list[Problem]:
    if reason in RETRACTION_REASONS:
        return []
    remedy = f"Choose one of: {', '.join(RETRACTION_REASONS.values)}."
    return [Problem("reason", "unknown-term", f"“{reason}” is not a reason", remedy)]


def require_references(changeset: Changeset) -> None:
    """Raises BrokenReferences unless everything the new documents refer to is in view.

    What is in view: published active entries, and those that this changeset brings.
    """
    if changeset.is_founding:
        return  # the import has checked them all, with file and place
    check = ReferenceCheck()
    for edit in streamed(changeset.edits.order_by("key")):
        check.brings(edit.key, edit.kind, is_in_view=edit.act not in HIDING)
        check.mentions(edit.key, edit.key, mentions_of(edit))
    if broken := check.problems():
        raise BrokenReferences([f"{where}, {problem}" for where, problem in broken])


def mentions_of(edit: Edit) -> list[Mention]:
    """Every entry that the content of a valid edit names."""
    if edit.act == Edit.Act.RETRACT:
        return []
    if edit.act == Edit.Act.MERGE:
        return [Mention(edit.document["into"], (edit.kind,), ("into",), "into", None)]
    return list(references(kind_named(edit.kind).schema, edit.document))


@dataclass
class ReferenceCheck:
    """References of many documents to each other and to what is published.

    Tell it what the documents bring (`brings`) and name (`mentions`), then ask for `problems`.
    """

    _brought: dict[str, str | None] = field(default_factory=dict)
    _named: dict[tuple[str, tuple[str, ...]], list[tuple[str, str, Mention]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def brings(self, key: str, kind: str, *, is_in_view: bool = True) -> None:
        self._brought[key] = kind if is_in_view else None

    def mentions(self, where: str, key: str, mentions: Iterable[Mention]) -> None:
        """`where`: the file or entry that messages name; `key`: the entry that is speaking."""
        for mention in mentions:
            kind = self._brought.get(mention.key)
            is_known_good = kind is not None and (not mention.kinds or kind in mention.kinds)
            if not is_known_good or mention.key == key:
                self._named[mention.key, mention.kinds].append((where, key, mention))

    def problems(self) -> list[tuple[str, Problem]]:
        """(where, problem) for every reference that is broken."""
        found: list[tuple[str, Problem]] = []
        labels = self._labels()
        for (key, kinds), places in self._named.items():
            fault = self._fault(key, kinds, labels)
            for where, own_key, mention in places:
                its_fault = fault
                if mention.field == "into":
                    its_fault = _ITSELF if own_key == key else _merged(key, labels) or fault
                if its_fault:
                    found.append((where, Problem.at(mention.place, *its_fault)))
        return found

    def _labels(self) -> dict[str, dict[str, Any]]:
        """Key → what is shown of the entry that it means today: merges are followed."""
        keys = {key for key, _kinds in self._named}
        rows = Label.objects.filter(key__in=keys - self._brought.keys())
        return dict(rows.values_list("key", "survivor__label__shown"))

    def _fault(
        self, key: str, kinds: tuple[str, ...], labels: Mapping[str, Mapping[str, Any]]
    ) -> tuple[str, str, str] | None:
        """(code, found, remedy) where `key` cannot be referred to."""
        label = labels.get(key, {})
        kind = self._brought.get(key, label.get("kind"))
        status = label.get("status") or ("out of view" if key in self._brought else "")
        if kind is None and not status:
            return "unknown-reference", f"no entry is called “{key}”", self._suggestion(key)
        if kind is None or label.get("status"):
            remedy = "Refer to an entry that is in view."
            return "hidden-reference", f"“{key}” is {status}", remedy
        if kinds and kind not in kinds:
            remedy = f"Refer to an entry of kind {' or '.join(kinds)}."
            return "wrong-kind", f"“{key}” is of kind {kind}", remedy
        return None

    def _suggestion(self, key: str) -> str:
        close = nearest(key, list(self._brought))
        hint = f"Did you mean “{close}”? " if close else ""
        return f"{hint}Add the entry, or write the key of one that exists."


def _merged(key: str, labels: Mapping[str, Mapping[str, Any]]) -> tuple[str, str, str] | None:
    """(code, found, remedy) where `key` was merged: nothing can be merged into it."""
    survivor = labels.get(key, {}).get("key", key)
    found = f"“{key}” was itself merged into “{survivor}”"
    return None if survivor == key else ("hidden-reference", found, f"Write “{survivor}”.")


_ITSELF = ("itself", "an entry cannot be merged into itself", "Name another entry.")
