"""The checks of a changeset: what keeps it from being submitted, and what its authors must see.

Errors block submission; warnings are acknowledged one by one. The schema and references are
checked by `kb.editing.checking`; what a subject adds is its kinds' own (`Kind.check`).
"""

from collections.abc import Iterable, Mapping, Sequence

from kb.documents.findings import Finding
from kb.editing.checking import BATCH, HIDING, ReferenceCheck, mentions_of, problems_of_edit
from kb.models import Changeset, Edit

Found = dict[str, list[Finding]]  # key of an entry → what was found in it, errors first


def check_edit(edit: Edit, *, brought: Mapping[str, str | None] | None = None) -> list[Finding]:
    """What the checks find in one edit.

    `brought`: key → kind of the entries that other edits of its changeset bring into view, None
    for those that they take out of view.
    """
    return _findings_of([edit], brought or {})[edit.key]


def refresh_findings(changeset: Changeset) -> None:
    """Run all checks over all edits of `changeset`, and store what they find with each edit."""
    edits = list(changeset.edits.select_related("base", "revision").order_by("key"))
    found = _findings_of(edits, {})
    for edit in edits:
        edit.findings = [finding.to_json() for finding in found[edit.key]]
    Edit.objects.bulk_update(edits, ["findings"], batch_size=BATCH)


def errors_of(changeset: Changeset) -> Found:
    """The errors that were found when it was last checked, for the entries that have any."""
    return _stored(changeset, are_errors=True)


def warnings_of(changeset: Changeset) -> Found:
    """The warnings that were found when it was last checked, for the entries that have any."""
    return _stored(changeset, are_errors=False)


def unacknowledged(changeset: Changeset) -> list[tuple[str, Finding]]:
    """(key, warning) for the warnings that nobody has acknowledged."""
    seen = set(changeset.acknowledged)
    return [
        (key, finding)
        for key, findings in warnings_of(changeset).items()
        for finding in findings
        if finding.identity_in(key) not in seen
    ]


def _stored(changeset: Changeset, *, are_errors: bool) -> Found:
    found: Found = {}
    for key, stored in changeset.edits.order_by("key").values_list("key", "findings"):
        chosen = [Finding.from_json(each) for each in stored if each["is_error"] is are_errors]
        if chosen:
            found[key] = chosen
    return found


def _findings_of(edits: Sequence[Edit], brought: Mapping[str, str | None]) -> Found:
    """Key → what is found in each of `edits`, which may refer to each other; errors first."""
    found: Found = {edit.key: list(_problems_of(edit)) for edit in edits}
    for key, finding in _broken_references(edits, brought, found):
        found[key].append(finding)
    return found


def _problems_of(edit: Edit) -> Iterable[Finding]:
    document = edit.document
    return (Finding.of(problem, document) for problem in problems_of_edit(edit))


def _broken_references(
    edits: Sequence[Edit], brought: Mapping[str, str | None], found: Found
) -> Iterable[tuple[str, Finding]]:
    """(key, error) for each reference of a valid edit that is broken."""
    check = ReferenceCheck()
    for key, kind in brought.items():
        check.brings(key, kind or "", is_in_view=kind is not None)
    for edit in edits:
        check.brings(edit.key, edit.kind, is_in_view=edit.act not in HIDING)
    valid = {edit.key: edit for edit in edits if not found[edit.key]}
    for edit in valid.values():
        check.mentions(edit.key, edit.key, mentions_of(edit))
    return ((key, Finding.of(problem, valid[key].document)) for key, problem in check.problems())
