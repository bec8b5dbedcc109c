"""The only code that writes history. Pages, endpoints and commands call these functions."""

from kb.editing.drafts import begin, set_edit
from kb.editing.errors import (
    AlreadyPublished,
    BrokenReferences,
    Conflict,
    EditingError,
    InvalidEdits,
    NotAllowed,
    NotApproved,
)
from kb.editing.publishing import publish
from kb.editing.review import approve

__all__ = [
    "AlreadyPublished",
    "BrokenReferences",
    "Conflict",
    "EditingError",
    "InvalidEdits",
    "NotAllowed",
    "NotApproved",
    "approve",
    "begin",
    "publish",
    "set_edit",
]
