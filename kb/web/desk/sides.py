"""Two changes of one document beside what they began from, to choose from: `_sides.html`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from kb.documents.difference import difference
from kb.documents.form_actions import spec_at
from kb.documents.merge import MergeConflict, Merged
from kb.documents.schema import Part
from kb.kinds import JSON
from kb.web.desk.values import Values
from kb.web.desk.wording import place_in_words
from kb.web.shown_changes import Wording, grouped_changes, is_long, with_marks

CHOICE = "choose:"  # before the place of a conflict: the name of its choice in the form

KINDS: Mapping[str, str] = {
    "edit-edit": "Both changed it",
    "edit-delete": "They changed what you took out",
    "delete-edit": "They took out what you changed",
    "add-add": "Both added it",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One conflict. `theirs`, `mine`: HTML; `chosen`: "theirs", "mine" or ""."""

    name: str
    id: str
    place: str
    label: str
    kind: str
    base: SafeString
    theirs: SafeString
    mine: SafeString
    chosen: str


@dataclass(frozen=True, slots=True)
class Sides:
    """All that there is to compare. `by_itself`: what theirs brings that needs no choice, as groups
    of rows; `own`: what mine changes; `who`: whose the other side is, in a word or two.
    """

    choices: Sequence[Choice]
    by_itself: Sequence[Mapping[str, Any]]
    own: Sequence[Mapping[str, Any]]
    who: str
    undecided: int


def sides_of(
    schema: type[Part],
    merged: Merged,
    base: JSON | None,
    mine: JSON,
    values: Values,
    *,
    chosen: Mapping[str, str],
    who: str,
) -> Sides:
    """What `_sides.html` draws. `chosen`: place of a conflict → the side that was ticked."""
    choices = [
        _choice(schema, each, number, merged.document, values, chosen)
        for number, each in enumerate(merged.conflicts, 1)
    ]
    theirs = Wording(schema, merged.document, values.label_of)
    own = Wording(schema, mine, values.label_of)
    return Sides(
        choices=choices,
        by_itself=grouped_changes(difference(mine, merged.document, schema), theirs),
        own=grouped_changes(difference(base, mine, schema), own),
        who=who,
        undecided=sum(not each.chosen for each in choices),
    )


def _choice(
    schema: type[Part],
    conflict: MergeConflict,
    number: int,
    document: JSON,
    values: Values,
    chosen: Mapping[str, str],
) -> Choice:
    base, theirs, mine = _drawn(schema, conflict, values)
    side = chosen.get(conflict.place, "")
    return Choice(
        name=f"{CHOICE}{conflict.place}",
        id=f"choice-{number}",
        place=conflict.place,
        label=_label(schema, conflict, document, values),
        kind=KINDS[conflict.kind],
        base=base,
        theirs=theirs,
        mine=mine,
        chosen=side if side in ("theirs", "mine") else "",
    )


def _label(schema: type[Part], conflict: MergeConflict, document: JSON, values: Values) -> str:
    """Where it is. A row that one side took out is called by what it was."""
    shown = values.label_of
    if conflict.kind == "edit-delete" and conflict.path and isinstance(conflict.path[-1], int):
        return f"{place_in_words(schema, document, conflict.path[:-1], shown)}, {conflict.label}"
    return place_in_words(schema, document, conflict.path, shown) or "The document as a whole"


def _drawn(
    schema: type[Part], conflict: MergeConflict, values: Values
) -> tuple[SafeString, SafeString, SafeString]:
    """Base, theirs and mine; of long texts what each side put in and took out."""
    spec = spec_at(schema, conflict.path) if conflict.path else None
    base, theirs, mine = conflict.base, conflict.theirs, conflict.mine
    if is_long(base) and is_long(theirs) and is_long(mine):
        return values.html(spec, base), with_marks(base, theirs), with_marks(base, mine)
    nothing = SafeString('<em class="soft">nothing</em>')
    shown = [values.html(spec, each) or nothing for each in (base, theirs, mine)]
    return shown[0], shown[1], shown[2]


def choices_in(data: Mapping[str, Any]) -> dict[str, str]:
    """Place of a conflict → side, as a form sent them."""
    return {name.removeprefix(CHOICE): str(data[name]) for name in data if name.startswith(CHOICE)}
