"""How wide a text is at most, so that nothing is cut and no label lies over another.

We do not know the reader's font. The widths are those of a wide one, in parts of the font size.
Source: widths of DejaVu Sans, the widest of the usual sans-serif fonts
"""

from collections.abc import Sequence
from functools import lru_cache
from unicodedata import combining, east_asian_width

_NARROW = frozenset("ijlI.,:;'|!’‘·")
_SLIM = frozenset('ftr()[]/\\- “”"')
_BROAD = frozenset("mwMWQO@%&—–")


def width_of(words: str, size: float) -> float:
    """An upper bound of the width of one line in px, at a font size in px."""
    return size * sum(map(_width, words))


@lru_cache(maxsize=4096)
def _width(char: str) -> float:
    if combining(char):
        return 0.0
    if char in _NARROW:
        return 0.36
    if char in _SLIM:
        return 0.47
    if char in _BROAD:
        return 1.0
    if east_asian_width(char) in "WF":
        return 1.05
    return 0.76 if char.isupper() or ord(char) > 0x24F else 0.645


def wrapped(words: str, width: float, size: float) -> list[str]:
    """The text as lines that fit into `width`; a word that is wider by itself is broken."""
    lines: list[str] = []
    for word in words.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, width, size)
    return lines


def _broken(word: str, width: float, size: float) -> list[str]:
    """A word in pieces that fit, each with at least one character."""
    if width_of(word, size) <= width:
        return [word]
    pieces = [""]
    for char in word:
        if pieces[-1] and width_of(pieces[-1] + char, size) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def widest(texts: Sequence[str], size: float) -> float:
    """The width of the widest of these lines; 0 for none."""
    return max((width_of(each, size) for each in texts), default=0.0)
