"""The statements of a published entry, one by one, in words and with their sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.utils.safestring import SafeString

from kb.documents.form_actions import spec_at
from kb.documents.form_specs import Spec, label_of
from kb.documents.schema import Document, references
from kb.documents.statements import statement_lists
from kb.kinds import JSON, Kind, kind_named
from kb.publication.names import Names
from kb.publication.reading import fetch_one
from kb.web.desk.values import Values
from kb.web.shown_changes import in_words, plain

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
    """What an active entry states. `of` reads it, in two queries however much that is."""

    def __init__(self, kind: Kind, document: JSON):
        self.schema = kind.schema
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

    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """(heading of a list, its statements as (id, label)), in the order of the document."""
        groups = [(label_of(name), self._choices_in(name)) for name in self._lists()]
        return [(heading, rows) for heading, rows in groups if rows]

    def _lists(self) -> list[str]:
        return [name for name in statement_lists(self.schema) if self.document.get(name)]

    def _choices_in(self, name: str) -> list[tuple[str, str]]:
        return [(row["id"], self._label(name, row)) for row in self.document[name] if "id" in row]

    def one(self, statement: str) -> Shown | None:
        """The statement with this id, None when there is none."""
        for name in self._lists():
            for row in self.document[name]:
                if row.get("id") == statement:
                    return self._shown(name, row)
        return None

    def _shown(self, name: str, row: JSON) -> Shown:
        values = Values(self._label_of)
        return Shown(
            id=row["id"],
            group=label_of(name),
            label=self._label(name, row),
            html=values.pairs(self._spec(name), row),
            cites=values.cites(row.get("cites")),
            words=self._words(name, row),
        )

    def _spec(self, name: str) -> Spec | None:
        return spec_at(self.schema, (name, 0))

    def _label(self, name: str, row: JSON) -> str:
        """ "Belgium · Founding member · 29 September 1954" """
        label = statement_lists(self.schema)[name].row_label(self._in_words(self._spec(name), row))
        return label or self._words(name, row)[:80]

    def _words(self, name: str, row: JSON) -> str:
        said = self._in_words(self._spec(name), row)
        return plain({field: value for field, value in said.items() if field not in UNSAID})

    def _in_words(self, spec: Spec | None, value: Any) -> Any:
        return in_words(spec, value, self._label_of)


def row_name(schema: type[Document], document: Mapping[str, Any], statement: str) -> str:
    """What a form calls the row of a statement (`memberships.3`), "" where there is none."""
    for name in statement_lists(schema) if statement else ():
        rows = document.get(name)
        for number, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict) and row.get("id") == statement:
                return f"{name}.{number}"
    return ""
