"""Entries as text, for people who copy and for language models that read."""

from collections.abc import Iterator
from typing import Any

from kb.api.endpoints import Call, origin
from kb.formats import MEDIA_TYPES
from kb.formats.markdown_text import markdown
from kb.kinds import kind_named
from kb.publication import reading

JSON = dict[str, Any]

TEXTS = {"md": f"{MEDIA_TYPES['md']}; charset=utf-8"}
ABOUT = "As `md` (Markdown) it is to be read: statements with their ids and numbered sources."


def entry_text(call: Call[Any], public: JSON) -> bytes:
    """An entry, its public JSON, as Markdown."""
    return text_of(public, origin(call.request)).encode()


def text_of(public: JSON, site: str) -> str:
    """The same for anybody: one query, for what is shown of the sources."""
    known = reading.known(cited_in(public))
    shown = {key: each.shown for key, each in known.items()}
    return markdown(kind_named(public["kind"]), public, site=site, shown=shown)


def cited_in(value: Any) -> Iterator[str]:
    """The keys of all sources that public JSON cites."""
    if isinstance(value, dict):
        source = value.get("source")
        if isinstance(source, dict) and "key" in source:
            yield source["key"]
        for each in value.values():
            yield from cited_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from cited_in(each)
