"""Setting up a board where there is nobody yet who could grant a role."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from kb.editing.errors import EditingError
from kb.editing.people import appoint, create_account
from kb.models import Grant, User
from kb.models.user import BOARD

LEAST = 2  # with one, there is nobody to approve what they wrote


@dataclass(frozen=True)
class Member:
    """Somebody to be. `role`: "" for a contributor."""

    username: str
    email: str
    role: str
    full_name: str = ""


@dataclass(frozen=True)
class Joined:
    """Somebody who has an account now. `password`: "" where there was an account already."""

    user: User
    password: str


def board_exists() -> bool:
    return Grant.objects.current().exists()


@transaction.atomic
def set_up(members: Sequence[Member], *, adding: bool = False) -> list[Joined]:
    """Accounts with these roles and random passwords, each person once: all or nobody.

    Whoever has an account with the same name and address keeps it. Raises EditingError when a
    board exists, unless `adding`, or when a member cannot be.
    """
    if board_exists() and not adding:
        raise EditingError(
            "There is a board already, which grants roles itself. To add to it all the same, "
            "as when its administrators are gone, say --add."
        )
    joined: dict[str, Joined] = {}
    for member in members:
        one = joined.setdefault(member.username, _join(member))
        if one.user.email != member.email.lower():
            raise EditingError(
                f"“{member.username}” has the address {one.user.email}, not {member.email}. "
                "Give the same address, or another name."
            )
        if member.role:
            appoint(one.user, member.role)
    return list(joined.values())


def _join(member: Member) -> Joined:
    known = User.objects.filter(username=member.username).first()
    if known is not None:
        return Joined(known, "")
    password = secrets.token_urlsafe(15)
    user = create_account(member.username, member.email, password, full_name=member.full_name)
    return Joined(user, password)


def is_able_to_publish() -> bool:
    """Whether the board is large enough for four eyes."""
    return bool(User.objects.holding(*BOARD).count() >= LEAST)
