"""Arguments written in Argdown, and read back from it: the part of it that we write.

One statement a line, its id as the title, its depth two spaces a step. `+` supports what stands
above and `-` attacks it, so that the side of an argument follows from the signs. What else it has
(who made it, its sources) stands behind it as JSON, which is what Argdown calls inline data.

Source: https://argdown.org/syntax/ (statements, relations, YAML data)
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import orjson

from governance.analyses.argument_trees import Row, trees_of, walked
from governance.schemas.proposal import Argument
from kb.documents.fields import STATEMENT_ID

JSON = dict[str, Any]

ROOT = "The proposal"
"""Title of what the arguments are about: with a space in it, so that no id is the same."""

SIGNS = {True: "+", False: "-"}
STEP = "  "
MOST_CHARACTERS = 500_000
IN_DATA = tuple(n for n in Argument.model_fields if n not in ("id", "side", "claim", "answers"))

_SPECIAL = re.compile(r"([\\\[\]{}<>#@*_]|/(?=[/*]))")
_ESCAPED = re.compile(r"\\(.)")
_LINE = re.compile(
    r"(?P<indent> *)(?:(?P<sign>[+-]) +)?\[(?P<title>(?:\\.|[^\\\]])*)\]:(?P<rest>.*)"
)


# --- writing ---------------------------------------------------------------------------------


def argdown(name: str, rows: Sequence[Row], *, about: Mapping[str, str]) -> str:
    """The arguments about what is called `name`, rows of its document, as an Argdown text.

    `about`: what its head says (title, author, address).
    """
    head = [f"{key}: {_json(value)}" for key, value in about.items()]
    lines = ["===", *head, "===", "", f"[{ROOT}]: {escaped(name)}"]
    for depth, tree in walked(trees_of(rows)):
        row = tree.row
        data = {field: row[field] for field in IN_DATA if field in row}
        behind = f" {_json(data)}" if data else ""
        sign = SIGNS[tree.supports]
        said = f"[{row['id']}]: {escaped(row['claim'])}{behind}"
        lines.append(f"{STEP * (depth + 1)}{sign} {said}")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    r"""Text in which nothing is mark-up: "\#1" for "#1"."""
    return _SPECIAL.sub(r"\\\1", text)


def _json(value: Any) -> str:
    """JSON whose texts hold no braces: readers of Argdown count them to find the end of data."""
    text = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return text
    return re.sub(r'"(?:\\.|[^"\\])*"', lambda found: _without_braces(found[0]), text)


def _without_braces(text: str) -> str:
    return text.replace("{", "\\u007b").replace("}", "\\u007d")


# --- reading ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line, and how to put it right. Lines are counted from 1."""

    line: int
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.found}. {self.remedy}"


class UnreadableArgdown(ValueError):
    """All that is wrong with a text."""

    def __init__(self, faults: Sequence[Fault]):
        self.faults = tuple(faults)
        super().__init__(" ".join(map(str, faults)))


class _Wrong(Exception):
    def __init__(self, found: str, remedy: str):
        self.found, self.remedy = found, remedy
        super().__init__(found)


@dataclass(slots=True)
class _Above:
    """A line that others may stand below."""

    indent: int
    id: str | None
    side: str


def arguments_in(text: str) -> list[JSON]:
    """The arguments of an Argdown text, as rows of a document, each before its answers.

    What they say beyond their form (whether entries are there, whether a source is named) is for
    the schema to judge. Raises UnreadableArgdown with every fault at once.
    """
    if len(text) > MOST_CHARACTERS:
        found = f"{len(text):,} characters; {MOST_CHARACTERS:,} are the most at once"
        raise UnreadableArgdown([Fault(1, found, "Import it in parts.")])
    reader = _Reader()
    for number, line in _lines(text):
        try:
            reader.read(line)
        except _Wrong as wrong:
            reader.faults.append(Fault(number, wrong.found, wrong.remedy))
    if not reader.rows and not reader.faults:
        remedy = f"Write “[{ROOT}]: …”, and below it “{STEP}+ [an-id]: …”."
        reader.faults.append(Fault(1, "no argument is here", remedy))
    if reader.faults:
        raise UnreadableArgdown(reader.faults)
    return reader.rows


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) of those that say something: without the head, comments and empty ones."""
    is_head = False
    for number, line in enumerate(text.removeprefix("\ufeff").split("\n"), 1):
        line = line.removesuffix("\r")  # noqa: PLW2901  the same line without its end
        if line.rstrip() == "===":
            is_head = not is_head
        elif not is_head and line.strip() and not line.lstrip().startswith("//"):
            yield number, line


class _Reader:
    """Reads line after line; `above` are the lines that the next one may stand below."""

    def __init__(self) -> None:
        self.rows: list[JSON] = []
        self.faults: list[Fault] = []
        self._above: list[_Above] = []
        self._known: set[str] = set()

    def read(self, line: str) -> None:
        indent, sign, title, rest = _parts(line)
        if sign is None:
            self._begin(indent, title)
            return
        while self._above and self._above[-1].indent >= indent:
            self._above.pop()
        parent = self._above[-1] if self._above else _refuse_rootless(title)
        side = parent.side if sign == "+" else _other(parent.side)
        # Kept above even when it is wrong: what stands below it is judged by itself.
        self._above.append(_Above(indent, title, side))
        self.rows.append(self._row(title, side, parent.id, rest))

    def _begin(self, indent: int, title: str) -> None:
        """The line that says what the arguments are about."""
        if title != ROOT:
            raise _Wrong(
                f"“[{title}]” stands below nothing",
                f"Begin with “[{ROOT}]: …”, and write “{STEP}+ ” (for) or “{STEP}- ” (against)"
                " before each argument.",
            )
        self._above = [_Above(indent, None, "for")]

    def _row(self, title: str, side: str, answered: str | None, rest: str) -> JSON:
        if not re.match(STATEMENT_ID, title):
            near = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:40].strip("-")
            raise _Wrong(f"“{title}” is no id", f"Write a to z, digits and hyphens: “{near}”.")
        if title in self._known:
            raise _Wrong(f"“{title}” is there already", "Give each argument an id of its own.")
        self._known.add(title)
        claim, data = _claim_and_data(rest)
        if not claim:
            raise _Wrong(f"“{title}” says nothing", "Write the claim behind the colon.")
        answers = {} if answered is None else {"answers": answered}
        return {"id": title, "side": side, "claim": claim, **answers, **data}


def _parts(line: str) -> tuple[int, str | None, str, str]:
    """(indent, sign, title, what stands behind the colon) of a line. Raises _Wrong."""
    if "\t" in line[: len(line) - len(line.lstrip())]:
        raise _Wrong("a tab before the text", "Indent with spaces, two for each step.")
    match = _LINE.fullmatch(line)
    if match is None:
        raise _Wrong(
            f"“{line.strip()[:60]}” is no statement with an id",
            "Write each on one line: “+ [an-id]: the claim”.",
        )
    return len(match["indent"]), match["sign"], unescaped(match["title"]), match["rest"]


def _refuse_rootless(title: str) -> NoReturn:
    raise _Wrong(f"“[{title}]” answers nothing", f"Write “[{ROOT}]: …” above it.")


def _other(side: str) -> str:
    return "against" if side == "for" else "for"


def _claim_and_data(rest: str) -> tuple[str, JSON]:
    """The text of a claim without its escapes, and the data behind it. Raises _Wrong."""
    end = _first_brace(rest)
    claim = unescaped(rest[:end].strip())
    return claim, _data(rest[end:].strip()) if end < len(rest) else {}


def _first_brace(text: str) -> int:
    """Where data begin: at the first brace that is not escaped; the end where there is none."""
    found = re.match(r"(?:\\.|[^\\{])*", text)
    return found.end() if found else len(text)


def unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _data(text: str) -> JSON:
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError:
        remedy = 'Write JSON, as {"made_by": ["a-key"], "cites": [{"source": "a-key"}]}.'
        raise _Wrong(f"“{text[:60]}” cannot be read", remedy) from None
    if not isinstance(data, dict):
        raise _Wrong(f"“{text[:60]}” names no fields", "Write “{” and the fields.")
    if unknown := [name for name in data if name not in IN_DATA]:
        listed = ", ".join(f"“{name}”" for name in IN_DATA)
        raise _Wrong(f"an argument has no field “{unknown[0]}” here", f"It may have {listed}.")
    return data
