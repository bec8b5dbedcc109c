"""What the six kinds mean in vocabularies that others share.

Source: schema.org; The Organization Ontology; PROV-O; European Legislation Identifier
"""

from collections.abc import Mapping, Sequence
from typing import Any

from governance.registers import RESOLVERS
from kb.linked import Definition, Linked, Rows

JSON = dict[str, Any]

CREATIVE_WORK = "schema:CreativeWork"

# --- what an entry is ------------------------------------------------------------------------

_ACTORS: Mapping[str, Sequence[str]] = {
    "person": ("schema:Person",),
    "state": ("schema:Country",),
    "territory": ("schema:AdministrativeArea",),
    "company": ("schema:Corporation", "org:Organization"),
    "government-agency": ("schema:GovernmentOrganization", "org:Organization"),
    "subnational-government": ("schema:GovernmentOrganization", "org:Organization"),
    "research-institute": ("schema:ResearchOrganization", "org:Organization"),
    "university": ("schema:CollegeOrUniversity", "org:Organization"),
}
_ORGANISATION = ("schema:Organization", "org:Organization")
_LAWS = frozenset(
    {
        "treaty",
        "convention",
        "resolution",
        "regulation",
        "statute",
        "bill",
        "executive-order",
        "export-control",
    }
)
_PUBLICATIONS: Mapping[str, str] = {
    "article": "schema:Article",
    "article-journal": "schema:ScholarlyArticle",
    "article-newspaper": "schema:NewsArticle",
    "report": "schema:Report",
    "book": "schema:Book",
    "chapter": "schema:Chapter",
    "webpage": "schema:WebPage",
    "post-weblog": "schema:BlogPosting",
    "legislation": "schema:Legislation",
    "treaty": "schema:Legislation",
    "bill": "schema:Legislation",
    "dataset": "schema:Dataset",
    "paper-conference": "schema:ScholarlyArticle",
}


def _actor(document: JSON) -> Sequence[str]:
    return _ACTORS.get(document["type"], _ORGANISATION)


def _body(_document: JSON) -> Sequence[str]:
    return _ORGANISATION


def _proposal(_document: JSON) -> Sequence[str]:
    return (CREATIVE_WORK,)


def _instrument(document: JSON) -> Sequence[str]:
    return ("schema:Legislation",) if document["type"] in _LAWS else (CREATIVE_WORK,)


def _event(_document: JSON) -> Sequence[str]:
    return ("schema:Event",)


def _source(document: JSON) -> Sequence[str]:
    return (_PUBLICATIONS.get(document["type"], CREATIVE_WORK),)


# --- what its fields mean --------------------------------------------------------------------

_STATEMENTS = (
    "design.purpose",
    "design.membership",
    "design.decision_making",
    "design.funding",
    "design.legal_basis",
    "design.staffing_and_site",
    "design.openness",
    "design.verification_and_enforcement",
    "design.safeguards",
    "design.exit_and_suspension",
    "vote",
    "organs",
    "memberships",
    "participation",
    "provisions",
    "positions",
    "arguments",
    "figures",
    "links",
    "milestones",
    "disputed",
)


def _cites(place: str) -> dict[str, Definition]:
    """A source of a statement, and where in it. `place`: of the list of sources."""
    return {
        place: "prov:qualifiedPrimarySource",
        f"{place}.source": "prov:entity",
        f"{place}.quote": "schema:text",
    }


def _period(place: str) -> dict[str, Definition]:
    return {f"{place}.from": "schema:startDate", f"{place}.to": "schema:endDate"}


def _all_cites() -> dict[str, Definition]:
    found = _cites("cites")
    for statement in _STATEMENTS:
        found |= _cites(f"{statement}.cites")
    # A map of lists of sources: they stand right below it, and each says for which field.
    return {**found, **_cites("field_cites")}


_SHARED: Mapping[str, Definition] = {
    **_all_cites(),
    **_period("links"),
    **_period("figures.period"),
    "aliases": "schema:alternateName",
    "summary": "schema:description",
    "description": "dcterms:description",
    "website": "schema:url",
    "topics": "dcterms:subject",
    "identifiers": "@nest",
    "figures.metric": "schema:measuredProperty",
    "figures.year": {"@id": "schema:observationDate", "@type": "schema:Date"},
    "figures.value": "schema:value",
    "figures.unit": "schema:unitCode",
    "figures.note": "rdfs:comment",
    "links.note": "rdfs:comment",
    "links.target": "dcterms:relation",
    "milestones.date": "dcterms:date",
    "milestones.title": "schema:name",
}
_ROWS: Mapping[str, Rows] = {
    "cites": Rows("prov:PrimarySource"),
    "field_cites": Rows("prov:PrimarySource"),
    **{f"{statement}.cites": Rows("prov:PrimarySource") for statement in _STATEMENTS},
    "figures": Rows("schema:Observation", of="schema:observationAbout"),
}
_PLACE: Mapping[str, Definition] = {
    "city": "schema:addressLocality",
    "country": "schema:addressCountry",
    "latitude": "schema:latitude",
    "longitude": "schema:longitude",
}
_LIFE: Mapping[str, Definition] = {
    "founded": "schema:foundingDate",
    "dissolved": "schema:dissolutionDate",
}

ACTOR = Linked(
    classes=_actor,
    terms={**_SHARED, **_LIFE},
    rows=_ROWS,
    registers=RESOLVERS,
)
BODY = Linked(
    classes=_body,
    terms={
        **_SHARED,
        **_LIFE,
        "seat": "schema:location",
        **{f"seat.{name}": meant for name, meant in _PLACE.items()},
        **_period("memberships"),
        "memberships.actor": "org:member",
        "memberships.role": "org:role",
        "memberships.note": "rdfs:comment",
    },
    rows={
        **_ROWS,
        "memberships": Rows("org:Membership", of="org:organization"),
        "organs": Rows("org:OrganizationalUnit", of="org:unitOf"),
    },
    registers=RESOLVERS,
)
PROPOSAL = Linked(
    classes=_proposal,
    terms={
        **_SHARED,
        "proposed": "schema:datePublished",
        "positions.actor": "schema:agent",
        "positions.date": "dcterms:date",
        "positions.quote": "schema:text",
        "positions.note": "rdfs:comment",
        "arguments.claim": "schema:text",
        "arguments.made_by": "schema:agent",
    },
    rows={**_ROWS, "positions": Rows("Position", of="schema:object")},
    registers=RESOLVERS,
)
INSTRUMENT = Linked(
    classes=_instrument,
    terms={
        **_SHARED,
        "adopted": "schema:legislationDate",
        "in_force": "eli:first_date_entry_in_force",
        "ended": "eli:date_no_longer_in_force",
        "jurisdiction": "schema:legislationJurisdiction",
        "issued_by": "schema:legislationPassedBy",
        "participation.actor": "schema:agent",
        "participation.date": "dcterms:date",
        "participation.note": "rdfs:comment",
        "provisions.title": "schema:name",
        "provisions.summary": "schema:description",
    },
    rows={**_ROWS, "participation": Rows("schema:Action", of="schema:object")},
    registers=RESOLVERS,
)
EVENT = Linked(
    classes=_event,
    terms={
        **_SHARED,
        "start": "schema:startDate",
        "end": "schema:endDate",
        "place": "schema:location",
        **{f"place.{name}": meant for name, meant in _PLACE.items()},
        "organisers": "schema:organizer",
        "participants": "schema:attendee",
    },
    rows=_ROWS,
    registers=RESOLVERS,
)
SOURCE = Linked(
    classes=_source,
    terms={
        "title": "schema:name",
        "authors": {"@id": "schema:author", "@container": "@list"},
        "publisher": "dcterms:publisher",
        "issued": "schema:datePublished",
        "url": "schema:url",
        "language": "schema:inLanguage",
    },
    registers=RESOLVERS,
)
