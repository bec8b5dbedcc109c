"""What it is called that an entry is referred to, seen from the entry that is referred to."""

from collections.abc import Mapping

from governance.vocabularies import LINK_RELATIONS

# Links, seen from their target.
INVERSE: Mapping[str, str] = {
    "modelled-on": "Modelled on it",
    "variant-of": "Variants of it",
    "adopted-as": "Proposals that became it",
    "proposed-by": "Proposed by it",
    "endorsed-by": "Endorsed by it",
    "part-of": "Parts of it",
    "hosted-by": "Hosted by it",
    "funded-by": "Funded by it",
    "established-by": "Established by it",
    "successor-of": "Successors of it",
    "implements": "Puts it into practice",
    "amends": "Amends it",
    "repeals": "Repeals it",
    "responds-to": "Responds to it",
    "outcome-of": "Outcomes of it",
    "participant": "Took part in",
    "organised-by": "Organised by it",
    "affiliated-with": "People affiliated with it",
    "related": "Related",
}

_FIELDS: Mapping[str, str] = {
    "memberships.actor": "Memberships",
    "positions.actor": "Positions",
    "positions.reported_by": "Positions it reports",
    "participation.actor": "Participation",
    "arguments.made_by": "Arguments it makes",
    "organisers": "Events it organised",
    "participants": "Events it took part in",
    "outcomes": "Came out of",
    "issued_by": "Instruments it issued",
    "cites.source": "The entry as a whole",
}

_LISTS: Mapping[str, str] = {
    "memberships": "Memberships",
    "positions": "Positions",
    "participation": "Participation",
    "arguments": "Arguments",
    "organs": "Organs",
    "milestones": "Milestones",
    "figures": "Figures",
    "links": "Links",
    "provisions": "Provisions",
    "design": "Design",
    "field_cites": "Key facts",
    "disputed": "Disputed values",
    "vote": "Votes",
}


def relation_label(relation: str) -> str:
    """A link's relation or the field that refers, as a heading over those that refer."""
    if relation in INVERSE:
        return INVERSE[relation]
    if relation in _FIELDS:
        return _FIELDS[relation]
    first = relation.partition(".")[0]
    if first in _LISTS:
        return _LISTS[first]
    return LINK_RELATIONS.label_of(relation).replace("_", " ").replace(".", ", ").capitalize()
