"""Marks of verification on the page of an entry, put in when it is asked for.

The stored body of a page comes from what is published alone; marks come and go beside it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from html import escape

from django.utils.safestring import SafeString

from kb.documents.inexact_dates import InexactDate
from kb.editing.verification import Mark
from kb.publication.body import Parts, label_of, short_date

SIGNS = {"confirmed": "✓", "not-found": "?", "contradicts": "✗"}

# Where the next statement begins: a row with an address of its own.
_NEXT = re.compile(r'<(?:li|tr|div|dd|article)\b[^>]*\bid="')
_CITES = re.compile(r'<sup class="c">.*?</sup>', re.DOTALL)


def with_verdicts(parts: Parts, marks: Mapping[str, Mark]) -> tuple[Parts, SafeString]:
    """The parts with a mark in each statement that has one, and the rest as items of a list.

    The rest: fields that have no address of their own on the page, such as the summary.
    """
    before, left = _marked(str(parts.before), marks.values())
    after, left = _marked(str(parts.after), left)
    rest = "".join(f"<li>{escape(label_of(m.statement))}: {_verdict(m)}</li>" for m in left)
    marked = replace(parts, before=SafeString(before), after=SafeString(after))
    return marked, SafeString(rest)


def _marked(html: str, marks: Iterable[Mark]) -> tuple[str, list[Mark]]:
    left = []
    for mark in marks:
        place = _place_for(html, mark)
        if place is None:
            left.append(mark)
        else:
            html = f"{html[:place]} {_verdict(mark)}{html[place:]}"
    return html, left


def _place_for(html: str, mark: Mark) -> int | None:
    """Behind the notes of the statement, else at its beginning; None where it is not shown here.

    In the row of a table, at the end of what the row is called, which has room for remarks.
    """
    known = re.escape(escape(mark.statement.replace(".", "_")))
    opening = re.search(rf'<\w+\b[^>]*\bid="{known}"[^>]*>', html)
    if opening is None:
        return None
    following = _NEXT.search(html, opening.end())
    end = following.start() if following else len(html)
    if opening[0].startswith("<tr"):
        heading = html.find("</th>", opening.end(), end)
        return heading if heading >= 0 else None
    cites = _CITES.search(html, opening.end(), end)
    return cites.end() if cites else opening.end()


def _verdict(mark: Mark) -> SafeString:
    day = short_date(InexactDate.of(mark.at.date()).text)
    sign, note = SIGNS[mark.verdict], f": {escape(mark.note)}" if mark.note else ""
    return SafeString(
        f'<small class="verdict {mark.verdict}"><span aria-hidden="true">{sign}</span>'
        f" {mark.label}, {day}{note}</small>"
    )
