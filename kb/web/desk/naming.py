"""The names of what the documents of a changeset refer to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kb.documents.form_specs import spec_of
from kb.kinds import kind_named
from kb.models import Changeset, Edit
from kb.publication.names import Names
from kb.web.desk.previews import VISIBLE
from kb.web.desk.values import Values, keys_in, labels_of_drafts


def values_for(
    changeset: Changeset, edits: Sequence[Edit], more: Iterable[tuple[str, Any]] = ()
) -> Values:
    """Names of all that these edits refer to: as published, else as this changeset has them."""
    keys: set[str] = set()
    for edit in edits:
        spec = spec_of(kind_named(edit.kind).schema)
        keys.update(keys_in(spec, edit.document))
        if edit.base is not None:
            keys.update(keys_in(spec, edit.base.content))
        if edit.act == Edit.Act.MERGE:
            keys.add(str(edit.document.get("into", "")))
    keys.update(value for _key, value in more if isinstance(value, str))
    names = Names(keys)
    own = _labels_of_own(changeset, {key for key in keys if key not in names})
    return Values(lambda key: names.shown(key) if key in names else own.get(key))


def _labels_of_own(changeset: Changeset, keys: set[str]) -> Mapping[str, Mapping[str, Any]]:
    edits = changeset.edits.filter(key__in=sorted(keys), act__in=VISIBLE).select_related("revision")
    return labels_of_drafts({edit.key: (edit.kind, edit.document) for edit in edits})
