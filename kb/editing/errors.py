"""What can go wrong in editing and can be put right by an editor; shown as it stands."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from kb.documents.merge import MergeConflict


class Wrong(Protocol):
    """A problem or a finding: something in a document, at a place."""

    @property
    def place(self) -> str: ...
    @property
    def detail(self) -> str: ...


class EditingError(Exception):
    """Base of all errors that an editor can put right."""


class NotAllowed(EditingError):
    """The person may not do this; the text says what stands in the way."""


class NotApproved(EditingError):
    def __init__(self, title: str, reason: str):
        super().__init__(f"“{title}” cannot be published: {reason}")


class Outdated(NotApproved):
    """Newer revisions of its entries were merged in, and the approvals fell with that."""

    def __init__(self, title: str):
        super().__init__(
            title,
            "others changed the same fields meanwhile. Both changes were merged without "
            "a conflict; somebody has to approve the result.",
        )


class AlreadyPublished(EditingError):
    def __init__(self, title: str):
        super().__init__(f"“{title}” is already published.")


class NothingToPublish(EditingError):
    def __init__(self, title: str):
        super().__init__(
            f"“{title}” has nothing to publish: every document says what is published already."
        )


class KeyTaken(EditingError):
    """A new entry cannot have this key: it exists, or another open changeset holds it."""

    def __init__(self, key: str, reason: str):
        self.key = key
        super().__init__(f"“{key}” is taken: {reason} Choose another key.")


class StaleSave(EditingError):
    """The document was saved by somebody else, or in another tab, since it was opened.

    `version`: of the document there is now, `by`: who saved it.
    """

    def __init__(self, key: str, version: int, by: str):
        self.key, self.version, self.by = key, version, by
        super().__init__(
            f"“{key}” was saved by {by} since you opened it. Nothing of yours is lost: "
            "compare the two and choose."
        )


class StaleDigest(NotAllowed):
    """What was approved is not what there is now."""

    def __init__(self) -> None:
        super().__init__("The content has changed since you read it. Read it again, then approve.")


class Conflict(EditingError):
    """Entries have moved on since their edits began, or a key was taken meanwhile.

    `conflicts`: key → the places where both sides changed the same thing; empty where the entry
    as a whole stands in the way (it was retracted, merged, or made by somebody else).
    """

    BEGINS = "Changed by others since these edits began"

    def __init__(
        self,
        keys: Sequence[str],
        conflicts: Mapping[str, Sequence[MergeConflict]] | None = None,
        reason: str = "",
    ):
        self.keys = keys
        self.conflicts = conflicts or {}
        places = "; ".join(
            f"{key}: {', '.join(conflict.place for conflict in its)}"
            for key, its in self.conflicts.items()
            if its
        )
        found = f"{self.BEGINS}: {', '.join(keys)}"
        super().__init__(
            f"{found}{f' ({places})' if places else ''}. "
            f"{reason or 'Its authors have to compare both sides and choose.'}"
        )


class InvalidEdits(EditingError):
    """Documents that cannot be published as they are: key → what is wrong, all of it."""

    def __init__(self, problems: Mapping[str, Sequence[Wrong]]):
        self.problems = problems
        lines = [
            f"{key}, {problem.place or 'the document'}: {problem.detail}"
            for key, its in problems.items()
            for problem in its
        ]
        super().__init__("\n".join(lines))


class UnacknowledgedWarnings(EditingError):
    """Warnings that the authors have not said they have seen."""

    def __init__(self, count: int):
        self.count = count
        super().__init__(
            f"{count} {'warning has' if count == 1 else 'warnings have'} to be seen first: put "
            "right what you can, and say of the others that you have seen them."
        )


class BrokenReferences(EditingError):
    """Documents that refer to what does not exist, is not in view, or is of the wrong kind."""

    def __init__(self, problems: Sequence[str]):
        self.problems = problems
        super().__init__("\n".join(problems))
