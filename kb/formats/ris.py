"""CSL items as RIS.

Source: Research Information Systems, RIS Format Specifications (2011)
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kb.formats.csl import text_of

TYPES = {
    "article": "UNPB",
    "article-journal": "JOUR",
    "article-newspaper": "NEWS",
    "bill": "BILL",
    "book": "BOOK",
    "broadcast": "MPCT",
    "chapter": "CHAP",
    "dataset": "DATA",
    "interview": "PCOMM",
    "legislation": "STAT",
    "paper-conference": "CPAPER",
    "post-weblog": "BLOG",
    "report": "RPRT",
    "speech": "HEAR",
    "treaty": "STAT",
    "webpage": "ELEC",
}


def ris(items: Iterable[Mapping[str, Any]]) -> str:
    """The items, in UTF-8, each from TY to ER, lines ending as the format has them."""
    return "".join(f"{_record(each)}\r\n" for each in items)


def _record(item: Mapping[str, Any]) -> str:
    lines = (f"{tag}  - {_line(value)}\r\n" for tag, value in _fields(item))
    return "".join(lines)


def _fields(item: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "TY", TYPES.get(item["type"], "GEN")
    yield "ID", item["id"]
    yield "TI", item["title"]
    for author in item.get("author", ()):
        yield "AU", author["literal"]
    for tag, name in (("T2", "container-title"), ("PB", "publisher"), ("ET", "version")):
        if name in item:
            yield tag, item[name]
    if issued := item.get("issued"):
        yield "PY", text_of(issued)[:4]
        yield "DA", _date(text_of(issued))
    for tag, name in (("DO", "DOI"), ("UR", "URL"), ("LA", "language"), ("N1", "note")):
        if name in item:
            yield tag, item[name]
    if accessed := item.get("accessed"):
        yield "Y2", _date(text_of(accessed))
    yield "ER", ""


def _date(text: str) -> str:
    """YYYY/MM/DD/, what is not known left empty."""
    parts = [*text.split("-"), "", ""][:3]
    return "/".join(parts) + "/"


def _line(value: str) -> str:
    """A value stands on one line."""
    return re.sub(r"\s+", " ", value).strip()
