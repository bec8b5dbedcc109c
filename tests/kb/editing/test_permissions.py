"""The matrix: every role × action × state, against the tables of the spec written down anew.

Edge case 70. `v`: may; `o`: on what others wrote alone; `x`: on one's own alone; `.`: may not.
"""

from itertools import product

import pytest

from kb import editing
from kb.editing.permissions import RULES, VISITOR, Action, allowed, refusal
from kb.models import Changeset
from tests.library.builders import (
    administrator,
    approved,
    contributor,
    draft,
    managing_editor,
    person,
    publish,
    reader,
    submitted,
)

Status = Changeset.Status
ROLES = (VISITOR, "contributor", "editor", "managing-editor", "administrator")

# Action: what a visitor, contributor, editor, managing editor and administrator may.
MATRIX = {
    "suggest-as-visitor": "v....",
    "begin": ".vvv.",
    "see": ".xvv.",
    "save": ".xvv.",
    "submit": ".xxx.",
    "back-to-draft": ".xxx.",
    "withdraw": ".xxx.",
    "reopen": ".xvv.",
    "invite": ".xxv.",
    "comment": ".xvv.",
    "suggest": ".xvv.",
    "take-suggestion": ".xxx.",
    "claim": "..oo.",
    "assign": "...v.",
    "approve": "..oo.",
    "request-changes": "..oo.",
    "withdraw-approval": "..oo.",
    "lift-objection": "...o.",
    "decline": "...o.",
    "publish": "..vv.",
    "schedule": "...v.",
    "cancel-schedule": "...v.",
    "revert": "..vv.",
    "bulk-edit": "..vv.",
    "merge-entries": "..vv.",
    "triage": "..vv.",
    "verify": "..vv.",
    "dismiss-finding": "..vv.",
    "emergency": "...v.",
    "second-review": "..oo.",
    "ask-redaction": "...v.",
    "confirm-redaction": "....v",
    "grant-editor": "...vv",
    "grant-any": "....v",
    "block-contributor": "...vv",
    "block-anyone": "....v",
}

# Action: in which states, of draft, in review, changes requested, approved, scheduled, published,
# declined, withdrawn (in the order in which Status lists them).
STATES = {
    "see": "vvvvvvvv",
    "save": "vvvv....",
    "submit": "v.v.....",
    "back-to-draft": ".v.v....",
    "withdraw": "vvv.....",
    "reopen": "......vv",
    "invite": "vvv.....",
    "comment": "vvvvv...",
    "suggest": "vvv.....",
    "take-suggestion": "vvv.....",
    "claim": ".vv.....",
    "assign": "vvvvv...",
    "approve": ".v.v....",
    "request-changes": ".v......",
    "withdraw-approval": ".v.vv...",
    "lift-objection": "vvv.....",
    "decline": ".v......",
    "publish": "...vv...",
    "schedule": "...vv...",
    "cancel-schedule": "....v...",
    "revert": ".....v..",
    "second-review": ".....v..",
}
BY_TOKEN = {"begin", "see", "save", "submit", "withdraw"}


def test_the_tables_name_every_action():
    assert set(MATRIX) == {str(action) for action in Action} == {str(name) for name in RULES}
    assert set(STATES) == {str(name) for name, rule in RULES.items() if rule.states is not None}


@pytest.mark.parametrize("action", list(Action))
def test_a_role_may_do_what_the_matrix_says_and_nothing_else(action):
    marks = STATES.get(action, "v" * len(Status.values))
    cases = list(product(ROLES, Status.values, (False, True), (False, True)))

    found = {
        case: refusal(action, {case[0]}, status=case[1], is_writer=case[2], by_token=case[3])
        is None
        for case in cases
    }

    assert found == {
        case: _may(action, case[0], is_writer=case[2], by_token=case[3])
        and marks[Status.values.index(case[1])] == "v"
        for case in cases
    }


def _may(action: str, role: str, *, is_writer: bool, by_token: bool) -> bool:
    if by_token and action not in BY_TOKEN:
        return False
    mark = MATRIX[action][ROLES.index(role)]
    return mark == "v" or mark == ("x" if is_writer else "o")


@pytest.mark.parametrize("action", list(Action))
def test_whoever_holds_several_roles_may_do_what_any_of_them_may(action):
    held = {"contributor", "editor", "administrator"}

    for status, is_writer in product(Status.values, (False, True)):
        alone = [refusal(action, {role}, status=status, is_writer=is_writer) for role in held]
        together = refusal(action, held, status=status, is_writer=is_writer)
        assert (together is None) == (None in alone)


@pytest.mark.parametrize("action", list(Action))
def test_a_refusal_is_a_sentence(action):
    for role, status, is_writer in product(ROLES, Status.values, (False, True)):
        reason = refusal(action, {role}, status=status, is_writer=is_writer)
        assert reason is None or (reason[0] in "“N" and reason.endswith("."))


def _in_state(status: str) -> Changeset:
    """A changeset by Ada that has come into `status` by the actions of the desk."""
    from datetime import timedelta

    from django.utils import timezone

    if status == Status.PUBLISHED:
        return publish(reader("ann"))
    changeset = draft(reader("ann"))
    if status == Status.WITHDRAWN:
        return editing.withdraw(changeset, by=person("ada"))
    if status == Status.DRAFT:
        return changeset
    submitted(changeset)
    if status == Status.CHANGES_REQUESTED:
        editing.request_changes(changeset, "A source, please.", by=person("grace"))
    elif status == Status.DECLINED:
        editing.decline(changeset, "Out of scope.", by=managing_editor())
    elif status in (Status.APPROVED, Status.SCHEDULED):
        approved(changeset)
        if status == Status.SCHEDULED:
            later = timezone.now() + timedelta(days=1)
            editing.schedule(changeset, later, by=managing_editor())
    changeset.refresh_from_db()
    return changeset


@pytest.mark.django_db
@pytest.mark.usefixtures("library")
@pytest.mark.parametrize("status", Status.values)
def test_buttons_of_a_real_changeset_are_those_of_the_table(status):
    changeset = _in_state(status)
    assert changeset.status == status
    people = {
        "contributor": contributor("carl"),
        "editor": person("edith"),
        "managing-editor": managing_editor("mona"),
        "administrator": administrator("adam"),
        "author": person("ada"),
    }

    for name, user in people.items():
        role = "editor" if name == "author" else name
        expected = {
            action
            for action, marks in STATES.items()
            if marks[Status.values.index(status)] == "v"
            and _may(action, role, is_writer=name == "author", by_token=False)
        }
        if name == "administrator":  # an administrator has an account like everyone
            assert expected == set()
        assert allowed(user, changeset) == expected
