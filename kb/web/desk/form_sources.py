"""The sources of a document's own fields: one map, drawn beside each field."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kb.documents.form_fields import FormNode
from kb.documents.form_specs import Spec
from kb.documents.schema import Document
from kb.documents.sourced import CITES, FIELD_CITES
from kb.documents.statements import statement_lists

OTHERS = "Sources of other fields"


@dataclass(frozen=True, slots=True)
class Cited:
    """`fields`: names of those that may have sources so. `entries`: of the map, by field."""

    fields: frozenset[str] = frozenset()
    entries: Mapping[str, FormNode] | None = None

    def of(self, field: FormNode) -> FormNode | None:
        """The sources that a field has."""
        return (self.entries or {}).get(field.spec.field)

    def may_be(self, field: FormNode) -> bool:
        return field.spec.field in self.fields

    def left_of(self, field: FormNode) -> FormNode | None:
        """A field without the sources that are drawn beside others; None when none is left."""
        if field.spec.field != FIELD_CITES or field.widget != "map" or not self.fields:
            return field
        shown = {entry.name for entry in (self.entries or {}).values()}
        left = tuple(entry for entry in field.children if entry.name not in shown)
        if not left and not field.problems:
            return None
        return replace(field, children=left, spec=replace(field.spec, label=OTHERS))


NOT_CITED = Cited()


def cited_in(form: FormNode) -> Cited:
    """What the map of sources of a form holds."""
    found = next((child for child in form.children if child.spec.field == FIELD_CITES), None)
    schema = form.spec.schema
    if found is None or found.widget != "map" or schema is None or not issubclass(schema, Document):
        return NOT_CITED
    rows = {*statement_lists(schema), CITES, FIELD_CITES}
    fields = frozenset(f.field for f in form.spec.fields if f.field not in rows and _may_be(f))
    entries = {
        str(entry.path[-1]): entry
        for entry in found.children
        if entry.path[-1] in fields and entry.widget == "rows"
    }
    return Cited(fields, entries)


def _may_be(spec: Spec) -> bool:
    """Fields with a value: no lists of rows, nor parts that name their sources themselves."""
    if spec.widget in ("fixed", "hidden", "rows", "map"):
        return False
    parts = (spec, *spec.fields)
    return all(inner.field != CITES for part in parts for inner in part.fields)
