"""A long text of an entry in parts, each with the sources that it refers to. Pure."""

import re
from collections.abc import Iterator, Sequence

MOST = 8_000  # characters of one part without its sources

_SOURCES = "\n## Sources\n"
_END = "\n---\n"
_MARK = re.compile(r"\[(\d+)\]")


def part_of(text: str, number: int) -> str:
    """The part `number` (from 1) of an entry as Markdown, with its own sources and the end.

    Raises LookupError when there are not as many.
    """
    body, _, rest = text.partition(_SOURCES)
    if not rest:
        body, _, rest = text.partition(_END)
        sources, end = "", rest
    else:
        sources, _, end = rest.partition(_END)
    parts = list(_cut(body))
    if not 0 < number <= len(parts):
        raise LookupError(f"There are {len(parts)} parts, from 1 on; {number} is none of them.")
    told = [_head(parts, number), parts[number - 1], _cited(parts[number - 1], sources), end]
    return "\n\n".join(each.strip() for each in told if each.strip()) + "\n"


def _head(parts: Sequence[str], number: int) -> str:
    if len(parts) == 1:
        return ""
    further = f"; for what follows ask for part {number + 1}" if number < len(parts) else ""
    name = "" if number == 1 else f" of {parts[0].partition(chr(10))[0].lstrip('# ')}"
    return f"(Part {number} of {len(parts)}{name}{further}.)"


def _cut(body: str) -> Iterator[str]:
    """Pieces of whole lines; a section that goes on repeats its heading."""
    heading, kept = "", ""
    for line in body.splitlines():
        if len(kept) + len(line) > MOST and kept.strip() != heading:
            yield kept
            kept = "" if line.startswith("## ") else f"{heading}\n\n"
        if line.startswith("## "):
            heading = line
        kept += f"{line}\n"
    yield kept


def _cited(part: str, sources: str) -> str:
    """The list of sources, of those that the part has marks of."""
    wanted = set(_MARK.findall(part))
    rows = [row for row in sources.splitlines() if row.partition(".")[0] in wanted]
    return "\n".join(["## Sources", "", *rows]) if rows else ""
