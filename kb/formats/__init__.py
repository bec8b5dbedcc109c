"""Published entries in the formats of others: pure writers, from the public JSON.

`MEDIA_TYPES`: suffix of an address → media type of what is there.
"""

from collections.abc import Mapping

MEDIA_TYPES: Mapping[str, str] = {
    "csv": "text/csv",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl": "application/vnd.citationstyles.csl+json",
    "jsonld": "application/ld+json",
    "md": "text/markdown",
}

LICENCE = "https://creativecommons.org/licenses/by/4.0/"
