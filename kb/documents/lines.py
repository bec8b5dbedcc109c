"""Two changes of one text, merged line by line.

Source: Khanna, Kunal and Pierce (2007), "A formal investigation of diff3".
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from kb.documents.rows import longest_rising

MOST_LINES = 500  # that are compared each with each


def merged_texts(base: str, theirs: str, mine: str) -> tuple[str, str]:
    """The text with the changes of both sides, twice: theirs, and mine, where they cannot be told.

    The two are equal when no line was changed by both, nor lines next to each other.
    """
    old = base.split("\n")
    changes = (_Changes.between(old, theirs.split("\n")), _Changes.between(old, mine.split("\n")))
    by_theirs: list[str] = []
    by_mine: list[str] = []
    done = 0
    for start, end in _regions([*changes[0].hunks, *changes[1].hunks]):
        their_lines, my_lines = _decided(
            old[start:end], changes[0].lines(start, end), changes[1].lines(start, end)
        )
        by_theirs += [*old[done:start], *their_lines]
        by_mine += [*old[done:start], *my_lines]
        done = end
    return "\n".join([*by_theirs, *old[done:]]), "\n".join([*by_mine, *old[done:]])


Lines = Sequence[str]
Hunk = tuple[int, int, int, int]  # lines [0:1] of the old text became lines [2:3] of the new one


def _decided(old: Lines, theirs: Lines, mine: Lines) -> tuple[Lines, Lines]:
    if theirs == old:
        return mine, mine
    if mine == old:
        return theirs, theirs
    return theirs, mine


def _regions(hunks: list[Hunk]) -> Iterator[tuple[int, int]]:
    """The parts of the old text that changed; hunks that touch or overlap are one."""
    start, end = -1, -2
    for hunk_start, hunk_end, _, _ in sorted(hunks):
        if hunk_start <= end:
            end = max(end, hunk_end)
            continue
        if start >= 0:
            yield start, end
        start, end = hunk_start, hunk_end
    if start >= 0:
        yield start, end


@dataclass(frozen=True, slots=True)
class _Changes:
    """What one side did to a text: its lines, and where they differ from the old ones."""

    new: Lines
    hunks: list[Hunk]

    @classmethod
    def between(cls, old: Lines, new: Lines) -> "_Changes":
        return cls(new, [hunk for gap in _gaps(old, new) for hunk in _hunks(old, new, gap)])

    def lines(self, start: int, end: int) -> Lines:
        """What the old lines from `start` to `end` are now; no hunk may cross either."""
        before = bisect_left(self.hunks, start, key=lambda hunk: hunk[1])
        within = bisect_right(self.hunks, end, key=lambda hunk: hunk[0])
        return self.new[start + self._shift(before) : end + self._shift(within)]

    def _shift(self, count: int) -> int:
        """By how many lines the text after the first `count` hunks has moved."""
        if not count:
            return 0
        _, old_end, _, new_end = self.hunks[count - 1]
        return new_end - old_end


def _gaps(old: Lines, new: Lines) -> Iterator[Hunk]:
    """The texts between lines that are the same for certain; of short texts the whole.

    Those are lines that stand once in either text, in the same order.
    Source: Cohen (2010), "Patience Diff Advantages".
    """
    is_long = max(len(old), len(new)) > MOST_LINES
    start = new_start = 0
    for end, new_end in _anchors(old, new) if is_long else ():
        if (start, new_start) != (end, new_end):
            yield start, end, new_start, new_end
        start, new_start = end + 1, new_end + 1
    yield start, len(old), new_start, len(new)


def _anchors(old: Lines, new: Lines) -> list[tuple[int, int]]:
    places, new_places = _places_of_single_lines(old), _places_of_single_lines(new)
    pairs = [(places[line], number) for line, number in new_places.items() if line in places]
    stayed = longest_rising(pairs)
    return [pair for pair in pairs if pair[0] in stayed]


def _places_of_single_lines(text: Lines) -> dict[str, int]:
    """Each line that stands once in a text → its number, in the order of the text."""
    times = Counter(text)
    return {line: number for number, line in enumerate(text) if times[line] == 1}


def _hunks(old: Lines, new: Lines, gap: Hunk) -> Iterator[Hunk]:
    """What changed in a gap; all of it where there is too much to compare."""
    start, end, new_start, new_end = _trimmed(old, new, gap)
    if max(end - start, new_end - new_start) > MOST_LINES:
        yield start, end, new_start, new_end
        return
    matcher = SequenceMatcher(None, old[start:end], new[new_start:new_end], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            yield start + a, start + b, new_start + c, new_start + d


def _trimmed(old: Lines, new: Lines, gap: Hunk) -> Hunk:
    """A gap without the lines at its ends that are equal."""
    start, end, new_start, new_end = gap
    while start < end and new_start < new_end and old[start] == new[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    return start, end, new_start, new_end
