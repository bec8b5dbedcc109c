"""The checks of a changeset: what keeps it from being submitted, and what its authors must see.

Errors block submission; warnings are acknowledged one by one. The schema and references are
checked by `kb.editing.checking`; what a subject adds is its kinds' own (`Kind.check`).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q

from kb.documents.canonical import canonical_json
from kb.documents.findings import Finding
from kb.editing.checking import BATCH, HIDING, ReferenceCheck, mentions_of, problems_of_edit
from kb.editing.duplicates import CODE as DUPLICATE
from kb.editing.duplicates import identity_of_pair
from kb.editing.examining import examine
from kb.editing.surroundings import Case
from kb.kinds import kind_named
from kb.models import Changeset, Dismissal, Edit, Label, Reference
from kb.models.published import Identifier

MOST_LISTED = 20  # keys in a sentence

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
    """(key, warning) for the warnings that nobody has acknowledged.

    What is published with the same warning already is no news, and what a board member has looked
    at and let stand on the page of findings is not asked again.
    """
    warnings = [
        (key, each)
        for key, its in warnings_of(changeset).items()
        for each in its
        if not each.is_old
    ]
    identities = {name for key, each in warnings for name in _identities(key, each)}
    dismissed = Dismissal.objects.filter(identity__in=identities)
    seen = {*changeset.acknowledged, *dismissed.values_list("identity", flat=True)}
    return [(key, each) for key, each in warnings if seen.isdisjoint(_identities(key, each))]


def _identities(key: str, finding: Finding) -> set[str]:
    """By which a finding is known: its own, and for two that may be one that of the pair."""
    own = {finding.identity_in(key)}
    is_pair = finding.code == DUPLICATE
    return own | {identity_of_pair(key, finding.data["other"])} if is_pair else own


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
    sound = [edit for edit in edits if not found[edit.key]]
    for key, finding in (*_broken_references(edits, sound, brought), *_still_named(sound)):
        found[key].append(finding)
    for key, its in _examined(sound, brought).items():
        found[key] += its
    return {key: sorted(its, key=lambda each: not each.is_error) for key, its in found.items()}


def _problems_of(edit: Edit) -> Iterable[Finding]:
    document = edit.document
    return (Finding.of(problem, document) for problem in problems_of_edit(edit))


def _broken_references(
    edits: Sequence[Edit], sound: Sequence[Edit], brought: Mapping[str, str | None]
) -> Iterable[tuple[str, Finding]]:
    """(key, error) for each reference that is broken, in the edits that follow their schema."""
    check = ReferenceCheck()
    for key, kind in brought.items():
        check.brings(key, kind or "", is_in_view=kind is not None)
    for edit in edits:
        check.brings(edit.key, edit.kind, is_in_view=edit.act not in HIDING)
    for edit in sound:
        check.mentions(edit.key, edit.key, mentions_of(edit))
    documents = {edit.key: edit for edit in sound}
    return (
        (key, Finding.of(problem, documents[key].document)) for key, problem in check.problems()
    )


def _examined(sound: Sequence[Edit], brought: Mapping[str, str | None]) -> dict[str, list[Finding]]:
    """What the checks beyond schema and references find, of which invalid documents have none."""
    cases = [_case(edit) for edit in sound if edit.act not in HIDING]
    if not cases:
        return {}
    others = _companions(sound, brought)
    companions = [_case(edit) for edit in others if not problems_of_edit(edit)]
    found = examine(cases, {case.key: case for case in (*companions, *cases)})
    before = _examined_before([case for case in cases if found[case.key]])
    return {
        key: [_dated(key, each, before.get(key, frozenset())) for each in its]
        for key, its in found.items()
    }


def _examined_before(cases: Sequence[Case]) -> dict[str, frozenset[str]]:
    """Key → identities of the warnings that its published document gives already."""
    published = [
        Case(case.key, case.kind, case.base, is_public=True)
        for case in cases
        if case.base is not None
    ]
    found = examine(published, {}) if published else {}
    return {key: frozenset(each.identity_in(key) for each in its) for key, its in found.items()}


def _dated(key: str, finding: Finding, before: frozenset[str]) -> Finding:
    is_old = not finding.is_error and finding.identity_in(key) in before
    return replace(finding, is_old=True) if is_old else finding


def _case(edit: Edit) -> Case:
    base = edit.base.content if edit.base is not None else None
    is_document = base is not None and "key" in base
    return Case(edit.key, kind_named(edit.kind), edit.document, base if is_document else None)


def _companions(edits: Sequence[Edit], brought: Mapping[str, str | None]) -> list[Edit]:
    """The other edits of the changeset that come into view and concern these."""
    keys = [key for key, kind in brought.items() if kind is not None]
    if not keys or not edits:
        return []
    others = Edit.objects.filter(changeset=edits[0].changeset_id, key__in=keys)
    return list(others.filter(_concerning(edits)).select_related("base", "revision"))


def _concerning(edits: Sequence[Edit]) -> Q:
    """What tells anything about these edits: of entries that they name, by whatever key, and of
    those that have a number in common with them, or had it. A save reads no more of 200 others.
    """
    named = {mention.key for edit in edits for mention in mentions_of(edit)}
    numbers = {number for edit in edits for number in _numbers_of(edit)}
    today = Label.objects.filter(key__in=named).values("survivor__key")
    holding = Identifier.objects.filter(number__in=numbers).values("entry__key")
    concerning = Q(key__in=named) | Q(key__in=today) | Q(key__in=holding)
    for number in numbers:
        concerning |= Q(content__contains=canonical_json(number).decode())
    return concerning


def _numbers_of(edit: Edit) -> Iterable[str]:
    is_document = edit.act not in HIDING
    return kind_named(edit.kind).identifiers(edit.document).values() if is_document else ()


def _still_named(edits: Sequence[Edit]) -> Iterable[tuple[str, Finding]]:
    """(key, warning) for each entry that is to be retracted while others name it."""
    gone = {edit.key: edit for edit in edits if edit.act == Edit.Act.RETRACT}
    naming: dict[str, set[str]] = defaultdict(set)
    if gone:
        rows = Reference.objects.filter(target__key__in=gone).values_list(
            "target__key", "entry__key"
        )
        for target, key in rows.distinct():
            naming[target].add(key)
    named = {edit.key: {mention.key for mention in mentions_of(edit)} for edit in edits if gone}
    for key, others in naming.items():
        if named_by := sorted(each for each in others if each not in named or key in named[each]):
            yield key, _named_by(gone[key], named_by)


def _named_by(edit: Edit, others: Sequence[str]) -> Finding:
    listed = ", ".join(others[:MOST_LISTED]) + (" …" if len(others) > MOST_LISTED else "")
    count = f"{len(others):,} {'entry names' if len(others) == 1 else 'entries name'} it"
    detail = f"{count}: {listed}. They will show it as retracted; change them first if they can."
    return Finding.warning(edit.document, (), "still-named", detail, entries=list(others))
