"""The passage of a text that shows why it was found, with the words that were asked for marked.

Pure. Words match by their stems, as in the index, and without accents; the passage shows them as
they were written.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import snowballstemmer

from kb.publication.search_text import fold, plain

LENGTH = 200  # characters of a passage, more or less
LEAD = 60  # characters before the first match, so that it does not come out of the blue
MOST_SEARCHED = 60_000  # characters of an entry in which its passage is looked for

Piece = tuple[str, bool]  # text, and whether it is a match

_WORD = re.compile(r"[^\W_]+(?:\.[^\W_](?![^\W_]))*")
_SENTENCE_END = re.compile(r"[.!?…][\"”’)]*\s+(?=[\"“‘(]*[^\W_a-z])")
_stemmer, _stemmer_in_use = snowballstemmer.stemmer("english"), Lock()


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a folded word: "governing" and "governed" give "govern"."""
    with _stemmer_in_use:  # it keeps the word it works on
        return str(_stemmer.stemWord(word))


class Match(NamedTuple):
    """Where in a text a word that was asked for stands."""

    begin: int
    end: int
    stem: str


@dataclass(frozen=True, slots=True)
class _Cluster:
    """The matches of one stretch of text, and how well they answer."""

    text: str
    matches: Sequence[Match]
    worth: tuple[int, int, int]


def passage(texts: Iterable[str], words: Collection[str], length: int = LENGTH) -> list[Piece]:
    """A passage of about `length` characters from that of `texts` that answers best.

    `texts`: as written (Markdown), the most telling first. `words`: folded. Where no text has any
    of the words, the beginning of the first; nothing where that is empty.
    """
    wanted = frozenset(map(stem, words))
    best: _Cluster | None = None
    first: str | None = None
    searched = 0
    for written in texts:
        text = plain(written[:MOST_SEARCHED])
        first = text if first is None else first
        searched += len(text)
        if found := _best_cluster(text, matches_in(text, wanted), length):
            best = found if best is None or found.worth > best.worth else best
        if searched > MOST_SEARCHED:
            break
    if best is None:
        return _cut(first or "", [], length)
    return _cut(best.text, best.matches, length)


def matches_in(text: str, wanted: frozenset[str]) -> list[Match]:
    """The words of `text` whose stems are `wanted`, in order."""
    may_match = _may_match(wanted) if text.isascii() else None
    found = may_match.finditer(text.lower()) if may_match else _WORD.finditer(text)
    matches = []
    for word in found:
        for part in fold(word[0]).split():
            if (its_stem := stem(part)) in wanted:
                matches.append(Match(word.start(), word.end(), its_stem))
                break
    return matches


@lru_cache(maxsize=256)
def _may_match(wanted: frozenset[str]) -> re.Pattern[str] | None:
    """The words that begin like a wanted stem, so that not every word needs to be stemmed."""
    if not wanted:
        return None
    starts = {each[:3] if len(each) > 3 else each[:1] for each in wanted}
    listed = "|".join(re.escape(each) for each in sorted(starts))
    return re.compile(rf"(?<![a-z0-9])(?:{listed})[a-z0-9]*(?:\.[a-z0-9](?![a-z0-9]))*")


def _best_cluster(text: str, matches: Sequence[Match], length: int) -> _Cluster | None:
    """The stretch of at most `length` characters with the most different words, then the most."""
    best: _Cluster | None = None
    for place, match in enumerate(matches):
        near = [each for each in matches[place:] if each.end - match.begin <= length] or [match]
        worth = (len({each.stem for each in near}), len(near), -match.begin)
        if best is None or worth > best.worth:
            best = _Cluster(text, near, worth)
        if place > 200:  # a text full of one word
            break
    if best is None:
        return None
    different, count, _place = best.worth
    return _Cluster(text, best.matches, (different, min(count, 3), 0))


def _cut(text: str, matches: Sequence[Match], length: int) -> list[Piece]:
    """The passage around the matches, from the start of a sentence where one is near."""
    begin = _beginning(text, matches[0].begin, length) if matches else 0
    least = matches[-1].end if matches else 0
    end = _ending(text, max(begin + length, least))
    pieces: list[Piece] = [("… ", False)] if begin > 0 else []
    here = begin
    for match in matches:
        pieces += [(text[here : match.begin], False), (text[match.begin : match.end], True)]
        here = match.end
    pieces.append((text[here:end].rstrip(), False))
    if end < len(text):
        pieces.append((" …", False))
    return _joined(pieces)


def _beginning(text: str, first_match: int, length: int) -> int:
    """Where the passage begins: its sentence if near, else a word some way before the match."""
    earliest = max(0, first_match - length // 2)
    if earliest == 0 and first_match <= LEAD:
        return 0
    sentences = [found.end() for found in _SENTENCE_END.finditer(text, earliest, first_match)]
    if sentences:
        return sentences[-1]
    if earliest == 0:
        return 0
    space = text.find(" ", max(0, first_match - LEAD), first_match)
    return space + 1 if space >= 0 else first_match


def _ending(text: str, end: int) -> int:
    """The end of the word at `end`, if it ends soon."""
    if end >= len(text):
        return len(text)
    space = text.find(" ", end, end + 40)
    return space if space >= 0 else end


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Without empty pieces, and neighbours of the same sort made one."""
    joined: list[Piece] = []
    for text, is_match in pieces:
        if joined and joined[-1][1] == is_match:
            joined[-1] = (joined[-1][0] + text, is_match)
        elif text:
            joined.append((text, is_match))
    return joined
