"""What somebody typed into the search box, as words and "phrases". Pure.

There is no query language: whatever else was typed is left out, so no text is wrong.
"""

import re
from dataclasses import dataclass

from kb.publication.search_text import fold

MOST_CHARACTERS = 500
MOST_WORDS = 16

SHORTENED = f"Only the first {MOST_WORDS} words were searched for."
NO_WORDS = "There is no word in this to search for."
ONLY_STOP_WORDS = "These words stand in nearly every text. Add one that tells more."

_QUOTES = re.compile("[“”„‟«»＂]")


@dataclass(frozen=True, slots=True)
class Question:
    """`words`: all words, folded, those of phrases too. `phrases`: two or more words in a row."""

    words: tuple[str, ...]
    phrases: tuple[str, ...] = ()
    is_shortened: bool = False

    @property
    def text(self) -> str:
        return " ".join(self.words)


def question_of(typed: str) -> Question:
    """The question in any text at all; without words where it has none."""
    is_cut = len(typed) > MOST_CHARACTERS
    parts = _QUOTES.sub('"', typed[:MOST_CHARACTERS]).split('"')
    words: list[str] = []
    phrases: list[str] = []
    for place, part in enumerate(parts):
        found = fold(part).split()[: MOST_WORDS + 1 - len(words)]
        words += found
        is_quoted = place % 2 == 1 and place < len(parts) - 1
        if is_quoted and len(found) > 1:
            phrases.append(" ".join(found))
    is_shortened = is_cut or len(words) > MOST_WORDS
    return Question(tuple(words[:MOST_WORDS]), tuple(phrases), is_shortened)
