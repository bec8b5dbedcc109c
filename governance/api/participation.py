"""Who signed, ratified, voted on or left an instrument."""

from governance.api.statements import SubjectStatements
from governance.models import Participation
from governance.vocabularies import PARTICIPATION_ACTIONS
from kb.api.statements import EntryColumn, TermColumn, on_parameter


class ParticipationEndpoint(SubjectStatements):
    """What actors did about an instrument."""

    path = "/instruments/{key}/participation"
    name = "participation"
    summary = "Participation in an instrument"
    description = (
        "Every act, or those that held on a day: a signature or ratification holds until it is"
        " taken back."
    )
    table = Participation
    kinds = ("instrument",)
    statement = "Participation"
    owner_name = "instrument"
    columns = (
        TermColumn("action", "action", "Only these acts.", PARTICIPATION_ACTIONS),
        EntryColumn("actor", "actor_id", "Only of these actors.", ("actor", "body")),
    )
    on = on_parameter(
        "Only acts that held on this day. Inexact dates leave some days open: each row says"
        " whether it is `certain` or `possible`."
    )
