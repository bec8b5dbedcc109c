"""Who belonged to which body, and when."""

from governance.api.statements import SubjectStatements
from governance.models import Membership
from governance.vocabularies import MEMBERSHIP_ROLES
from kb.api.statements import EntryColumn, TermColumn, on_parameter

ROLE = TermColumn("role", "role", "Only in these roles.", MEMBERSHIP_ROLES)
ON = on_parameter(
    "Only those who belonged on this day. Inexact dates leave some days open: each row says"
    " whether it is `certain` or `possible`."
)


class MembersEndpoint(SubjectStatements):
    """The members of a body."""

    path = "/bodies/{key}/members"
    name = "members"
    summary = "Members of a body"
    description = "Every membership there ever was, or those of a day, as the document lists them."
    table = Membership
    kinds = ("body",)
    statement = "Membership"
    owner_name = "body"
    columns = (
        ROLE,
        EntryColumn("actor", "actor_id", "Only these members.", ("actor", "body")),
    )
    on = ON


class MembershipsEndpoint(SubjectStatements):
    """The bodies that an actor belongs to."""

    path = "/actors/{key}/memberships"
    name = "memberships"
    summary = "Memberships of an actor"
    description = "Every membership there ever was, or those of a day, body by body."
    table = Membership
    owner = "actor_id"
    kinds = ("actor", "body")
    statement = "Membership"
    owner_name = "body"
    order = ("r.entry_id", "r.ordinal")
    columns = (ROLE, EntryColumn("body", "entry_id", "Only of these bodies.", ("body",)))
    on = ON
