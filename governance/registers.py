"""The registers in which entries have numbers, and where a number is looked up."""

from collections.abc import Mapping, Sequence
from typing import Any

JSON = dict[str, Any]

RESOLVERS: Mapping[str, str] = {
    "wikidata": "https://www.wikidata.org/wiki/{}",
    "ror": "https://ror.org/{}",
    "doi": "https://doi.org/{}",
    "celex": "https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{}",
    "federal-register": "https://www.federalregister.gov/d/{}",
    "lei": "https://search.gleif.org/#/record/{}",
    "isni": "https://isni.org/isni/{}",
    "orcid": "https://orcid.org/{}",
}


def addresses_in_registers(document: JSON) -> Sequence[str]:
    """Where the registers keep what the document is about."""
    numbers: Mapping[str, str] = document.get("identifiers", {})
    known = ((RESOLVERS.get(register), number) for register, number in numbers.items())
    return [pattern.format(number) for pattern, number in known if pattern]


def address_of_doi(document: JSON) -> Sequence[str]:
    """Where a source is found by its DOI."""
    return [RESOLVERS["doi"].format(document["doi"])] if "doi" in document else []
