"""Places of documents, and states of changesets, in words."""

from collections.abc import Mapping
from typing import Any

from kb.documents.form_actions import spec_at
from kb.documents.form_specs import spec_of
from kb.documents.problems import Path, value_at
from kb.documents.schema import Part
from kb.models import Changeset
from kb.publication.body import label_of
from kb.web.shown_changes import LabelOf, name_of_row

Status = Changeset.Status

# What comes next: for its authors, for the board, for nobody in particular.
NEXT: Mapping[str, tuple[str, str]] = {
    Status.DRAFT: (
        "Only its authors and the board see it. When it is ready, submit it for review.",
        "It is still being written.",
    ),
    Status.IN_REVIEW: (
        "It waits for the yes of a member of the board who did not write in it.",
        "Read the difference, then approve it or request changes.",
    ),
    Status.CHANGES_REQUESTED: (
        "A reviewer asked for changes. Put right what they name, then submit it again.",
        "It is with its authors, who were asked for changes.",
    ),
    Status.APPROVED: (
        "It is approved as it stands. A member of the board can publish it.",
        "It is approved as it stands and can be published.",
    ),
    Status.SCHEDULED: (
        "It is approved, and publishes itself at its time.",
        "It is approved, and publishes itself at its time.",
    ),
    Status.PUBLISHED: ("It is part of the history.", "It is part of the history."),
    Status.DECLINED: (
        "It was declined. You can reopen it and go on.",
        "It was declined. Its authors or the board can reopen it.",
    ),
    Status.WITHDRAWN: (
        "It was withdrawn. You can reopen it and go on.",
        "It was withdrawn. Its authors or the board can reopen it.",
    ),
}


CONFLICTED = (
    "Others changed the same things meanwhile. Compare both sides and choose; then it goes on.",
    "Others changed the same things meanwhile: its authors have to compare both sides and choose.",
)


def next_in_words(changeset: Changeset, *, is_own: bool, is_conflicted: bool = False) -> str:
    """What comes next for a changeset, in a sentence."""
    said = CONFLICTED if is_conflicted else NEXT[changeset.status]
    return said[0 if is_own else 1]


def unnamed(_key: str) -> None:
    """Nothing is known of the entries that a document names: they go by their keys."""


def place_in_words(
    schema: type[Part], document: Mapping[str, Any], path: Path, shown: LabelOf = unnamed
) -> str:
    """`("loans", 2, "from")` as "Loans, Ada · 1953: From".

    `shown`: key → what is shown of the entry, None for an unknown key.
    """
    if not path:
        return ""
    said = [label_at(schema, path[:1])]
    for depth in range(2, len(path) + 1):
        step = path[depth - 1]
        if isinstance(step, int):
            said.append(row_in_words(schema, document, path[:depth], shown))
        else:
            said.append(label_at(schema, path[:depth]))
    return f"{', '.join(said[:2])}{': ' if len(said) > 2 else ''}{', '.join(said[2:])}"


def label_at(schema: type[Part], path: Path) -> str:
    """What the form calls the field at `path`."""
    outer = spec_at(schema, path[:-1]) if len(path) > 1 else spec_of(schema)
    name = str(path[-1])
    for field in outer.fields if outer is not None else ():
        if field.field == name:
            return field.label
    return label_of(name)


def row_in_words(
    schema: type[Part], document: Mapping[str, Any], path: Path, shown: LabelOf = unnamed
) -> str:
    """What a row of a list is called: by its label, else by its number."""
    spec = spec_at(schema, path)
    try:
        row = value_at(document, path)
    except (LookupError, TypeError):
        row = None
    if own := name_of_row(spec, row, shown):
        return own
    return row if isinstance(row, str) else f"row {int(path[-1]) + 1}"
