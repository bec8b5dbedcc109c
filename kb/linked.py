"""What the documents of a kind mean in vocabularies that others share.

A kind declares it and `kb.formats.json_ld` writes it. Names of classes and properties begin with
one of `PREFIXES` ("schema:Organization"); what a kind does not declare is a term of our own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

JSON = dict[str, Any]
Definition = str | Mapping[str, Any]

PREFIXES: Mapping[str, str] = {
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """What the rows of a list are. `of`: the property by which each names its own entry."""

    type: str
    of: str = ""


def no_classes(_document: JSON) -> Sequence[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Linked:
    """What the documents of one kind mean.

    `classes`: document → what the entry is, beside a thing of its kind. `terms`: place of a field
    ("memberships.actor") → a property, or its definition in JSON-LD. `rows`: place of a list →
    what its rows are. `registers`: register (see `Kind.identifiers`) → address of a
    number in it, "{}" for the number.
    """

    classes: Callable[[JSON], Sequence[str]] = no_classes
    terms: Mapping[str, Definition] = field(default_factory=dict)
    rows: Mapping[str, Rows] = field(default_factory=dict)
    registers: Mapping[str, str] = field(default_factory=dict)


UNLINKED = Linked()
