"""The tables of the engine."""

from kb.models.aftermath import Redaction, SecondReview
from kb.models.answered import AnsweredRequest
from kb.models.changeset import Approval, Authorship, Changeset, Edit, Reservation
from kb.models.conversation import Activity, Comment, Mute, Notice, Thread
from kb.models.entry import Entry
from kb.models.published import Change, Label, Published, Reference, TermCount, Tombstone
from kb.models.revision import Revision
from kb.models.search import NameEntry, SearchEntry
from kb.models.standing import Dismissal, LinkCheck, PublishedFinding, Verification
from kb.models.suggestion import VisitorSuggestion
from kb.models.user import AccessToken, Grant, Role, User
from kb.models.watch import Watch
from kb.models.webhook import Delivery, Webhook

__all__ = [
    "AccessToken",
    "Activity",
    "AnsweredRequest",
    "Approval",
    "Authorship",
    "Change",
    "Changeset",
    "Comment",
    "Delivery",
    "Dismissal",
    "Edit",
    "Entry",
    "Grant",
    "Label",
    "LinkCheck",
    "Mute",
    "NameEntry",
    "Notice",
    "Published",
    "PublishedFinding",
    "Redaction",
    "Reference",
    "Reservation",
    "Revision",
    "Role",
    "SearchEntry",
    "SecondReview",
    "TermCount",
    "Thread",
    "Tombstone",
    "User",
    "Verification",
    "VisitorSuggestion",
    "Watch",
    "Webhook",
]
