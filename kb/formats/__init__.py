"""Published entries in the formats of others: pure writers, from the public JSON."""

from collections.abc import Mapping
from typing import NamedTuple


class Format(NamedTuple):
    """A format that an address has by `suffix`. `label`: what pages call it."""

    suffix: str
    label: str
    media_type: str


FORMATS = (
    Format("json", "JSON", "application/json"),
    Format("jsonld", "JSON-LD", "application/ld+json"),
    Format("md", "Markdown", "text/markdown"),
    Format("csv", "CSV, a table", "text/csv"),
    Format("bib", "BibTeX", "application/x-bibtex"),
    Format("ris", "RIS", "application/x-research-info-systems"),
    Format("csl", "CSL-JSON", "application/vnd.citationstyles.csl+json"),
)
MEDIA_TYPES: Mapping[str, str] = {each.suffix: each.media_type for each in FORMATS}


def formats(*suffixes: str) -> tuple[Format, ...]:
    """Those with these suffixes, in the order in which pages list them."""
    return tuple(each for each in FORMATS if each.suffix in suffixes)


# What an entry can be taken away as, and what of it is for reference managers.
OF_DATA = formats("json", "jsonld", "md")
OF_CITATIONS = formats("bib", "ris", "csl")
OF_ENTRIES = (*OF_DATA, *OF_CITATIONS)
OF_LISTS = formats("json", "jsonld", "csv", "bib", "ris", "csl")

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
