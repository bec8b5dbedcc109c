"""Entries as Markdown, for people who copy and for language models that read: small and whole.

Every statement has the numbers of its sources behind it and its id before it; every other entry
that is named has its key behind its name. Plain values in, plain values out.

Source: CommonMark 0.31; RFC 7763
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb.documents.inexact_dates import BadDate, InexactDate
from kb.formats import LICENCE
from kb.kinds import Kind
from kb.told import Cites, Line, Section

JSON = dict[str, Any]
UNVERIFIED = (
    "Not yet verified: this entry came with the founding import; its statements name their sources,"
    " but no second person has checked them against these."
)
LabelOf = Mapping[str, Mapping[str, Any]]


def markdown(kind: Kind, public: JSON, *, site: str, shown: LabelOf) -> str:
    """The public JSON of an entry as Markdown.

    `shown`: key → all that is shown of a source that is cited, where more is known than its name.
    """
    meta = public["meta"]
    document = {name: value for name, value in public.items() if name != "meta"}
    notes = _Notes(shown)
    told = kind.told(_with_keys(document))
    address = f"{site}/{kind.plural}/{public['key']}/"
    parts = [
        f"# {_line(kind.name_of(document))}",
        f"{kind.label} `{public['key']}`, {address}",
        *([_said(told.lead, notes)] if told.lead else []),
        *(part for section in told.sections for part in _section(section, notes)),
        *notes.parts(),
        "---",
        *([UNVERIFIED] if meta["origin"] == "founding-import" else []),
        f"Revision {meta['revision']}, {meta['published_at']}. Licence: {LICENCE}",
        f"Cite as: {meta['cite_as']}",
    ]
    return "\n\n".join(parts) + "\n"


def _with_keys(value: Any, name: str = "") -> Any:
    """The same document with the key of each entry that is named behind its name."""
    match value:
        case {"key": key, "kind": _, **rest} if "name" in rest and name:
            status = f", {rest['status']}" if "status" in rest else ""
            return {**value, "name": f"{rest['name']} (`{key}`{status})"}
        case dict():
            # Sources are named in the notes.
            return {n: each if n == "cites" else _with_keys(each, n) for n, each in value.items()}
        case list():
            return [_with_keys(each, name) for each in value]
        case _:
            return value


def _section(section: Section, notes: "_Notes") -> Iterator[str]:
    if section.lines or section.text:
        yield f"## {section.title}"
    if section.text:
        yield section.text.strip() + notes.marks(section.cites)
    if section.lines:
        yield "\n".join(f"- {_said(line, notes)}" for line in section.lines)


def _said(line: Line, notes: "_Notes") -> str:
    named = f"`{line.id}` " if line.id else ""
    label = f"{line.label}: " if line.label else ""
    return f"{named}{label}{_line(line.text)}{notes.marks(line.cites)}"


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


class _Notes:
    """The numbered sources of one text: the same source, place and quote is one note."""

    def __init__(self, shown: LabelOf):
        self._shown = shown
        self._numbers: dict[tuple[str, str, str], int] = {}
        self._texts: list[str] = []

    def marks(self, cites: Cites) -> str:
        """The numbers of these sources, to stand behind what they say; "" without any."""
        numbers = dict.fromkeys(self._number(cite) for cite in cites)
        return f" {''.join(f'[{number}]' for number in numbers)}" if numbers else ""

    def _number(self, cite: Mapping[str, Any]) -> int:
        key = cite["source"]["key"]
        note = (key, cite.get("locator", ""), cite.get("quote", ""))
        if note not in self._numbers:
            self._numbers[note] = len(self._texts) + 1
            source = {**cite["source"], **self._shown.get(key, {})}
            self._texts.append(_note(source, *note[1:]))
        return self._numbers[note]

    def parts(self) -> Sequence[str]:
        if not self._texts:
            return ()
        rows = (f"{number}. {text}" for number, text in enumerate(self._texts, 1))
        return "## Sources", "\n".join(rows)


def _note(source: Mapping[str, Any], locator: str, quote: str) -> str:
    """A source in one line, with its key, the place in it, and what it says there."""
    about = [source.get("publisher", ""), _day(source.get("issued", ""))]
    said = [
        f"{_line(source['name'])} (`{source['key']}`)",
        ", ".join(each for each in about if each),
        locator,
        f"“{_line(quote)}”" if quote else "",
        f"<{source['url']}>" if "url" in source else "",
    ]
    return ". ".join(each for each in said if each).replace(".. ", ". ")


def _day(text: str) -> str:
    try:
        return InexactDate.parse(text).readable if text else ""
    except BadDate:
        return text
