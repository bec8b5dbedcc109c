"""The registers in which entries have numbers, and where a number is looked up."""

from collections.abc import Mapping

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
