"""How a source is cited: by what it is itself, not as a page of ours."""

from typing import Any

from kb.formats.csl import dated

JSON = dict[str, Any]

_NAMES = {
    "type": "type",
    "publisher": "publisher",
    "container": "container-title",
    "url": "URL",
    "doi": "DOI",
    "language": "language",
}
_DATES = ("issued", "accessed")


def cited_source(source: JSON) -> JSON:
    """The source, its document or its row in a list, as CSL-JSON but for id and title."""
    authors = [{"literal": name} for name in source.get("authors", ())]
    return {
        **{theirs: source[ours] for ours, theirs in _NAMES.items() if ours in source},
        **({"author": authors} if authors else {}),
        **{name: dated(source[name]) for name in _DATES if name in source},
    }
