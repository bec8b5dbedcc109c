"""Whom an activity concerns, and why: the reason is kept with the notice and said in the mail."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kb.models import Activity, Changeset, Role, User
from kb.models.user import BOARD as BOARD_ROLES

# As Django lets names be: letters, digits and @ . + - _. A stop ends the sentence, not the name.
MENTION = re.compile(r"(?<![\w@./+-])@(\w(?:[\w.+@-]*\w)?)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
MOST_MENTIONED = 20  # people in one comment; whoever wants to tell more writes to the board


@dataclass(frozen=True, slots=True)
class Audience:
    """`because`: continues “You are told because …”. `people`: ids, those who act included."""

    reason: str
    because: str
    people: Callable[[Activity], Iterable[int | None]]


def _authors(activity: Activity) -> Iterable[int]:
    return activity.changeset.writers() if activity.changeset is not None else ()


def _involved(activity: Activity) -> Iterable[int | None]:
    """Everyone who did something with it so far, or is asked to."""
    changeset = activity.changeset
    if changeset is None:
        return ()
    acted = Activity.objects.filter(changeset=changeset).values_list("user_id", flat=True)
    return {*acted.distinct(), changeset.assigned_to_id, changeset.claimed_by_id}


def _holding(*roles: str) -> Callable[[Activity], Iterable[int]]:
    return lambda _activity: User.objects.holding(*roles).values_list("pk", flat=True)


def _person(activity: Activity) -> Iterable[int | None]:
    return (activity.data.get("user"),)


def _mentioned(activity: Activity) -> Iterable[int]:
    said = activity.data.get("body") or activity.data.get("reason") or ""
    if activity.changeset is None or "@" not in said:
        return ()
    people, _unreached = mentioned(said, activity.changeset)
    return (user.pk for user in people)


MENTIONED = Audience("mentioned", "you were mentioned", _mentioned)
ASSIGNED = Audience("assigned", "you were asked to review it", _person)
PERSON = Audience("person", "it is about you", _person)
AUTHORS = Audience("author", "you are one of its authors", _authors)
INVOLVED = Audience("involved", "you took part in it", _involved)
BOARD = Audience("board", "you are on the editorial board", _holding(*BOARD_ROLES))
MANAGING = Audience("managing-editor", "you are a managing editor", _holding(Role.MANAGING_EDITOR))
ADMINISTRATORS = Audience("administrator", "you are an administrator", _holding(Role.ADMINISTRATOR))
AUDIENCES = (MENTIONED, ASSIGNED, PERSON, AUTHORS, INVOLVED, BOARD, MANAGING, ADMINISTRATORS)
BECAUSE: Mapping[str, str] = {audience.reason: audience.because for audience in AUDIENCES}


def mentioned(body: str, changeset: Changeset) -> tuple[list[User], list[str]]:
    """(people whom `body` mentions as @username, names that reach nobody).

    Nobody is reached who may not see `changeset`. Such a name and one that nobody has are given
    back alike, for the writer to be told, so that asking does not tell who has an account.
    """
    names = list(dict.fromkeys(MENTION.findall(CODE.sub("", body))))
    found = {user.username: user for user in User.objects.filter(username__in=names)}
    seeing = [
        found[name]
        for name in names[:MOST_MENTIONED]
        if name in found and sees(found[name], changeset)
    ]
    reached = {user.username for user in seeing}
    return seeing, [name for name in names if name not in reached]


def sees(user: User, changeset: Changeset) -> bool:
    return Changeset.objects.visible_to(user).filter(pk=changeset.pk).exists()
