"""The statements of a published entry, one by one, in words and with their sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from django.utils.safestring import SafeString

from kb.documents.form_actions import spec_at
from kb.documents.form_specs import label_of
from kb.documents.schema import expand, references
from kb.documents.statements import statement_lists
from kb.kinds import JSON, Kind, kind_named
from kb.publication.names import Names
from kb.publication.reading import fetch_one
from kb.web.desk.values import Values
from kb.web.shown_changes import plain

UNSAID = ("id", "cites")


@dataclass(frozen=True, slots=True)
class Shown:
    """One statement. `label`: what it is called in a list; `html`: its fields; `cites`: sources.

    `words`: all that it says, as plain text.
    """

    id: str
    group: str
    label: str
    html: SafeString
    cites: Sequence[Mapping[str, Any]]
    words: str


class Statements:
    """What an active entry states. `of` reads it, in three queries however much that is."""

    def __init__(self, kind: Kind, document: JSON):
        self.kind = kind
        self.document = document
        keys = {mention.key for mention in references(kind.schema, document)}
        self._label_of = Names(keys).shown

    @classmethod
    def of(cls, key: str) -> "Statements | None":
        """Those of the active entry called `key`, None when there is none."""
        row = fetch_one(
            "SELECT p.kind, r.document FROM kb_published p"
            " JOIN kb_revision r ON r.id = p.revision_id WHERE p.key = %s",
            (key,),
        )
        return cls(kind_named(row[0]), orjson.loads(row[1])) if row else None

    @cached_property
    def _expanded(self) -> JSON:
        return expand(self.kind.schema, self.document, self._label_of)

    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(heading of a list, its statements as (id, label)), in the order of the document."""
        groups = [(label_of(name), self._choices_in(name)) for name in self._lists()]
        return [(heading, rows) for heading, rows in groups if rows]

    def _lists(self) -> list[str]:
        return [name for name in statement_lists(self.kind.schema) if self.document.get(name)]

    def _choices_in(self, name: str) -> list[tuple[str, str]]:
        rows = self._expanded[name]
        return [(row["id"], self._label(name, row)) for row in rows if "id" in row]

    def _label(self, name: str, expanded: JSON) -> str:
        said = in_words(expanded)
        label = statement_lists(self.kind.schema)[name].row_label(said)
        return label or plain(said)[:80]

    def one(self, statement: str) -> Shown | None:
        """The statement with this id, None when there is none."""
        for name in self._lists():
            for number, row in enumerate(self.document[name]):
                if row.get("id") == statement:
                    return self._shown(name, number)
        return None

    def _shown(self, name: str, number: int) -> Shown:
        row, expanded = self.document[name][number], self._expanded[name][number]
        values = Values(self._label_of)
        spec = spec_at(self.kind.schema, (name, number))
        said = {field: value for field, value in in_words(expanded).items() if field not in UNSAID}
        return Shown(
            id=row["id"],
            group=label_of(name),
            label=self._label(name, expanded),
            html=values.pairs(spec, row),
            cites=values.cites(row.get("cites")),
            words=plain(said),
        )


def in_words(value: Any) -> Any:
    """A part of an expanded document with names in place of the entries that it refers to."""
    match value:
        case {"key": _, "kind": _, "name": name}:
            return name
        case dict():
            return {field: in_words(each) for field, each in value.items()}
        case list():
            return [in_words(each) for each in value]
        case _:
            return value
