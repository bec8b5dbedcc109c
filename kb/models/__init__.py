"""The tables of the engine."""

from kb.models.changeset import Approval, Changeset, Edit
from kb.models.entry import Entry
from kb.models.published import Change, Label, Published, Reference, TermCount, Tombstone
from kb.models.revision import Revision
from kb.models.search import NameEntry, SearchEntry
from kb.models.user import User

__all__ = [
    "Approval",
    "Change",
    "Changeset",
    "Edit",
    "Entry",
    "Label",
    "NameEntry",
    "Published",
    "Reference",
    "Revision",
    "SearchEntry",
    "TermCount",
    "Tombstone",
    "User",
]
