"""The six kinds of entry: where the engine and this subject meet."""

from typing import Any

from governance import checks, linking, schemas, telling
from governance.citing import cited_source
from governance.codes import COUNTRIES
from governance.filters import (
    CitedByFilter,
    JurisdictionFilter,
    LinkFilter,
    MembershipFilter,
    ParticipationFilter,
    PositionFilter,
    ReferenceFilter,
    RelationFilter,
)
from governance.models import (
    Actor,
    Argument,
    Body,
    Event,
    Figure,
    Instrument,
    Link,
    Membership,
    Milestone,
    Participation,
    Position,
    Proposal,
    Source,
    Voices,
)
from governance.projections import actor, body, event, instrument, proposal, source
from governance.schemas.parts import Identifiers
from governance.vocabularies import (
    ACTOR_TYPES,
    BODY_STATUSES,
    BODY_TYPES,
    EVENT_TYPES,
    FUNCTIONS,
    INSTRUMENT_BINDING,
    INSTRUMENT_STATUSES,
    INSTRUMENT_TYPES,
    PROPOSAL_FORMS,
    PROPOSAL_STAGES,
    PROPOSED_BINDING,
    SCOPES,
    SOURCE_TYPES,
    TOPICS,
)
from kb.documents.plans import plan
from kb.filters import DateFilter, ExistsFilter, TermFilter
from kb.kinds import Kind

JSON = dict[str, Any]

TABLES_OF_ANY_KIND = (Link, Figure, Milestone)
REGISTERS = tuple(plan(Identifiers).shapes)

COMPARED = (("Compare with others", "/compare/?keys="),)
SIDE_BY_SIDE = (("side by side", "/compare/?keys=", 10),)
SIDED = (("Common ground with others", "/common-ground/?side="),)

TOPIC = TermFilter("topic", "topics", "Topic", vocabulary=TOPICS, has_feed=True)
FUNCTION = TermFilter("function", "functions", "Function", vocabulary=FUNCTIONS)
HAS_WEBSITE = ExistsFilter("website", "website")
HAS_WIKIDATA = ExistsFilter("wikidata", "identifiers.wikidata")
HAS_DOI = ExistsFilter("doi", "identifiers.doi")
HAS_FIGURES = ExistsFilter("figures", "figures")
LINKED_TO = LinkFilter()
MODELLED_ON = RelationFilter(
    "modelled_on", (), "Entries that are modelled on any of these.", relation="modelled-on"
)


def existence(document: JSON) -> JSON:
    """What is shown of an actor or body beside its name: when it began and ended.

    Memberships and participation cannot go beyond it: see `governance.projections`.
    """
    return {name: document[name] for name in ("founded", "dissolved") if name in document}


def bibliography(document: JSON) -> JSON:
    """What is shown of a source beside its title, for notes and for the day it was read."""
    fields = ("type", "authors", "publisher", "container", "issued", "url", "accessed")
    return {name: document[name] for name in fields if name in document}


def in_registers(document: JSON) -> JSON:
    """The numbers of an entry in registers that others keep."""
    numbers: JSON = document.get("identifiers", {})
    return numbers


def doi(document: JSON) -> JSON:
    """The one number by which a source is known."""
    return {"doi": document["doi"]} if "doi" in document else {}


KINDS = (
    Kind(
        name="proposal",
        plural="proposals",
        label="Proposal",
        label_plural="Proposals",
        description="What has been proposed for governing AI, who stands where on it, and why.",
        schema=schemas.Proposal,
        project=proposal.project,
        tables=(Proposal, Position, Argument, Voices, *TABLES_OF_ANY_KIND),
        summary_fields=(
            "summary",
            "form",
            "stage",
            "scope",
            "binding",
            "proposed",
            "functions",
            "topics",
        ),
        date_field="proposed",
        filters=(
            TOPIC,
            TermFilter("form", "form", "Form", vocabulary=PROPOSAL_FORMS),
            TermFilter("stage", "stage", "Stage", vocabulary=PROPOSAL_STAGES),
            TermFilter("scope", "scope", "Scope", vocabulary=SCOPES),
            TermFilter("binding", "binding", "Binding", vocabulary=PROPOSED_BINDING),
            FUNCTION,
            PositionFilter(),
            MODELLED_ON,
            LINKED_TO,
            DateFilter("proposed", "Proposed", "governance_proposal", "proposed"),
            ExistsFilter("positions", "positions"),
            ExistsFilter("arguments", "arguments"),
            HAS_FIGURES,
            HAS_WEBSITE,
            HAS_WIKIDATA,
            HAS_DOI,
        ),
        body_template="governance/body/_proposal.html",
        linked=linking.PROPOSAL,
        told=telling.told,
        check=checks.check_proposal,
        identifiers=in_registers,
        registers=REGISTERS,
        addresses=("website",),
        ways=COMPARED,
        together=SIDE_BY_SIDE,
    ),
    Kind(
        name="actor",
        plural="actors",
        label="Actor",
        label_plural="Actors",
        description="States, companies, institutes and people: who acts, and where they stand.",
        schema=schemas.Actor,
        project=actor.project,
        tables=(Actor, *TABLES_OF_ANY_KIND),
        shown=existence,
        summary_fields=("summary", "type", "country", "founded", "dissolved", "topics"),
        date_field="founded",
        filters=(
            TermFilter("type", "type", "Type", vocabulary=ACTOR_TYPES),
            TermFilter("country", "country", "Country", vocabulary=COUNTRIES),
            TOPIC,
            MembershipFilter(
                "member_of",
                ("body",),
                "Actors that belong to any of these bodies.",
                selects="actor_id",
                names="entry_id",
            ),
            LINKED_TO,
            DateFilter("founded", "Founded", "governance_actor", "founded"),
            DateFilter("dissolved", "Dissolved", "governance_actor", "dissolved"),
            HAS_WEBSITE,
            HAS_WIKIDATA,
            ExistsFilter("ror", "identifiers.ror"),
            ExistsFilter("lei", "identifiers.lei"),
            ExistsFilter("orcid", "identifiers.orcid"),
            ExistsFilter("iso3166", "identifiers.iso3166"),
        ),
        body_template="governance/body/_actor.html",
        linked=linking.ACTOR,
        told=telling.told,
        check=checks.check_actor,
        identifiers=in_registers,
        registers=REGISTERS,
        addresses=("website",),
        told_apart_by=("country",),
        ways=SIDED,
    ),
    Kind(
        name="body",
        plural="bodies",
        label="Body",
        label_plural="Bodies",
        description="International bodies and collaborations: their design, organs and members.",
        schema=schemas.Body,
        project=body.project,
        tables=(Body, Membership, *TABLES_OF_ANY_KIND),
        shown=existence,
        summary_fields=(
            "summary",
            "type",
            "status",
            "founded",
            "dissolved",
            "seat",
            "functions",
            "topics",
        ),
        date_field="founded",
        filters=(
            TermFilter("type", "type", "Type", vocabulary=BODY_TYPES),
            TermFilter("status", "status", "Status", vocabulary=BODY_STATUSES),
            FUNCTION,
            TOPIC,
            TermFilter("country", "seat.country", "Country of the seat", vocabulary=COUNTRIES),
            MembershipFilter(
                "member",
                ("actor", "body"),
                "Bodies to which any of these belongs.",
                selects="entry_id",
                names="actor_id",
            ),
            MODELLED_ON,
            LINKED_TO,
            DateFilter("founded", "Founded", "governance_body", "founded"),
            DateFilter("dissolved", "Dissolved", "governance_body", "dissolved"),
            ExistsFilter("memberships", "memberships"),
            ExistsFilter("organs", "organs"),
            HAS_FIGURES,
            HAS_WEBSITE,
            HAS_WIKIDATA,
            ExistsFilter("ror", "identifiers.ror"),
        ),
        body_template="governance/body/_body.html",
        linked=linking.BODY,
        told=telling.told,
        check=checks.check_body,
        identifiers=in_registers,
        registers=REGISTERS,
        addresses=("website",),
        told_apart_by=("seat.country",),
        ways=(*COMPARED, *SIDED),
        together=SIDE_BY_SIDE,
    ),
    Kind(
        name="instrument",
        plural="instruments",
        label="Instrument",
        label_plural="Instruments",
        description="Treaties, laws, standards and pledges: what they say and who takes part.",
        schema=schemas.Instrument,
        project=instrument.project,
        tables=(Instrument, Participation, Voices, *TABLES_OF_ANY_KIND),
        summary_fields=(
            "summary",
            "type",
            "status",
            "binding",
            "jurisdiction",
            "adopted",
            "in_force",
            "ended",
            "topics",
        ),
        date_field="adopted",
        filters=(
            TOPIC,
            TermFilter("type", "type", "Type", vocabulary=INSTRUMENT_TYPES),
            TermFilter("status", "status", "Status", vocabulary=INSTRUMENT_STATUSES),
            TermFilter("binding", "binding", "Binding", vocabulary=INSTRUMENT_BINDING),
            JurisdictionFilter("jurisdiction", "jurisdiction", "Jurisdiction"),
            ParticipationFilter(),
            ReferenceFilter(
                "issued_by",
                ("actor", "body"),
                "Instruments that any of these issued.",
                place="issued_by",
            ),
            LINKED_TO,
            DateFilter("adopted", "Adopted", "governance_instrument", "adopted"),
            DateFilter("in_force", "In force", "governance_instrument", "in_force"),
            DateFilter("ended", "Ended", "governance_instrument", "ended"),
            ExistsFilter("participation", "participation"),
            ExistsFilter("vote", "vote"),
            ExistsFilter("text_url", "text_url"),
            HAS_WEBSITE,
            HAS_WIKIDATA,
            HAS_DOI,
            ExistsFilter("celex", "identifiers.celex"),
        ),
        body_template="governance/body/_instrument.html",
        linked=linking.INSTRUMENT,
        told=telling.told,
        check=checks.check_instrument,
        identifiers=in_registers,
        registers=REGISTERS,
        addresses=("website", "text_url"),
        told_apart_by=("jurisdiction", "adopted"),
    ),
    Kind(
        name="event",
        plural="events",
        label="Event",
        label_plural="Events",
        description="Summits, negotiations and votes: who took part and what came of it.",
        schema=schemas.Event,
        project=event.project,
        tables=(Event, *TABLES_OF_ANY_KIND),
        summary_fields=("summary", "type", "start", "end", "place", "topics"),
        date_field="start",
        filters=(
            TermFilter("type", "type", "Type", vocabulary=EVENT_TYPES),
            TOPIC,
            TermFilter("country", "place.country", "Country", vocabulary=COUNTRIES),
            ReferenceFilter(
                "participant",
                ("actor", "body"),
                "Events in which any of these took part.",
                place="participants",
            ),
            ReferenceFilter(
                "organiser",
                ("actor", "body"),
                "Events that any of these organised.",
                place="organisers",
            ),
            LINKED_TO,
            DateFilter("start", "Start", "governance_event", "start"),
            DateFilter("end", "End", "governance_event", "end"),
            ExistsFilter("outcomes", "outcomes"),
            HAS_WEBSITE,
            HAS_WIKIDATA,
        ),
        body_template="governance/body/_event.html",
        linked=linking.EVENT,
        told=telling.told,
        check=checks.check_event,
        identifiers=in_registers,
        registers=REGISTERS,
        addresses=("website",),
        told_apart_by=("start", "place.country"),
    ),
    Kind(
        name="source",
        plural="sources",
        label="Source",
        label_plural="Sources",
        description="The publications on which every statement here rests.",
        schema=schemas.Source,
        project=source.project,
        tables=(Source,),
        shown=bibliography,
        summary_fields=(
            "type",
            "authors",
            "publisher",
            "container",
            "issued",
            "language",
            "url",
            "doi",
        ),
        date_field="issued",
        filters=(
            TermFilter("type", "type", "Type", vocabulary=SOURCE_TYPES),
            TermFilter("language", "language", "Language"),
            CitedByFilter(),
            DateFilter("issued", "Issued", "governance_source", "issued"),
            DateFilter("accessed", "Read", "governance_source", "accessed"),
            ExistsFilter("url", "url"),
            ExistsFilter("doi", "doi"),
            ExistsFilter("seen_at", "seen_at"),
            ExistsFilter("authors", "authors"),
        ),
        body_template="governance/body/_source.html",
        linked=linking.SOURCE,
        told=telling.told_source,
        identifiers=doi,
        cited=cited_source,
        registers=("doi",),
        addresses=("url", "seen_at"),
        told_apart_by=("url", "publisher", "container", "issued"),
    ),
)
