"""What a check found in a document: where, what, and how to put it right."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any, Self

from kb.documents.canonical import canonical_json
from kb.documents.problems import Path, Problem, path_of, place_of, value_at

JSON = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Finding:
    """An error, which keeps a document from being submitted, or a warning to be acknowledged.

    `place`: as in `Problem.place`, "" for the whole document. `code`: kebab-case. `detail`: what
    was found and how to put it right. `data`: the values that it rests on; when one changes, it is
    another finding. `statement`: the id of the row that the place is in, "" outside of rows.
    `is_old`: a warning that what is published gives already, so nothing that an edit brought.
    """

    code: str
    place: str
    detail: str
    is_error: bool
    data: JSON = field(default_factory=dict, hash=False)
    statement: str = ""
    is_old: bool = False

    @classmethod
    def warning(cls, document: JSON, path: Path, code: str, detail: str, **data: Any) -> Self:
        """A warning at a path of `document`."""
        statement = statement_at(document, path)
        return cls(code, place_of(path), detail, is_error=False, data=data, statement=statement)

    @classmethod
    def error(cls, document: JSON, path: Path, code: str, detail: str, **data: Any) -> Self:
        """An error at a path of `document`."""
        return replace(cls.warning(document, path, code, detail, **data), is_error=True)

    @classmethod
    def of(cls, problem: Problem, document: JSON) -> Self:
        """A problem as the error that it is."""
        return cls.error(document, problem.path, problem.code, problem.detail)

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer. Source: RFC 6901."""
        return "".join(
            "/" + str(step).replace("~", "~0").replace("/", "~1") for step in path_of(self.place)
        )

    def identity_in(self, key: str) -> str:
        """SHA-256 (hex), the same for the same finding in the entry `key` every time.

        A row counts by its id, so that adding a row above it makes no new finding.
        """
        return sha256(
            canonical_json([key, self.code, self.statement, self._stable_place(), dict(self.data)])
        ).hexdigest()

    def _stable_place(self) -> list[str | int]:
        """The path, without the number of the row where that has an id."""
        path = list(path_of(self.place))
        return [*path[:1], *path[2:]] if self.statement else path

    def to_json(self) -> dict[str, Any]:
        """As it is stored with an edit."""
        return {
            "code": self.code,
            "place": self.place,
            "detail": self.detail,
            "is_error": self.is_error,
            "data": dict(self.data),
            "statement": self.statement,
            "is_old": self.is_old,
        }

    @classmethod
    def from_json(cls, stored: JSON) -> Self:
        """The finding that `to_json` gave. Raises KeyError."""
        return cls(**stored)


def statement_at(document: JSON, path: Path) -> str:
    """The id of the row of a list of statements that `path` leads into; "" where there is none."""
    if len(path) < 2 or not isinstance(path[1], int):
        return ""
    try:
        row = value_at(document, path[:2])
    except (LookupError, TypeError):
        return ""
    found = row.get("id") if isinstance(row, dict) else None
    return found if isinstance(found, str) else ""
