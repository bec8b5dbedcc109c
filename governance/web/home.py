"""Ways into the knowledge base, for its first page: lists that answer a question by themselves."""

from typing import Any, NamedTuple

from governance.analyses.agreement import Asked, common_ground
from governance.web.agreement import Here, lead, tiles
from kb.kinds import kind_named
from kb.parameters import WrongParameters

PAIR = ("united-states", "china")
LATELY = 3  # subjects that are named


class Way(NamedTuple):
    """A list worth starting from."""

    title: str
    text: str
    address: str


WAYS_IN = (
    Way(
        "Every CERN for AI, side by side",
        "They share a name and differ in purpose, membership and form: which features of CERN each"
        " takes over, changes or leaves open.",
        "/compare/?model=cern",
    ),
    Way(
        "Map of ideas",
        "Which functions and designs proposals join, and what nobody has proposed.",
        "/ideas/",
    ),
    Way(
        "What China has signed, endorsed or voted on",
        "Treaties and declarations, of AI and of other fields.",
        "/instruments/?participant=china",
    ),
    Way(
        "Who belonged to CERN on 1 June 1962",
        "Every list of members can be asked for any day.",
        "/bodies/cern/?on=1962-06-01",
    ),
    Way(
        "Bodies that do research together",
        "Shared laboratories and programmes, with their votes, budgets and rules.",
        "/bodies/?function=joint-research",
    ),
)


def ways_in() -> dict[str, Any]:
    """What the first page shows beside what any knowledge base shows."""
    return {"ways": WAYS_IN, "ground": ground()}


def ground() -> dict[str, Any] | None:
    """Where the two sides agree, as things stand; None where they are not known."""
    try:
        asked = Asked.of({"side": PAIR})
    except WrongParameters:
        return None
    found = common_ground(asked)
    go = Here(asked)
    agreed = found.found.of("agreed")[:LATELY]
    subjects = [found.subjects[each.subject] for each in agreed]
    return {
        "names": [side.name for side in asked.sides],
        "lead": lead(found),
        "tiles": list(tiles(found, go)),
        "lately": [
            {
                "name": subject.name,
                "kind": kind_named(subject.kind).label,
                "address": f"{go.but(verdict='agreed')}#on-{subject.key}",
            }
            for subject in subjects
        ],
        "address": go.but(),
        "with_people": go.but(side=[f"country:{key}" for key in PAIR]),
    }
