"""What can go wrong in editing and can be put right by an editor; shown as it stands."""

from collections.abc import Mapping, Sequence

from kb.documents.problems import Problem


class EditingError(Exception):
    """Base of all errors that an editor can put right."""


class NotApproved(EditingError):
    def __init__(self, title: str, reason: str):
        super().__init__(f"“{title}” cannot be published: {reason}")


class AlreadyPublished(EditingError):
    def __init__(self, title: str):
        super().__init__(f"“{title}” is already published.")


class NotAllowed(EditingError):
    """The person may not do this; the text says what stands in the way."""


class Conflict(EditingError):
    """Entries have moved on since their edits began, or a key was taken meanwhile."""

    def __init__(self, keys: Sequence[str]):
        self.keys = keys
        super().__init__(
            f"Changed since you began: {', '.join(keys)}. Begin again from the newest revision."
        )


class InvalidEdits(EditingError):
    """Documents that do not follow their schema: key → problems, all of them."""

    def __init__(self, problems: Mapping[str, Sequence[Problem]]):
        self.problems = problems
        lines = [f"{key}, {problem}" for key, its in problems.items() for problem in its]
        super().__init__("\n".join(lines))


class BrokenReferences(EditingError):
    """Documents that refer to what does not exist, is not in view, or is of the wrong kind."""

    def __init__(self, problems: Sequence[str]):
        self.problems = problems
        super().__init__("\n".join(problems))
