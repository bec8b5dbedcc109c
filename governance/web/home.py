"""Ways into the knowledge base, for its first page: lists that answer a question by themselves."""

from typing import NamedTuple


class Way(NamedTuple):
    """A list worth starting from."""

    title: str
    text: str
    address: str


WAYS_IN = (
    Way(
        "Proposals modelled on CERN",
        "They share a name and differ in purpose, membership and form.",
        "/proposals/?modelled_on=cern",
    ),
    Way(
        "Proposals that concern the United States and China",
        "From talks and hotlines to export controls.",
        "/proposals/?topic=us-china",
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
