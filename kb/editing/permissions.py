"""Who may do what, in one table: buttons, endpoints and commands all ask here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kb.editing.errors import NotAllowed
from kb.models import Changeset, Role, User

VISITOR = "visitor"
Status = Changeset.Status


class Action(StrEnum):
    """Everything that somebody can do at the desk."""

    SUGGEST_AS_VISITOR = "suggest-as-visitor"
    BEGIN = "begin"
    SEE = "see"
    SAVE = "save"
    SUBMIT = "submit"
    BACK_TO_DRAFT = "back-to-draft"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    INVITE = "invite"
    COMMENT = "comment"
    SUGGEST = "suggest"
    TAKE_SUGGESTION = "take-suggestion"
    CLAIM = "claim"
    ASSIGN = "assign"
    APPROVE = "approve"
    REQUEST_CHANGES = "request-changes"
    WITHDRAW_APPROVAL = "withdraw-approval"
    LIFT_OBJECTION = "lift-objection"
    DECLINE = "decline"
    PUBLISH = "publish"
    SCHEDULE = "schedule"
    CANCEL_SCHEDULE = "cancel-schedule"
    REVERT = "revert"
    BULK_EDIT = "bulk-edit"
    MERGE_ENTRIES = "merge-entries"
    TRIAGE = "triage"
    VERIFY = "verify"
    DISMISS_FINDING = "dismiss-finding"
    EMERGENCY = "emergency"
    SECOND_REVIEW = "second-review"
    ASK_REDACTION = "ask-redaction"
    CONFIRM_REDACTION = "confirm-redaction"
    GRANT_EDITOR = "grant-editor"
    GRANT_ANY = "grant-any"
    BLOCK_CONTRIBUTOR = "block-contributor"
    BLOCK_ANYONE = "block-anyone"


class Whose(StrEnum):
    """On whose changesets a role may do something."""

    ANY = "any"
    OWN = "own"  # those it wrote in
    OTHERS = "others"  # those it did not write in


@dataclass(frozen=True, slots=True)
class Rule:
    """Which role may do one action, on whose changesets, in which states (None: in no state)."""

    label: str
    roles: Mapping[str, Whose]
    states: frozenset[str] | None = None
    by_token: bool = False


C, E, M, A = Role.CONTRIBUTOR, Role.EDITOR, Role.MANAGING_EDITOR, Role.ADMINISTRATOR
ANY, OWN, OTHERS = Whose.ANY, Whose.OWN, Whose.OTHERS
EVERY_STATE = frozenset(Status.values)
OPEN = EVERY_STATE - {Status.PUBLISHED, Status.DECLINED, Status.WITHDRAWN}
WITH_AUTHOR = frozenset({Status.DRAFT, Status.CHANGES_REQUESTED})
WRITABLE = WITH_AUTHOR | {Status.IN_REVIEW}
UNDER_REVIEW = frozenset({Status.IN_REVIEW, Status.CHANGES_REQUESTED})


def _states(*states: str) -> frozenset[str]:
    return frozenset(states)


# Source: the matrix and the table of states in the spec of the editorial workflow.
RULES: Mapping[Action, Rule] = {
    Action.SUGGEST_AS_VISITOR: Rule("Suggest a change", {VISITOR: ANY}),
    Action.BEGIN: Rule("Begin a changeset", {C: ANY, E: ANY, M: ANY}, by_token=True),
    Action.SEE: Rule("See", {C: OWN, E: ANY, M: ANY}, EVERY_STATE, by_token=True),
    # A board member who writes in another's changeset becomes a co-author of it.
    Action.SAVE: Rule(
        "Edit", {C: OWN, E: ANY, M: ANY}, WRITABLE | {Status.APPROVED}, by_token=True
    ),
    Action.SUBMIT: Rule(
        "Submit for review", {C: OWN, E: OWN, M: OWN}, WITH_AUTHOR, by_token=True
    ),
    Action.BACK_TO_DRAFT: Rule(
        "Take back to draft",
        {C: OWN, E: OWN, M: OWN},
        _states(Status.IN_REVIEW, Status.APPROVED),
    ),
    Action.WITHDRAW: Rule("Withdraw", {C: OWN, E: OWN, M: OWN}, WRITABLE, by_token=True),
    Action.REOPEN: Rule(
        "Reopen", {C: OWN, E: ANY, M: ANY}, _states(Status.DECLINED, Status.WITHDRAWN)
    ),
    Action.INVITE: Rule("Invite a co-author", {C: OWN, E: OWN, M: ANY}, WRITABLE),
    Action.COMMENT: Rule("Comment", {C: OWN, E: ANY, M: ANY}, OPEN),
    Action.SUGGEST: Rule("Suggest a wording", {C: OWN, E: ANY, M: ANY}, WRITABLE),
    Action.TAKE_SUGGESTION: Rule("Take the suggestion", {C: OWN, E: OWN, M: OWN}, WRITABLE),
    Action.CLAIM: Rule("Claim for review", {E: OTHERS, M: OTHERS}, UNDER_REVIEW),
    Action.ASSIGN: Rule("Assign a reviewer", {M: ANY}, OPEN),
    Action.APPROVE: Rule(
        "Approve", {E: OTHERS, M: OTHERS}, _states(Status.IN_REVIEW, Status.APPROVED)
    ),
    Action.REQUEST_CHANGES: Rule(
        "Request changes", {E: OTHERS, M: OTHERS}, _states(Status.IN_REVIEW)
    ),
    Action.WITHDRAW_APPROVAL: Rule(
        "Withdraw my approval",
        {E: OTHERS, M: OTHERS},
        _states(Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED),
    ),
    Action.LIFT_OBJECTION: Rule("Lift the objection", {M: OTHERS}, WRITABLE),
    Action.DECLINE: Rule("Decline", {M: OTHERS}, _states(Status.IN_REVIEW)),
    Action.PUBLISH: Rule(
        "Publish now", {E: ANY, M: ANY}, _states(Status.APPROVED, Status.SCHEDULED)
    ),
    Action.SCHEDULE: Rule(
        "Schedule", {M: ANY}, _states(Status.APPROVED, Status.SCHEDULED)
    ),
    Action.CANCEL_SCHEDULE: Rule("Cancel the schedule", {M: ANY}, _states(Status.SCHEDULED)),
    Action.REVERT: Rule("Revert", {E: ANY, M: ANY}, _states(Status.PUBLISHED)),
    Action.BULK_EDIT: Rule("Edit many entries", {E: ANY, M: ANY}),
    Action.MERGE_ENTRIES: Rule("Merge entries", {E: ANY, M: ANY}),
    Action.TRIAGE: Rule("Answer suggestions", {E: ANY, M: ANY}),
    Action.VERIFY: Rule("Check against the source", {E: ANY, M: ANY}),
    Action.DISMISS_FINDING: Rule("Let a finding stand", {E: ANY, M: ANY}),
    Action.EMERGENCY: Rule("Act at once, reviewed afterwards", {M: ANY}),
    Action.SECOND_REVIEW: Rule(
        "Review an emergency act", {E: OTHERS, M: OTHERS}, _states(Status.PUBLISHED)
    ),
    Action.ASK_REDACTION: Rule("Ask for a redaction", {M: ANY}),
    Action.CONFIRM_REDACTION: Rule("Confirm a redaction", {A: ANY}),
    Action.GRANT_EDITOR: Rule("Make somebody an editor", {M: ANY, A: ANY}),
    Action.GRANT_ANY: Rule("Grant any role", {A: ANY}),
    Action.BLOCK_CONTRIBUTOR: Rule("Block a contributor", {M: ANY, A: ANY}),
    Action.BLOCK_ANYONE: Rule("Block anybody", {A: ANY}),
}  # fmt: skip


def refusal(
    action: Action,
    roles: Iterable[str],
    *,
    status: str | None = None,
    is_writer: bool = False,
    by_token: bool = False,
) -> str | None:
    """Why somebody may not do it, in a sentence; None when they may.

    `status`: of the changeset, where the action is on one; `is_writer`: whether they wrote in it.
    """
    rule = RULES[action]
    whose = {rule.roles[role] for role in roles if role in rule.roles}
    if by_token and not rule.by_token:
        return "A token may not do this: its owner has to, at the desk."
    if not whose:
        return f"“{rule.label}” is for {_listed(rule)}."
    if rule.states is not None and status is not None and status not in rule.states:
        return f"“{rule.label}” is not possible while it is {Status(status).label.lower()}."
    if Whose.ANY in whose or (Whose.OWN in whose and is_writer):
        return None
    if Whose.OTHERS in whose and not is_writer:
        return None
    if Whose.OWN in whose:
        return f"“{rule.label}” is for those who wrote it."
    return "Nobody reviews their own work. Ask another member of the board."


def _listed(rule: Rule) -> str:
    names = [Role(role).label.lower() + "s" for role in rule.roles if role != VISITOR]
    return " and ".join(names) if names else "visitors without an account"


def require(
    user: User, action: Action, changeset: Changeset | None = None, *, by_token: bool = False
) -> None:
    """Raises NotAllowed. Asks the database for the roles of this moment."""
    reason = refusal(
        action,
        user.roles(),
        status=changeset.status if changeset is not None else None,
        is_writer=changeset is not None and user.pk in changeset.writers(),
        by_token=by_token,
    )
    if reason:
        raise NotAllowed(reason)


def allowed(user: User, changeset: Changeset) -> frozenset[Action]:
    """What `user` may do with `changeset` now: its buttons."""
    roles, is_writer = user.roles(), user.pk in changeset.writers()
    return frozenset(
        action
        for action, rule in RULES.items()
        if rule.states is not None
        and refusal(action, roles, status=changeset.status, is_writer=is_writer) is None
    )


def may(user: User, action: Action) -> bool:
    """Whether `user` may do something that is on no changeset."""
    return refusal(action, user.roles()) is None
