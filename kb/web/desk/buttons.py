"""The buttons of a changeset: what `permissions.allowed` lets somebody do, as forms."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.editing.permissions import RULES, Action
from kb.editing.transitions import claimant
from kb.models import Changeset, User
from kb.web.desk.answering import Wrong

LET_GO = "let-go"
APPROVED = (Changeset.Status.APPROVED, Changeset.Status.SCHEDULED)
ZONES = ("UTC", "Europe/Berlin", "Europe/London", "America/New_York", "Asia/Tokyo", "Asia/Kolkata")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a button's form. `form`: line, text or choice. `hints`: to be picked by typing."""

    name: str
    label: str
    form: str = "line"
    value: str = ""
    help: str = ""
    options: Sequence[tuple[str, str]] = ()
    hints: Sequence[str] = ()
    is_required: bool = True
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Button:
    """One form. `style`: main, danger or "". `about`: what it does; `kept`: hidden fields."""

    do: str
    label: str
    style: str = ""
    about: str = ""
    fields: Sequence[Field] = ()
    kept: Sequence[tuple[str, str]] = ()
    is_open: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether it is a button alone, without anything to fill in or to read."""
        return not self.fields and not self.about


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for the buttons of what. `digest`: of the content that is shown, where known.

    `is_conflicted`: its authors have to choose before anybody can approve of the result,
    or publish it.
    """

    changeset: Changeset
    user: User
    digest: str = ""
    is_conflicted: bool = False


Make = Callable[[Asking], Button]

COMMENT = Field("comment", "Comment", "text", help="What should be different, and why.")
AT = Field("at", "Time", help="Such as 2026-03-29 14:30.")


def _plain(action: Action, style: str = "", about: str = "") -> Make:
    return lambda _asking: Button(str(action), RULES[action].label, style, about)


def _with(action: Action, *fields: Field, style: str = "", about: str = "") -> Make:
    return lambda _asking: Button(str(action), f"{RULES[action].label}", style, about, fields)


def _approve(asking: Asking) -> Button:
    about = "You approve exactly what is shown here. Any later change makes it void."
    kept = (("digest", asking.digest),)
    if asking.changeset.status in APPROVED:
        return Button(str(Action.APPROVE), "Approve as well", "", about, kept=kept)
    return Button(str(Action.APPROVE), "Approve", "main", about, kept=kept, is_open=True)


def _claim(asking: Asking) -> Button:
    if claimant(asking.changeset) == asking.user:
        return Button(LET_GO, "Let go of the claim")
    return Button(str(Action.CLAIM), RULES[Action.CLAIM].label)


def _assign(asking: Asking) -> Button:
    free = User.objects.on_board().exclude(pk__in=asking.changeset.writers())
    options = [("", "Nobody"), *((each.username, each.shown_name) for each in free)]
    chosen = asking.changeset.assigned_to
    field = Field(
        "reviewer",
        "Reviewer",
        "choice",
        value=chosen.username if chosen else "",
        options=options,
        is_required=False,
        help="A member of the board who did not write in it.",
    )
    return Button(str(Action.ASSIGN), RULES[Action.ASSIGN].label, fields=(field,))


def _schedule(asking: Asking) -> Button:
    at = asking.changeset.publish_at
    written = f"{at:%Y-%m-%d %H:%M}" if at else ""
    zone = Field("zone", "Time zone", value="UTC", hints=ZONES, help="Such as Europe/Berlin.")
    label = "Move the time" if at else RULES[Action.SCHEDULE].label
    return Button(str(Action.SCHEDULE), label, fields=(replace(AT, value=written), zone))


INVITED = Field("user", "User name", help="Whoever may write in it may not approve it.")
MAKERS: Mapping[Action, Make] = {
    Action.APPROVE: _approve,
    Action.REQUEST_CHANGES: _with(
        Action.REQUEST_CHANGES,
        COMMENT,
        about="An objection, which blocks publication until you lift it or approve.",
    ),
    Action.PUBLISH: _plain(Action.PUBLISH, "main"),
    Action.SCHEDULE: _schedule,
    Action.CANCEL_SCHEDULE: _plain(Action.CANCEL_SCHEDULE),
    Action.WITHDRAW_APPROVAL: _plain(Action.WITHDRAW_APPROVAL),
    Action.CLAIM: _claim,
    Action.ASSIGN: _assign,
    Action.INVITE: _with(Action.INVITE, INVITED),
    Action.BACK_TO_DRAFT: _plain(Action.BACK_TO_DRAFT),
    Action.REOPEN: _plain(Action.REOPEN, "main"),
    Action.DECLINE: _with(
        Action.DECLINE,
        replace(COMMENT, help="Why it will not be published, for those who wrote it."),
        style="danger",
        about="Closes it unpublished. It can be reopened.",
    ),
    Action.WITHDRAW: _plain(
        Action.WITHDRAW, "danger", "Closes it unpublished. It can be reopened."
    ),
}


def buttons(
    asking: Asking, allowed: Iterable[Action], wrong: Wrong | None, *, has_approved: bool
) -> list[Button]:
    """The forms that `user` is shown: of what is approved, publishing comes first."""
    wanted = set(allowed) - _pointless(asking, has_approved=has_approved)
    order = list(MAKERS)
    if asking.changeset.status in APPROVED:
        order.sort(key=lambda action: action == Action.APPROVE)
    return [_with_typed(MAKERS[action](asking), wrong) for action in order if action in wanted]


def _pointless(asking: Asking, *, has_approved: bool) -> set[Action]:
    """What the table allows and would be refused, or changes nothing."""
    holder = claimant(asking.changeset)
    found = {Action.CLAIM} if holder is not None and holder != asking.user else set()
    found.add(Action.APPROVE if has_approved else Action.WITHDRAW_APPROVAL)
    if asking.is_conflicted:
        found |= {Action.APPROVE, Action.PUBLISH, Action.SCHEDULE}
    return found


def _with_typed(button: Button, wrong: Wrong | None) -> Button:
    """As it was sent, where it could not be carried out."""
    if wrong is None or wrong.do != button.do:
        return button
    fields = tuple(_as_typed(each, wrong, button.fields) for each in button.fields)
    return replace(button, fields=fields, is_open=True)


def _as_typed(field: Field, wrong: Wrong, all_fields: Sequence[Field]) -> Field:
    is_wrong = wrong.where == field.name or (not wrong.where and len(all_fields) == 1)
    typed: Any = wrong.typed.get(field.name, field.value)
    return replace(field, value=typed, is_wrong=is_wrong)
