"""Two changes of one document made one: what `theirs` and what `mine` did to `base`.

Field by field and row by row. Where both changed the same in different ways there is a conflict,
which people decide. Source: spec of the editorial workflow, "Merge, publish, revert".
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from kb.documents.alignment import ABSENT, Versions, aligned
from kb.documents.canonical import equal
from kb.documents.lines import merged_texts
from kb.documents.plans import JSON, Fields, Map, Rows, Shape, Value, plan
from kb.documents.problems import Path, place_of
from kb.documents.rows import Place, content_of
from kb.documents.schema import Part

Side = Literal["theirs", "mine"]
ConflictKind = Literal["edit-edit", "edit-delete", "delete-edit", "add-add"]

MOST_NAMED = 20  # places that a message repeats


@dataclass(frozen=True, slots=True)
class MergeConflict:
    """One place where both sides changed the base differently.

    `path`: in the merged document; of a row that `mine` deleted, where it would stand.
    `place`: the path as people read it (`memberships[3].to`), unlike that of every other conflict.
    `kind`: what theirs did, then what mine did; "edit-delete": theirs edited what mine deleted.
    `base`, `theirs`, `mine`: the values, None where there is none. Of Markdown `theirs` and `mine`
    hold what both sides changed elsewhere in the text, so that either choice keeps that.
    `label`, `statement`: as in `difference.Change`. `is_markdown`: both sides have a text, to be
    shown by `text_pieces`.
    """

    path: Path
    place: str
    kind: ConflictKind
    base: Any
    theirs: Any
    mine: Any
    label: str
    statement: str | None = None
    is_markdown: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge.

    `document`: shares values with the documents it is made of; empty where it is deleted.
    In conflicts it holds what mine holds. `theirs_fields`, `mine_fields`: names of the fields of
    the document that each side changed.
    """

    document: JSON
    conflicts: tuple[MergeConflict, ...]
    theirs_fields: frozenset[str]
    mine_fields: frozenset[str]


class Undecided(ValueError):
    """Conflicts for which no side was chosen, by their `places`."""

    def __init__(self, places: Iterable[str]):
        self.places = tuple(places)
        named = [f"“{place}”" if place else "the document" for place in self.places[:MOST_NAMED]]
        if more := len(self.places) - len(named):
            named.append(f"{more} more")
        listed = ", ".join(named)
        super().__init__(f"Both sides changed {listed}. Choose “theirs” or “mine” for each.")


def merge(schema: type[Part], base: JSON | None, theirs: JSON | None, mine: JSON | None) -> Merged:
    """The document with what both sides did to `base`. None stands for no document.

    Rows are matched by `id`, else by content, else by list key, and keep mine's order; lists of
    values are sets; Markdown is merged by lines. Takes unchecked documents: what does not have
    the form that its schema asks for is merged whole. The result may be invalid.
    """
    conflicts: list[MergeConflict] = []
    versions = Versions(*(ABSENT if each is None else each for each in (base, theirs, mine)))
    document = _merged(plan(schema), versions, Place((), ""), conflicts)
    return Merged(
        document={} if document is ABSENT else document,
        conflicts=tuple(_told_apart(conflicts)),
        theirs_fields=_changed_fields(base or {}, theirs or {}),
        mine_fields=_changed_fields(base or {}, mine or {}),
    )


def _changed_fields(before: JSON, after: JSON) -> frozenset[str]:
    return frozenset(
        name
        for name in before.keys() | after.keys()
        if not equal(before.get(name, ABSENT), after.get(name, ABSENT))
    )


def _told_apart(conflicts: Iterable[MergeConflict]) -> Iterator[MergeConflict]:
    """The conflicts, each with a place of its own: deleted rows may have stood in the same."""
    times: Counter[str] = Counter()
    for conflict in conflicts:
        times[conflict.place] += 1
        number = times[conflict.place]
        yield conflict if number == 1 else replace(conflict, place=f"{conflict.place} ({number})")


def _merged(
    shape: Shape | None, versions: Versions, place: Place, conflicts: list[MergeConflict]
) -> Any:
    """The merged value, ABSENT for none. Adds to `conflicts`, in the order of the document."""
    base, theirs, mine = versions.base, versions.theirs, versions.mine
    if equal(theirs, mine) or equal(base, theirs):
        return mine
    if equal(base, mine):
        return theirs
    match shape:
        case Fields() if versions.are(dict) and versions.are_in_both:
            return _merged_fields(shape, versions, place, conflicts)
        case Map() if versions.are(dict):
            return _unless_emptied(_merged_fields(shape, versions, place, conflicts), versions)
        case Rows(item=Fields() as item) if versions.are(list):
            return _unless_emptied(_merged_rows(item, versions, place, conflicts), versions)
        case Rows() if versions.are(list):
            return _unless_emptied(_merged_set(versions), versions)
        case Value(is_markdown=True) if all(isinstance(each, str) for each in versions):
            return _merged_markdown(versions, place, conflicts)
    is_markdown = isinstance(shape, Value) and shape.is_markdown
    conflicts.append(_conflict(versions, place, is_markdown=is_markdown))
    return mine


def _unless_emptied(merged: Any, versions: Versions) -> Any:
    """A list or map, ABSENT when it is empty and a side left it out: that is one and the same."""
    return merged if merged or versions.are_in_both else ABSENT


def _conflict(versions: Versions, place: Place, *, is_markdown: bool) -> MergeConflict:
    base, theirs, mine = (None if each is ABSENT else each for each in versions)
    return MergeConflict(
        path=place.path,
        place=place_of(place.path),
        kind=_kind(versions),
        base=base,
        theirs=theirs,
        mine=mine,
        label=place.label,
        statement=place.statement,
        is_markdown=is_markdown and isinstance(theirs, str) and isinstance(mine, str),
    )


def _kind(versions: Versions) -> ConflictKind:
    if versions.theirs is ABSENT:
        return "delete-edit"
    if versions.mine is ABSENT:
        return "edit-delete"
    return "add-add" if versions.base is ABSENT else "edit-edit"


def _merged_fields(
    shape: Fields | Map, versions: Versions, place: Place, conflicts: list[MergeConflict]
) -> JSON:
    """Fields in the order of the schema; those that it does not know come last, as in mine."""
    known: Mapping[str, Shape] = shape.shapes if isinstance(shape, Fields) else {}
    sides = versions.or_empty(dict)
    merged = {}
    for name in dict.fromkeys((*known, *sides.mine, *sides.theirs)):
        inner = shape.value if isinstance(shape, Map) else known.get(name)
        value = _merged(inner, sides.at(name), place.field(name), conflicts)
        if value is not ABSENT:
            merged[name] = value
    return merged


def _merged_rows(
    item: Fields, versions: Versions, place: Place, conflicts: list[MergeConflict]
) -> list[Any]:
    merged: list[Any] = []
    for row in aligned(item.schema, *versions.or_empty(list)):
        shown = row.theirs if row.mine is ABSENT else row.mine
        where = place.row(len(merged), item.schema, shown)
        value = _merged(item, row, where, conflicts)
        if value is not ABSENT:
            merged.append(value)
    return merged


def _merged_set(versions: Versions) -> list[Any]:
    """The values in mine's order, then what theirs added; without what either side removed."""
    base, theirs, mine = (
        {content_of(value): value for value in values} for values in versions.or_empty(list)
    )
    removed = base.keys() - theirs.keys()
    added = [key for key in theirs if key not in base and key not in mine]
    return [mine[key] for key in mine if key not in removed] + [theirs[key] for key in added]


def _merged_markdown(versions: Versions, place: Place, conflicts: list[MergeConflict]) -> str:
    theirs, mine = merged_texts(*versions)
    if theirs != mine:
        disputed = Versions(versions.base, theirs, mine)
        conflicts.append(_conflict(disputed, place, is_markdown=True))
    return mine


# --- decisions -------------------------------------------------------------------------------


def resolved(merged: Merged, choices: Mapping[str, Side]) -> JSON:
    """The document with what people chose: place of each conflict → the side that is right.

    Raises Undecided, with all places that have no choice.
    """
    sides = {conflict.place: choices.get(conflict.place) for conflict in merged.conflicts}
    if undecided := [place for place, side in sides.items() if side not in ("theirs", "mine")]:
        raise Undecided(undecided)
    document: Any = merged.document
    for conflict in reversed(merged.conflicts):  # so that the row numbers of the others stay true
        if sides[conflict.place] == "theirs":
            document = _with_theirs(document, conflict.path, conflict)
    return {} if document is ABSENT else document


def _with_theirs(value: Any, path: Path, conflict: MergeConflict) -> Any:
    """`value` with theirs at `path`; ABSENT when nothing is left. Copies along the path alone."""
    if not path:
        return ABSENT if conflict.kind == "delete-edit" else conflict.theirs
    step, rest = path[0], path[1:]
    if isinstance(step, int):
        return _with_row(value, step, rest, conflict)
    fields = {} if value is ABSENT else value
    inner = _with_theirs(fields.get(step, ABSENT), rest, conflict)
    if inner is not ABSENT:
        return {**fields, step: inner}
    return {name: fields[name] for name in fields if name != step} or ABSENT


def _with_row(value: Any, number: int, rest: Path, conflict: MergeConflict) -> Any:
    rows = [] if value is ABSENT else value
    if not rest and conflict.kind == "edit-delete":  # mine has no such row
        return [*rows[:number], conflict.theirs, *rows[number:]]
    inner = _with_theirs(rows[number], rest, conflict)
    if not rest and inner is ABSENT:
        return [*rows[:number], *rows[number + 1 :]] or ABSENT
    return [*rows[:number], {} if inner is ABSENT else inner, *rows[number + 1 :]]
