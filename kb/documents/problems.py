"""What is wrong with a document: where, what was found, and how to put it right."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

Path = tuple[str | int, ...]

SHOWN = 60  # characters of what was found that a message repeats
LONGEST_NAME = 100  # characters of a name in a place

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_STEP = re.compile(r'\.?([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]+)\]|\["((?:[^"\\]|\\.)*)"\]', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to put right in a document.

    `place`: as in `memberships[3].from`, empty for the document as a whole. `code`: kebab-case,
    for programs. `found`: what is there, shortened. `remedy`: a sentence that says what to do.
    """

    place: str
    code: str
    found: str
    remedy: str

    @classmethod
    def at(cls, path: Path, code: str, found: str, remedy: str) -> Self:
        """A problem at a path, as in `("memberships", 3, "from")`. Very long names are cut."""
        short = (step if isinstance(step, int) else shortened_name(step) for step in path)
        return cls(place_of(short), code, found, remedy)

    def within(self, path: Path) -> Self:
        """The same problem as seen from outside: its place is relative to `path`."""
        return replace(self, place=place_of((*path, *self.path))) if path else self

    @property
    def path(self) -> Path:
        """The place as a tuple of names and row numbers."""
        return path_of(self.place)

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer. Source: RFC 6901."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self.path)

    @property
    def detail(self) -> str:
        """The message without the place."""
        return f"{self.found}. {self.remedy}" if self.remedy else f"{self.found}."

    def __str__(self) -> str:
        return f"{self.place or 'the document'}: {self.detail}"


class InvalidDocument(ValueError):
    """A document does not follow its schema. `problems`: all of them, in the document's order."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def place_of(path: Iterable[str | int]) -> str:
    """`("memberships", 3, "from")` → `memberships[3].from`."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        elif _PLAIN_NAME.fullmatch(step):
            place += f".{step}" if place else step
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            place += f'["{escaped}"]'
    return place


def path_of(place: str) -> Path:
    """`memberships[3].from` → `("memberships", 3, "from")`. Raises ValueError."""
    path: list[str | int] = []
    position = 0
    while position < len(place):
        step = _STEP.match(place, position)
        if step is None:
            raise ValueError(f"“{place}” is not a place: “{place[position:]}” cannot be read")
        name, row, quoted = step.groups()
        if row is not None:
            path.append(int(row))
        else:
            path.append(name if name is not None else re.sub(r"(?s)\\(.)", r"\1", quoted))
        position = step.end()
    return tuple(path)


def shown(value: object) -> str:
    """What was found, in words short enough for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() if value.bit_length() > 1000:  # Python refuses to write very long ones
            return "a number of hundreds of digits"
        case int() | float():
            return f"the number {shortened(str(value))}"
        case str():
            return f"“{shortened(value)}”" if value else "an empty text"
        case Mapping():
            names = ", ".join(str(name) for name in value)
            return f"fields ({shortened(names)})" if names else "an empty mapping"
        case list() | tuple():
            return f"a list of {len(value)}" if value else "an empty list"
        case _:
            return f"{shortened(str(value))} ({type(value).__name__})"


def shortened(text: str, most: int = SHOWN) -> str:
    """`text` on one line and at most `most` characters long, cut with an ellipsis."""
    head = text[: most * 2]
    line = "".join(c if c.isprintable() else "�" for c in " ".join(head.split()))
    return line if len(line) <= most and len(text) == len(head) else line[: most - 1] + "…"


def shortened_name(name: str) -> str:
    """A name as places hold it: as it is, or cut where nobody could mean it."""
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def value_at(document: Any, path: Path) -> Any:
    """What stands at `path`. Raises LookupError where the document has no such place."""
    for step in path:
        is_row = isinstance(document, list) and isinstance(step, int)
        if not is_row and not isinstance(document, dict):
            raise LookupError(place_of(path))
        document = document[step]
    return document
