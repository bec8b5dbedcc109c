"""CSL items as BibTeX.

Source: Oren Patashnik, BibTeXing (1988); `url`, `doi`, `urldate`, `langid` as biblatex has them
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kb.formats.csl import text_of

ENTRY_TYPES = {
    "article-journal": "article",
    "article-newspaper": "article",
    "book": "book",
    "chapter": "incollection",
    "paper-conference": "inproceedings",
    "report": "techreport",
}
CONTAINERS = {"article": "journal", "incollection": "booktitle", "inproceedings": "booktitle"}
PUBLISHERS = {"techreport": "institution", "misc": "organization"}
SPECIAL = {
    # A brace counts in BibTeX even behind a backslash, so braces have names.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "&%$#_"},
}


def bibtex(items: Iterable[Mapping[str, Any]]) -> str:
    """The items, in UTF-8, each followed by an empty line."""
    return "".join(f"{_entry(each)}\n\n" for each in items)


def _entry(item: Mapping[str, Any]) -> str:
    entry_type = ENTRY_TYPES.get(item["type"], "misc")
    fields = ",\n".join(f"  {name} = {{{value}}}" for name, value in _fields(item, entry_type))
    return f"@{entry_type}{{{item['id']},\n{fields}\n}}"


def _fields(item: Mapping[str, Any], entry_type: str) -> Iterator[tuple[str, str]]:
    yield "title", f"{{{_text(item['title'])}}}"  # braced, so that no style changes its case
    if authors := item.get("author"):
        # Braced, so that a name is taken whole: we do not know which part of it is the family's.
        yield "author", " and ".join(f"{{{_text(each['literal'])}}}" for each in authors)
    if container := item.get("container-title"):
        yield CONTAINERS.get(entry_type, "howpublished"), _text(container)
    if publisher := item.get("publisher"):
        yield PUBLISHERS.get(entry_type, "publisher"), _text(publisher)
    if issued := item.get("issued"):
        yield "year", text_of(issued)[:4]
        yield "date", text_of(issued)
    for name, theirs, written in MORE:
        if value := item.get(theirs):
            yield name, written(value)


def _text(text: str) -> str:
    return "".join(SPECIAL.get(sign, sign) for sign in re.sub(r"\s+", " ", text).strip())


def _verbatim(text: str) -> str:
    """An address or number: read as it stands, but for braces, which must be balanced."""
    return text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


# Field, its name in the item, how it is written.
MORE: tuple[tuple[str, str, Callable[[Any], str]], ...] = (
    ("version", "version", _text),
    ("doi", "DOI", _verbatim),
    ("url", "URL", _verbatim),
    ("urldate", "accessed", text_of),
    ("langid", "language", _text),
    ("note", "note", _text),
)
