"""Templates rendered once for each shape that a page can have, and cut where its values go.

A page of an entry is its stored body in a frame, whose template takes longer than everything else.
Most of what it does is the same for every entry of a kind, so it is done once: the template is
rendered with marks in place of the values, and what stands between the marks is kept.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any, NamedTuple

from django.template import loader
from django.utils.safestring import SafeString

from kb.kinds import kinds

SHAPES = 1_000  # kept at most; a few kB each
_MARK = "\0"  # which no template and no document holds


class Outline(NamedTuple):
    """A rendered template without its values: `names[0]` goes between `texts[0]` and `texts[1]`."""

    texts: tuple[str, ...]
    names: tuple[str, ...]


def filled(
    template: str, shape: Mapping[str, Hashable], values: Mapping[str, SafeString]
) -> SafeString:
    """The template with these values, as rendering it would give.

    `values`: HTML by name ("leaf.number"), "" where there is none. The template may print them and
    ask whether there is one, no more: it never sees them. What it does more with is in `shape`,
    which should have few forms.
    """
    present = tuple(name for name, value in values.items() if value)
    in_frame = tuple(kind.name for kind in kinds())
    outline = _outline(template, tuple(shape.items()), present, in_frame)
    parts = [outline.texts[0]]
    for name, text in zip(outline.names, outline.texts[1:], strict=True):
        parts += (values[name], text)
    return SafeString("".join(parts))


def filled_rows(
    template: str, rows: Iterable[Mapping[str, object]], shaped: Collection[str] = ()
) -> SafeString:
    """The template of one row filled with each of them; text in a row is escaped.

    `shaped`: what of a row belongs to its shape. What else is no text is not shown by the template.
    """
    return SafeString("".join(_filled_row(template, row, shaped) for row in rows))


def _filled_row(template: str, row: Mapping[str, object], shaped: Collection[str]) -> SafeString:
    shape = {name: row.get(name) or "" for name in shaped}
    values = {
        name: value if isinstance(value, SafeString) else SafeString(escape(value))
        for name, value in row.items()
        if isinstance(value, str) and name not in shape
    }
    return filled(template, shape, values)


@lru_cache(maxsize=SHAPES)
def _outline(
    template: str,
    shape: tuple[tuple[str, Hashable], ...],
    present: tuple[str, ...],
    _in_frame: tuple[str, ...],
) -> Outline:
    context: dict[str, Any] = dict(shape)
    for name in present:
        *owners, last = name.split(".")
        inner = context
        for owner in owners:
            inner = inner.setdefault(owner, {})
        inner[last] = SafeString(f"{_MARK}{name}{_MARK}")
    pieces = loader.get_template(template).render(context).split(_MARK)
    return Outline(tuple(pieces[0::2]), tuple(pieces[1::2]))
