"""What the checks find in valid documents of any kind, beside what their kinds look for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kb.documents.findings import Finding
from kb.documents.problems import Path
from kb.editing.duplicates import Suspect, Twin, finding_of, twins
from kb.editing.surroundings import Case, Holder, Surroundings, surroundings
from kb.publication.search_text import SUMMARY, fold


def examine(cases: Sequence[Case], brought: Mapping[str, Case]) -> dict[str, list[Finding]]:
    """Key → what is found in each document.

    `brought`: key → what the changeset that these are part of brings into view.
    """
    around = surroundings(cases, brought)
    holders = _holders_among(brought.values())
    alike = twins([_suspect(case) for case in cases])
    found: dict[str, list[Finding]] = {}
    for case in cases:
        found[case.key] = [
            *case.kind.check(around.around(case)),
            *_taken_numbers(case, around, holders),
            *_merged_references(case, around),
            *_dead_links(case, around),
            *_missing_summary(case),
            *_duplicates(case, alike.get(case.key, ())),
        ]
    return found


# --- numbers in registers ---------------------------------------------------------------------

Holders = Mapping[tuple[str, str], Sequence[Holder]]


def _holders_among(cases: Iterable[Case]) -> Holders:
    found: dict[tuple[str, str], list[Holder]] = defaultdict(list)
    for case in cases:
        for pair in case.kind.identifiers(case.document).items():
            found[pair].append(Holder(case.key, case.kind.name))
    return found


def _taken_numbers(case: Case, around: Surroundings, among: Holders) -> Iterator[Finding]:
    """Numbers that another entry of this kind has too."""
    for register, number in case.kind.identifiers(case.document).items():
        published = (h for h in around.holders.get((register, number), ()) if _stands(h, around))
        for holder in (*published, *among.get((register, number), ())):
            if holder.key != case.key and holder.kind == case.kind.name:
                yield Finding.error(
                    case.document,
                    _place_of_number(case, register),
                    "taken-identifier",
                    f"{register} “{number}” is the number of “{holder.key}”. Correct the one that"
                    " is wrong; if the two are the same, merge them.",
                    other=holder.key,
                )
                break


def _stands(holder: Holder, around: Surroundings) -> bool:
    """Whether what is published of the holder is left as it is by the changeset."""
    return holder.key not in around.brought


def _place_of_number(case: Case, register: str) -> Path:
    return (register,) if register in case.document else ("identifiers", register)


# --- references -------------------------------------------------------------------------------


def _merged_references(case: Case, around: Surroundings) -> Iterator[Finding]:
    """References that the edit adds and that name an entry by the key it had before a merge."""
    if case.is_public:
        return
    before = {m.key for m in Case(case.key, case.kind, case.base).mentions} if case.base else set()
    for mention in case.mentions:
        label = around.labels.shown(mention.key)
        if label is None or label["key"] == mention.key or mention.key in before:
            continue
        if mention.key not in around.brought:
            yield Finding.warning(
                case.document,
                mention.place,
                "merged-reference",
                f"“{mention.key}” was merged into “{label['key']}”, which readers are shown."
                f" Write “{label['key']}”, unless the merge may have to be undone.",
                key=mention.key,
            )


def _dead_links(case: Case, around: Surroundings) -> Iterator[Finding]:
    """Sources that nothing else rests on and whose address no longer answers, each once."""
    told = set()
    for mention in case.mentions:
        label = around.label_of(mention.key)
        if label is None or label["key"] in told or label.get("url") not in around.dead:
            continue
        if around.cited.get(label["key"], frozenset()) <= {case.key}:
            told.add(label["key"])
            yield Finding.warning(
                case.document,
                mention.place,
                "dead-link",
                f"“{label['name']}” no longer answers at {label['url']}, and nothing else cites"
                " it. Add another source, or the address of an archived copy.",
                url=label["url"],
            )


# --- the document as such ---------------------------------------------------------------------


def _missing_summary(case: Case) -> Iterator[Finding]:
    if SUMMARY in case.kind.schema.model_fields and not case.document.get(SUMMARY):
        detail = "There is no summary. Say in a sentence or two what this is."
        yield Finding.warning(case.document, (SUMMARY,), "no-summary", detail)


def _suspect(case: Case) -> Suspect:
    """Whose twins are asked for: of an edit only the names that it adds."""
    known = Case(case.key, case.kind, case.base).names if case.base and not case.is_public else ()
    told = set(map(fold, known))
    names = tuple(name for name in case.names if name and fold(name) not in told)
    return Suspect(case.key, case.kind, case.document, names)


def _duplicates(case: Case, alike: Sequence[Twin]) -> Iterator[Finding]:
    """Of two published entries only the one whose key comes first is told."""
    for twin in alike:
        if not case.is_public or case.key < twin.key:
            yield finding_of(case.document, twin)
